"""The live view: subscriptions over graphql-transport-ws, fed by what any process commits."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
import uvicorn
import websockets
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect

from parkgraph.accounts.principal import Role
from parkgraph.api.live import MAX_SUBSCRIPTIONS, PROTOCOL
from parkgraph.app import create_app
from parkgraph.live.hub import Hub
from parkgraph.server import configured
from parkgraph.settings import load
from tests.gates.lines import DRIVER, OWNER, STRANGER, Site, open_site
from tests.signed_in import token
from tests.yards.serving import Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

PASSAGES = "subscription ($gate: ID!) { passages(gateId: $gate) { plate decision } }"
OWN_PASSAGES = "subscription { ownPassages { direction decision reason } }"
SESSIONS = "subscription ($gate: ID) { sessionChanged(gateId: $gate) { plate status } }"


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """The host and port of this application, served for real."""
    config = configured(app)
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve([listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


@dataclass(slots=True)
class Servers:
    """`asked` and `watched`: their hosts and ports. `hub`: of the one that is watched."""

    asked: str
    watched: str
    folder: Path
    hub: Hub


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers(gates_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """Two processes' worth of servers on one database: the one that is asked, and the one that is watched."""
    folder = tmp_path_factory.mktemp("live")
    settings = load(None, {"PARKGRAPH_DATABASE_URL": gates_url, "PARKGRAPH_DATA_DIR": str(folder)})
    asked, watched = create_app(settings, []), create_app(settings, [])
    async with listening(asked) as one, listening(watched) as other:
        hub: Hub = watched.services.context.gates.hub
        await hub.listening.wait()
        yield Servers(one, other, folder, hub)


@pytest_asyncio.fixture(loop_scope="module")
async def watched(servers: Servers) -> AsyncIterator[Site]:
    async with httpx.AsyncClient(base_url=f"http://{servers.asked}", timeout=30) as http:
        yield await open_site(Api(http, servers.folder))


class Watcher:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def receive(self) -> dict[str, Any]:
        """What comes next but for signs of life."""
        while (message := orjson.loads(await asyncio.wait_for(self.socket.recv(), 20)))["type"] == "ping":
            await self.send(type="pong")
        read: dict[str, Any] = message
        return read

    async def subscribe(self, query: str, key: str = "1", **variables: Any) -> None:
        await self.send(id=key, type="subscribe", payload={"query": query, "variables": variables})

    async def told(self) -> Any:
        """What the one field is."""
        message = await self.receive()
        assert message["type"] == "next", message
        return next(iter(message["payload"]["data"].values()))

    async def closed(self) -> int:
        """The code that it was closed with."""
        with contextlib.suppress(websockets.ConnectionClosed):
            async for _ in self.socket:
                pass
        assert self.socket.close_code is not None
        return self.socket.close_code


@asynccontextmanager
async def watching(
    servers: Servers, who: tuple[str, Role] | None = OWNER, *, init: bool = True
) -> AsyncIterator[Watcher]:
    """At the server that is not asked."""
    async with connect(f"ws://{servers.watched}/graphql", subprotocols=[websockets.Subprotocol(PROTOCOL)]) as socket:
        watcher = Watcher(socket)
        if init:
            payload = {"Authorization": f"Bearer {token(servers.folder, who[1], subject=who[0])}"} if who else None
            await watcher.send(type="connection_init", payload=payload)
            assert await watcher.receive() == {"type": "connection_ack"}
        yield watcher
        with contextlib.suppress(websockets.ConnectionClosed):
            await socket.close()


async def subscribed(servers: Servers, topics: int) -> None:
    """So many topics are watched: what is committed from now on is told."""
    while len(servers.hub.topics) < topics:
        await asyncio.sleep(0.01)


async def test_passages_at_another_process_are_told(watched: Site, servers: Servers) -> None:
    async with watching(servers) as watcher:
        await watcher.subscribe(PASSAGES, gate=watched.line.id)
        await subscribed(servers, 1)
        await watched.line.request("KAXY99")
        assert await watcher.told() == {"plate": "KAXY99", "decision": "ASSIST"}


