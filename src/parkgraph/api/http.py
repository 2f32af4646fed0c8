"""`/graphql` over HTTP: POST with JSON, GET for persisted queries, errors with codes, and in development GraphiQL.

A well-formed request is answered with 200 whatever becomes of its query, as GraphQL over HTTP has it for
application/json; other statuses say that the request did not get that far. Every answer but GraphiQL's page is JSON.
"""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus

import structlog
from graphql import GraphQLError, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from parkgraph.api import outcome
from parkgraph.api.admission import Admission, OverloadedError, RateLimitedError, RateLimiter, Refused
from parkgraph.api.answers import answer
from parkgraph.api.context import Context
from parkgraph.api.documents import Documents, Operation, QueryError
from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode, presentable
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.requests import GraphQLRequest, from_body, from_parameters, is_json

log = structlog.get_logger()


class HttpError(Exception):
    """The request is refused before its query is looked at."""

    def __init__(self, status: HTTPStatus, error: GraphQLError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.status = status
        self.error = error
        self.headers = headers


class GraphQLEndpoint:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self,
        documents: Documents,
        persisted: PersistedQueries,
        admission: Admission,
        rates: RateLimiter,
        context: Callable[[], Context],
        *,
        body_bytes: int,
        body_seconds: float = 5,
        answer_seconds: float,
        page: str | None = None,
    ) -> None:
        """`body_seconds`: for a body to arrive. `answer_seconds`: for the execution of a query.

        `page`: what a browser is shown that asks for one.
        """
        self._documents = documents
        self._persisted = persisted
        self._admission = admission
        self._rates = rates
        self._context = context
        self._body_bytes = body_bytes
        self._body_seconds = body_seconds
        self._answer_seconds = answer_seconds
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        except HttpError as refused:
            response = answer(None, [refused.error], refused.status, refused.headers)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            with self._admission.admit():
                self._rates.take(request.client.host if request.client else "")
                return await self._admitted(request)
        except RateLimitedError as refused:
            words = "Too many requests from this client; slow down."
            raise _later(HTTPStatus.TOO_MANY_REQUESTS, ErrorCode.RATE_LIMITED, words, refused) from None
        except OverloadedError as refused:
            words = "The server is busy; ask again in a moment."
            raise _later(HTTPStatus.SERVICE_UNAVAILABLE, ErrorCode.UNAVAILABLE, words, refused) from None

    async def _admitted(self, request: Request) -> Response:
        if self._page and request.method == "GET" and _wants_page(request):
            return HTMLResponse(self._page)
        try:
            asked = await self._read(request)
        except BadUserInputError as refusal:
            raise HttpError(HTTPStatus.BAD_REQUEST, refusal) from None
        try:
            operation = self._operation(asked)
        except QueryError as refused:
            return answer(None, refused.errors)
        if request.method == "GET" and operation.node.operation is not OperationType.QUERY:
            raise _not_allowed("Mutations are sent by POST.")
        outcome.executing(request.scope, operation.node.name.value if operation.node.name else None)
        return await self._execute(operation, asked)

    async def _read(self, request: Request) -> GraphQLRequest:
        if request.method == "GET":
            if len(request.scope["query_string"]) > self._body_bytes:
                raise self._too_large()
            if "query" in request.query_params or "extensions" not in request.query_params:
                raise _not_allowed("Send queries by POST; GET is for the hashes of persisted queries.")
            return from_parameters(request.query_params.multi_items())
        if request.method != "POST":
            raise _not_allowed("Send queries by POST.")
        if not is_json(request.headers.get("content-type", "")) or "content-encoding" in request.headers:
            words = "Send the request as Content-Type: application/json, in UTF-8 and not compressed."
            raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, BadUserInputError(words))
        return from_body(await self._body(request))

    async def _body(self, request: Request) -> bytes:
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._body_bytes:
            raise self._too_large()
        body = bytearray()
        try:
            async with asyncio.timeout(self._body_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > self._body_bytes:
                        raise self._too_large()
        except TimeoutError:
            words = f"The body did not arrive within {self._body_seconds:g} seconds."
            raise HttpError(HTTPStatus.REQUEST_TIMEOUT, BadUserInputError(words), {"Connection": "close"}) from None
        return bytes(body)

    def _too_large(self) -> HttpError:
        words = f"The request is too large; at most {self._body_bytes} bytes are allowed."
        return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, BadUserInputError(words), {"Connection": "close"})

    def _operation(self, asked: GraphQLRequest) -> Operation:
        try:
            source = self._persisted.source(asked)
        except CodedError as refusal:
            raise QueryError(refusal) from None
        operation = self._documents.operation(source, asked.operation_name, asked.variables)
        self._persisted.register(asked)
        return operation

    async def _execute(self, operation: Operation, asked: GraphQLRequest) -> Response:
        try:
            async with asyncio.timeout(self._answer_seconds):
                context, variables, name = self._context(), asked.variables, asked.operation_name
                result = await self._documents.execute(operation, context, variables, name)
        except TimeoutError:
            log.warning("query_timed_out")
            return answer(None, [CodedError(ErrorCode.UNAVAILABLE, "The query took too long; ask for less.")])
        return answer(result.data, [presentable(error) for error in result.errors or ()])


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and "extensions" not in request.query_params


def _not_allowed(message: str) -> HttpError:
    return HttpError(HTTPStatus.METHOD_NOT_ALLOWED, BadUserInputError(message), {"Allow": "POST"})


def _later(status: HTTPStatus, code: ErrorCode, message: str, refused: Refused) -> HttpError:
    extensions = {"code": code, "retryAfterMs": refused.retry_after_ms}
    headers = {"Retry-After": str(-(-refused.retry_after_ms // 1000))}
    return HttpError(status, GraphQLError(message, extensions=extensions), headers)
