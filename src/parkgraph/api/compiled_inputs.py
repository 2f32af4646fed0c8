"""Input objects as their classes, by a table of each class that is made once.

Strawberry looks up the name and the type of each field for each value anew, which for a hundred events of a gate takes
longer than all else that is done with them.
"""

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

from graphql import GraphQLInputObjectType, get_nullable_type, is_leaf_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryType


def compile_inputs(converter: GraphQLCoreConverter) -> None:
    """All input types of a schema."""
    for each in converter.type_map.values():
        kind, definition = each.implementation, each.definition
        if isinstance(kind, GraphQLInputObjectType) and isinstance(definition, StrawberryObjectDefinition):
            definition.from_input = _Input(kind, definition, converter)


class _Input:
    def __init__(
        self, kind: GraphQLInputObjectType, definition: StrawberryObjectDefinition, converter: GraphQLCoreConverter
    ) -> None:
        self._absent = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }
        self._fields: list[tuple[str, str, StrawberryType | type | None]] = []
        for field in definition.fields:
            name = converter.config.name_converter.from_field(field)
            said = field.resolve_type(type_definition=definition)
            is_leaf = is_leaf_type(get_nullable_type(kind.fields[name].type)) and not isinstance(said, StrawberryMaybe)
            self._fields.append((name, field.python_name, None if is_leaf else said))

    def __call__(self, origin: type, value: Mapping[str, Any], context: InputContext) -> Any:
        """`value`: as graphql-core coerced it, so that what has to be there is."""
        given: dict[str, Any] = dict(self._absent)
        for name, python_name, made_of in self._fields:
            if name in value:
                given[python_name] = value[name] if made_of is None else context.convert(value[name], made_of, name)
        return origin(**given)
