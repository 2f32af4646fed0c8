"""The composition root: the only module that knows every room."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from parkgraph.api import schema
from parkgraph.api.context import Context
from parkgraph.api.http import GRAPHIQL_PATH, GraphQLEndpoint, graphiql_files
from parkgraph.db import migrations
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.search import Search
from parkgraph.networks.network import Network
from parkgraph.networks.reports import Code
from parkgraph.networks.service import Networks
from parkgraph.settings import Settings

FIRST_ATTEMPTS_SECONDS: Final = 10
"""How long readiness waits for the networks' first answers."""

SETTLE_SECONDS: Final = 2
"""How much longer the announcement waits for networks that a stored snapshot already serves."""


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
            stack.push_async_callback(_end, supervisor)
        database = Database(url)
        stack.push_async_callback(database.close)
        try:
            await migrations.upgrade(database)
        except (OSError, asyncpg.PostgresError) as fault:
            raise StartError(f"the database cannot be used ({type(fault).__name__}): check [database] url") from None
        yield database


@asynccontextmanager
async def open_services(settings: Settings, networks: Sequence[Network]) -> AsyncIterator[Services]:
    """Everything behind the API, running."""
    async with open_database(settings) as database:
        service = Networks(networks, database)
        graph = PlaceGraph(service, PlaceIds(database))
        search = Search(graph, service, settings.server.query_deadline_ms / 1000)
        await service.start()
        try:
            yield Services(database, Context(search, graph, service))
        finally:
            await service.stop()


def create_app(
    settings: Settings, networks: Sequence[Network], on_ready: Callable[[Context], None] = lambda _: None
) -> Starlette:
    """The ASGI application. `on_ready` is called once, when the networks have made their first attempts."""
    development = settings.server.environment == "development"

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_services(settings, networks) as services:
            app.state.services = services
            announcing = asyncio.create_task(_announce(services, on_ready))
            try:
                yield
            finally:
                await _end(announcing)

    def context() -> Context:
        services: Services = app.state.services
        return services.context

    routes: list[BaseRoute] = [
        Route("/healthz", _healthz),
        Route("/readyz", _readyz),
        Route("/graphql", GraphQLEndpoint(schema.build(production=not development), context, ide=development)),
    ]
    if development and (files := graphiql_files()):
        routes.append(Mount(GRAPHIQL_PATH, StaticFiles(directory=files)))
    app = Starlette(routes=routes, lifespan=lifespan)
    return app


async def _announce(services: Services, on_ready: Callable[[Context], None]) -> None:
    await services.context.networks.first_attempts(FIRST_ATTEMPTS_SECONDS)
    services.ready = True
    await _answered(services.context.networks)
    on_ready(services.context)


async def _answered(networks: Networks) -> None:
    """Until no network is served from its stored snapshot alone, for a little while: its state is then its own."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while any(network.code is Code.RESTORED for network in networks):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def _healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _readyz(request: Request) -> Response:
    """200 once the database answers and every network has a snapshot or has finished its first attempt."""
    services: Services = request.app.state.services
    waiting = [] if services.ready else ["networks"]
    if not await services.database.ping(timeout=2):
        waiting.append("database")
    return JSONResponse({"status": "waiting" if waiting else "ready", "waiting": waiting}, 503 if waiting else 200)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
