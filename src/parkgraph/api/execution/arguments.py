"""The arguments of a field, by functions that are made once for its place in an operation.

As with variables: what they take, they make the same of as graphql-core does, which looks at each type and each literal
anew for each set of variables; whatever else there is they leave to it, and so all that is to be said of what is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputType,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_input_object_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.utilities import coerce_input_literal
from graphql.utilities.coerce_input_value import coerce_default_value

from parkgraph.api.execution.coercion import NOT_TAKEN
from parkgraph.api.execution.run import Field

Make = Callable[[Mapping[str, Any]], Any]
"""Makes a value of coerced variables; Undefined where there is none."""

Convert = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Arguments:
    """Of one field of an operation. `convert`: what else is made of them."""

    def __init__(self, field: Field, convert: Convert | None, *, hide_suggestions: bool) -> None:
        self._field = field
        self._convert = convert
        self._hide_suggestions = hide_suggestions
        given = {each.name.value: each.value for each in field.nodes[0].arguments or ()}
        try:
            self._make: Make | None = _members(given, field.definition.args)
        except Exception:  # noqa: BLE001  (what a scalar raises, too: graphql-core says it)
            self._make = None

    def __call__(self, variables: VariableValues) -> Mapping[str, Any]:
        """Raises GraphQLError."""
        made: Mapping[str, Any] | None = None
        if self._make:
            try:
                made = self._make(variables.coerced)
            except Exception:  # noqa: BLE001
                made = None
        if made is None:
            field = self._field
            made = get_argument_values(field.definition, field.nodes[0], variables, None, self._hide_suggestions)
        return self._convert(made) if self._convert else made


def _members(
    given: Mapping[str, ValueNode], known: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]
) -> Make:
    """Of a field, or of an input object. Raises NotTaken."""
    if not given.keys() <= known.keys():
        raise NOT_TAKEN
    members = [(each.out_name or name, _member(given.get(name), each)) for name, each in known.items()]

    def members_of(variables: Mapping[str, Any]) -> dict[str, Any]:
        made = {}
        for name, make in members:
            value = make(variables)
            if value is not Undefined:
                made[name] = value
        return made

    return members_of


def _member(given: ValueNode | None, known: GraphQLArgument | GraphQLInputField) -> Make:
    is_needed = known.default is None and known.default_value is Undefined and is_non_null_type(known.type)
    default = Undefined if is_needed else coerce_default_value(known)
    if isinstance(given, VariableNode):
        return _variable(given.name.value, known.type, default, is_needed=is_needed)
    if given is not None:
        return _literal(given, known.type)
    if is_needed:
        raise NOT_TAKEN
    return lambda _: default


def _variable(name: str, kind: GraphQLInputType, default: Any, *, is_needed: bool) -> Make:
    is_not_null = is_non_null_type(kind)

    def variable(variables: Mapping[str, Any]) -> Any:
        value = variables.get(name, Undefined)
        if value is Undefined and not is_needed:
            return default
        if value is Undefined or (value is None and is_not_null):
            raise NOT_TAKEN
        return value

    return variable


def _literal(given: ValueNode, kind: GraphQLInputType) -> Make:
    if not _has_variables(given):
        value = coerce_input_literal(given, kind)
        if value is Undefined:
            raise NOT_TAKEN
        return lambda _: value
    within = get_nullable_type(kind)
    if not isinstance(given, ObjectValueNode) or not is_input_object_type(within) or within.is_one_of:
        raise NOT_TAKEN
    members = _members({each.name.value: each.value for each in given.fields}, within.fields)
    out_type = within.out_type
    return lambda variables: out_type(members(variables))


def _has_variables(given: ValueNode) -> bool:
    if isinstance(given, ObjectValueNode):
        return any(_has_variables(each.value) for each in given.fields)
    if isinstance(given, ListValueNode):
        return any(map(_has_variables, given.values))
    return isinstance(given, VariableNode)
