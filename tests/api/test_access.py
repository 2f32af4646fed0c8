"""Who may use what: every field says it, and every operation keeps to it, for each role and for none."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)
from strawberry.types.base import StrawberryObjectDefinition

from parkgraph.accounts.principal import Role
from parkgraph.api import access, ids, schema
from parkgraph.api.access import For, ForGate, Own, Public, Statement, statements
from parkgraph.api.mutations import Mutation
from parkgraph.api.queries import Query
from tests.api.conftest import Ask

SCHEMA = schema.build()
ROOTS = {"query": SCHEMA.core.query_type, "mutation": SCHEMA.core.mutation_type}

Stated = Mapping[str, Mapping[str, Statement | None]]


def stated(of: schema.ParkGraphSchema) -> Stated:
    """Of each type of the answers, who may use each of its fields."""
    names = of.config.name_converter
    definitions = [
        concrete.definition
        for concrete in of.schema_converter.type_map.values()
        if isinstance(concrete.definition, StrawberryObjectDefinition) and not concrete.definition.is_input
    ]
    return {
        names.from_type(definition): {names.get_graphql_name(field): said for field, said in statements(definition)}
        for definition in definitions
    }


STATED = stated(SCHEMA)
FIELDS = [(kind, field) for kind, fields in STATED.items() for field in fields]


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=[".".join(each) for each in FIELDS])
def test_every_field_says_who_may_use_it(kind: str, field: str) -> None:
    assert STATED[kind][field], (
        f"{kind}.{field} says nothing: @public, @own, For(…), Own() and Public() are in access.py"
    )


def test_no_type_of_the_schema_is_left_out() -> None:
    kinds = {
        name: set(kind.fields)
        for name, kind in SCHEMA.core.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
    }
    assert kinds == {name: set(fields) for name, fields in STATED.items() if name in kinds}


def test_the_roots_say_nothing_themselves() -> None:
    """Else all that they inherit would be as they say."""
    assert all(access._STATED not in vars(root) for root in (Query, Mutation))


def test_a_field_that_says_nothing_would_be_found() -> None:
    @strawberry.type
    class Mixin:
        @strawberry.field
        def said(self) -> int:
            return 1

    @strawberry.type
    class Root(Mixin):
        @strawberry.field(extensions=[Public()])  # type: ignore[untyped-decorator]
        def ping(self) -> int:
            return 1

    found = stated(schema.build(Root, None))["Root"]
    assert found["said"] is None
    assert isinstance(found["ping"], Public)


# The matrix: every operation, with every role and with none.


def operations() -> Iterator[tuple[str, str, GraphQLField, Statement]]:
    for operation, root in ROOTS.items():
        assert root
        for name, field in root.fields.items():
            statement = STATED[root.name][name]
            assert statement
            yield operation, name, field, statement


OPERATIONS = list(operations())


def literal(kind: GraphQLInputType, name: str = "") -> str:
    """The least that an argument of this type may be."""
    match kind:
        case GraphQLNonNull():
            return literal(kind.of_type, name)
        case GraphQLList():
            return f"[{literal(kind.of_type, name)}]"
        case GraphQLEnumType():
            return str(next(iter(kind.values)))
        case GraphQLInputObjectType():
            members = {member: each.type for member, each in kind.fields.items() if is_required_input_field(each)}
            if kind.is_one_of:
                members = dict([next((member, each.type) for member, each in kind.fields.items())])
            return "{" + ", ".join(f"{member}: {literal(each, member)}" for member, each in members.items()) + "}"
        case GraphQLScalarType():
            return scalar(kind.name, name)
    raise TypeError(kind)


def scalar(kind: str, name: str) -> str:
    instant = datetime.now(UTC) + timedelta(days=2 if name in ("leave", "to", "until", "end") else 1)
    scalars = {
        "ID": f'"{ids.encode(ids.PLACE, "0" * 32)}"',
        "String": '"x"',
        "Int": "1",
        "Float": "1.5",
        "Boolean": "true",
        "DateTime": f'"{instant.isoformat()}"',
        "Date": f'"{instant.date()}"',
        "Decimal": f'"{Decimal(1)}"',
        "BigInt": '"1"',
    }
    assert kind in scalars, f"what is the least {kind}?"
    return scalars[kind]


def document(operation: str, name: str, field: GraphQLField) -> str:
    """The smallest question of this field."""
    given = [f"{key}: {literal(each.type, key)}" for key, each in field.args.items() if is_required_argument(each)]
    arguments = f"({', '.join(given)})" if given else ""
    selection = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{operation} {{ {name}{arguments}{selection} }}"


def refusals(statement: Statement, roles: frozenset[Role] | None) -> set[str]:
    """What must be among the codes; `roles` None: nobody is signed in."""
    if not isinstance(statement, For):
        return set()
    if roles is None:
        return {"UNAUTHENTICATED"}
    if isinstance(statement, ForGate):
        return {"FORBIDDEN"}
    return {"FORBIDDEN"} if statement.roles.isdisjoint(roles) else set()


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize(
    ("operation", "name", "field", "statement"), OPERATIONS, ids=[name for _, name, _, _ in OPERATIONS]
)
def test_an_operation_is_for_whom_it_says(
    operation: str,
    name: str,
    field: GraphQLField,
    statement: Statement,
    role: Role | None,
    ask: Ask,
    ask_as: Callable[..., Ask],
) -> None:
    asking = ask_as(role, subject=f"matrix-{role}") if role else ask
    answer: dict[str, Any] = asking(document(operation, name, field))
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    allowed = refusals(statement, frozenset({role, Role.DRIVER}) if role else None)
    assert codes & {"UNAUTHENTICATED", "FORBIDDEN"} == allowed, answer
    assert "INTERNAL" not in codes


def test_the_matrix_asks_for_something_of_every_kind() -> None:
    kinds = {type(statement) for _, _, _, statement in OPERATIONS}
    assert kinds == {Public, Own, For, ForGate}


def test_what_is_ones_own_is_nobodys_without_a_token(ask: Ask) -> None:
    assert ask("{ viewer { roles } }") == {"data": {"viewer": None}}


def test_the_schema_tells_its_readers_what_is_not_for_everybody() -> None:
    for _, name, field, statement in OPERATIONS:
        assert isinstance(statement, Public) or "For: " in (field.description or ""), name
