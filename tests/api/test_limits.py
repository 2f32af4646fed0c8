"""Limits of one query: what is just within them passes, what is over them is refused, and hostile text is cheap."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

import pytest
from graphql import GraphQLSchema, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.api import schema
from parkgraph.api.cost import SEARCH, cost, prices
from parkgraph.api.documents import Documents, QueryError
from parkgraph.api.errors import BadUserInputError, ErrorCode
from parkgraph.api.limits import Limits
from parkgraph.api.requests import from_body
from parkgraph.api.schema import ParkGraphSchema
from parkgraph.api.shape import shapes

NEAR = "near: {latitude: 48.8, longitude: 9.2}"
STAY = 'stay: {arrive: "2026-11-24T09:00:00+01:00", leave: "2026-11-24T12:30:00+01:00"}'

EVERYTHING = """
  totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  sources { network { ...N } status latencyMs asOf listings code }
  edges { cursor distance cheapest { ...O } offers { ...O } excluded { code text }
    node { id name kind location { latitude longitude } address operator capacity occupancy { ...Occ } openingHours
           audiences { audience capacity vacant } isOpen maxHeightCm features listings { ...L }
           provenance { field observedAt network { ...N } } } }
"""
FRAGMENTS = """
fragment N on Network { id name homepage attribution licence capabilities status lastSuccessAt listings rejected }
fragment Occ on Occupancy { vacant capacity level observedAt fresh network { ...N } }
fragment L on Listing { id network { ...N } localId name location { latitude longitude } capacity tariffText
                        attribution url updatedAt occupancy { ...Occ } }
fragment O on Offer { id network { ...N } status reason reasonText total { ...M } tariffText bookable url validUntil
                      lines { label from to quantity unitAmount { ...M } amount { ...M } } listing { ...L } }
