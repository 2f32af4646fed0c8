"""What a connection for requests sends and how long it lasts: as uvicorn's own."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from weakref import ref

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from parkgraph.api.arrival import ARRIVED, WHOLE_BODY
from parkgraph.server import configured
from parkgraph.turning_away import Connection

KEEP_ALIVE_S = 5
DATE = (b"date", b"Sat, 28 Nov 2026 21:00:00 GMT")
HEAD = b"POST /graphql HTTP/1.1\r\nHost: parkgraph\r\nContent-Length: 4\r\n"
USUAL: list[tuple[bytes, bytes]] = [(b"cache-control", b"no-store"), (b"content-length", b"4")]


@dataclass
class Wire:
    """A transport that keeps what was written, write by write."""

    written: list[bytes] = field(default_factory=list)
    is_closed: bool = False

    def write(self, data: bytes) -> None:
        self.written.append(bytes(data))

    def writelines(self, parts: Sequence[bytes]) -> None:
        self.write(b"".join(parts))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def set_protocol(self, _protocol: asyncio.BaseProtocol) -> None: ...


@dataclass
class Timers:
    """The running loop, with timers that are due when a test says so."""

    now: float = 100.0
    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.Handle:
        self.due.append((self.now + delay, call))
        return asyncio.get_running_loop().call_soon(lambda: None)

    def create_task(self, work: Any) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(work)

    def pass_until(self, now: float) -> None:
        while ready := [each for each in self.due if each[0] <= now]:
            self.due.remove(ready[0])
            self.now = ready[0][0]
            ready[0][1]()
        self.now = now


class Answering:
    """Sends these messages, and keeps the body that it got."""

    def __init__(self, *messages: Message) -> None:
        self._messages = messages
        self.bodies: list[bytes] = []

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        for message in self._messages:
            await send(dict(message))


def start(headers: Sequence[tuple[bytes, bytes]] = USUAL, status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(part: bytes = b"done", *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": part, "more_body": more}


def connection(app: Any, timers: Any, kind: type[HttpToolsProtocol] = Connection) -> tuple[HttpToolsProtocol, Wire]:
    config = configured(app)
    config.timeout_keep_alive = KEEP_ALIVE_S
    state = ServerState()
    state.default_headers = [DATE]
    made, wire = kind(config=config, server_state=state, app_state={}, _loop=timers), Wire()
    made.connection_made(wire)  # type: ignore[arg-type]
    return made, wire


async def done(it: HttpToolsProtocol) -> None:
    """All that was asked is answered."""
    while it.tasks:
        await asyncio.gather(*it.tasks, return_exceptions=True)


async def exchanged(app: Any, kind: type[HttpToolsProtocol], *asked: bytes) -> Wire:
    it, wire = connection(app, Timers(), kind)
    for each in asked:
        it.data_received(each)
        await asyncio.sleep(0)
    await done(it)
    return wire


@pytest.mark.parametrize(
    "messages",
    [
        (start(), body()),
        (start(), body(b"do", more=True), body(b"ne")),
        (start(status=503), body()),
        (start([(b"content-type", b"text/event-stream")]), body(b"one", more=True), body(b"two")),
        (start([*USUAL, (b"connection", b"close")]), body()),
        (start([(b"Content-Length", b"4")]), body()),
        (start([(b"etag", b"a")], status=304), body(b"")),
        (start([(b"x", b"a\r\nset-cookie: b"), *USUAL]), body()),
        (start([(b"x y", b"a"), *USUAL]), body()),
        (start([]), body(b"")),
    ],
    ids=lambda messages: "",
)
@pytest.mark.parametrize("more", [b"\r\n", b"Connection: close\r\n\r\n"])
async def test_the_bytes_of_an_answer_are_those_that_uvicorn_sends(messages: Sequence[Message], more: bytes) -> None:
    ours = await exchanged(Answering(*messages), Connection, HEAD + more + b"body")
    usual = await exchanged(Answering(*messages), HttpToolsProtocol, HEAD + more + b"body")
    assert (b"".join(ours.written), ours.is_closed) == (b"".join(usual.written), usual.is_closed)


@pytest.mark.parametrize("part", [b"", b"lon", b"longer"])
async def test_an_answer_of_another_length_than_it_says_ends_the_connection(part: bytes) -> None:
    wire = await exchanged(Answering(start(), body(part)), Connection, HEAD + b"\r\nbody")
    assert wire.is_closed


async def test_an_answer_of_known_length_is_one_write() -> None:
    wire = await exchanged(Answering(start(), body()), Connection, HEAD + b"\r\nbody")
    assert len(wire.written) == 1
    assert wire.written[0].endswith(b"\r\n\r\ndone")


async def test_an_application_that_fails_after_the_head_sends_nothing_of_it() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(start())
        raise RuntimeError

    wire = await exchanged(app, Connection, HEAD + b"\r\nbody")
    assert (wire.written, wire.is_closed) == ([], True)


@pytest.mark.parametrize("asked", [(b"\r\nbody",), (b"\r\n", b"body"), (b"\r\nbo", b"dy")])
async def test_a_body_is_whole_however_it_comes(asked: Sequence[bytes]) -> None:
    app = Answering(start(), body())
    await exchanged(app, Connection, HEAD, *asked)
    await exchanged(app, Connection, HEAD + asked[0], *asked[1:])
    assert app.bodies == [b"body"] * 2


async def test_questions_behind_each_other_are_answered_in_their_order() -> None:
    wire = await exchanged(Answering(start(), body()), Connection, (HEAD + b"\r\nbody") * 3)
    assert b"".join(wire.written).count(b"done") == 3


class Echo:
    """Answers with all that it is told of a request, and waits once before it does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        got, more = b"", True
        while more:
            message = await receive()
            got += message.get("body", b"")
            more = message.get("more_body", False)
        assert scope.get(WHOLE_BODY, got) == got
        await asyncio.sleep(0)
        told = {name: scope[name] for name in scope if name not in OURS}
        said = repr((sorted(told.items(), key=lambda each: each[0]), got)).encode()
        scope["headers"].clear()
        scope["state"]["asked"] = True
        await send(start([(b"content-length", b"%d" % len(said))]))
        await send(body(said))


