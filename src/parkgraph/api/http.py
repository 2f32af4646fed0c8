"""`/graphql` over HTTP: POST with JSON, GET for persisted queries, errors with codes, and in development GraphiQL.

A well-formed request is answered with 200 whatever becomes of its query, as GraphQL over HTTP has it for
application/json; other statuses say that the request did not get that far. Every answer but GraphiQL's page is JSON.
"""

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from time import monotonic
from types import CoroutineType
from typing import Any, Final

import structlog
from graphql import ExecutionResult, OperationType
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from parkgraph.accounts.principal import ANONYMOUS, Principal
from parkgraph.api import deadline, outcome
from parkgraph.api.admission import Admission, OverloadedError, RateLimitedError, RateLimiter, client_of
from parkgraph.api.answers import PRIVATE, Answer, answer
from parkgraph.api.arrival import ARRIVED, WHOLE_BODY
from parkgraph.api.context import Context
from parkgraph.api.credentials import Authenticate, identify, nobody
from parkgraph.api.documents import Documents, QueryError
from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode, presentable
from parkgraph.api.events import EventStream, accepts_events
from parkgraph.api.http_error import HttpError, later
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.prompt import within
from parkgraph.api.representation import coding_of, compress, tag
from parkgraph.api.requests import is_json
from parkgraph.api.seats import Seats
from parkgraph.api.telling import tell
from parkgraph.api.understanding import Understanding, Understood

log = structlog.get_logger()

BOUND_BODY_BYTES: Final = 1_000_000
"""Of a key that is bound to something, such as a gate: it may have much to send at once."""


_QUERY: Final = OperationType.QUERY
_MUTATION: Final = OperationType.MUTATION
_SUBSCRIPTION: Final = OperationType.SUBSCRIPTION
"""To look up a member takes Python 3.11 as long as to call a function."""


class Head:
    """What is looked at of a request's head. Of a header that is there twice, the first counts.

    `get`: a header by its name, and what it is where there is none. `arrived`: when it did, by the loop's clock; later
    by as long as its client took to send the body. `whole_body`: None where it is still to be received.
    """

    __slots__ = ("arrived", "authorization", "client", "get", "method", "query_string", "whole_body")

    def __init__(self, scope: Scope) -> None:
        raw = scope["headers"]
        self.arrived: float = scope.get(ARRIVED) or get_running_loop().time()
        self.whole_body: bytes | None = scope.pop(WHOLE_BODY, None)
        self.method: str = scope["method"]
        self.query_string: bytes = scope["query_string"]
        self.client = client_of(scope["client"][0] if scope["client"] else "")
        headers: dict[bytes, bytes] = dict(reversed(raw))
        self.get: Callable[[bytes, bytes], bytes] = headers.get
        self.authorization = (
            [value.decode("latin-1") for name, value in raw if name == b"authorization"]
            if b"authorization" in headers
            else []
        )


