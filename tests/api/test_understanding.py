"""Requests with the same bytes ask the same; what is understood of one is kept for the next."""

import json
from hashlib import sha256
from typing import Any

import pytest
import strawberry
from starlette.datastructures import QueryParams

from parkgraph.api import schema
from parkgraph.api.documents import Documents, QueryError
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.limits import Limits
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.understanding import KEPT_CHARS, Understanding

DOUBLE = "query Double($x: Int!) { double(x: $x) }"


@strawberry.type
class Query:
    @strawberry.field
    def double(self, x: int = 2) -> int:
        return 2 * x


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, plate: str) -> int:
        return len(plate)


@pytest.fixture
def understanding() -> Understanding:
    documents = Documents(schema.build(Query, Mutation), Limits(), production=False)
    return Understanding(documents, PersistedQueries())


def body(query: str | None = DOUBLE, **more: Any) -> bytes:
    return json.dumps({"query": query, "variables": {"x": 4}, **more}).encode()


def hash_of(query: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}


def test_the_same_bytes_are_understood_twice_at_most(understanding: Understanding) -> None:
    once, twice, again = [understanding.of_body(body(), bound=False) for _ in range(3)]
    assert again is twice
    assert again is not once
    assert again.supply() is twice.supply()
    assert understanding.of_body(body(variables={"x": 5}), bound=False).request.variables == {"x": 5}


def test_what_is_wrong_is_wrong_again(understanding: Understanding) -> None:
    for _ in range(2):
        with pytest.raises(BadUserInputError):
            understanding.of_body(b"{", bound=False)
        with pytest.raises(QueryError):
            understanding.of_body(body("{ dubble }"), bound=False)
        with pytest.raises(QueryError):
            understanding.of_body(body(variables={"x": "four"}), bound=False).supply()


def test_of_a_mutation_nothing_is_kept(understanding: Understanding) -> None:
    change = body('mutation { change(plate: "S-PG 4711") }', variables=None)
    _, second, third = [understanding.of_body(change, bound=False) for _ in range(3)]
    assert third is not second
    assert len(understanding._kept) == 0


def test_the_wider_limits_of_a_gate_are_nobody_else_s(understanding: Understanding) -> None:
    long = body(variables={"x": 1, "more": list(range(5_000))})
    for _ in range(3):
        understanding.of_body(long, bound=True)
    with pytest.raises(QueryError):
        understanding.of_body(long, bound=False)


def test_a_query_that_comes_with_its_hash_is_registered_each_time(understanding: Understanding) -> None:
    with_hash = body(extensions=hash_of(DOUBLE))
    for _ in range(2):
        understanding.of_body(with_hash, bound=False)
    understanding._persisted._registered.clear()
    understanding.of_body(with_hash, bound=False)
    only_hash = body(None, extensions=hash_of(DOUBLE))
    assert understanding.of_body(only_hash, bound=False).request.query is None


def test_a_url_is_understood_as_its_body_would_be(understanding: Understanding) -> None:
    understanding.of_body(body(extensions=hash_of(DOUBLE)), bound=False)
    parameters = QueryParams({"extensions": json.dumps(hash_of(DOUBLE)), "variables": '{"x": 21}'})
    raw = str(parameters).encode()
    _, second, third = [understanding.of_parameters(raw, parameters, bound=False) for _ in range(3)]
    assert third is second
    assert third.request.variables == {"x": 21}


def test_what_is_kept_is_bounded(understanding: Understanding) -> None:
    for number in range(2000):
        for _ in range(2):
            understanding.of_body(body(variables={"x": number}).ljust(1000), bound=False)
    assert understanding._kept.currsize <= KEPT_CHARS
    assert 0 < len(understanding._kept) < 300
    huge = body().ljust(KEPT_CHARS)
    _, second, third = [understanding.of_body(huge, bound=False) for _ in range(3)]
    assert third is not second
