"""Variables are coerced as graphql-core does it, or left to it."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, get_variable_values, parse
from graphql.execution.values import VariableValues
from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.api.execution.coercion import Inputs

SCHEMA = build_schema("""
type Query { f(a: A, b: [Int!]!, c: E, d: One, e: Deep): Int }
enum E { X Y }
input A { id: ID!  n: Int = 7  s: String  list: [[Float]]  inner: B }
input B { e: E! = Y  flag: Boolean }
input One @oneOf { left: Int  right: String }
input Deep { deeper: Deep  n: Int }
""")
QUERY = "query ($a: A, $b: [Int!]!, $c: E, $d: One) { f(a: $a, b: $b, c: $c, d: $d) }"
B = {"b": [1]}


def both(variables: dict[str, Any], query: str = QUERY) -> tuple[Any, Any]:
    """What is made of them here, and by graphql-core."""
    (operation,) = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    quick = Inputs(SCHEMA, operation.variable_definitions or ()).coerce(variables)
    return quick, get_variable_values(SCHEMA, operation.variable_definitions or (), variables)


def shown(values: Any) -> Any:
    """All that there is to see of them."""
    assert isinstance(values, VariableValues)
    sources = {name: (str(each.signature.type), each.value) for name, each in values.sources.items()}
    return list(values.coerced.items()), sources


RIGHT = [
    B,
    B | {"a": None, "c": None},
    B | {"a": {"id": "1"}},
    B | {"a": {"id": 1, "n": None, "s": "x", "list": [[1, 2.5], None, []], "inner": {}}},
    B | {"a": {"id": "1", "inner": {"e": "X", "flag": True}}, "c": "Y"},
    B | {"d": {"left": 1}},
    {"b": []},
    B | {"unknown": 1},
]
WRONG = [
    {},
    {"b": None},
    {"b": [None]},
    {"b": ["1"]},
    B | {"a": {}},
    B | {"a": {"id": "1", "more": 1}},
    B | {"a": []},
    B | {"a": {"id": "1", "inner": {"e": None}}},
    B | {"a": {"id": "1", "s": 5}},
    B | {"c": "Z"},
    B | {"d": {}},
    B | {"d": {"left": None}},
    B | {"d": {"left": 1, "right": "x"}},
]


@pytest.mark.parametrize("variables", RIGHT, ids=str)
def test_what_is_right_is_taken_and_is_the_same(variables: dict[str, Any]) -> None:
    quick, core = both(variables)
    assert shown(quick) == shown(core)


@pytest.mark.parametrize("variables", [*WRONG, {"b": 1}], ids=str)
def test_what_is_wrong_or_odd_is_left_to_graphql_core(variables: dict[str, Any]) -> None:
    quick, core = both(variables)
    assert quick is None
    assert isinstance(core, list) == (variables != {"b": 1})


@pytest.mark.parametrize(
    "query",
    [
        "query ($e: Deep) { f(b: [], e: $e) }",
        "query ($b: [Int!]! = [1]) { f(b: $b) }",
        "query ($x: Nothing) { f(b: []) }",
    ],
)
def test_types_within_themselves_and_defaults_are_left_to_it(query: str) -> None:
    assert both({"b": [1]}, query)[0] is None


FIELDS = ["id", "n", "s", "list", "inner", "e", "flag", "left", "right"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["X", "1", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "n", "s", "list", "inner", "e", "flag", "left", "right"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.fixed_dictionaries({}, optional={"a": JSON, "b": JSON, "c": JSON, "d": JSON}))
def test_whatever_is_sent_it_is_the_same_or_left_to_it(variables: dict[str, Any]) -> None:
    quick, core = both(variables)
    assert quick is None or shown(quick) == shown(core)
