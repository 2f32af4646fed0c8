"""A site's turn: one transaction at a time changes what is known of it, in whichever process."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from cachetools import TTLCache
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.db.statement import Statement, begun
from parkgraph.gates.gate import Gate
from parkgraph.gates.news import Change, announce
from parkgraph.gates.registry import Registry
from parkgraph.gates.waiting import WaitingRoom

KNOWN_GATES: Final = 1000
KNOWN_SECONDS: Final = 60

LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('gate site', CAST(:site AS bigint)))")
STATE: Final = Statement("""
SELECT g.removed_at IS NULL, s.version, s.changes FROM gates g JOIN gate_sites s ON s.id = g.site_id WHERE g.id = :gate
""")
_log = structlog.get_logger(__name__)


class GatesUnavailable(Exception):
    """Nothing can be kept or decided right now. The same may be asked again."""


class UnknownGate(Exception):
    """There is no such gate, or not any more."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def available() -> Iterator[None]:
    """Turns what says that the database is not to be had into GatesUnavailable."""
    try:
        yield
    except DATABASE_FAULTS as fault:
        _log.warning("gates_unavailable", fault=type(fault).__name__)
        raise GatesUnavailable from None


@dataclass(frozen=True, slots=True)
class Turn:
    """Nobody else changes anything of the gate's site until it ends. `version`: of its rights; `changes`: of who is
    inside. `connection`: that of the session. `news`: what is told when it is committed; `then`: what is done.
    """

    session: AsyncSession
    connection: asyncpg.Connection
    gate: Gate
    version: int
    changes: int
    now: datetime
    news: set[Change] = field(default_factory=set)
    then: list[Callable[[], None]] = field(default_factory=list)

    async def commit(self) -> None:
        await announce(self.connection, self.news)
        await self.session.commit()
        for each in self.then:
            each()


class Turns:
    """Where turns are had."""

    def __init__(self, database: Database, registry: Registry, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._registry = registry
        self._gates: TTLCache[UUID, Gate] = TTLCache(KNOWN_GATES, KNOWN_SECONDS)
        self._waiting = WaitingRoom()
        self.clock = clock

    async def gate(self, gate_id: UUID) -> Gate:
        """Where it is, which never changes; of a gate that stands. Raises UnknownGate, GatesUnavailable."""
        known = self._gates.get(gate_id)
        if known is None:
            with available():
                known = await self._registry.find(gate_id)
            if known is None or known.removed_at is not None:
                raise UnknownGate
            self._gates[gate_id] = known
        return known

    @asynccontextmanager
    async def take(self, gate_id: UUID, *, urgent: bool = False) -> AsyncIterator[Turn]:
        """What is not committed by its end is rolled back. Raises UnknownGate, and one of db's DATABASE_FAULTS.

        `urgent`: a vehicle waits; what nobody waits for comes after it. Whoever waits for a turn of this process holds
        no connection meanwhile.
        """
        gate = await self.gate(gate_id)
        async with self._of(gate, urgent=urgent) as (turn, stands):
            if not stands:
                self._gates.pop(gate_id, None)
                raise UnknownGate
            yield turn

    @asynccontextmanager
    async def take_at(self, gate: Gate) -> AsyncIterator[Turn]:
        """That of the gate's site, for what nobody waits for, whether the gate stands or not."""
        async with self._of(gate) as (turn, _):
            yield turn

    @asynccontextmanager
    async def _of(self, gate: Gate, *, urgent: bool = False) -> AsyncIterator[tuple[Turn, bool]]:
        async with self._waiting.turn(gate.site.key, urgent=urgent), self._database.session() as session:
            connection = await begun(await session.connection(), LOCK, site=gate.site.key)
            stands, version, changes = await STATE.row(connection, {"gate": gate.key}) or (False, 0, 0)
            yield Turn(session, connection, gate, version, changes, self.clock()), stands
