"""Arguments are made of variables and literals as graphql-core does it, whatever they are."""

from typing import Any

import pytest
from graphql import FieldNode, GraphQLError, OperationDefinitionNode, build_schema, get_argument_values, parse
from graphql.execution.values import VariableValues
from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.api.execution import arguments
from parkgraph.api.execution.arguments import Arguments
from parkgraph.api.execution.run import Field

SCHEMA = build_schema("""
type Query { f(n: Int! = 3, id: ID!, box: Box, one: One, words: [String!], colour: Colour = RED): Int }
enum Colour { RED GREEN }
input Box { south: Float!  north: Float! = 9.5  within: Box  words: [String]  colour: Colour = GREEN }
input One @oneOf { left: Int  right: String }
""")
assert SCHEMA.query_type
F = SCHEMA.query_type.fields["f"]


def field(given: str) -> Field:
    (operation,) = parse(f"{{ f({given}) }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    assert SCHEMA.query_type
    return Field(0, "f", "f", [node], SCHEMA.query_type, F)


def both(given: str, variables: dict[str, Any]) -> tuple[Any, Any]:
    """What is made of them here, and by graphql-core; or what is said."""
    values, wanted = VariableValues({}, variables), field(given)
    return (
        _said(lambda: Arguments(wanted, None, hide_suggestions=True)(values)),
        _said(lambda: get_argument_values(F, wanted.nodes[0], values, None, hide_suggestions=True)),
    )


def _said(make: Any) -> Any:
    try:
        return list(make().items())
    except GraphQLError as error:
        return error.message, error.locations


QUICK = [
    'id: "1"',
    'id: $x, n: 5, words: ["a", "b"], colour: GREEN',
    "id: $x, n: $missing, colour: $missing, box: $missing",
    "id: $x, box: {south: 1.5, within: {south: $x, north: $missing, colour: $missing}}",
    "id: $x, box: {south: $x, colour: RED, words: null}",
    "id: $x, box: null, one: {left: 1}",
]
LEFT = [
    "id: $missing",
    "id: $nothing",
    "id: $x, n: $nothing",
    "id: $x, box: {south: $missing}",
    "id: $x, box: {south: $nothing}",
    "id: $x, box: {north: $x}",
    "id: $x, box: {south: 1, unknown: $x}",
    "id: $x, box: {south: 1, words: [$x, $missing]}",
    "id: $x, box: {south: true}",
    "id: $x, one: {left: $x}",
    "id: $x, one: {left: 1, right: $x}",
    "id: $x, words: {a: $x}",
    "n: 1",
]
VARIABLES = {"x": 1.5, "nothing": None}


@pytest.mark.parametrize("given", QUICK)
def test_what_is_right_is_made_without_graphql_core(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, core = both(given, VARIABLES)
    assert quick == core
    monkeypatch.setattr(arguments, "get_argument_values", None)
    assert both(given, VARIABLES)[0] == core


@pytest.mark.parametrize("given", LEFT)
def test_what_is_wrong_or_odd_is_left_to_it(given: str) -> None:
    quick, core = both(given, VARIABLES)
    assert quick == core


LITERAL = st.recursive(
    st.sampled_from(["null", "1", "1.5", '"a"', "RED", "true", "$x", "$nothing", "$missing"]),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["south", "north", "within", "words", "colour", "left", "right"]), inner, max_size=3
        ).map(lambda members: f"{{{', '.join(f'{name}: {value}' for name, value in members.items())}}}")
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(["n", "id", "box", "one", "words", "colour", "other"]), LITERAL, min_size=1))
def test_whatever_is_given_it_is_the_same(given: dict[str, str]) -> None:
    quick, core = both(", ".join(f"{name}: {value}" for name, value in given.items()), VARIABLES)
    assert quick == core
