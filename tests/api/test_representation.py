"""Answers are compressed as the client asks, and persisted queries answered with 304 where nothing changed."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import cramjam
import httpx
import pytest
import strawberry

from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.representation import LARGE, SMALLEST, coding_for
from tests.api.serving import graphql_app, serving

DECOMPRESS = {"gzip": cramjam.gzip.decompress, "br": cramjam.brotli.decompress, "zstd": cramjam.zstd.decompress}
SAID = "query Said($length: Int!) { said(length: $length) }"

said = ["a"]


@strawberry.type
class Query:
    @strawberry.field
    def said(self, length: int) -> str:
        return said[0] * length

    @strawberry.field
    def broken(self) -> str | None:
        raise LookupError


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    persisted = PersistedQueries([SAID, "{ broken }"])
    with serving(graphql_app(Query, persisted=persisted)) as client:
        client.headers["accept-encoding"] = "identity"
        yield client


def ask(client: httpx.Client, length: int, accepted: str) -> tuple[httpx.Headers, bytes]:
    body = {"query": SAID, "variables": {"length": length}}
    with client.stream("POST", "/graphql", json=body, headers={"accept-encoding": accepted}) as answer:
        return answer.headers, b"".join(answer.iter_raw())


@pytest.mark.parametrize("length", [SMALLEST, LARGE])
@pytest.mark.parametrize("coding", list(DECOMPRESS))
def test_a_long_answer_comes_in_the_coding_that_the_client_reads(
    client: httpx.Client, coding: str, length: int
) -> None:
    headers, raw = ask(client, length, coding)
    assert (headers["content-encoding"], headers["vary"]) == (coding, "Accept-Encoding")
    assert int(headers["content-length"]) == len(raw) < length / 4
    assert json.loads(bytes(DECOMPRESS[coding](raw))) == {"data": {"said": "a" * length}}


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "deflate, compress", "gzip;q=much", ""])
def test_a_client_that_reads_no_coding_gets_none(client: httpx.Client, accepted: str) -> None:
    headers, raw = ask(client, SMALLEST, accepted)
    assert "content-encoding" not in headers
    assert headers["vary"] == "Accept-Encoding"
    assert json.loads(raw) == {"data": {"said": "a" * SMALLEST}}


def test_a_short_answer_is_sent_as_it_is(client: httpx.Client) -> None:
    headers, raw = ask(client, 10, "gzip")
    assert {"content-encoding", "vary"}.isdisjoint(headers)
    assert json.loads(raw) == {"data": {"said": "a" * 10}}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"gzip, deflate, br", "br"),
        (b"gzip;q=1.0, br;q=0.5", "gzip"),
        (b"GZIP", "gzip"),
        (b"br;q=0, gzip;q=0.1", "gzip"),
        (b"identity", None),
    ],
)
def test_what_the_client_likes_best_is_chosen(accepted: bytes, coding: str | None) -> None:
    assert coding_for(accepted) == coding


def get(
    client: httpx.Client, query: str = SAID, length: int = SMALLEST, headers: dict[str, str] | None = None
) -> httpx.Response:
    sha256 = hashlib.sha256(query.encode()).hexdigest()
    variables: dict[str, Any] = {"length": length} if query == SAID else {}
    params = {
        "extensions": json.dumps({"persistedQuery": {"version": 1, "sha256Hash": sha256}}),
        "variables": json.dumps(variables),
    }
    return client.get("/graphql", params=params, headers=headers)


def test_a_persisted_query_whose_answer_the_client_has_is_not_sent_again(client: httpx.Client) -> None:
    first = get(client)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    tags = f'"other", {first.headers["etag"]}'
    again = get(client, headers={"if-none-match": tags, "accept-encoding": "br"})
    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["etag"], again.headers["cache-control"]) == (first.headers["etag"], "no-cache")
    assert {"content-type", "content-length", "content-encoding"}.isdisjoint(again.headers)


def test_another_answer_has_another_tag(client: httpx.Client) -> None:
    first = get(client)
    said[0] = "b"
    try:
        changed = get(client, headers={"if-none-match": first.headers["etag"]})
    finally:
        said[0] = "a"
    assert changed.status_code == 200
    assert changed.json() == {"data": {"said": "b" * SMALLEST}}
    assert changed.headers["etag"] != first.headers["etag"]


def test_an_answer_with_an_error_and_one_to_a_post_have_no_tag(client: httpx.Client) -> None:
    broken = get(client, "{ broken }")
    assert broken.json()["data"] == {"broken": None}
    posted = client.post("/graphql", json={"query": SAID, "variables": {"length": 1}})
    for answer in (broken, posted):
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
