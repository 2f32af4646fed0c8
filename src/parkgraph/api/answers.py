"""Data and errors as the body of an HTTP answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from parkgraph.api import outcome

JSON: Final = b"application/json"
NO_STORE: Final = b"no-store"
PRIVATE: Final = b"private, no-store"


class Answer:
    """An ASGI application that sends it, and notes on the request's scope what became of it.

    `cache`: for `Cache-Control`. `headers`: others.
    """

    __slots__ = ("_answered", "_body", "_codes", "_status", "cache", "headers", "media_type")

    def __init__(
        self, body: bytes, status: HTTPStatus = HTTPStatus.OK, *, answered: bool = False, codes: Sequence[str] = ()
    ) -> None:
        """`answered`: there are data. `codes`: of the errors."""
        self._body = body
        self._status = status
        self._answered = answered
        self._codes = codes
        self.media_type = JSON
        self.cache = NO_STORE
        self.headers: Mapping[str, str] | None = None

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        noted = outcome.of(scope)
        noted.answered, noted.codes = self._answered, self._codes
        headers = [
            (b"content-type", self.media_type),
            (b"content-length", b"%d" % len(self._body)),
            (b"cache-control", self.cache),
        ]
        if self.headers:
            headers += [(name.lower().encode("latin-1"), said.encode("latin-1")) for name, said in self.headers.items()]
        await send({"type": "http.response.start", "status": self._status.value, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


def answer(
    data: Mapping[str, Any] | None,
    errors: Sequence[GraphQLError] = (),
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Data and errors, which are presentable; without `data` where the request did not get as far as its query."""
    body: dict[str, Any] = {"data": data} if status is HTTPStatus.OK else {}
    if errors:
        body["errors"] = [error.formatted for error in errors]
    codes = [str((error.extensions or {}).get("code")) for error in errors]
    told = Answer(orjson.dumps(body), status, answered=data is not None, codes=codes)
    told.headers = headers
    return told
