"""Who holds connections to an agent without saying anything keeps no camera out."""

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from parkgraph.gates.agent.punctual import punctual
from tests.gates.agent.http import serving_app

BEGUN = b"POST /cameras/front HTTP/1.1\r\nHost: gate\r\n"


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(await Request(scope, receive).body() or b"nothing")(scope, receive, send)


async def opened(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = httpx.URL(url)
    return await asyncio.open_connection(parts.host, parts.port)


@pytest.mark.parametrize("sent", [b"", BEGUN, b"GET / HTTP/1.1\r\nHost: gate\r\n\r\n" + BEGUN])
async def test_a_head_that_does_not_come_ends_the_connection(sent: bytes) -> None:
    async with serving_app(answering, http=punctual(head_seconds=0.01), timeout_keep_alive=3600) as url:
        reader, writer = await opened(url)
        writer.write(sent)
        assert (await reader.read()).startswith(b"HTTP/1.1 200" if sent.startswith(b"GET") else b"")
        writer.close()


async def test_a_body_has_its_own_time() -> None:
    async with serving_app(answering, http=punctual(head_seconds=0.01)) as url:
        reader, writer = await opened(url)
        writer.write(BEGUN + b"Content-Length: 2\r\nConnection: close\r\n\r\na")
        await asyncio.sleep(0.05)
        writer.write(b"b")
        assert (await reader.read()).endswith(b"ab")
        writer.close()


async def test_a_peer_has_so_many_and_no_more() -> None:
    async with serving_app(answering, http=punctual(most=2)) as url, AsyncExitStack() as stack:
        held = [await opened(url) for _ in range(2)]
        for _, writer in held:
            stack.callback(writer.close)
        reader, writer = await opened(url)
        assert await reader.read() == b""
        writer.close()
        held[0][1].close()
        async with httpx.AsyncClient() as http:
            while True:
                try:
                    assert (await http.get(url)).text == "nothing"
                    break
                except httpx.TransportError:
                    continue
