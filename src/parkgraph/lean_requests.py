"""Uvicorn's connection for requests, without what it does for each that could be done once, or not at all.

Uvicorn reads the same head again with each request, looks at every name and value of a header by itself, writes head
and body apart, and sets and cancels a timer with each request: together longer than it takes to find places. What is
unusual stays with it.
"""

import asyncio
import re
from asyncio.events import TimerHandle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase
from typing import Any, Final

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent, HTTPScope
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

KNOWN_BYTES: Final = 16_000
"""Of a request whose head is known again."""

MOST_DIGITS: Final = 9
"""In which the length of a body is written, to be known again."""

_USUAL_IN_NAMES: Final = f"{ascii_lowercase}-".encode()
_FORBIDDEN_IN_VALUES: Final = bytes({*range(0x20), 0x7F} - {ord("\t")})
_LENGTH: Final = b"content-length"
_LENGTH_LINE: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)\r\n", re.IGNORECASE)
_END: Final = b"\r\n\r\n"
_DECISIVE: Final = frozenset({b"connection", b"transfer-encoding"})
"""Headers that say how the answer goes on."""


@dataclass(frozen=True, slots=True)
class KnownHead:
    """What was read of a head: the same bytes say it again, whatever the length of the body.

    `before`, `after`: the bytes around that length. `scope`: of no request; each has one of its own, and headers, in
    which the length is at `length_at`.
    """

    before: bytes
    after: bytes
    scope: HTTPScope
    headers: Sequence[tuple[bytes, bytes]]
    length_at: int

    def rest_of(self, data: bytes) -> tuple[bytes, bytes] | None:
        """The body's length as it is written, and the body; None: this is not one whole request with this head."""
        begin = len(self.before)
        end = data.find(b"\r", begin, begin + MOST_DIGITS + 1)
        length = data[begin:end]
        if not length.isdigit() or not data.startswith(self.after, end) or not data.startswith(self.before):
            return None
        body = data[end + len(self.after) :]
        return (length, body) if len(body) == int(length) else None


