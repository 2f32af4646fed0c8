"""The way to PostgreSQL: a bounded pool of connections for sessions, and connections of one's own beside it."""

import asyncio
from typing import Final

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

_SCHEMES: Final = ("postgresql://", "postgres://", "postgresql+asyncpg://")
_CONNECT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 30
_RECYCLE_SECONDS: Final = 1800
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
            pool_pre_ping=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )

    def session(self) -> AsyncSession:
        """`async with database.session() as session`: on a pooled connection; what is not committed is rolled back."""
        return AsyncSession(self.engine, expire_on_commit=False)

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
