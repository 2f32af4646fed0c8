"""Whether a database has the newest schema, found out without Alembic: a server that starts on it has no need of that,
which would take 8 MB of it for good.
"""

from pathlib import Path
from typing import Final

import asyncpg

from parkgraph.db.engine import Database

NEWEST: Final = max(
    path.name.partition("_")[0] for path in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*_*.py")
)
"""The last revision that this ParkGraph knows: their files are numbered."""


async def is_newest(database: Database) -> bool:
    """Raises as `Database.connect`."""
    connection = await database.connect()
    try:
        return bool(await connection.fetchval("SELECT version_num FROM alembic_version") == NEWEST)
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()
