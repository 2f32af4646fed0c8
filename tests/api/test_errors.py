"""Every error has a code and a sentence; what is unexpected says nothing of what is inside."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
import strawberry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from parkgraph.api.errors import MASKED, BadUserInputError, ErrorCode
from parkgraph.api.masking import Masking
from parkgraph.graph.cursors import CursorError
from tests.api.serving import graphql_app, serving

SECRET = "SELECT password FROM vendor"
CODES = set(ErrorCode)

INTERNAL = {"message": MASKED, "extensions": {"code": "INTERNAL", "retryable": True}}


@strawberry.type
class Broken:
    @strawberry.field
    def fine(self) -> str:
        return "fine"

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    async def broken_later(self) -> str | None:
        await asyncio.sleep(0)
        raise ConnectionError(SECRET)

    @strawberry.field
    def required(self) -> str:
        raise KeyError(SECRET)

    @strawberry.field
    def null(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def no_number(self) -> int | None:
        return SECRET  # type: ignore[return-value]

    @strawberry.field
    def no_offset(self) -> datetime | None:
        return datetime(2026, 1, 1)  # noqa: DTZ001

    @strawberry.field
    def surrogate(self) -> str | None:
        return "\ud800"

    @strawberry.field
    def timed_out(self) -> str | None:
        raise TimeoutError(SECRET)

    @strawberry.field
    def refused(self) -> str | None:
        raise BadUserInputError("first: between 1 and 100, not 0")

    @strawberry.field
    def cursor(self) -> str | None:
        raise CursorError("after: not a cursor of this API")

    @strawberry.field
    def number(self, value: int = 1) -> int:
        return value

    @strawberry.field
    def instant(self, value: datetime) -> datetime:
        return value


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(graphql_app(Broken)) as client:
        yield client


def ask(client: httpx.Client, query: str, **variables: Any) -> Any:
    response = client.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    return response.json()


@pytest.mark.parametrize("field", ["broken", "brokenLater", "noNumber", "noOffset", "timedOut"])
def test_an_unexpected_exception_nulls_its_field_and_is_masked(client: httpx.Client, field: str) -> None:
    answer = ask(client, f"{{ fine {field} }}")
    assert answer["data"] == {"fine": "fine", field: None}
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "retryable": True}
    assert error["message"] == MASKED
    assert error["path"] == [field]


@pytest.mark.parametrize("field", ["required", "null"])
def test_an_unexpected_exception_in_a_required_field_nulls_the_data(client: httpx.Client, field: str) -> None:
    answer = ask(client, f"{{ fine {field} }}")
    assert answer["data"] is None
    assert [(e["message"], e["extensions"]["code"]) for e in answer["errors"]] == [(MASKED, "INTERNAL")]


def test_an_answer_that_cannot_be_written_is_masked(client: httpx.Client) -> None:
    answer = ask(client, "{ surrogate }")
    assert answer == {
        "data": None,
        "errors": [{"message": MASKED, "extensions": {"code": "INTERNAL", "retryable": True}}],
    }


def test_a_context_that_cannot_be_built_is_masked() -> None:
    def no_context() -> object:
        raise RuntimeError(SECRET)

    with serving(graphql_app(Broken, context=no_context)) as client:
        answer = ask(client, "{ fine }")
    assert answer == {
        "data": None,
        "errors": [{"message": MASKED, "extensions": {"code": "INTERNAL", "retryable": True}}],
    }


@pytest.mark.parametrize(("path", "status"), [("/graphql", 200), ("/readyz", 500)])
def test_an_exception_of_any_part_around_is_masked(path: str, status: int) -> None:
    class BrokenMiddleware:
        def __init__(self, app: object) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise RuntimeError(SECRET)

    routes = [Route("/graphql", graphql_app(Broken)), Route("/readyz", graphql_app(Broken))]
    with serving(Starlette(routes=routes, middleware=[Middleware(Masking), Middleware(BrokenMiddleware)])) as client:
        response = client.post(path, json={"query": "{ fine }"})
    assert response.status_code == status
    assert response.json()["errors"] == [INTERNAL]


@pytest.mark.parametrize(
    ("field", "message"),
    [("refused", "first: between 1 and 100, not 0"), ("cursor", "after: not a cursor of this API")],
)
def test_an_expected_error_keeps_its_words_and_its_place(client: httpx.Client, field: str, message: str) -> None:
    (error,) = ask(client, f"{{ {field} }}")["errors"]
    assert error == {
        "message": message,
        "locations": [{"line": 1, "column": 3}],
        "path": [field],
        "extensions": {"code": "BAD_USER_INPUT", "retryable": False},
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("{ fin }", "Cannot query field 'fin' on type 'Broken'. Did you mean 'fine'?"),
        ('{ number(value: "1") }', 'value: Int cannot represent non-integer value: "1"'),
        ("{ number(value: 2147483648) }", "value: Int cannot represent non 32-bit signed integer value: 2147483648"),
        (
            '{ instant(value: "2026-11-24T09:00:00") }',
            "value: an instant is RFC 3339 with an offset, such as 2026-11-24T09:00:00+01:00",
        ),
        ('{ instant(value: "0001-01-01T00:00:00+14:00") }', "value: an instant is between the years 1970 and 2199"),
        ('{ instant(value: "9999-12-31T23:59:59-14:00") }', "value: an instant is between the years 1970 and 2199"),
        ("{ instant(value: 5) }", "value: an instant is RFC 3339 with an offset, such as 2026-11-24T09:00:00+01:00"),
    ],
)
def test_an_error_of_the_query_names_the_argument(client: httpx.Client, query: str, message: str) -> None:
    answer = ask(client, query)
    assert answer["data"] is None
    assert [(e["message"], e["extensions"]["code"]) for e in answer["errors"]] == [(message, "BAD_USER_INPUT")]


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("Int!", "one", "Variable '$x' has invalid value: Int cannot represent non-integer value: 'one'"),
        ("Int!", None, "Variable '$x' has invalid value: Expected value of non-null type 'Int!' not to be None."),
        (
            "DateTime!",
            "2026-11-24",
            "Variable '$x' has invalid value: an instant is RFC 3339 with an offset, such as 2026-11-24T09:00:00+01:00",
        ),
    ],
)
def test_an_error_of_a_variable_names_it(client: httpx.Client, kind: str, value: object, message: str) -> None:
    field = "number" if kind == "Int!" else "instant"
    (error,) = ask(client, f"query($x: {kind}) {{ {field}(value: $x) }}", x=value)["errors"]
    assert (error["message"], error["extensions"]["code"]) == (message, "BAD_USER_INPUT")


def test_a_null_where_a_default_would_be_is_the_callers_error(client: httpx.Client) -> None:
    (error,) = ask(client, "query($x: Int = 1) { number(value: $x) }", x=None)["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "'value'" in error["message"]


def test_a_message_does_not_bring_a_long_query_back(client: httpx.Client) -> None:
    (error,) = ask(client, "{" + "a" * 30_000 + "}")["errors"]
    assert len(error["message"]) == 500


WORDS = ["{", "}", "(", ")", "[", "]", ":", "$x", "...", "on", "fragment", "query", "mutation", "subscription", "fine",
         "Broken", "broken", "refused", "number", "value", "instant", "__typename", "__schema", "types", "name", "if",
         "@skip", "null", "1", "1e999", '"', '""', '"""', "#", "\n", "F", "&", "!", "\x00", "\ud7ff", "☃"]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    variables=st.dictionaries(st.just("x") | st.text(max_size=3), st.none() | st.integers() | st.text(max_size=5)),
    name=st.none() | st.text(max_size=5),
)
def test_whatever_is_asked_each_error_has_a_code_and_a_sentence(
    client: httpx.Client, query: str, variables: dict[str, Any], name: str | None
) -> None:
    response = client.post("/graphql", json={"query": query, "variables": variables, "operationName": name})
    answer = response.json()
    assert response.status_code in (200, 400)
    assert "errors" in answer or answer["data"] is not None
    for error in answer.get("errors", []):
        assert error["extensions"]["code"] in CODES
        assert error["message"]
        assert SECRET not in error["message"]
        assert error["extensions"]["code"] != "INTERNAL" or error["path"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]),
    query=st.dictionaries(st.sampled_from(["query", "extensions", "variables", "x"]), st.text(max_size=20)),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "content-type": st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=x", ";"]),
            "accept": st.sampled_from(["text/html", "*/*", "application/graphql-response+json"]),
            "content-encoding": st.sampled_from(["gzip", "br"]),
            "origin": st.just("https://elsewhere.example"),
        },
    ),
    body=st.binary(max_size=40),
)
def test_whatever_is_sent_the_answer_is_json_with_a_code(
    client: httpx.Client, method: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> None:
    response = client.request(method, "/graphql", params=query, headers=headers, content=body)
    assert response.headers["content-type"] == "application/json"
    assert response.status_code in (200, 400, 405, 413, 415)
    for error in response.json()["errors"]:
        assert error["extensions"]["code"] in CODES - {"INTERNAL"}
        assert error["message"]
