"""One server for the tests of a module; each test has a yard and a gate of its own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from parkgraph.db.engine import Database
from tests.conftest import execute, with_database
from tests.gates.lines import Site, open_site
from tests.gates.stage import Line, at_noon, line_on
from tests.yards.serving import Api, serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gates_url(database_url: str, migrated_template: str) -> AsyncIterator[str]:
    """A migrated database without rows."""
    name = f"gates_{uuid4().hex}"
    await execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    yield with_database(database_url, name)
    await execute(database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gates_api(gates_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with serving(gates_url, tmp_path_factory.mktemp("gates")) as api:
        yield api


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gates_database(gates_url: str) -> AsyncIterator[Database]:
    database = Database(gates_url)
    yield database
    await database.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site(gates_api: Api) -> Site:
    return await open_site(gates_api)


@pytest_asyncio.fixture(loop_scope="module")
async def line(gates_database: Database) -> Line:
    """It is NOON."""
    return await _at_noon(gates_database)


@pytest.fixture
async def own_line(database: Database) -> Line:
    """On a database that the test may break."""
    return await _at_noon(database)


async def _at_noon(database: Database) -> Line:
    opened = await line_on(database)
    at_noon(opened)
    return opened
