"""A plain load balancer: in turn to whoever is ready, each request over a connection of its own.

What it does is what any does: it asks `/readyz` every so often, and goes on to the next server where a connection
cannot be made. A request that a server has begun to read is never sent to another.
"""

import asyncio
from contextlib import suppress
from typing import Final

PROBE_SECONDS: Final = 0.1
CONNECT_SECONDS: Final = 0.3


class Balancer:
    """In front of servers at these ports of loopback. `port`: its own, once it has started."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._ready: list[int] = []
        self._turn = 0
        self._probing: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> "Balancer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        self._probing = asyncio.create_task(self._probe())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._probing:
            self._probing.cancel()
        if self._server:
            self._server.close()

    def is_ready(self, port: int) -> bool:
        return port in self._ready

    async def _probe(self) -> None:
        while True:
            answers = await asyncio.gather(*(_answers(port) for port in self._ports))
            self._ready = [port for port, answer in zip(self._ports, answers, strict=True) if answer]
            await asyncio.sleep(PROBE_SECONDS)

    def _candidates(self) -> list[int]:
        """Those that are ready, each as often the first as the others; then the rest."""
        self._turn += 1
        first = self._turn % len(self._ready) if self._ready else 0
        ready = [*self._ready[first:], *self._ready[:first]]
        return [*ready, *(port for port in self._ports if port not in ready)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client, which may be kept alive for many requests."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(head))
                writer.write(await self._answer(head, body))
                await writer.drain()
        writer.close()

    async def _answer(self, head: bytes, body: bytes) -> bytes:
        for port in self._candidates():
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    upstream, asking = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
            except (OSError, TimeoutError):
                continue
            asking.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
            try:
                answer = await upstream.read()
            except ConnectionError:
                answer = b""
            asking.close()
            if b"\r\n\r\n" in answer:
                kept, _, rest = answer.partition(b"\r\n\r\n")
                return kept.replace(b"connection: close", b"connection: keep-alive") + b"\r\n\r\n" + rest
            return _bad_gateway(b"the server broke off")
        return _bad_gateway(b"no server takes a connection")


def _bad_gateway(words: bytes) -> bytes:
    return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n%b" % (len(words), words)


async def _answers(port: int) -> bool:
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: balancer\r\nConnection: close\r\n\r\n")
            status = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return status.startswith(b"HTTP/1.1 200 ")


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
