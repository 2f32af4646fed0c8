"""The one connection of a process that listens to PostgreSQL, and those whom it tells.

A notice is a topic and a subject: who watches a topic is told the subjects that changed, and looks at their present
state by itself. So a watcher that is slow misses states in between and never the last one, and nothing piles up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from random import SystemRandom
from typing import Any, Final

import asyncpg
import structlog

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS

MAX_PENDING: Final = 100
"""Subjects that a watcher may be behind by; of more, the longest known are left out."""

BEAT_S: Final = 5.0
RECONNECT_S: Final = 5.0
_KEEPALIVE: Final = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"

_dice: Final = SystemRandom()
_log = structlog.get_logger(__name__)

Parse = Callable[[str], tuple[str, str] | None]
"""The topic and the subject of a payload; None where it is none."""


class Watch:
    """An endless iterator of subjects that changed, each once however often it did since it was last looked at."""

    def __init__(self) -> None:
        self._pending: dict[str, None] = {}
        self._news = asyncio.Event()

    def tell(self, subject: str) -> None:
        """It is told of last, so that what is left out is what was told first."""
        self._pending.pop(subject, None)
        self._pending[subject] = None
        if len(self._pending) > MAX_PENDING:
            del self._pending[next(iter(self._pending))]
        self._news.set()

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        while not self._pending:
            self._news.clear()
            await self._news.wait()
        subject = next(iter(self._pending))
        del self._pending[subject]
        return subject


class Hub:
    """`channels`: what is listened to, and how its payloads are read."""

    def __init__(self, database: Database, channels: Mapping[str, Parse]) -> None:
        self._database = database
        self._channels = channels
        self._watches: dict[str, set[Watch]] = {}
        self.listening = asyncio.Event()

    @property
    def topics(self) -> frozenset[str]:
        """Those that somebody watches."""
        return frozenset(self._watches)

    @contextmanager
    def watching(self, topic: str) -> Iterator[Watch]:
        """Told of every change of this topic from now on, but for those while the database is out of reach."""
        watch = Watch()
        self._watches.setdefault(topic, set()).add(watch)
        try:
            yield watch
        finally:
            watches = self._watches[topic]
            watches.discard(watch)
            if not watches:
                del self._watches[topic]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                connection = await self._database.connect()
            except DATABASE_FAULTS:
                await asyncio.sleep(RECONNECT_S * _dice.uniform(0.2, 1))
                continue
            try:
                await self._serve(connection)
            except DATABASE_FAULTS as fault:
                _log.warning("live_connection_lost", fault=type(fault).__name__)
            finally:
                self.listening.clear()
                connection.terminate()

    async def _serve(self, connection: asyncpg.Connection) -> None:
        """As long as the connection answers."""
        await connection.execute(_KEEPALIVE)
        for channel in self._channels:
            await connection.add_listener(channel, self._notified)
        self.listening.set()
        while True:
            await asyncio.sleep(BEAT_S)
            async with asyncio.timeout(BEAT_S):
                await connection.execute("SELECT 1")

    def _notified(self, _connection: Any, _pid: int, channel: str, payload: str) -> None:
        notice = self._channels[channel](payload)
        if notice:
            for watch in self._watches.get(notice[0], ()):
                watch.tell(notice[1])
