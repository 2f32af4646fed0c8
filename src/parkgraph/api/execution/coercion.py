"""Values of variables, by functions that are made once for each type of a schema.

What they take, they make the same of as graphql-core does, which looks at each type anew for each value; whatever else
there is they leave to it, and so all that is to be said of what is wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value

Coerce = Callable[[Any], Any]


class NotTaken(Exception):
    """Of a value or a type: graphql-core has to look at it."""


NOT_TAKEN: Final = NotTaken()


class Inputs:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._signatures: list[tuple[GraphQLVariableSignature, Coerce, bool]] | None = []
        made: dict[GraphQLInputType, Coerce] = {}
        try:
            for definition in definitions:
                signature = get_variable_signature(schema, definition)
                if isinstance(signature, GraphQLError) or definition.default_value:
                    raise NOT_TAKEN
                needed = isinstance(signature.type, GraphQLNonNull)
                self._signatures.append((signature, _function(signature.type, made, ()), needed))
        except NotTaken:
            self._signatures = None

    def coerce(self, inputs: Mapping[str, Any]) -> VariableValues | None:
        """None where graphql-core has to look at them."""
        if self._signatures is None:
            return None
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        try:
            for signature, function, needed in self._signatures:
                name = signature.name
                if name in inputs:
                    sources[name] = VariableValueSource(signature, inputs[name])
                    coerced[name] = function(inputs[name])
                elif needed:
                    return None
                else:
                    sources[name] = VariableValueSource(signature)
        except Exception:  # noqa: BLE001  (what a scalar raises, too: graphql-core says it)
            return None
        return VariableValues(sources, coerced)


def _function(kind: GraphQLInputType, made: dict[GraphQLInputType, Coerce], within: tuple[object, ...]) -> Coerce:
    """Raises NotTaken for a type that is within itself: how deep its values are is to be looked at."""
    if kind not in made:
        made[kind] = _made(kind, made, within)
    return made[kind]


def _made(kind: GraphQLInputType, made: dict[GraphQLInputType, Coerce], within: tuple[object, ...]) -> Coerce:
    if isinstance(kind, GraphQLNonNull):
        nullable = _function(kind.of_type, made, within)

        def not_null(value: Any) -> Any:
            if value is None:
                raise NOT_TAKEN
            return nullable(value)

        return not_null
    if isinstance(kind, GraphQLList):
        item = _function(kind.of_type, made, within)

        def listed(value: Any) -> Any:
            if value is None:
                return None
            if type(value) is not list:
                raise NOT_TAKEN
            return [item(each) for each in value]

        return listed
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind, made, within)
    return _leaf(kind)


def _leaf(kind: GraphQLLeafType) -> Coerce:
    coerce_input_value = kind.coerce_input_value

    def leaf(value: Any) -> Any:
        if value is None:
            return None
        coerced = coerce_input_value(value)
        if coerced is Undefined:
            raise NOT_TAKEN
        return coerced

    return leaf


def _object(kind: GraphQLInputObjectType, made: dict[GraphQLInputType, Coerce], within: tuple[object, ...]) -> Coerce:
    if kind in within:
        raise NOT_TAKEN
    known = frozenset(kind.fields)
    fields = [
        (
            name,
            field.out_name or name,
            _function(field.type, made, (*within, kind)),
            is_required_input_field(field),
            None if field.default is None and field.default_value is Undefined else field,
        )
        for name, field in kind.fields.items()
    ]
    out_type, is_one_of = kind.out_type, kind.is_one_of

    def input_object(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not dict or not known.issuperset(value):
            raise NOT_TAKEN
        coerced: dict[str, Any] = {}
        for name, out_name, function, required, with_default in fields:
            if name in value:
                coerced[out_name] = function(value[name])
            elif required:
                raise NOT_TAKEN
            elif with_default:
                coerced[out_name] = coerce_default_value(with_default)
        if is_one_of and (len(value) != 1 or len(coerced) != 1 or None in coerced.values()):
            raise NOT_TAKEN
        return out_type(coerced)

    return input_object
