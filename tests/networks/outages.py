"""Taking a test's database away from those who use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from parkgraph.db.engine import Database

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"


async def name_of(database: Database) -> str:
    connection = await database.connect()
    try:
        return str(await connection.fetchval("SELECT current_database()"))
    finally:
        await connection.close()


async def cut_connections(database: Database, but: asyncpg.Connection | None = None) -> None:
    """Ends every connection there is, but for one. New ones can be made."""
    spared = but.get_server_pid() if but else 0
    connection = await database.connect()
    try:
        await connection.execute(f"{_OTHERS.replace('$1', 'current_database()')} AND pid <> {spared}")
    finally:
        await connection.close()


@asynccontextmanager
async def out_of_reach(database: Database, server_url: str) -> AsyncIterator[None]:
    """No connection lasts, and none can be made."""
    name = await name_of(database)
    server = await asyncpg.connect(server_url)
    try:
        await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await server.execute(_OTHERS.replace("$1", f"'{name}'"))
        try:
            yield
        finally:
            await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await server.close()
