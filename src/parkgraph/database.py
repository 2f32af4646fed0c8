"""The configured database, opened for as long as it is needed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.db.newest import is_newest
from parkgraph.networks.tasks import Tasks
from parkgraph.settings import Settings
from parkgraph.start_error import StartError


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncIterator[Database]:
    """The configured PostgreSQL, or an embedded one that lives as long as this; its schema is left as it is."""
    async with AsyncExitStack() as stack:
        if settings.database.url:
            url = settings.database.url.get_secret_value()
        else:
            server = EmbeddedServer(settings.data_dir)
            url = await server.start()
            stack.push_async_callback(server.stop)
            supervision = Tasks()
            stack.push_async_callback(supervision.end)
            supervision.spawn(server.supervise(), "supervise the database")
        try:
            database = Database(url)
        except ValueError as refusal:
            raise StartError(f"[database] url: {refusal}") from None
        stack.push_async_callback(database.close)
        yield database


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The same, its schema brought up to date."""
    async with open_server(settings) as database:
        try:
            if not await is_newest(database):
                from parkgraph.db import migrations

                await migrations.upgrade(database)
        except ValueError:
            raise StartError("[database] url must be as postgresql://user:password@host:5432/name") from None
        except DATABASE_FAULTS as fault:
            raise StartError(f"the database cannot be used ({type(fault).__name__}): check [database] url") from None
        yield database
