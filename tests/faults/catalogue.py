"""What a network can do to whoever asks it, and what is to come of it."""

import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from parkgraph.networks.reports import Code, SourceStatus
from tests.sdk.server import (
    Behaviour,
    Exchange,
    FaultServer,
    answer,
    drip,
    flood,
    hang,
    head,
    raw,
    reset,
    self_signed,
    serving,
    truncated,
    unaccepting,
    unused_url,
)

NOWHERE: Final = "nowhere.invalid"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a network misbehaves. `server` counts what reached it; `elsewhere` is what must not be reached."""

    url: str
    server: FaultServer | None = None
    elsewhere: FaultServer | None = None


class Recovery(Enum):
    """What it takes for a network that is well again to be asked."""

    PROBE = "the circuit's pause"
    PATIENCE = "the time for which it is left alone"


Sites = Callable[[], AbstractAsyncContextManager[Site]]


@dataclass(frozen=True, slots=True)
class Fault:
    """`status` and `code`: what a query reports where nothing is remembered. `hangs`: only a deadline ends it.

    `local`: it happens in the process of whoever asks.
    """

    name: str
    site: Sites = field(repr=False)
    status: SourceStatus
    code: Code
    hangs: bool = False
    recovery: Recovery = Recovery.PROBE
    allow_private: bool = True
    local: bool = False

    def __str__(self) -> str:
        return self.name


@asynccontextmanager
async def at(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    async with serving(behaviour, tls=tls) as server:
        yield Site(server.url, server)


@asynccontextmanager
async def redirecting() -> AsyncIterator[Site]:
    async with (
        serving(answer(200, b'{"facilities": []}')) as private,
        serving(answer(302, b"", {"Location": private.url})) as server,
    ):
        yield Site(server.url, server, elsewhere=private)


@asynccontextmanager
async def private_address() -> AsyncIterator[Site]:
    async with serving(answer(200, b'{"facilities": []}')) as private:
        yield Site(private.url, elsewhere=private)


@asynccontextmanager
async def never_accepting() -> AsyncIterator[Site]:
    with unaccepting() as url:
        yield Site(url)


@asynccontextmanager
async def refusing() -> AsyncIterator[Site]:
    yield Site(unused_url())


@asynccontextmanager
async def unknown_name() -> AsyncIterator[Site]:
    with unresolvable():
        yield Site(f"http://{NOWHERE}/")


@contextmanager
def unresolvable() -> Iterator[None]:
    """No resolver knows this name; none is asked for it."""
    resolve = socket.getaddrinfo

    def known(host: Any, *arguments: Any, **named: Any) -> Any:
        if host == NOWHERE:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **named)

    with patch.object(socket, "getaddrinfo", known):
        yield


def patience(value: str) -> Behaviour:
    return answer(429, b"", {"Retry-After": value})


async def in_half_a_minute(exchange: Exchange) -> None:
    await patience(format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))(exchange)


async def announced_50_mb(exchange: Exchange) -> None:
    exchange.keep = False
    await exchange.send(head(200, {"Content-Length": "50000000"}))
    for _ in range(50):
        await exchange.send(b" " * 1_000_000)


BOMB: Final = gzip.compress(bytes(200_000_000), 9)

UNAVAILABLE = partial(Fault, status=SourceStatus.FAILED, code=Code.UNAVAILABLE)
MALFORMED = partial(Fault, status=SourceStatus.FAILED, code=Code.MALFORMED)
TIMED_OUT = partial(Fault, status=SourceStatus.TIMED_OUT, code=Code.TIMED_OUT, hangs=True)
RATE_LIMITED = partial(Fault, status=SourceStatus.RATE_LIMITED, code=Code.RATE_LIMITED, recovery=Recovery.PATIENCE)
DENIED = partial(Fault, status=SourceStatus.FAILED, code=Code.DENIED, recovery=Recovery.PATIENCE)


def _body(text: str) -> Sites:
    return partial(at, answer(200, text.encode()))


FAULTS: Final = (
    TIMED_OUT("connect hang", never_accepting),
    TIMED_OUT("header hang", partial(at, hang())),
    TIMED_OUT("half a body", partial(at, hang(head(200, {"Content-Length": "99"}) + b"{"))),
    TIMED_OUT("drip", partial(at, drip())),
    UNAVAILABLE("refused connection", refusing),
    UNAVAILABLE("500", partial(at, answer(500, b"Traceback"))),
    UNAVAILABLE("503", partial(at, answer(503))),
    UNAVAILABLE("reset", partial(at, reset)),
    UNAVAILABLE("truncated body", partial(at, truncated(b'{"facilities": ['))),
    UNAVAILABLE("no HTTP", partial(at, raw(b"\x00garbage\r\n\r\n"))),
    UNAVAILABLE("TLS error", lambda: at(answer(200), self_signed())),
    UNAVAILABLE("DNS failure", unknown_name, local=True),
    UNAVAILABLE("redirect to a private address", redirecting),
    MALFORMED("garbage", _body("<html>maintenance</html>")),
    MALFORMED("wrong types", _body('{"facilities": "none"}')),
    MALFORMED("NaN", _body('{"facilities": [{"id": "1", "name": "x", "latitude": NaN, "longitude": 9}]}')),
    MALFORMED("50 MB, announced", partial(at, announced_50_mb)),
    MALFORMED("50 MB, not announced", partial(at, flood())),
    MALFORMED("gzip bomb", partial(at, answer(200, BOMB, {"Content-Encoding": "gzip"}))),
    Fault("bug of the adapter", _body('{"bug": 1}'), SourceStatus.FAILED, Code.UNEXPECTED),
    RATE_LIMITED("429, seconds", partial(at, patience("30"))),
    RATE_LIMITED("429, date", partial(at, in_half_a_minute)),
    RATE_LIMITED("429, absurdly long", partial(at, patience("99999999999"))),
    RATE_LIMITED("429, nonsense", partial(at, patience("a while"))),
    DENIED("401", partial(at, answer(401))),
    DENIED("private address", private_address, allow_private=False),
)
