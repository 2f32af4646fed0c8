from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from parkgraph.settings import Settings, load
from tests.conftest import execute, with_database
from tests.yards.serving import Api, serving


@pytest.fixture
async def settings(database_url: str, migrated_template: str) -> AsyncIterator[Settings]:
    """Settings without networks, on a migrated database without rows."""
    name = f"served_{uuid4().hex}"
    await execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    yield load(None, {"PARKGRAPH_DATABASE_URL": with_database(database_url, name)})
    await execute(database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def api(database_url: str, migrated_template: str, tmp_path: Path) -> AsyncIterator[Api]:
    """A server on a migrated database without rows."""
    name = f"served_{uuid4().hex}"
    await execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    async with serving(with_database(database_url, name), tmp_path) as served:
        yield served
    await execute(database_url, f"DROP DATABASE {name} WITH (FORCE)")
