"""GraphQL over HTTP: which requests are looked at, and with which status the others are refused."""

import asyncio
import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import strawberry

from parkgraph.api.admission import Admission, RateLimiter
from parkgraph.api.persisted import PersistedQueries
from tests.api.serving import graphql_app, serving

entered = threading.Semaphore(0)
release = threading.Event()


@strawberry.type
class Query:
    @strawberry.field
    def double(self, x: int = 2) -> int:
        return 2 * x

    @strawberry.field
    async def held(self) -> str:
        """Until the test lets go."""
        entered.release()
        while not release.is_set():
            await asyncio.sleep(0.01)
        return "let go"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self) -> int:
        changes.append(1)
        return len(changes)


@strawberry.type
class Slow:
    @strawberry.mutation
    async def slow(self) -> str:
        """Longer than a query may take."""
        await asyncio.sleep(0.2)
        return "done"


changes: list[int] = []


@pytest.fixture(autouse=True)
def hold() -> Iterator[None]:
    release.clear()
    yield
    release.set()


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(graphql_app(Query, page="<!doctype html>GraphiQL", body_seconds=0.2)) as client:
        yield client


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    assert response.headers["content-type"] == "application/json"
    (error,) = response.json()["errors"]
    assert error["message"].endswith((".", "}."))
    return response.status_code, error["extensions"]["code"]


def test_a_query_is_posted_as_json(client: httpx.Client) -> None:
    response = client.post("/graphql", json={"query": "query($x: Int!) { double(x: $x) }", "variables": {"x": 4}})
    assert (response.status_code, response.json()) == (200, {"data": {"double": 8}})


@pytest.mark.parametrize("query", ["{", "{ x }", '{ double(x: "a") }', "query($x: Int!) { double(x: $x) }"])
def test_a_well_formed_request_is_answered_with_200_whatever_its_query(client: httpx.Client, query: str) -> None:
    response = client.post("/graphql", json={"query": query})
    assert response.json()["data"] is None
    assert refusal_code(response) == (200, "BAD_USER_INPUT")


def refusal_code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'{"query": 1}', b"\xff"])
def test_a_body_that_is_no_request_is_a_bad_request(client: httpx.Client, body: bytes) -> None:
    response = client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert refusal(response) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {},
    ],
)
def test_a_body_of_another_type_is_not_read(client: httpx.Client, headers: dict[str, str]) -> None:
    response = client.post("/graphql", content=b'{"query": "{ double }"}', headers=headers)
    assert refusal(response) == (415, "BAD_USER_INPUT")


def test_a_form_cannot_ask(client: httpx.Client) -> None:
    """Browsers send forms from any page, with the user's address and cookies."""
    assert refusal(client.post("/graphql", data={"query": "{ double }"}))[0] == 415
    assert refusal(client.post("/graphql", files={"query": b"{ double }"}))[0] == 415


def test_a_body_of_100_kilobytes_is_read_and_a_larger_one_is_not(client: httpx.Client) -> None:
    body = b'{"query": "{ double }"}'
    headers = {"content-type": "application/json"}
    assert client.post("/graphql", content=body.ljust(100_000), headers=headers).status_code == 200
    assert refusal(client.post("/graphql", content=body.ljust(100_001), headers=headers)) == (413, "BAD_USER_INPUT")


def test_a_body_that_does_not_say_how_large_it_is_is_read_no_further(client: httpx.Client) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 100_000

    with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        response = client.post("/graphql", content=body(), headers={"content-type": "application/json"})
        assert refusal(response) == (413, "BAD_USER_INPUT")
    assert sent < 1000


