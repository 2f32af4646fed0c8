"""A real PostgreSQL for every test that asks for one: `database` is fresh, migrated and the test's own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from parkgraph.db import migrations
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The URL of a running embedded server, one for all xdist workers."""
    base = tmp_path_factory.getbasetemp()
    server = EmbeddedServer((base if worker_id == "master" else base.parent) / "database")
    yield asyncio.run(server.start())
    asyncio.run(server.stop())


@pytest.fixture(scope="session")
def migrated_template(database_url: str) -> str:
    """The name of a migrated database without rows, to copy."""

    async def make() -> str:
        name = f"template_{uuid4().hex}"
        await execute(database_url, f"CREATE DATABASE {name}")
        database = Database(with_database(database_url, name))
        await migrations.upgrade(database)
        await database.close()
        return name

    return asyncio.run(make())


@pytest.fixture
async def database(database_url: str, migrated_template: str) -> AsyncIterator[Database]:
    """A migrated database without rows."""
    name = f"test_{uuid4().hex}"
    await execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    database = Database(with_database(database_url, name))
    yield database
    await database.close()
    await execute(database_url, f"DROP DATABASE {name} WITH (FORCE)")


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