fragment M on Money { amount currency }
"""


@cache
def built() -> ParkGraphSchema:
    return schema.build()


def core() -> GraphQLSchema:
    return built().core


def ask(
    query: str, variables: dict[str, Any] | None = None, *, production: bool = False, name: str | None = None
) -> None:
    Documents(built(), Limits(), production=production).operation(query, name, variables or {})


def refusal(query: str, variables: dict[str, Any] | None = None, *, production: bool = False) -> tuple[str, str]:
    """Code and message of the first error."""
    with pytest.raises(QueryError) as refused:
        ask(query, variables, production=production)
    error = refused.value.errors[0]
    return str((error.extensions or {})["code"]), error.message


def nested(depth: int) -> str:
    """A query whose deepest field is at this depth."""
    return "{" + "a {" * (depth - 1) + "a" + "}" * depth


def aliased(count: int) -> str:
    return "{" + " ".join(f"a{i}: __typename" for i in range(count)) + "}"


def directed(count: int) -> str:
    return "{ __typename " + "@x " * count + "}"


def commented(tokens: int) -> str:
    return "{ __typename }" + "#\n" * (tokens - 3)


def depth_refused(query: str) -> bool:
    code, message = refusal(query)
    return code == ErrorCode.QUERY_TOO_COMPLEX and "12 fields deep" in message


def test_a_query_is_at_most_12_fields_deep() -> None:
    assert not depth_refused(nested(12))
    assert depth_refused(nested(13))


def test_depth_counts_through_fragments() -> None:
    within = "{" + "a {" * 6 + "...F" + "}" * 7 + " fragment F on Query {" + "b {" * 5 + "b" + "}" * 6
    over = "{" + "a {" * 6 + "...F" + "}" * 7 + " fragment F on Query {" + "b {" * 6 + "b" + "}" * 7
    assert not depth_refused(within)
    assert depth_refused(over)


def test_inline_fragments_do_not_make_a_query_deeper() -> None:
    ask("{" + "... {" * 20 + "__typename" + "}" * 21)


def test_the_tools_own_introspection_query_passes_in_development() -> None:
    ask(get_introspection_query())


def test_a_query_has_at_most_15_aliases() -> None:
    ask(aliased(15))
    code, message = refusal(aliased(16))
    assert (code, message) == ("QUERY_TOO_COMPLEX", "The query has 16 aliases; at most 15 are allowed.")


def test_a_query_has_at_most_50_directives() -> None:
    assert "Unknown directive" in refusal(directed(50))[1]
    code, message = refusal(directed(51))
    assert (code, message) == ("QUERY_TOO_COMPLEX", "The query has 51 directives; at most 50 are allowed.")


def test_a_query_has_at_most_1000_tokens_and_comments_count() -> None:
    ask(commented(1000))
    code, message = refusal(commented(1001))
    assert code == "QUERY_TOO_COMPLEX"
    assert "1000 tokens" in message


def test_a_query_has_at_most_32_characters_for_each_token_that_it_may_have() -> None:
    ask("{ __typename }".ljust(32_000))
    code, message = refusal("{ __typename }".ljust(32_001))
    assert (code, message) == ("QUERY_TOO_COMPLEX", "The query has 32001 characters; at most 32000 are allowed.")


def test_variables_have_at_most_as_many_values_as_a_query_has_tokens() -> None:
    # The object and its list are values too.
    ask("{ __typename }", {"list": [1] * 998})
    assert refusal("{ __typename }", {"list": [1] * 999})[0] == "QUERY_TOO_COMPLEX"


def test_a_full_page_with_every_field_there_is_passes() -> None:
    ask("{ nearby(" + f"{NEAR}, {STAY}, first: 100)" + "{" + EVERYTHING + "} }" + FRAGMENTS)


def test_two_full_pages_with_every_field_are_too_much() -> None:
    page = f"nearby({NEAR}, {STAY}, first: 100)" + "{" + EVERYTHING + "}"
    code, message = refusal("{ a: " + page + "b: " + page + "}" + FRAGMENTS)
    assert code == "QUERY_TOO_COMPLEX"
    assert "at most 50000" in message


def cost_of(query: str, **variables: Any) -> int:
    (shape,) = shapes(parse(query), max_depth=12).values()
    return cost(shape, prices(core()), variables)


@given(st.integers(1, 100))
def test_what_stands_in_a_page_costs_as_often_as_the_page_is_long(first: int) -> None:
    query = "{ nearby(" + f"{NEAR}, first: {first})" + "{ nodes { id name } } }"
    assert cost_of(query) == SEARCH + 1 + first * 2


@given(st.integers(1, 100))
def test_a_page_size_costs_the_same_as_a_variable(first: int) -> None:
    query = "query($n: Int!) { nearby(" + f"{NEAR}, first: $n)" + "{ edges { node { id } } } }"
    assert cost_of(query, n=first) == cost_of(query.replace("$n)", f"{first})"))


def test_a_list_that_says_how_long_it_is_costs_as_often() -> None:
    assert cost_of('{ placesNamed(name: "x", near: {latitude: 1, longitude: 1}, first: 7) { distance } }') == SEARCH + 7


@pytest.mark.parametrize("first", [1000, -1, None, "many", 10**30])
def test_a_page_size_that_will_be_refused_costs_as_the_largest(first: object) -> None:
    query = "query($n: Int!) { nearby(" + f"{NEAR}, first: $n)" + "{ nodes { id } } }"
    assert cost_of(query, n=first) == cost_of(query, n=100)


def test_a_page_size_that_is_not_given_costs_as_its_default() -> None:
    query = "{ nearby(" + f"{NEAR})" + "{ nodes { id } } }"
    assert cost_of(query) == SEARCH + 1 + 20


def test_the_default_of_a_variable_costs_what_it_says() -> None:
    query = (
        "query($n: Int! = {n}) { nearby(" + f"{NEAR}, first: $n)" + "{" + EVERYTHING + EVERYTHING + "} }" + FRAGMENTS
    )
    limits = Limits(cost=20_000)
    documents = Documents(built(), limits, production=False)
    documents.operation(query.replace("{n}", "5"), None, {})
    with pytest.raises(QueryError):
        documents.operation(query.replace("{n}", "100"), None, {})


def test_equal_fields_are_counted_once() -> None:
    assert cost_of("{ networks { id ...F } } fragment F on Network { id }") == cost_of("{ networks { id } }")


def test_a_document_that_passed_is_not_parsed_again() -> None:
    documents = Documents(built(), Limits(), production=False)
    with counting_calls() as first:
        documents.operation(get_introspection_query(), None, {})
    with counting_calls() as second:
        documents.operation(get_introspection_query(), None, {})
    assert second() * 10 < first()


@contextmanager
def counting_calls() -> Iterator[Callable[[], int]]:
    """How many functions were called, which is the same on every machine."""
    count = 0

    def call(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(call)
    try:
        yield lambda: count
    finally:
        sys.setprofile(before)


MANY_CALLS = 500_000
"""They take some 25 ms; a refusal may take 50."""

HOSTILE = {
    "a megabyte": ("{" + "a " * 500_000 + "}", "QUERY_TOO_COMPLEX"),
    "brackets only": ("{" * 100_000, "QUERY_TOO_COMPLEX"),
    "few brackets only": ("{" * 500, "QUERY_TOO_COMPLEX"),
    "aliases": ("{" + " ".join(f"a{i}: __typename" for i in range(10_000)) + "}", "QUERY_TOO_COMPLEX"),
    "directives": ("{ __typename " + "@skip(if: true) " * 5_000 + "}", "QUERY_TOO_COMPLEX"),
    "deep selections": (nested(5_000), "QUERY_TOO_COMPLEX"),
    "less deep selections": (nested(40), "QUERY_TOO_COMPLEX"),
    "deep inline fragments": ("{" + "... {" * 190 + "__typename" + "}" * 191, "QUERY_TOO_COMPLEX"),
    "a fragment in itself": ("{ ...A } fragment A on Query { ...A }", "BAD_USER_INPUT"),
    "fragments in a circle": (
        "{ ...F0 } " + " ".join(f"fragment F{i} on Query {{ a {{ ...F{(i + 1) % 40} }} }}" for i in range(40)),
        "QUERY_TOO_COMPLEX",
    ),
    "a short circle": ("{ ...A } fragment A on Query { a { ...B } } fragment B on X { b { ...A } }", "BAD_USER_INPUT"),
    "fragments that multiply": (
        "{ ...F0 } "
        + " ".join(f"fragment F{i} on Q {{ a {{ ...F{i + 1} }} b {{ ...F{i + 1} }} }}" for i in range(11))
        + " fragment F11 on Q { c }",
        "QUERY_TOO_COMPLEX",
    ),
    "10,000 fragments": (" ".join(f"fragment F{i} on Query {{ id }}" for i in range(10_000)), "QUERY_TOO_COMPLEX"),
    "100 fragments in one place": (
        "{"
        + " ".join(f"...F{i}" for i in range(95))
        + "}"
        + " ".join(f"fragment F{i} on Q{{f{i}}}" for i in range(95)),
        "BAD_USER_INPUT",
    ),
    "fields to merge": ("{" + "networks { id } " * 240 + "}", "QUERY_TOO_COMPLEX"),
    "leaves to merge": ("{ networks {" + "id " * 900 + "} }", "QUERY_TOO_COMPLEX"),
    "just not too many to merge": ("{" + "".join(f"b{i}{{c}} " * 20 for i in range(12)) + "}", "BAD_USER_INPUT"),
    "fields to merge where nobody looks": (
        "{ __typename } " + "fragment F on Query {" + "networks { id } " * 200 + "}",
        "QUERY_TOO_COMPLEX",
    ),
    "deep lists": ("{ place(id: " + "[" * 300 + "]" * 300 + ") { id } }", "QUERY_TOO_COMPLEX"),
    "deep objects": ("{ nearby(near: " + "{a:" * 300 + "1" + "}" * 300 + ") { totalCount } }", "QUERY_TOO_COMPLEX"),
    "a wide list": ("{ place(id: [" + "1 " * 5_000 + "]) { id } }", "QUERY_TOO_COMPLEX"),
    "a huge integer": ("{ nearby(radius: " + "9" * 30_000 + ") { totalCount } }", "BAD_USER_INPUT"),
    "a huge fraction": ("{ nearby(radius: 1." + "9" * 30_000 + ") { totalCount } }", "BAD_USER_INPUT"),
    "a long name": ("{" + "a" * 30_000 + "}", "BAD_USER_INPUT"),
    "an endless string": ('{ place(id: "' + "\\u0041" * 5_000 + "}", "BAD_USER_INPUT"),
    "an endless block string": ('{ place(id: """' + "a\n" * 15_000 + "}", "BAD_USER_INPUT"),
    "empty lines": ("{" + "\n" * 30_000 + "x }", "BAD_USER_INPUT"),
    "operations": (" ".join(f"query Q{i} {{ __typename }}" for i in range(150)), "BAD_USER_INPUT"),
    "variables": ("query(" + " ".join(f"$a{i}: Int" for i in range(240)) + ") { __typename }", "BAD_USER_INPUT"),
    "arguments": ("{ nearby(" + "radius: 1 " * 300 + ") { totalCount } }", "BAD_USER_INPUT"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_for_little(name: str) -> None:
    query, code = HOSTILE[name]
    core()
    with counting_calls() as calls:
        refused = refusal(query)
    assert refused[0] == code
    assert len(refused[1]) <= 500
    assert calls() < MANY_CALLS


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"variables":' + b'{"a":' * 16_000 + b"1" + b"}" * 16_001,
        b'{"query": "{ a }", "variables": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"query": ' + b"9" * 90_000 + b"}",
        b'{"query": "' + b"{" * 90_000,
        b"{" + b",".join(b'"%d":{}' % i for i in range(9_000)) + b"}",
    ],
    ids=["lists", "objects", "lists in variables", "a number", "a string", "many names"],
)
def test_a_hostile_body_is_refused_for_little(body: bytes) -> None:
    with counting_calls() as calls, pytest.raises(BadUserInputError):
        from_body(body)
    assert calls() < MANY_CALLS


