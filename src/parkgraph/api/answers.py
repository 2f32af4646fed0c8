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
REVALIDATED: Final = b"no-cache"
"""It may be kept, and is asked for again before it is shown."""


_OK: Final = HTTPStatus.OK
"""To look up a member takes Python 3.11 as long as to call a function."""


class Answer:
    """An ASGI application that sends it, and notes on the request's scope what became of it.

    `cache`: for `Cache-Control`. `headers`: others. `coding`: of the body. `varies`: whether it depends on which
    codings the client reads. `tag`: by which the client knows it, weakly, and `is_known` whether it does.
    """

    __slots__ = (
        "_codes",
        "answered",
        "body",
        "cache",
        "coding",
        "headers",
        "is_known",
        "media_type",
        "status",
        "tag",
        "varies",
    )

    def __init__(
        self, body: bytes, status: HTTPStatus = HTTPStatus.OK, *, answered: bool = False, codes: Sequence[str] = ()
    ) -> None:
        """`answered`: there are data. `codes`: of the errors."""
        self.body = body
        self.status = status
        self.answered = answered
        self._codes = codes
        self.media_type = JSON
        self.cache = NO_STORE
        self.headers: Mapping[str, str] | None = None
        self.coding: bytes | None = None
        self.varies = False
        self.tag: bytes | None = None
        self.is_known = False

    @property
    def is_whole(self) -> bool:
        """There are data, and no errors."""
        return self.answered and not self._codes

    def head(self) -> list[tuple[bytes, bytes]]:
        """Its headers, but for those that every answer of the server has."""
        headers = [(b"cache-control", self.cache)]
        if self.varies:
            headers.append((b"vary", b"Accept-Encoding"))
        if self.tag:
            headers.append((b"etag", b"W/" + self.tag))
        if self.headers:
            headers += [(name.lower().encode("latin-1"), said.encode("latin-1")) for name, said in self.headers.items()]
        if not self.is_known:
            headers += [(b"content-type", self.media_type), (b"content-length", b"%d" % len(self.body))]
            if self.coding:
                headers.append((b"content-encoding", self.coding))
        return headers

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        noted = outcome.of(scope)
        noted.answered, noted.codes = self.answered, self._codes
        status, body = (HTTPStatus.NOT_MODIFIED, b"") if self.is_known else (self.status, self.body)
        await send({"type": "http.response.start", "status": int(status), "headers": self.head()})
        await send({"type": "http.response.body", "body": body})


def answer(
    data: Mapping[str, Any] | None,
    errors: Sequence[GraphQLError] = (),
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Data and errors, which are presentable; without `data` where the request did not get as far as its query."""
    body: dict[str, Any] = {"data": data} if status is _OK else {}
    if errors:
        body["errors"] = [error.formatted for error in errors]
    codes = [str((error.extensions or {}).get("code")) for error in errors] if errors else ()
    told = Answer(orjson.dumps(body), status, answered=data is not None, codes=codes)
    told.headers = headers
    return told
