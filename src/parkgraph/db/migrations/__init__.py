"""The schema's history, and how a database is brought up to it.

A new revision is a file in `versions/` whose `down_revision` names the one before it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from parkgraph.db.engine import Database
from parkgraph.db.errors import SchemaTooNewError

LOCK_SECONDS: Final = 2.0
"""For a table's lock: while a revision waits for one, all who want the table wait behind it. Then it tries again."""

LOCK_ATTEMPTS: Final = 30
LOCK_NOT_AVAILABLE: Final = "55P03"

_T = TypeVar("_T")
# The advisory lock's key: any number that nothing else in the database uses.
LOCK: Final = 7_305_804_385_001


async def upgrade(database: Database) -> None:
    """Brings the schema to the newest revision. A revision is one transaction, so it happens wholly or not at all.

    Processes that start together take turns by a PostgreSQL advisory lock; all but the first find it done.
    Raises SchemaTooNewError where the database is at a revision that this ParkGraph does not know.
    """
    turn = await database.connect()
    try:
        await turn.execute("SELECT pg_advisory_lock($1)", LOCK)
        await _patiently(database)
    finally:
        await turn.close()


async def _patiently(database: Database) -> None:
    for attempt in range(LOCK_ATTEMPTS):
        try:
            await _run(database, _upgrade)
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE or attempt == LOCK_ATTEMPTS - 1:
                raise
            await asyncio.sleep(LOCK_SECONDS)
        else:
            return


async def current(database: Database) -> str | None:
    """The revision that the database is at; None before the first."""
    return await _run(database, _current)


async def pending(database: Database) -> bool:
    """Whether the schema is not the newest that this ParkGraph knows."""
    return await current(database) != ScriptDirectory.from_config(_config()).get_current_head()


def _upgrade(connection: Connection) -> None:
    config = _config()
    revision = _current(connection)
    connection.exec_driver_sql(f"SET lock_timeout = {round(LOCK_SECONDS * 1000)}")
    connection.commit()  # Alembic begins transactions of its own
    if revision not in {None, *(known.revision for known in ScriptDirectory.from_config(config).walk_revisions())}:
        raise SchemaTooNewError(f"the database is at revision {revision}, which only a newer ParkGraph knows")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _run(database: Database, work: Callable[[Connection], _T]) -> _T:
    """Runs `work` on a connection without the pool's limit of time."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=database.connect, poolclass=NullPool)
    async with engine.connect() as connection:
        return await connection.run_sync(work)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
