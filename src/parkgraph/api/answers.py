"""An answer of `/graphql`, always JSON."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from parkgraph.api import outcome


class Answer(Response):
    """Notes on the request's scope what became of it."""

    media_type = "application/json"

    def __init__(
        self, body: bytes, status: HTTPStatus, headers: Mapping[str, str], *, answered: bool, codes: Sequence[str]
    ) -> None:
        super().__init__(body, status, headers)
        self._answered = answered
        self._codes = codes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        noted = outcome.of(scope)
        noted.answered, noted.codes = self._answered, self._codes
        await super().__call__(scope, receive, send)


def answer(
    data: Mapping[str, Any] | None,
    errors: Sequence[GraphQLError],
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Data and errors, which are presentable; without `data` where the request did not get as far as its query."""
    body: dict[str, Any] = {"data": data} if status is HTTPStatus.OK else {}
    if errors:
        body["errors"] = [error.formatted for error in errors]
    codes = [str((error.extensions or {}).get("code")) for error in errors]
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return Answer(orjson.dumps(body), status, headers, answered=data is not None, codes=codes)