def raw(client: httpx.Client, request: bytes) -> bytes:
    """What the server answers to these bytes and no more."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=30) as connection:
        connection.sendall(request)
        answer = bytearray()
        while not _is_whole(answer) and (piece := connection.recv(65_536)):
            answer += piece
        return bytes(answer)


def _is_whole(answer: bytearray) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def test_a_body_that_says_it_is_too_large_is_not_waited_for(client: httpx.Client) -> None:
    assert raw(client, HEAD % 10**9).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_arrive_is_given_up(client: httpx.Client) -> None:
    answer = raw(client, HEAD % 50 + b'{"query"')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BAD_USER_INPUT"' in answer


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_allowed(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/graphql", json={"query": "{ double }"})
    assert refusal(response) == (405, "BAD_USER_INPUT")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("params", [{}, {"query": "{ double }"}, {"query": "{ double }", "extensions": "{}"}])
def test_a_query_is_not_read_from_a_url(client: httpx.Client, params: dict[str, str]) -> None:
    response = client.get("/graphql", params=params)
    assert refusal(response) == (405, "BAD_USER_INPUT")
    assert response.headers["allow"] == "POST"


def test_a_browser_is_shown_graphiql(client: httpx.Client) -> None:
    response = client.get("/graphql", headers={"accept": "text/html,*/*"})
    assert response.headers["content-type"].startswith("text/html")
    assert "GraphiQL" in response.text


def test_without_graphiql_a_browser_is_refused_like_everybody() -> None:
    with serving(graphql_app(Query)) as client:
        assert refusal(client.get("/graphql", headers={"accept": "text/html"})) == (405, "BAD_USER_INPUT")


# Persisted queries, as Apollo's clients use them.

DOUBLE = "query Double($x: Int!) { double(x: $x) }"


def extensions(query: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}


def get(client: httpx.Client, query: str, **variables: Any) -> Any:
    params = {"extensions": json.dumps(extensions(query)), "variables": json.dumps(variables)}
    response = client.get("/graphql", params=params)
    assert response.status_code == 200
    return response.json()


def test_an_unknown_hash_asks_for_its_query_in_apollos_words(client: httpx.Client) -> None:
    error = {
        "message": "PersistedQueryNotFound",
        "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND", "retryable": False},
    }
    assert get(client, "{ nobody_sent_this }") == {"data": None, "errors": [error]}
    answer = client.post("/graphql", json={"extensions": extensions("{ nobody_sent_this }")})
    assert answer.json() == {"data": None, "errors": [error]}


def test_a_query_that_came_with_its_hash_is_known_by_it_from_then_on(client: httpx.Client) -> None:
    body = {"query": DOUBLE, "variables": {"x": 1}, "extensions": extensions(DOUBLE)}
    assert client.post("/graphql", json=body).json() == {"data": {"double": 2}}
    assert get(client, DOUBLE, x=21) == {"data": {"double": 42}}
    assert client.post("/graphql", json=body | {"query": None}).json() == {"data": {"double": 2}}


def test_a_query_with_another_ones_hash_is_refused(client: httpx.Client) -> None:
    answer = client.post("/graphql", json={"query": "{ double }", "extensions": extensions("{ other }")}).json()
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert get(client, "{ other }")["errors"][0]["message"] == "PersistedQueryNotFound"


def test_a_query_that_is_not_valid_is_not_kept(client: httpx.Client) -> None:
    client.post("/graphql", json={"query": "{ dubble }", "extensions": extensions("{ dubble }")})
    assert get(client, "{ dubble }")["errors"][0]["message"] == "PersistedQueryNotFound"


def test_a_preloaded_query_is_known_from_the_beginning() -> None:
    with serving(graphql_app(Query, persisted=PersistedQueries([DOUBLE]))) as client:
        assert get(client, DOUBLE, x=3) == {"data": {"double": 6}}


@pytest.mark.parametrize(
    "params",
    [
        {"extensions": "{"},
        {"extensions": "{}"},
        {"extensions": json.dumps({"persistedQuery": {"version": 1, "sha256Hash": "short"}})},
        {"extensions": json.dumps(extensions(DOUBLE)), "variables": "[]"},
    ],
)
def test_a_url_that_is_no_request_is_a_bad_request(client: httpx.Client, params: dict[str, str]) -> None:
    assert refusal(client.get("/graphql", params=params)) == (400, "BAD_USER_INPUT")


def test_a_mutation_is_not_executed_by_get() -> None:
    """Anybody can make a browser get a URL."""
    mutation = "mutation { change }"
    with serving(graphql_app(Query, Mutation, persisted=PersistedQueries([mutation]))) as client:
        response = client.get("/graphql", params={"extensions": json.dumps(extensions(mutation))})
        assert refusal(response) == (405, "BAD_USER_INPUT")
        assert client.post("/graphql", json={"query": mutation}).json() == {"data": {"change": 1}}


# Rates, places and deadlines.


def test_a_client_that_asks_too_often_is_told_when_to_come_again() -> None:
    with serving(graphql_app(Query, rates=RateLimiter(3))) as client:
        answers = [client.post("/graphql", json={"query": "{ double }"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert refusal(answers[3]) == (429, "RATE_LIMITED")
    wait = answers[3].json()["errors"][0]["extensions"]["retryAfterMs"]
    assert 0 < wait <= 20_000
    assert int(answers[3].headers["retry-after"]) == -(-wait // 1000)


def test_a_full_server_refuses_at_once_and_before_a_body_is_there() -> None:
    """The two that are inside are held until the third has been refused, and the third sends no body."""
    with serving(graphql_app(Query, admission=Admission(2))) as client:
        inside = [threading.Thread(target=client.post, args=["/graphql"], kwargs={"json": {"query": "{ held }"}})
                  for _ in range(2)]  # fmt: skip
        for thread in inside:
            thread.start()
            assert entered.acquire(timeout=30)
        answer = raw(client, HEAD % 50)
        release.set()
        for thread in inside:
            thread.join()
        afterwards = client.post("/graphql", json={"query": "{ held }"})
    entered.acquire()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"code":"UNAVAILABLE","retryable":true,"retryAfterMs":1000' in answer
    assert b"retry-after: 1" in answer.lower()
    assert afterwards.json() == {"data": {"held": "let go"}}


def test_a_query_that_takes_too_long_is_ended() -> None:
    with serving(graphql_app(Query, answer_seconds=0.05)) as client:
        response = client.post("/graphql", json={"query": "{ held }"})
    entered.acquire()
    assert response.json()["data"] is None
    assert refusal(response) == (200, "UNAVAILABLE")


def test_a_client_that_leaves_while_it_sends_harms_nobody(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
        connection.sendall(HEAD % 50 + b'{"query"')
    assert client.post("/graphql", json={"query": "{ double }"}).json() == {"data": {"double": 4}}


def test_a_mutation_has_a_time_of_its_own() -> None:
    release.set()
    app = graphql_app(Query, Slow, answer_seconds=0.05, mutation_seconds=20)
    with serving(app) as client:
        late = client.post("/graphql", json={"query": "{ held }"}).json()
        release.clear()
        query = client.post("/graphql", json={"query": "{ held }"}).json()
        mutation = client.post("/graphql", json={"query": "mutation { slow }"}).json()
    assert late == {"data": {"held": "let go"}}
    assert query["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert mutation == {"data": {"slow": "done"}}