OURS = {ARRIVED, WHOLE_BODY}
CHUNKED = b"POST /graphql HTTP/1.1\r\nHost: parkgraph\r\nTransfer-Encoding: chunked\r\n\r\n"
REQUESTS = [
    HEAD + b"\r\nbody",
    HEAD + b"\r\n\r\n\r\n",
    HEAD + b"\r\nPOST",
    HEAD.replace(b" 4", b" 3") + b"\r\nall",
    HEAD.replace(b" 4", b"\t12 ") + b"\r\nContent-Type",
    HEAD.replace(b" 4", b"04") + b"\r\nbody",
    HEAD.replace(b" 4", b" 4x") + b"\r\nbody",
    HEAD.replace(b" 4", b" +4") + b"\r\nbody",
    HEAD.replace(b" 4", b" ") + b"\r\nbody",
    HEAD + b"Content-Length: 4\r\n\r\nbody",
    HEAD + b"X: Content-Length: 4\r\n\r\nbody",
    HEAD + b"\r\nbody\r\n",
    b"\r\n" + HEAD + b"\r\nbody",
    HEAD + b"X-Request-Id: a\r\n\r\nbody",
    HEAD.replace(b"POST", b"PUT") + b"\r\nbody",
    HEAD.replace(b"1.1", b"1.0") + b"\r\nbody",
    HEAD.replace(b"/graphql", b"/graphql?query=a") + b"\r\nbody",
    HEAD.replace(b"/graphql", b"/readyz") + b"\r\nbody",
    HEAD + b"Expect: 100-continue\r\n\r\nbody",
    HEAD + b"Connection: close\r\n\r\nbody",
    CHUNKED + b"4\r\nbody\r\n0\r\n\r\n",
    b"GET /graphql HTTP/1.1\r\nHost: parkgraph\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nHost: parkgraph\r\nX: ",
    b"POST /graphql HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(HEAD + b"\r\nbody"),
    b"nonsense\r\n\r\n",
]


