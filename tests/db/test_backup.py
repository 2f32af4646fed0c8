"""A database as one file, and another database out of it: the rehearsal, by the commands that operators use."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from parkgraph.cli import app
from parkgraph.db import backup, binaries, migrations
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from parkgraph.db.errors import BackupError
from parkgraph.start_error import StartError
from parkgraph.yards import demo
from tests.conftest import execute, with_database

OLDEST = pytest.param(16, marks=pytest.mark.skipif("PARKGRAPH_SOAK" not in os.environ, reason="make soak"))


@pytest.fixture(scope="module", params=[OLDEST, 18])
def server_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> Iterator[str]:
    if request.param == 18:
        yield database_url
        return
    server = EmbeddedServer(tmp_path_factory.mktemp("server"), version=request.param)
    yield asyncio.run(server.start())
    asyncio.run(server.stop())


def new_database(server_url: str) -> str:
    name = f"backup_{uuid4().hex}"
    asyncio.run(execute(server_url, f"CREATE DATABASE {name}"))
    return with_database(server_url, name)


async def fill(url: str) -> None:
    database = Database(url)
    await migrations.upgrade(database)
    await demo.seed(database)
    await database.close()
    await execute(url, "INSERT INTO places (id, network, local_id) VALUES (gen_random_uuid(), 'bahn', 'Straße ☂')")


async def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table, and where the sequences are."""
    connection = await asyncpg.connect(url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    queries = {name: f'SELECT row(t.*)::text FROM "{name}" t ORDER BY 1' for (name,) in tables}
    queries["sequences"] = "SELECT sequencename || coalesce(last_value, 0) FROM pg_sequences ORDER BY 1"
    rows = {name: [row[0] for row in await connection.fetch(query)] for name, query in queries.items()}
    await connection.close()
    return rows


def parkgraph(url: str, *arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, env={"PARKGRAPH_DATABASE_URL": url})
    if result.exception:
        raise result.exception
    return result.output


def test_what_is_restored_is_what_was_dumped(server_url: str, tmp_path: Path) -> None:
    source, target, file = new_database(server_url), new_database(server_url), tmp_path / "parkgraph.dump"
    asyncio.run(fill(source))

    assert "MB" in parkgraph(source, "db", "dump", str(file))
    assert "restored" in parkgraph(target, "db", "restore", str(file))

    before = asyncio.run(contents(source))
    assert asyncio.run(contents(target)) == before
    assert len(before["yards"]) == len(before["places"]) == len(before["alembic_version"]) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_an_older_dump_is_brought_to_the_newest_schema(database_url: str, tmp_path: Path) -> None:
    source, target, file = new_database(database_url), new_database(database_url), tmp_path / "old.dump"
    asyncio.run(execute(source, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
    parkgraph(source, "db", "dump", str(file))
    parkgraph(target, "db", "restore", str(file))
    assert "yards" in asyncio.run(contents(target))


def test_nothing_is_overwritten(database_url: str, tmp_path: Path) -> None:
    full, file = new_database(database_url), tmp_path / "parkgraph.dump"
    asyncio.run(fill(full))
    parkgraph(full, "db", "dump", str(file))
    dumped, before = file.read_bytes(), asyncio.run(contents(full))

    with pytest.raises(BackupError, match="exists already"):
        parkgraph(full, "db", "dump", str(file))
    with pytest.raises(BackupError, match="not empty"):
        parkgraph(full, "db", "restore", str(file))

    assert file.read_bytes() == dumped
    assert asyncio.run(contents(full)) == before


def test_half_a_dump_restores_nothing(database_url: str, tmp_path: Path) -> None:
    source, target, file = new_database(database_url), new_database(database_url), tmp_path / "parkgraph.dump"
    asyncio.run(fill(source))
    parkgraph(source, "db", "dump", str(file))
    os.truncate(file, file.stat().st_size - 200)
    with pytest.raises(BackupError, match="pg_restore"):
        parkgraph(target, "db", "restore", str(file))
    assert asyncio.run(contents(target)) == {"sequences": []}


def test_a_dump_that_fails_leaves_no_file(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "are_installed", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="install PostgreSQL's client"):
        parkgraph(database_url, "db", "dump", str(tmp_path / "parkgraph.dump"))
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"check \[database\] url"):
        parkgraph("postgresql://parkgraph@127.0.0.1:9/parkgraph", "db", "dump", str(tmp_path / "parkgraph.dump"))


@pytest.mark.parametrize(
    ("url", "shown", "password"),
    [
        ("postgresql://me:s%20cret@host:5432/db?a=b", "postgresql://me@host:5432/db?a=b", "s cret"),
        ("postgresql://me@host/db?password=secret", "postgresql://me@host/db", "secret"),
        ("postgresql://me@/db?host=%2Ftmp&port=5432", "postgresql://me@/db?host=%2Ftmp&port=5432", None),
    ],
)  # fmt: skip
def test_no_password_is_seen_in_the_list_of_processes(url: str, shown: str, password: str | None) -> None:
    assert backup.without_password(url) == (shown, password)
