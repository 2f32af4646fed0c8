"""Around every HTTP request: its id, its line in the log and its figures."""

import re
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from os import urandom
from typing import Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import STRUCTLOG_KEY_PREFIX

from parkgraph import tracing
from parkgraph.api import outcome
from parkgraph.api.masking import GRAPHQL_PATH
from parkgraph.api.outcome import Outcome
from parkgraph.logs import RequestFacts
from parkgraph.metrics import OTHER, Metrics, Tally, word_of

PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds: only their failures are worth a line."""

CLIENT_GONE: Final = 499
"""Stands for the status of a request whose client did not wait for an answer."""

_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
"""An id that a client or a proxy may give: nothing that a log or a terminal could take for something else."""

_REQUEST: Final[ContextVar[str]] = ContextVar(f"{STRUCTLOG_KEY_PREFIX}request_id")
"""structlog puts it into every event of the request: as if it were bound, which takes as long as a metric."""

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST"})


class Tell(Protocol):
    """Writes the line of a request."""

    def __call__(self, facts: RequestFacts, request_id: str, ms: float, size: int, /) -> None: ...


class Requests:
    """ASGI middleware. `paths`: those that the server has; all others are one in the log and in the figures.

    `tell`: writes the line. `draining`: whether the server is ending, so that each answer closes its connection.
    `quiet`: a request that went well has no line.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        paths: Collection[str],
        draining: Callable[[], bool],
        tell: Tell,
        quiet: bool,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = frozenset(paths)
        self._draining = draining
        self._quiet = quiet
        self._tell = tell
        self._alike = lru_cache(maxsize=1000)(self._look_up)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """What is no request is handed on as it is: a connection that stays open carries nothing of this."""
        return self._request(scope, receive, send) if scope["type"] == "http" else self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = id_of(scope["headers"])
        answer = _Answer(send, request_id, self._draining)
        path = scope["path"] if scope["path"] in self._paths else OTHER
        started = time.perf_counter()
        bound = _REQUEST.set(request_id)
        self._metrics.in_flight += 1
        try:
            with _span(scope["method"], path, request_id) if tracing.is_on() else tracing.UNSEEN as span:
                try:
                    await self._app(scope, receive, answer.send)
                finally:
                    self._observe(scope, path, answer, time.perf_counter() - started, span)
        finally:
            self._metrics.in_flight -= 1
            _REQUEST.reset(bound)

    def _observe(self, scope: Scope, path: str, answer: "_Answer", seconds: float, span: tracing.Span) -> None:
        status = answer.status or CLIENT_GONE
        asked = outcome.find(scope) if path == GRAPHQL_PATH else None
        told = (asked.executed, asked.operation, asked.answered, tuple(asked.codes)) if asked else None
        alike = self._alike(scope["method"], path, status, told)
        alike.tally.add(seconds)
        if span is not tracing.NOTHING:
            _note(span, status, asked)
        if alike.facts.tell_of_failure or not (self._quiet or path in PROBES):
            self._tell(alike.facts, answer.request_id, seconds * 1000, answer.bytes)

    def _look_up(
        self, method: str, path: str, status: int, told: tuple[bool, str | None, bool, tuple[str, ...]] | None
    ) -> "_Alike":
        """`told`: what became of an operation, if one was asked."""
        asked = Outcome(*told) if told else None
        return _Alike(_facts(method, path, status, asked), self._metrics.tally(path, status, asked))


@dataclass(frozen=True, eq=False, slots=True)
class _Alike:
    """Of requests that ended alike: what their lines have in common, and where they are counted."""

    facts: RequestFacts
    tally: Tally


class _Answer:
    """Sends an answer, with the headers that every answer has, and keeps what it was."""

    def __init__(self, send: Send, request_id: str, draining: Callable[[], bool]) -> None:
        self._send = send
        self.request_id = request_id
        self._draining = draining
        self.status: int | None = None
        self.bytes = 0

    def send(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            headers.append((b"x-request-id", self.request_id.encode()))
            if self._draining():
                headers.append((b"connection", b"close"))
            message["headers"] = headers
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        return self._send(message)


def _facts(method: str, path: str, status: int, asked: Outcome | None) -> RequestFacts:
    members: dict[str, int | str | tuple[str, ...]] = {"method": _method(method), "path": path, "status": status}
    if asked:
        if asked.operation:
            members["operation"] = asked.operation
        members["outcome"] = word_of(asked)
        if asked.codes:
            members["codes"] = tuple(asked.codes)
    level = "warning" if status >= 500 and path not in PROBES else "info"
    return RequestFacts(level, members, tell_of_failure=status >= 400 or bool(asked and asked.codes))


def _method(method: str) -> str:
    return method if method in _METHODS else OTHER


def _span(method: str, path: str, request_id: str) -> AbstractContextManager[tracing.Span]:
    if path in PROBES:
        return tracing.UNSEEN
    facts = {"http.request.method": _method(method), "http.route": path, "parkgraph.request_id": request_id}
    return tracing.span(f"{_method(method)} {path}", tracing.Kind.SERVER, facts)


def _note(span: tracing.Span, status: int, asked: Outcome | None) -> None:
    span.note({"http.response.status_code": status})
    if asked:
        span.note({"graphql.operation.name": asked.operation or "", "parkgraph.outcome": word_of(asked)})
    if status >= 500:
        span.failed(str(status))
    elif asked and asked.codes:
        span.failed(asked.codes[0])


_ids: Final[list[str]] = []
"""Of 128 random bits each; the system is asked for many at a time."""


def id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Of the request with these headers: its own, if it has a good one, or a new one."""
    given = [value for name, value in headers if name == b"x-request-id"]
    if len(given) == 1 and _ID.fullmatch(given[0]):
        return bytes(given[0]).decode()
    if not _ids:
        some = urandom(16 * 256).hex()
        _ids.extend(some[start : start + 32] for start in range(0, len(some), 32))
    return _ids.pop()