class GraphQLEndpoint:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self,
        documents: Documents,
        persisted: PersistedQueries,
        admission: Admission,
        rates: RateLimiter,
        seats: Seats,
        context: Callable[[], Context],
        authenticate: Authenticate = nobody,
        *,
        body_bytes: int,
        body_seconds: float = 5,
        answer_seconds: float,
        mutation_seconds: float | None = None,
        page: str | None = None,
    ) -> None:
        """`body_seconds`: for a body to arrive. `answer_seconds`: for the execution of a query.
        `mutation_seconds`: for that of a mutation, if it has another time.

        `page`: what a browser is shown that asks for one.
        """
        self._documents = documents
        self._understanding = Understanding(documents, persisted)
        self._admission = admission
        self._rates = rates
        self._seats = seats
        self._context = context
        self._authenticate = authenticate
        self._body_bytes = body_bytes
        self._body_seconds = body_seconds
        self._answer_seconds = answer_seconds
        self._mutation_seconds = mutation_seconds or answer_seconds
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = Head(scope)
        try:
            told = await self._respond(scope, head, receive)
        except ClientDisconnect:
            return
        except HttpError as refused:
            told = answer(None, [refused.error], refused.status, refused.headers)
        if head.authorization:
            told.cache = PRIVATE
        if isinstance(told, Answer):
            if head.method == "GET" and told.is_whole and not head.authorization:
                tag(told, head.get(b"if-none-match", b""))
            if coding := coding_of(told, head.get(b"accept-encoding", b"")):
                await compress(told, coding)
        await told(scope, receive, send)

    async def _respond(self, scope: Scope, head: Head, receive: Receive) -> Answer | EventStream:
        try:
            with self._admission.admit():
                if not head.authorization:
                    self._rates.take(head.client)
                    principal = ANONYMOUS
                else:
                    principal = await identify(head.authorization, head.client, self._authenticate, self._rates)
                return await self._admitted(scope, head, receive, principal)
        except RateLimitedError as refused:
            words = "Too many requests from this client; slow down."
            raise later(HTTPStatus.TOO_MANY_REQUESTS, ErrorCode.RATE_LIMITED, words, refused.retry_after_ms) from None
        except OverloadedError as refused:
            return busy(refused)

    async def _admitted(self, scope: Scope, head: Head, receive: Receive, principal: Principal) -> Answer | EventStream:
        if self._page is not None and head.method == "GET" and _wants_page(head):
            page = Answer(self._page.encode())
            page.media_type = b"text/html; charset=utf-8"
            return page
        try:
            bound = principal.scope is not None
            if head.method == "GET":
                asked = self._of_parameters(head, bound=bound)
            else:
                most = self._may_send(head, bound=bound)
                body, head.whole_body = head.whole_body, None  # a stream of events lasts for long
                if body is None:
                    body = await self._awaited_body(head, receive, most)
                elif len(body) > most:
                    raise _too_large(most)
                asked = self._understanding.of_body(body, bound=bound)
        except BadUserInputError as refusal:
            raise HttpError(HTTPStatus.BAD_REQUEST, refusal) from None
        except QueryError as refused:
            return answer(None, refused.errors)
        node = asked.operation.node
        deadline.begin(head.arrived if node.operation is _QUERY else None)
        if node.operation is _SUBSCRIPTION:
            return self._stream(head, asked, principal)
        if head.method == "GET" and node.operation is not _QUERY:
            raise _not_allowed("Mutations are sent by POST.")
        outcome.executing(scope, node.name.value if node.name else None)
        return await self._execute(asked, principal)

    def _of_parameters(self, head: Head, *, bound: bool) -> Understood:
        if len(head.query_string) > self._body_bytes:
            raise _too_large(self._body_bytes)
        parameters = QueryParams(head.query_string)
        if "query" in parameters or "extensions" not in parameters:
            raise _not_allowed("Send queries by POST; GET is for the hashes of persisted queries.")
        return self._understanding.of_parameters(head.query_string, parameters, bound=bound)

    def _may_send(self, head: Head, *, bound: bool) -> int:
        """How many bytes of JSON. Raises HttpError."""
        if head.method != "POST":
            raise _not_allowed("Send queries by POST.")
        if not _is_json(head.get(b"content-type", b"")) or head.get(b"content-encoding", b""):
            words = "Send the request as Content-Type: application/json, in UTF-8 and not compressed."
            raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, BadUserInputError(words))
        most = max(self._body_bytes, BOUND_BODY_BYTES) if bound else self._body_bytes
        declared = head.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > most:
            raise _too_large(most)
        return most

    async def _awaited_body(self, head: Head, receive: Receive, most: int) -> bytes:
        begun = monotonic()
        try:
            body = await within(self._body_seconds, _body(receive, most))
        except TimeoutError:
            words = f"The body did not arrive within {self._body_seconds:g} seconds."
            raise HttpError(HTTPStatus.REQUEST_TIMEOUT, BadUserInputError(words), {"Connection": "close"}) from None
        head.arrived += monotonic() - begun
        return body

    def _stream(self, head: Head, asked: Understood, principal: Principal) -> EventStream | Answer:
        if not accepts_events(head.get(b"accept", b"").decode("latin-1")):
            words = (
                "Subscriptions are told over a WebSocket (graphql-transport-ws), or to whom accepts text/event-stream."
            )
            return answer(None, [BadUserInputError(words)])
        return EventStream(tell(self._documents, asked, self._context_of(principal)), self._seats, head.client)

    def _context_of(self, principal: Principal) -> Context:
        context = self._context()
        return context if principal.is_anonymous else replace(context, principal=principal)

    async def _execute(self, asked: Understood, principal: Principal) -> Answer:
        is_mutation = asked.operation.node.operation is _MUTATION
        context = self._context_of(principal)
        try:
            result = asked.supply().execute(context)
            if not isinstance(result, ExecutionResult):
                seconds = self._mutation_seconds if is_mutation else self._answer_seconds
                result = await within(seconds, _coroutine(result))
        except QueryError as refused:
            return answer(None, refused.errors)
        except TimeoutError:
            log.warning("query_timed_out")
            return answer(None, [CodedError(ErrorCode.UNAVAILABLE, "The query took too long; ask for less.")])
        return answer(result.data, [presentable(error) for error in result.errors] if result.errors else ())


def busy(refused: OverloadedError) -> Answer:
    """While as many requests are answered as may be at a time."""
    words = "The server is busy; ask again in a moment."
    said = later(HTTPStatus.SERVICE_UNAVAILABLE, ErrorCode.UNAVAILABLE, words, refused.retry_after_ms)
    return answer(None, [said.error], said.status, said.headers)


def _coroutine(result: Awaitable[ExecutionResult]) -> Coroutine[Any, Any, ExecutionResult]:
    return result if isinstance(result, CoroutineType) else _awaited(result)


async def _awaited(result: Awaitable[ExecutionResult]) -> ExecutionResult:
    return await result


async def _body(receive: Receive, most: int) -> bytes:
    """All of a body. Raises HttpError, and ClientDisconnect."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > most:
            raise _too_large(most)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


@lru_cache(maxsize=64)
def _is_json(content_type: bytes) -> bool:
    return is_json(content_type.decode("latin-1"))


def _wants_page(head: Head) -> bool:
    return b"text/html" in head.get(b"accept", b"") and "extensions" not in QueryParams(head.query_string)


def _too_large(most: int) -> HttpError:
    words = f"The request is too large; at most {most} bytes are allowed."
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, BadUserInputError(words), {"Connection": "close"})


def _not_allowed(message: str) -> HttpError:
    return HttpError(HTTPStatus.METHOD_NOT_ALLOWED, BadUserInputError(message), {"Allow": "POST"})
