"""What a WebSocket carries while it is open, and that it is one like any other."""

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from tests.gates.test_live import listening

CHUNKS = 30
CHUNK = "x" * 500_000
"""More than the buffers of a system take altogether."""


async def test_what_was_said_to_open_it_is_forgotten_when_it_is_open() -> None:
    kept: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["headers"]
        await receive()
        await send({"type": "websocket.accept"})
        kept.append(dict(scope))
        await send({"type": "websocket.close"})

    async with listening(app) as host, connect(f"ws://{host}/", proxy=None) as socket:
        await socket.wait_closed()
    assert kept == [{}]


async def test_who_reads_slowly_is_waited_for_and_told_all() -> None:
    sent: list[int] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        assert (await receive())["text"] == "one"
        assert (await receive())["text"] == "two"
        for number in range(CHUNKS):
            await send({"type": "websocket.send", "text": CHUNK})
            sent.append(number)
        await send({"type": "websocket.close"})

    async with listening(app) as host, connect(f"ws://{host}/", proxy=None, max_queue=1) as socket:
        await socket.send("one")
        await socket.send("two")
        while not sent:
            await asyncio.sleep(0.01)
        held = len(sent)
        told = [message async for message in socket]
    assert held < CHUNKS
    assert told == [CHUNK] * CHUNKS
