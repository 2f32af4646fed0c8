"""Everything behind the API: database, networks and yards, graph."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from parkgraph.api.context import Context
from parkgraph.db import migrations
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.search import Search
from parkgraph.networks.network import Network
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.service import Networks
from parkgraph.settings import Settings
from parkgraph.yards import demo as demo_yard
from parkgraph.yards.adapter import NETWORK as YARDS
from parkgraph.yards.adapter import YardsAdapter
from parkgraph.yards.repository import YardRepository


class StartError(Exception):
    """The server cannot start; the message is a sentence for the operator."""


@dataclass(slots=True)
class Services:
    """What one server process runs. `ready`: the networks have made their first attempts."""

    database: Database
    context: Context
    ready: bool = False


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The configured PostgreSQL, or an embedded one that lives as long as this; its schema is brought up to date."""
    async with AsyncExitStack() as stack:
        if settings.database.url:
            url = settings.database.url.get_secret_value()
        else:
            server = EmbeddedServer(settings.data_dir)
            url = await server.start()
            stack.push_async_callback(server.stop)
            supervisor = asyncio.create_task(server.supervise())
            stack.push_async_callback(end, supervisor)
        try:
            database = Database(url)
        except ValueError as refusal:
            raise StartError(f"[database] url: {refusal}") from None
        stack.push_async_callback(database.close)
        try:
            await migrations.upgrade(database)
        except ValueError:
            raise StartError("[database] url must be as postgresql://user:password@host:5432/name") from None
        except DATABASE_FAULTS as fault:
            raise StartError(f"the database cannot be used ({type(fault).__name__}): check [database] url") from None
        yield database


@asynccontextmanager
async def open_services(
    settings: Settings, networks: Sequence[Network], observer: Observer = nobody, *, demo: bool
) -> AsyncIterator[Services]:
    """Everything behind the API, running: these networks, and the private yards."""
    async with open_database(settings) as database:
        yards = await _open_yards(database, demo=demo)
        service = Networks([*networks, yards], database, observer=observer)
        graph = PlaceGraph(service, PlaceIds(database))
        search = Search(graph, service, settings.server.query_deadline_ms / 1000)
        await service.start()
        try:
            yield Services(database, Context(search, graph, service))
        finally:
            await service.stop()


async def _open_yards(database: Database, *, demo: bool) -> Network:
    """Another server may run on a database that a demo ran on; the invented yard is not for it."""
    if demo:
        await demo_yard.seed(database)
    hidden = frozenset[UUID]() if demo else frozenset({demo_yard.YARD.id})
    return Network(YARDS, YardsAdapter(YardRepository(database, hidden=hidden)))


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task, and wait until it has ended."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
