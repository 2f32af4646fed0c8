"""How long a WebSocket lasts, how many a client has, and who is taken for gone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect

from parkgraph.api import live, schema
from parkgraph.api.admission import RateLimiter
from parkgraph.api.documents import Documents
from parkgraph.api.limits import Limits
from parkgraph.api.live import GOING_AWAY, PROTOCOL, TOO_MANY, LiveEndpoint
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.seats import Seats
from tests.gates.test_live import Watcher, listening

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENTS = Documents(schema.build(), Limits(), production=False)


@asynccontextmanager
async def serving(seats: Seats) -> AsyncIterator[str]:
    """The address of the endpoint alone."""
    nothing: Any = None  # nobody subscribes
    endpoint = LiveEndpoint(DOCUMENTS, PersistedQueries(), RateLimiter(None), seats, lambda: nothing)
    async with listening(Starlette(routes=[WebSocketRoute("/graphql", endpoint)])) as host:
        yield f"ws://{host}/graphql"


def connected(url: str) -> connect:
    return connect(url, subprotocols=[websockets.Subprotocol(PROTOCOL)])


async def next_of(socket: ClientConnection) -> Any:
    return orjson.loads(await socket.recv())


async def begun(socket: ClientConnection) -> Watcher:
    watcher = Watcher(socket)
    await watcher.send(type="connection_init")
    assert await next_of(socket) == {"type": "connection_ack"}
    return watcher


async def test_it_lasts_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LIFE_SECONDS", 0.01)
    async with serving(Seats(1, 1)) as url, connected(url) as socket:
        assert await (await begun(socket)).closed() == GOING_AWAY


@pytest.mark.parametrize("seats", [Seats(2, 9), Seats(9, 2)], ids=["of a client", "of all"])
async def test_there_are_so_many_and_no_more(seats: Seats) -> None:
    async with serving(seats) as url, connected(url) as first, connected(url) as second:
        await begun(first)
        await begun(second)
        async with connected(url) as third:
            assert await Watcher(third).closed() == TOO_MANY
        await first.close()
        while seats.taken == 2:
            await asyncio.sleep(0)
        async with connected(url) as fourth:
            await begun(fourth)


async def test_who_answers_no_ping_is_gone_and_who_does_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    beats: asyncio.Queue[Callable[[], None]] = asyncio.Queue()
    monkeypatch.setattr(live._Talk, "_beat_later", lambda talk, group: beats.put_nowait(lambda: talk._beat(group)))
    async with serving(Seats(1, 1)) as url, connected(url) as socket:
        watcher = await begun(socket)
        for _ in range(2):
            (await beats.get())()
            assert await next_of(socket) == {"type": "ping"}
            await watcher.send(type="pong")
            await watcher.send(type="ping")
            assert await next_of(socket) == {"type": "pong"}
        (await beats.get())()
        assert await next_of(socket) == {"type": "ping"}
        (await beats.get())()
        assert await watcher.closed() == GOING_AWAY
