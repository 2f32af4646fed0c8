"""What an operation asks for, type by type: fields collected and merged, with the type of every value on the way."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLNullableOutputType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from parkgraph.api.execution.conditions import directives
from parkgraph.api.execution.resolution import Full, Resolution, Resolutions
from parkgraph.api.execution.run import Field

TYPENAME: Final = "__typename"

MAX_FIELDS: Final = 5000
"""Of a plan: a field below an abstract type counts for each type that it may be."""

COMPILED_DIRECTIVES: Final = frozenset({"skip", "include"})


class NotCompiledError(Exception):
    """An operation that is left to graphql-core; the message says why."""


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """One value on the way: of a field, or of the items of its list. `number` is its own in the plan.

    `item`: what a list has. `selections`: what is asked of an object, by the name of its type.
    """

    number: int
    field: Field
    kind: GraphQLOutputType
    item: "Value | None"
    selections: Mapping[str, "Selection"]

    @property
    def required(self) -> bool:
        return is_non_null_type(self.kind)

    @property
    def is_steady(self) -> bool:
        """Whether what is asked below it is the same as long as it is."""
        if self.item:
            return self.item.is_steady
        return not is_abstract_type(self.within) and all(
            entry.is_steady for selection in self.selections.values() for entry in selection.entries
        )

    @property
    def selections_below(self) -> Iterable["Selection"]:
        return self.item.selections_below if self.item else self.selections.values()

    @property
    def within(self) -> GraphQLNullableOutputType:
        """Its type where it is not null."""
        return nullable(self.kind)


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """A key of an object in the answer. `value` is None for the name of the type."""

    key: str
    value: Value | None
    resolution: Resolution | None

    def is_one_of(self, fields: Set[str]) -> bool:
        return self.value is not None and self.value.field.name in fields

    @property
    def is_steady(self) -> bool:
        """Whether it is the same as long as its object is."""
        return self.value is None or (
            not isinstance(self.resolution, Full | None) and self.resolution.is_steady and self.value.is_steady
        )


@dataclass(frozen=True, eq=False, slots=True)
class Selection:
    """What is asked of objects of one type at one place."""

    number: int
    kind: GraphQLObjectType
    entries: Sequence[Entry]

    def steady_fields(self, apart: Set[str] = frozenset()) -> int:
        """How many fields, here but for these and below, are the same as long as an object is."""
        return sum(
            1 + sum(below.steady_fields() for below in (entry.value.selections_below if entry.value else ()))
            for entry in self.entries
            if entry.is_steady and not entry.is_one_of(apart)
        )


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """A whole operation. Of a mutation, each root field has a selection of its own: they are executed in turn. That of
    a subscription is of one event.
    """

    roots: Sequence[Selection]
    selections: Sequence[Selection]
    values: Sequence[Value]
    fields: Sequence[Field]
    fragments: Mapping[str, FragmentDefinitionNode]


def nullable(kind: GraphQLOutputType) -> GraphQLNullableOutputType:
    """The type without its `!`."""
    return cast("GraphQLNullableOutputType", get_nullable_type(kind))


def plan(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    resolutions: Resolutions,
) -> Plan:
    """The plan of an operation under the values that its conditions have. Raises NotCompiledError, GraphQLError."""
    if schema.get_directive("defer") or schema.get_directive("stream"):
        raise NotCompiledError("the schema delivers incrementally")
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    if operation.directives or any(fragment.variable_definitions for fragment in fragments.values()):
        raise NotCompiledError("the operation has directives, or fragments have variables")
    if not {directive.name.value for directive in directives(document)} <= COMPILED_DIRECTIVES:
        raise NotCompiledError("it has other directives than @skip and @include")
    return _Planner(schema, fragments, operation, variables, resolutions).plan()


class _Planner:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        variables: VariableValues,
        resolutions: Resolutions,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._details = {name: FragmentDetails(fragment) for name, fragment in fragments.items()}
        self._operation = operation
        self._variables = variables
        self._resolutions = resolutions
        self._selections: list[Selection] = []
        self._values: list[Value] = []
        self._fields: list[Field] = []

    def plan(self) -> Plan:
        kind = self._schema.get_root_type(self._operation.operation)
        if kind is None:
            raise NotCompiledError("the schema has no such operations")
        asked = collect_fields(self._schema, self._details, self._variables, kind, self._operation).grouped_field_set
        serially = self._operation.operation is OperationType.MUTATION
        parts: list[GroupedFieldSet] = [{key: details} for key, details in asked.items()] if serially else [asked]
        roots = [self._selection(kind, part) for part in parts]
        return Plan(roots, self._selections, self._values, self._fields, self._fragments)

    def _selection(self, kind: GraphQLObjectType, asked: GroupedFieldSet) -> Selection:
        entries = [entry for key, details in asked.items() if (entry := self._entry(kind, key, details))]
        selection = Selection(len(self._selections), kind, entries)
        self._selections.append(selection)
        return selection

    def _entry(self, parent: GraphQLObjectType, key: str, details: FieldDetailsList) -> Entry | None:
        nodes: list[FieldNode] = [each.node for each in details]
        name = nodes[0].name.value
        if name == TYPENAME:
            return Entry(key, None, None)
        if name.startswith("__"):
            raise NotCompiledError("it asks for the schema")
        definition = parent.fields.get(name)
        if definition is None:
            return None
        field = Field(len(self._fields), key, name, nodes, parent, definition)
        self._fields.append(field)
        if len(self._fields) > MAX_FIELDS:
            raise NotCompiledError(f"it has more than {MAX_FIELDS} fields")
        resolution = self._resolutions.of(parent, name, definition)
        return Entry(key, self._value(field, definition.type, details), resolution)

    def _value(self, field: Field, kind: GraphQLOutputType, details: FieldDetailsList) -> Value:
        within = nullable(kind)
        item, selections = None, {}
        if is_list_type(within):
            item = self._value(field, within.of_type, details)
        else:
            selections = {each.name: self._below(each, details) for each in self._objects(within)}
        value = Value(len(self._values), field, kind, item, selections)
        self._values.append(value)
        return value

    def _below(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Selection:
        asked = collect_subfields(
            self._schema, self._details, self._variables, self._operation, kind, details
        ).grouped_field_set
        return self._selection(kind, asked)

    def _objects(self, kind: GraphQLNullableOutputType) -> Sequence[GraphQLObjectType]:
        if is_object_type(kind):
            return [kind]
        return self._schema.get_possible_types(kind) if is_abstract_type(kind) else ()
