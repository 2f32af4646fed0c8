"""The way to PostgreSQL: a bounded pool of connections for sessions, and connections of one's own beside it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

_SCHEMES: Final = ("postgresql://", "postgres://", "postgresql+asyncpg://")
_CONNECT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 30
_RECYCLE_SECONDS: Final = 1800
_TRUSTED_SECONDS: Final = 10
"""So long is a connection that was used not asked whether it is there: that takes three round trips, and what looks
every 5 seconds would ask each time.
"""
_SESSION: Final = {"application_name": "parkgraph", "timezone": "UTC"}


class Database:
    """One PostgreSQL database. Nothing is connected before it is used.

    `url` is read as libpq reads it, Unix-socket hosts and `sslmode` included; `postgres://` and
    `postgresql+asyncpg://` mean the same. It may hold a password. Raises ValueError for any other scheme.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        scheme = next((scheme for scheme in _SCHEMES if url.startswith(scheme)), None)
        if scheme is None:
            raise ValueError("a database's URL begins with postgresql://")
        self.url = "postgresql://" + url.removeprefix(scheme)
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect_for_pool,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_CONNECT_SECONDS,
            pool_recycle=_RECYCLE_SECONDS,
            pool_use_lifo=True,  # what was used last has its statements prepared, and its caches warm
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
        self._single = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        event.listen(self.engine.sync_engine, "checkin", self._used)
        event.listen(self.engine.sync_engine, "checkout", self._check)

    def session(self) -> AsyncSession:
        """`async with database.session() as session`: on a pooled connection; what is not committed is rolled back."""
        return AsyncSession(self.engine, expire_on_commit=False)

    def single(self) -> AsyncSession:
        """A session in which each statement is a transaction of its own: for one that reads, two round trips less."""
        return AsyncSession(self._single, expire_on_commit=False)

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[asyncpg.Connection]:
        """A pooled connection itself, on which each `Statement` is a transaction of its own, or of `transaction()`.

        What is asked every few seconds, or with each refresh, is asked so: a session takes five times as long, in one
        turn of the event loop, and forty times where its code is no longer in the processor's caches.
        """
        pooled = await self.engine.raw_connection()
        driver: asyncpg.Connection = pooled.driver_connection
        try:
            yield driver
        finally:
            if driver.is_in_transaction():
                pooled.invalidate()  # it could not be ended
            pooled.close()

    async def connect(self) -> asyncpg.Connection:
        """A connection outside the pool, for LISTEN, advisory locks and migrations; the caller closes it.

        Raises OSError (TimeoutError included) or asyncpg.PostgresError where the database is not to be had.
        """
        return await asyncpg.connect(self.url, timeout=_CONNECT_SECONDS, server_settings=_SESSION)

    async def ping(self, timeout: float) -> bool:  # noqa: ASYNC109
        """Whether the database answers a query within `timeout` seconds, be the pool exhausted or not."""
        try:
            async with asyncio.timeout(timeout):
                connection = await self.connect()
                try:
                    return bool(await connection.fetchval("SELECT 1") == 1)
                finally:
                    connection.terminate()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False

    async def close(self) -> None:
        """Closes the pool. Connections of `connect` are their callers' to close."""
        await self.engine.dispose()

    async def _connect_for_pool(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self.url, timeout=_CONNECT_SECONDS, command_timeout=_STATEMENT_SECONDS, server_settings=_SESSION
        )

    def _used(self, _connection: object, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    def _check(self, connection: Any, record: Any, _proxy: object) -> None:
        """Of a connection that leaves the pool; where it is not to be used any more, another takes its place."""
        if connection.driver_connection.is_closed():
            raise DisconnectionError
        used_at: float | None = record.info.get("used_at")
        if used_at is None or time.monotonic() - used_at < _TRUSTED_SECONDS:
            return
        dialect = self.engine.dialect
        try:
            dialect.do_ping(connection)
        except (dialect.loaded_dbapi.Error, OSError):
            raise InvalidatePoolError from None
