"""A loopback HTTP server that misbehaves on purpose, byte for byte: what real servers and their networks do.

    async with serving(answer(500), answer(200, b"{}")) as server:
        ...  # the first request meets the first behaviour and so on, the last one stays

It counts what reached it: `server.requests`, `server.connections`, and `server.open` connections now.
A client that speaks TLS to it gets a 400 in plain text, as real servers do.
"""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Exchange:
    """One request, and the way to answer it."""

    request: Request
    writer: asyncio.StreamWriter
    keep: bool = True

    async def send(self, data: bytes) -> None:
        if self.writer.is_closing():
            raise ConnectionResetError
        self.writer.write(data)
        await self.writer.drain()


TLS_HANDSHAKE = b"\x16"
SELF_SIGNED = Path(__file__).with_name("self-signed.pem")

Behaviour = Callable[[Exchange], Awaitable[None]]


@dataclass(slots=True)
class FaultServer:
    behaviours: list[Behaviour]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def until(self, condition: Callable[["FaultServer"], bool]) -> None:
        """Returns once this holds: `server.until(lambda it: it.open == 0)`."""
        async with self._changed:
            await self._changed.wait_for(lambda: condition(self))

    async def _change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.open -= 1
            await self._change()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Request by request. Reading a byte ahead tells when the client goes while a behaviour is at work."""
        ahead = asyncio.ensure_future(reader.read(1))
        working: asyncio.Future[None] | None = None
        try:
            while first := await ahead:
                if first == TLS_HANDSHAKE:
                    writer.write(head(400))
                    return
                exchange = Exchange(await _read(first, reader), writer)
                self.requests.append(exchange.request)
                await self._change()
                behave = self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]
                ahead = asyncio.ensure_future(reader.read(1))
                working = asyncio.ensure_future(behave(exchange))
                await asyncio.wait({working, ahead}, return_when=asyncio.FIRST_COMPLETED)
                if not working.done() and not await ahead:
                    return
                await working
                if not exchange.keep:
                    return
        finally:
            leftover = [task for task in (ahead, working) if task]
            for task in leftover:
                task.cancel()
            await asyncio.gather(*leftover, return_exceptions=True)


async def _read(first: bytes, reader: asyncio.StreamReader) -> Request:
    lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    start, *fields = lines.strip().split("\r\n")
    method, _, rest = start.partition(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, rest.rpartition(" ")[0], headers, body)


@asynccontextmanager
async def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[FaultServer]:
    server = FaultServer(list(behaviours))
    listener = await asyncio.start_server(server._accept, "127.0.0.1", 0, ssl=tls)
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for task in tuple(server._tasks):
            task.cancel()
        await asyncio.gather(*server._tasks, return_exceptions=True)


def self_signed() -> ssl.SSLContext:
    """A certificate for localhost that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    return context


@contextmanager
def unaccepting() -> Iterator[str]:
    """The URL of a server whose queue is full: a connection to it hangs."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def unused_url() -> str:
    """The URL of a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def head(status: int, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def answer(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Behaviour:
    """A correct answer; the connection stays open."""

    async def behave(exchange: Exchange) -> None:
        length = {} if status == 304 else {"Content-Length": str(len(body))}
        await exchange.send(head(status, {**length, **(headers or {})}) + body)

    return behave


def zipped(body: bytes) -> Behaviour:
    return answer(200, gzip.compress(body), {"Content-Encoding": "gzip"})


def raw(data: bytes) -> Behaviour:
    """These bytes, whatever they are, and the end of the connection."""

    async def behave(exchange: Exchange) -> None:
        exchange.keep = False
        await exchange.send(data)

    return behave


def truncated(body: bytes, headers: Mapping[str, str] | None = None) -> Behaviour:
    return raw(head(200, {"Content-Length": str(len(body) + 100), **(headers or {})}) + body)


def hang(after: bytes = b"") -> Behaviour:
    """Nothing more after these bytes, until the client goes."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(after)
        await asyncio.Event().wait()

    return behave


def drip(every: float = 0.02) -> Behaviour:
    """An endless body, a byte at a time."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(head(200, {"Content-Length": "1000000"}))
        while True:
            await exchange.send(b" ")
            await asyncio.sleep(every)

    return behave


def flood(chunk: bytes = b" " * 65_536) -> Behaviour:
    """An endless body, as fast as it is read."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(head(200, {"Connection": "close"}))
        while True:
            await exchange.send(chunk)

    return behave


async def reset(exchange: Exchange) -> None:
    """The connection breaks instead of an answer."""
    exchange.keep = False
    exchange.writer.transport.abort()