@settings(max_examples=150)
@given(st.data())
def test_requests_are_read_as_uvicorn_reads_them_however_they_follow_each_other(data: st.DataObject) -> None:
    sent = b"".join(asked := data.draw(st.lists(st.sampled_from(REQUESTS[:2]) | st.sampled_from(REQUESTS), max_size=8)))
    borders = sorted({sum(map(len, asked[:number])) for number in range(len(asked))} - {0})
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=2)) if sent else []
    glued = data.draw(st.sets(st.sampled_from(borders), max_size=2)) if borders else set()
    at = [0, *sorted({*borders, *cuts} - glued), len(sent)]
    pieces = [sent[one:other] for one, other in pairwise(at) if one < other]
    looks = data.draw(st.lists(st.sampled_from([4, 4, 0, 1]), min_size=len(pieces), max_size=len(pieces)))

    async def both() -> None:
        ours, usual = [await told(kind, pieces, looks) for kind in (Connection, HttpToolsProtocol)]
        assert ours == usual

    asyncio.run(both())


async def told(kind: type[HttpToolsProtocol], pieces: Sequence[bytes], looks: Sequence[int]) -> tuple[bytes, bool]:
    """What is written when these arrive one after the other, and whether the connection is closed then.

    `looks`: how often the loop looks around after each.
    """
    it, wire = connection(Echo(), Timers(), kind)
    for piece, number in zip(pieces, looks, strict=True):
        if not wire.is_closed:
            it.data_received(piece)
        for _ in range(number):
            await asyncio.sleep(0)
    for _ in range(40):
        await asyncio.sleep(0)
    it.connection_lost(None)
    await done(it)
    return b"".join(wire.written), wire.is_closed


@pytest.mark.parametrize("was_refused", [True, False])
@pytest.mark.parametrize("again", [b"else", b"much longer"])
async def test_a_head_that_came_before_is_not_parsed_again(again: bytes, was_refused: bool) -> None:
    app = Answering(start(), body())
    refusals = [b"content-length: 4\r\n\r\nfull"] if was_refused else []
    app.turn_away = lambda _headers: refusals.pop() if refusals else None  # type: ignore[attr-defined]
    it, wire = connection(app, Timers())
    it.data_received(HEAD + b"\r\nbody")
    await done(it)
    it.parser = None  # type: ignore[assignment]
    it.data_received(HEAD.replace(b"4", b"%d" % len(again)) + b"\r\n" + again)
    await done(it)
    assert app.bodies[-1] == again
    assert b"".join(wire.written).endswith(b"done")


async def test_a_client_that_is_silent_for_too_long_is_let_go() -> None:
    timers = Timers()
    it, wire = connection(Answering(start(), body()), timers)
    for _ in range(3):
        it.data_received(HEAD + b"\r\nbody")
        await done(it)
        timers.pass_until(timers.now + KEEP_ALIVE_S - 1)
    assert not wire.is_closed
    assert len(timers.due) == 1
    timers.pass_until(timers.now + 1)
    assert wire.is_closed


async def test_a_client_that_has_begun_to_ask_is_not_silent() -> None:
    timers = Timers()
    it, wire = connection(Answering(start(), body()), timers)
    it.data_received(HEAD + b"\r\nbody")
    await done(it)
    it.data_received(HEAD[:10])
    timers.pass_until(timers.now + 10 * KEEP_ALIVE_S)
    assert not wire.is_closed
    it.data_received(HEAD[10:] + b"\r\nbody")
    await done(it)
    timers.pass_until(timers.now + 2 * KEEP_ALIVE_S)
    assert wire.is_closed


async def test_a_connection_that_is_lost_leaves_no_timer() -> None:
    it, _ = connection(Answering(start(), body()), Timers())
    it.data_received(HEAD + b"\r\nbody")
    await done(it)
    assert isinstance(it, Connection)
    timer = it._look_again
    assert timer
    it.connection_lost(None)
    assert timer.cancelled()


def test_it_is_what_serves() -> None:
    assert isinstance(config := configured(Answering()), uvicorn.Config)
    assert config.http is Connection


async def test_of_a_connection_that_became_a_websocket_nothing_is_left() -> None:
    """Not even for the collector, which never looks at it again: it was there for a while."""
    it, _ = connection(Answering(start(), body()), asyncio.get_running_loop())
    it.data_received(HEAD + b"\r\nbody")
    await done(it)
    left = ref(it)
    it.data_received(
        b"GET /graphql HTTP/1.1\r\nHost: parkgraph\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    del it
    assert left() is None
