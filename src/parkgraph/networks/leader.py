"""Which of several processes on one database refreshes the networks: the holder of an advisory lock.

One connection of its own both holds the lock and listens for what the leader announces. It is checked every second;
when it is lost, so are the lock and whatever was announced meanwhile. A process that dies gives the lock back by dying,
and the kernel's keep-alive does so for a machine that vanished.
"""

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum
from random import SystemRandom
from typing import Any, Final

import asyncpg
import structlog

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.networks.store import CHANNEL

_log = structlog.get_logger(__name__)

LOCK: Final = 7_305_804_385_002
"""The advisory lock's key: any number that nothing else in the database uses."""

BEAT_S: Final = 1.0
ANSWER_S: Final = 5.0
RECONNECT_S: Final = (0.2, 5.0)
"""The first pause and the longest one, each shortened by up to a half so that processes do not come in step."""

_dice: Final = SystemRandom()

_KEEPALIVE: Final = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"


class Role(StrEnum):
    """LEADING: it holds the lock. FOLLOWING: another does. APART: the database is out of reach."""

    LEADING = "LEADING"
    FOLLOWING = "FOLLOWING"
    APART = "APART"


class Leader:
    """Calls `took_role` at each change of role, and `heard` with each announcement; neither may block."""

    def __init__(self, database: Database, took_role: Callable[[Role], None], heard: Callable[[str], None]) -> None:
        self._database = database
        self._took_role = took_role
        self._heard = heard
        self.role = Role.APART

    @property
    def is_leader(self) -> bool:
        """Whether this process refreshes and writes."""
        return self.role is Role.LEADING

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            try:
                connection = await self._database.connect()
            except DATABASE_FAULTS:
                failures += 1
                if failures == 1:
                    _log.warning("database_out_of_reach")
            else:
                failures = 1
                await self._serve(connection)
            self._become(Role.APART)
            first, longest = RECONNECT_S
            pause = min(longest, first * 2.0 ** min(failures - 1, 30))
            await asyncio.sleep(pause * _dice.uniform(0.5, 1))

    async def _serve(self, connection: asyncpg.Connection) -> None:
        """As long as the connection lasts."""
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            async with asyncio.timeout(ANSWER_S):
                await connection.execute(_KEEPALIVE)
                # Listening comes first, so that what is stored after a follower's first reading is announced to it.
                await connection.add_listener(CHANNEL, self._notified)
            while not lost.is_set():
                async with asyncio.timeout(ANSWER_S):
                    holds = await self._holds_lock(connection)
                self._become(Role.LEADING if holds else Role.FOLLOWING)
                await _wait(lost, BEAT_S)
        except DATABASE_FAULTS as fault:
            _log.debug("database_connection_failed", fault=type(fault).__name__)
        finally:
            connection.terminate()

    async def _holds_lock(self, connection: asyncpg.Connection) -> bool:
        if self.is_leader:
            await connection.execute("SELECT 1")
            return True
        return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK))

    def _become(self, role: Role) -> None:
        if role is not self.role:
            _log.log(logging.WARNING if role is Role.APART else logging.INFO, "role_taken", role=role)
            self.role = role
            self._took_role(role)

    def _notified(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        self._heard(payload)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
