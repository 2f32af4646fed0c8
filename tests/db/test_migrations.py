"""Migrations make exactly the tables that the code declares, once, on each PostgreSQL that is supported."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import select

import parkgraph
from parkgraph.db import migrations
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from parkgraph.db.errors import SchemaTooNewError
from parkgraph.db.newest import is_newest
from parkgraph.db.table import Table
from parkgraph.graph.tables import PlaceRow


@pytest.fixture(scope="module", params=[16, 18])
def server_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedServer(tmp_path_factory.mktemp("server"), version=request.param)
    yield asyncio.run(server.start())
    asyncio.run(server.stop())


@pytest.fixture
async def empty(server_url: str) -> AsyncIterator[Database]:
    """The server's one database, emptied."""
    database = Database(server_url)
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def _every_table_is_declared() -> None:
    core = Path(parkgraph.__file__).parent
    for tables in core.rglob("tables.py"):
        import_module(".".join(("parkgraph", *tables.relative_to(core).with_suffix("").parts)))


async def test_the_migrated_schema_is_the_declared_one(empty: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata))

    await migrations.upgrade(empty)
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    tables = {"snapshots", "places", "place_listings", "yards", "yard_spaces", "network_bookings", "yard_ledger"}
    assert tables <= set(Table.metadata.tables)


async def test_a_schema_is_the_newest_after_the_last_revision(empty: Database) -> None:
    assert not await is_newest(empty)
    await migrations.upgrade(empty)
    assert await is_newest(empty)
    async with empty.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not await is_newest(empty)


async def test_the_migrated_constraints_are_the_declared_ones(empty: Database) -> None:
    """Checks included, which the comparison of metadata leaves out."""
    constraints = text(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass ORDER BY 1, 2"
    )
    await migrations.upgrade(empty)
    async with empty.engine.connect() as connection:
        migrated = (await connection.execute(constraints)).all()
        await connection.run_sync(Table.metadata.drop_all)
        await connection.run_sync(Table.metadata.create_all)
        declared = (await connection.execute(constraints)).all()
    assert migrated == declared
    assert ("yards", "ck_yards_latitude") in {(table, name) for table, name, _ in migrated}


async def test_the_migrated_triggers_are_the_declared_ones(empty: Database) -> None:
    """Functions included."""
    triggers = text(
        "SELECT pg_get_triggerdef(t.oid), f.prosrc FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal ORDER BY 1"
    )
    await migrations.upgrade(empty)
    async with empty.engine.connect() as connection:
        migrated = (await connection.execute(triggers)).all()
        await connection.run_sync(Table.metadata.drop_all)
        await connection.run_sync(Table.metadata.create_all)
        declared = (await connection.execute(triggers)).all()
    assert migrated == declared
    assert len(migrated) == 6


async def test_a_difference_between_schema_and_declaration_would_be_seen(empty: Database) -> None:
    await migrations.upgrade(empty)
    async with empty.engine.connect() as connection:
        await connection.execute(text("ALTER TABLE places ALTER seq TYPE int"))
        found = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), Table.metadata)
        )
    assert [difference[0][0] for difference in found] == ["modify_type"]


async def test_upgrading_again_changes_nothing(empty: Database) -> None:
    await migrations.upgrade(empty)
    async with empty.session() as session:
        session.add(PlaceRow(id=uuid4(), network="bahn", local_id="1"))
        await session.commit()
    revision = await migrations.current(empty)

    await migrations.upgrade(empty)

    assert await migrations.current(empty) == revision
    async with empty.session() as session:
        assert (await session.exec(select(PlaceRow.local_id))).all() == ["1"]


async def test_three_that_upgrade_at_once_all_succeed(empty: Database, server_url: str) -> None:
    others = [Database(server_url), Database(server_url)]
    await asyncio.gather(*(migrations.upgrade(database) for database in (empty, *others)))
    assert not await migrations.pending(empty)
    for database in others:
        await database.close()


async def test_an_empty_database_has_migrations_pending_and_a_migrated_one_has_none(empty: Database) -> None:
    assert await migrations.current(empty) is None
    assert await migrations.pending(empty)
    await migrations.upgrade(empty)
    assert await migrations.current(empty) == "0013"
    assert not await migrations.pending(empty)


async def test_a_schema_of_a_newer_parkgraph_is_left_alone(empty: Database) -> None:
    await migrations.upgrade(empty)
    async with empty.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaTooNewError, match="9999"):
        await migrations.upgrade(empty)
    assert await migrations.pending(empty)


async def test_an_upgrade_waits_for_the_one_that_is_under_way(empty: Database) -> None:
    under_way = await empty.connect()
    await under_way.execute("SELECT pg_advisory_lock($1)", migrations.LOCK)
    waiting = asyncio.create_task(migrations.upgrade(empty))
    watcher = await empty.connect()
    waiters = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while await watcher.fetchval(waiters) == 0:
        await watcher.execute("SELECT pg_sleep(0.01)")
    assert await migrations.current(empty) is None

    await under_way.close()
    await waiting
    assert not await migrations.pending(empty)
    await watcher.close()