def test_a_field_may_be_asked_for_20_times_in_one_place() -> None:
    ask("{" + "__typename " * 20 + "}")
    code, message = refusal("{" + "__typename " * 21 + "}")
    assert code == "QUERY_TOO_COMPLEX"
    assert "'__typename' more than 20 times" in message


@pytest.mark.parametrize("query", ["{ __schema { queryType { name } } }", '{ __type(name: "Place") { name } }'])
def test_introspection_is_off_in_production(query: str) -> None:
    ask(query)
    code, message = refusal(query, production=True)
    assert code == "BAD_USER_INPUT"
    assert "introspection" in message


def test_the_name_of_a_type_may_be_asked_for_in_production() -> None:
    ask("{ __typename networks { __typename } }", production=True)


MISSPELT = [
    "{ netwoks { id } }",
    "{ networks { nam } }",
    "{ networks }",
    "{ node(id: 1) { ... on Plac { id } } }",
    "{ place(idd: 1) { id } }",
    "{ nearby(near: {latitud: 1, longitude: 1}) { totalCount } }",
    "{ nearby(near: {latitude: 1, longitude: 1}, sort: DISTANC) { totalCount } }",
]


@pytest.mark.parametrize("query", MISSPELT)
def test_a_misspelling_is_not_corrected_in_production(query: str) -> None:
    with pytest.raises(QueryError) as refused:
        ask(query, production=True)
    assert not any("Did you mean" in error.message for error in refused.value.errors)


def test_a_misspelling_is_corrected_in_development() -> None:
    assert "Did you mean 'networks'?" in refusal("{ netwoks { id } }")[1]


@pytest.mark.parametrize(
    ("query", "name", "sentence"),
    [
        (
            "query A { __typename } query B { __typename }",
            None,
            "operationName: choose one of the query's operations: A, B.",
        ),
        ("query A { __typename }", "B", "operationName: the query has no operation 'B'; it has A."),
        ("{ __typename }", "", "operationName: the query has no operation ''; it has None."),
    ],
)
def test_an_operation_is_chosen_by_its_name(query: str, name: str | None, sentence: str) -> None:
    with pytest.raises(QueryError) as refused:
        ask(query, name=name)
    assert refused.value.errors[0].message == sentence
