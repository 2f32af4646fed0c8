"""What the database room raises for the operator, and what says that the database is not to be had."""

from typing import Final

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

DATABASE_FAULTS: Final = (
    SQLAlchemyError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What says that the database is not to be had right now."""


class SchemaTooNewError(Exception):
    """The database was migrated by a newer ParkGraph than this one."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run. The message is one sentence that says what to do about it."""


class BackupError(Exception):
    """A dump or a restore is not possible. The message is one sentence that says what to do about it."""
