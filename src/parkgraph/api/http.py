"""`/graphql` over HTTP: POST with JSON, GET for persisted queries, errors with codes, and in development GraphiQL.

A well-formed request is answered with 200 whatever becomes of its query, as GraphQL over HTTP has it for
application/json; other statuses say that the request did not get that far. Every answer but GraphiQL's page is JSON.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final

import structlog
from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from parkgraph.accounts.principal import Principal
from parkgraph.api import outcome
from parkgraph.api.admission import Admission, OverloadedError, RateLimitedError, RateLimiter, client_of
from parkgraph.api.answers import answer
from parkgraph.api.context import Context
from parkgraph.api.credentials import Authenticate, identify, nobody
from parkgraph.api.documents import Documents, Operation, QueryError
from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode, presentable
from parkgraph.api.http_error import HttpError, later
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.requests import GraphQLRequest, from_body, from_parameters, is_json

log = structlog.get_logger()

BOUND_BODY_BYTES: Final = 1_000_000
"""Of a key that is bound to something, such as a gate: it may have much to send at once."""


class GraphQLEndpoint:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self,
        documents: Documents,
        persisted: PersistedQueries,
        admission: Admission,
        rates: RateLimiter,
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
        self._persisted = persisted
        self._admission = admission
        self._rates = rates
        self._context = context
        self._authenticate = authenticate
        self._body_bytes = body_bytes
        self._body_seconds = body_seconds
        self._answer_seconds = answer_seconds
        self._mutation_seconds = mutation_seconds or answer_seconds
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        except HttpError as refused:
            response = answer(None, [refused.error], refused.status, refused.headers)
        if "authorization" in request.headers:
            response.headers["Cache-Control"] = "private, no-store"
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            with self._admission.admit():
                client = client_of(request.client.host if request.client else "")
                credentials = request.headers.getlist("authorization")
                principal = await identify(credentials, client, self._authenticate, self._rates)
                return await self._admitted(request, principal)
        except RateLimitedError as refused:
            words = "Too many requests from this client; slow down."
            raise later(HTTPStatus.TOO_MANY_REQUESTS, ErrorCode.RATE_LIMITED, words, refused.retry_after_ms) from None
        except OverloadedError as refused:
            words = "The server is busy; ask again in a moment."
            raise later(HTTPStatus.SERVICE_UNAVAILABLE, ErrorCode.UNAVAILABLE, words, refused.retry_after_ms) from None

    async def _admitted(self, request: Request, principal: Principal) -> Response:
        if self._page and request.method == "GET" and _wants_page(request):
            return HTMLResponse(self._page)
        try:
            asked = await self._read(request, self._most_bytes(principal))
        except BadUserInputError as refusal:
            raise HttpError(HTTPStatus.BAD_REQUEST, refusal) from None
        try:
            operation = self._operation(asked, bound=principal.scope is not None)
        except QueryError as refused:
            return answer(None, refused.errors)
        if operation.node.operation is OperationType.SUBSCRIPTION:
            words = "Subscriptions are told over a WebSocket, by the protocol graphql-transport-ws."
            return answer(None, [BadUserInputError(words)])
        if request.method == "GET" and operation.node.operation is not OperationType.QUERY:
            raise _not_allowed("Mutations are sent by POST.")
        outcome.executing(request.scope, operation.node.name.value if operation.node.name else None)
        return await self._execute(operation, asked, principal)

    def _most_bytes(self, principal: Principal) -> int:
        return self._body_bytes if principal.scope is None else max(self._body_bytes, BOUND_BODY_BYTES)

    async def _read(self, request: Request, most: int) -> GraphQLRequest:
        if request.method == "GET":
            if len(request.scope["query_string"]) > self._body_bytes:
                raise _too_large(self._body_bytes)
            if "query" in request.query_params or "extensions" not in request.query_params:
                raise _not_allowed("Send queries by POST; GET is for the hashes of persisted queries.")
            return from_parameters(request.query_params.multi_items())
        if request.method != "POST":
            raise _not_allowed("Send queries by POST.")
        if not is_json(request.headers.get("content-type", "")) or "content-encoding" in request.headers:
            words = "Send the request as Content-Type: application/json, in UTF-8 and not compressed."
            raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, BadUserInputError(words))
        return from_body(await self._body(request, most))

    async def _body(self, request: Request, most: int) -> bytes:
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _too_large(most)
        body = bytearray()
        try:
            async with asyncio.timeout(self._body_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise _too_large(most)
        except TimeoutError:
            words = f"The body did not arrive within {self._body_seconds:g} seconds."
            raise HttpError(HTTPStatus.REQUEST_TIMEOUT, BadUserInputError(words), {"Connection": "close"}) from None
        return bytes(body)

    def _operation(self, asked: GraphQLRequest, *, bound: bool) -> Operation:
        try:
            source = self._persisted.source(asked)
        except CodedError as refusal:
            raise QueryError(refusal) from None
        operation = self._documents.operation(source, asked.operation_name, asked.variables, bound=bound)
        self._persisted.register(asked)
        return operation

    async def _execute(self, operation: Operation, asked: GraphQLRequest, principal: Principal) -> Response:
        is_mutation = operation.node.operation is OperationType.MUTATION
        try:
            async with asyncio.timeout(self._mutation_seconds if is_mutation else self._answer_seconds):
                context = self._context()
                if not principal.is_anonymous:
                    context = replace(context, principal=principal)
                result = await self._documents.execute(operation, context, asked.variables)
        except TimeoutError:
            log.warning("query_timed_out")
            return answer(None, [CodedError(ErrorCode.UNAVAILABLE, "The query took too long; ask for less.")])
        return answer(result.data, [presentable(error) for error in result.errors or ()])


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and "extensions" not in request.query_params


def _too_large(most: int) -> HttpError:
    words = f"The request is too large; at most {most} bytes are allowed."
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, BadUserInputError(words), {"Connection": "close"})


def _not_allowed(message: str) -> HttpError:
    return HttpError(HTTPStatus.METHOD_NOT_ALLOWED, BadUserInputError(message), {"Allow": "POST"})