async def test_drivers_and_owners_are_told_of_their_sessions_and_nobody_else(watched: Site, servers: Servers) -> None:
    await watched.book("S-DR 1")
    async with watching(servers, DRIVER) as driver, watching(servers) as owner, watching(servers, STRANGER) as other:
        for watcher, gate in ((driver, None), (owner, watched.line.id), (other, None)):
            await watcher.subscribe(SESSIONS, gate=gate)
        await subscribed(servers, 3)
        await watched.line.request("SDR1")
        opened = {"plate": "SDR1", "status": "OPEN"}
        assert await owner.told() == opened
        assert await driver.told() == opened
        await other.send(type="ping")
        assert await other.receive() == {"type": "pong"}


async def test_a_driver_in_front_of_the_gate_is_told_that_somebody_comes_and_nobody_else_is(
    watched: Site, servers: Servers
) -> None:
    await watched.book("S-EA 1", arrive=1, leave=3)
    async with watching(servers, DRIVER) as driver, watching(servers, STRANGER) as other:
        await driver.subscribe(OWN_PASSAGES)
        await other.subscribe(OWN_PASSAGES)
        await subscribed(servers, 2)
        await watched.line.request("KAXY99")
        await watched.line.request("SEA1")
        assert await driver.told() == {"direction": "ENTRY", "decision": "ASSIST", "reason": "NOT_YET_VALID"}
        await other.send(type="ping")
        assert await other.receive() == {"type": "pong"}


@pytest.mark.parametrize(
    ("who", "query", "code"),
    [
        (STRANGER, PASSAGES, "FORBIDDEN"),
        (DRIVER, PASSAGES, "FORBIDDEN"),
        (None, PASSAGES, "UNAUTHENTICATED"),
        (None, SESSIONS, "UNAUTHENTICATED"),
        (None, OWN_PASSAGES, "UNAUTHENTICATED"),
        (STRANGER, SESSIONS, "FORBIDDEN"),
        (OWNER, "{ networks { id } }", "BAD_USER_INPUT"),
        (OWNER, "subscription { nothing }", "BAD_USER_INPUT"),
    ],
)
async def test_who_may_not_watch_is_told_why(
    watched: Site, servers: Servers, who: tuple[str, Role] | None, query: str, code: str
) -> None:
    async with watching(servers, who) as watcher:
        await watcher.subscribe(query, **({"gate": watched.line.id} if "$gate" in query else {}))
        message = await watcher.receive()
        assert (message["type"], message["id"]) == ("error", "1")
        assert message["payload"][0]["extensions"]["code"] == code


async def test_a_subscription_is_refused_over_http(watched: Site) -> None:
    refusal = await watched.api.refusal(OWNER, PASSAGES, gate=watched.line.id)
    assert refusal.startswith("BAD_USER_INPUT Subscriptions")


async def test_a_wrong_token_makes_nobody_anonymous(servers: Servers) -> None:
    async with watching(servers, init=False) as watcher:
        await watcher.send(type="connection_init", payload={"Authorization": "Bearer wrong"})
        assert await watcher.closed() == 4401


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}], 4401),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ([{"type": "connection_init"}, {"type": "nonsense"}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": 1}], 4400),
    ],
)
async def test_who_keeps_not_to_the_protocol_is_sent_away(
    servers: Servers, messages: list[dict[str, Any]], code: int
) -> None:
    async with watching(servers, init=False) as watcher:
        for message in messages:
            await watcher.send(**message)
        assert await watcher.closed() == code


async def test_another_protocol_is_sent_away(servers: Servers) -> None:
    async with connect(
        f"ws://{servers.watched}/graphql", subprotocols=[websockets.Subprotocol("graphql-ws")]
    ) as socket:
        assert await Watcher(socket).closed() == 4406


async def test_an_id_is_for_one_subscription_at_a_time(watched: Site, servers: Servers) -> None:
    async with watching(servers) as watcher:
        await watcher.subscribe(PASSAGES, gate=watched.line.id)
        await watcher.subscribe(PASSAGES, gate=watched.line.id)
        assert await watcher.closed() == 4409


async def test_so_many_subscriptions_and_no_more(watched: Site, servers: Servers) -> None:
    async with watching(servers) as watcher:
        for n in range(MAX_SUBSCRIPTIONS):
            await watcher.subscribe(PASSAGES, str(n), gate=watched.line.id)
        await watcher.send(type="complete", id="0")
        await watcher.send(type="ping")
        assert await watcher.receive() == {"type": "pong"}
        await watcher.subscribe(PASSAGES, "again", gate=watched.line.id)
        await watcher.subscribe(PASSAGES, "too many", gate=watched.line.id)
        assert await watcher.closed() == 4503