class LeanConnection(HttpToolsProtocol):
    """It has one timer for as long as it lasts, that looks whether a client has been silent for too long.

    A request whose head is that of the one before is not parsed, where it came in one piece and nothing else with it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._is_silent = False
        self._silent_since = 0.0
        self._look_again: TimerHandle | None = None
        self._known: KnownHead | None = None
        self._is_between = True
        """The parser has read whole requests, and nothing of the next."""
        self._is_usual = False
        """The head that was read last was completed here."""

    def data_received(self, data: bytes) -> None:
        self._is_silent = False
        known, before, begins = self._known, self.cycle, self._is_between
        if known and begins and (rest := known.rest_of(data)) and self.may_begin():
            self.begin_again(known, *rest)
            return
        super().data_received(data)
        if not begins or not self._is_between or not self._is_usual:
            return
        self._know(data)
        if self.cycle is not before:
            self.came_whole(bytes(self.cycle.body))

    def on_message_begin(self) -> None:
        self._is_between = self._is_usual = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._is_between = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._is_silent, self._silent_since = True, self.loop.time()
        if self._look_again is None:
            self._look_again = self.loop.call_later(self.timeout_keep_alive, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._look_no_more()

    def handle_websocket_upgrade(self) -> None:
        """It is over for this one: its parser, which has it, goes too, as when a connection is lost."""
        super().handle_websocket_upgrade()
        self._look_no_more()
        self.parser = None  # type: ignore[assignment]

    def came_whole(self, body: bytes) -> None:
        """All of a request came in one piece, and this is its body, at which nobody has looked yet."""

    def may_begin(self) -> bool:
        """Nothing is being answered, and the client reads what it is told."""
        before: RequestResponseCycle | None = self.cycle
        return (before is None or before.response_complete) and not self.flow.write_paused

    def read_head(self, path: bytes, query: bytes) -> None:
        """Complete the scope of the request whose head is complete; it is one that uvicorn's help is not needed for."""
        scope = self.scope
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["path"], scope["raw_path"], scope["query_string"] = path.decode("ascii"), path, query
        self._is_usual = True

    def begin(self) -> None:
        """Have the application answer it; none other is being answered."""
        self._begin(keep_alive=self.parser.should_keep_alive())

    def begin_again(self, known: KnownHead, length: bytes, body: bytes) -> None:
        """The same for a request that has this head, and a body whose length is written so."""
        headers = list(known.headers)
        headers[known.length_at] = _LENGTH, length
        scope = known.scope.copy()
        scope["headers"], scope["state"] = headers, self.app_state.copy()
        self.scope = scope
        self.came_whole(body)
        self._begin(keep_alive=True)
        self.cycle.body += body
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def _begin(self, *, keep_alive: bool) -> None:
        self.cycle = LeanRequest(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        self._start_asgi_task(self.cycle, self.app)

    def _know(self, data: bytes) -> None:
        """The head in this data, where that is one request whose body is as long as its head says."""
        places = [at for at, (name, _) in enumerate(self.headers) if name == _LENGTH]
        if len(places) != 1 or len(data) > KNOWN_BYTES or not self.parser.should_keep_alive():
            return
        head = data[: data.find(_END) + len(_END)]
        line = _LENGTH_LINE.search(head)
        if line:
            before, after = head[: line.start(1)], head[line.end(1) :]
            known = KnownHead(before, after, self.scope.copy(), tuple(self.headers), places[0])
            self._known = known if known.rest_of(data) else None

    def _look_no_more(self) -> None:
        if self._look_again:
            self._look_again.cancel()
            self._look_again = None

    def _look(self) -> None:
        silent_s = self.loop.time() - self._silent_since if self._is_silent else 0.0
        left_s = self.timeout_keep_alive - silent_s
        if left_s > 0:
            self._look_again = self.loop.call_later(left_s, self._look)
        else:
            self.timeout_keep_alive_handler()


class LeanRequest(RequestResponseCycle):
    """A request of GET or POST. An answer of known length is written at once, head and body."""

    _head: bytes | None = None

    async def receive(self) -> ASGIReceiveEvent:
        if self.more_body or not self.body or self.disconnected or self.response_complete:
            return await super().receive()
        self.flow.resume_reading()
        self.message_event.clear()
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: ASGISendEvent) -> None:
        if message["type"] == "http.response.start":
            if not self.response_started and self.keep_alive:
                self._head = self._head_of(message["status"], message.get("headers", ()))
            if self._head is not None:
                self.response_started = True
                return
        elif self._head is not None and message["type"] == "http.response.body":
            if self.flow.write_paused:
                await self.flow.drain()
            head, self._head = self._head, None
            body = message.get("body", b"")
            if not self.disconnected:
                if len(body) == self.expected_content_length and not message.get("more_body"):
                    self._end(head, body)
                    return
                self.transport.write(head)
        await super().send(message)

    def _head_of(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
        """Of an answer of known length, after which the connection is kept; None: it is no such answer."""
        lines = [*self.default_headers, *headers]
        names, values = zip(*lines, strict=True) if lines else ((), ())
        form = _form(status, names)
        if form is None:
            return None
        said = b"".join(values)
        if len(said.translate(None, _FORBIDDEN_IN_VALUES)) < len(said):
            return None
        self.expected_content_length, self.chunked_encoding = int(values[form.length_at]), False
        return form.lines % values

    def _end(self, head: bytes, body: bytes) -> None:
        self.transport.writelines((head, body))
        self.expected_content_length = 0
        self.response_complete = True
        self.message_event.set()
        self.on_response()


@dataclass(frozen=True, slots=True)
class _Form:
    """How a head is written. `lines`: with a place for each value. `length_at`: the place of the body's length."""

    lines: bytes
    length_at: int


@lru_cache(maxsize=1000)
def _form(status: int, names: Sequence[bytes]) -> _Form | None:
    """None where an answer with these headers is not of known length, or is not one after which all goes on."""
    if b"".join(names).translate(None, _USUAL_IN_NAMES) or _DECISIVE.intersection(names):
        return None
    if names.count(_LENGTH) != 1:
        return None
    lines = b"".join([STATUS_LINE[status], *(b"%s: %%s\r\n" % name for name in names), b"\r\n"])
    return _Form(lines, names.index(_LENGTH))
