"""Passages, sessions and cases as their owners and drivers read them: a page at a time, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.gates.cases import AssistCaseKind, AssistResolution
from parkgraph.gates.decision import Decision, DecisionReason, Direction
from parkgraph.gates.gate import Gate
from parkgraph.gates.matching import MatchKind
from parkgraph.gates.session import Session, SessionChangeReason
from parkgraph.gates.sessions import SELECT, Sessions
from parkgraph.gates.turns import available
from parkgraph.privacy.vault import Vault

PASSAGES: Final = """
SELECT p.uuid, g.uuid, p.direction, p.decision, p.reason, p.match_kind, p.plate, p.matched, p.crossed, p.suspect,
    p.occurred_at FROM gate_passages p JOIN gates g ON g.id = p.gate_id
"""
CASES: Final = """
SELECT c.uuid, c.kind, c.reason, c.subject, g.uuid, c.opened_at, c.resolved_at, c.resolution, c.note
FROM gate_cases c LEFT JOIN gates g ON g.id = c.gate_id
"""
_OF_GATE: Final = """
WHERE p.gate_id = :gate AND (CAST(:after AS uuid) IS NULL OR p.id < (SELECT id FROM gate_passages WHERE uuid = :after))
ORDER BY p.id DESC LIMIT :limit
"""
_OF_SITES: Final = """
WHERE c.site_id = ANY(CAST(:sites AS bigint[])) AND (c.resolved_at IS NOT NULL) = :resolved
    AND (CAST(:after AS uuid) IS NULL OR c.id > (SELECT id FROM gate_cases WHERE uuid = :after))
ORDER BY c.id LIMIT :limit
"""
_SESSIONS: Final = """
    AND status <> 'VOID' AND (CAST(:after AS uuid) IS NULL OR id < (SELECT id FROM gate_sessions WHERE uuid = :after))
ORDER BY id DESC LIMIT :limit
"""
BARRIERS: Final = "SELECT lane, state, at FROM gate_barriers WHERE gate_id = :gate ORDER BY lane"
CHANGES: Final = """
SELECT version, at, reason, before, after, currency FROM gate_session_changes WHERE session_id = :session
ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """One vehicle at the line of a gate, as its owner sees it."""

    id: UUID
    gate: UUID
    direction: Direction
    decision: Decision
    reason: DecisionReason
    kind: MatchKind | None
    plate: str | None = field(repr=False)
    matched: bool
    crossed: bool
    suspect: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """Something for a person. `subject`: the passage or the session that it is about."""

    id: UUID
    kind: AssistCaseKind
    reason: str | None
    subject: UUID
    gate: UUID | None
    opened_at: datetime
    resolved_at: datetime | None
    resolution: AssistResolution | None
    note: str | None


@dataclass(frozen=True, slots=True)
class SessionChange:
    """What a session's price became. None: no price."""

    version: int
    at: datetime
    reason: SessionChangeReason
    before: Decimal | None
    after: Decimal | None
    currency: str | None


class GateReader:
    """Every method raises GatesUnavailable."""

    def __init__(self, database: Database, vault: Vault, sessions: Sessions) -> None:
        self._database = database
        self._vault = vault
        self._sessions = sessions

    async def passages(self, gate: Gate, after: UUID | None, limit: int) -> Sequence[PassageRecord]:
        """Of a gate; those that came before the passage `after`."""
        rows = await self._rows(PASSAGES + _OF_GATE, gate=gate.key, after=after, limit=limit)
        return [self._passage(row) for row in rows]

    async def passage(self, passage: UUID) -> PassageRecord | None:
        rows = await self._rows(PASSAGES + "WHERE p.uuid = :passage", passage=passage)
        return self._passage(rows[0]) if rows else None

    async def barriers(self, gate: Gate) -> Sequence[tuple[str, str, datetime]]:
        """(lane, state, since when) of each of its barriers."""
        rows = await self._rows(BARRIERS, gate=gate.key)
        return [(lane, state, at) for lane, state, at in rows]

    async def sessions(self, gate: Gate, after: UUID | None, limit: int) -> Sequence[Session]:
        """Of a gate's site."""
        rows = await self._rows(
            SELECT + "WHERE site_id = :site" + _SESSIONS, site=gate.site.key, after=after, limit=limit
        )
        return [self._sessions.read(row) for row in rows]

    async def sessions_of(self, principal: str, after: UUID | None, limit: int) -> Sequence[Session]:
        """A driver's."""
        rows = await self._rows(
            SELECT + "WHERE principal = :principal" + _SESSIONS, principal=principal, after=after, limit=limit
        )
        return [self._sessions.read(row) for row in rows]

    async def session(self, session: UUID) -> Session | None:
        rows = await self._rows(SELECT + "WHERE uuid = :session", session=session)
        return self._sessions.read(rows[0]) if rows else None

    async def changes(self, session: Session) -> Sequence[SessionChange]:
        """What its price became, the first first."""
        rows = await self._rows(CHANGES, session=session.key)
        return [SessionChange(row[0], row[1], SessionChangeReason(row[2]), *row[3:]) for row in rows]

    async def cases(self, gates: Sequence[Gate], after: UUID | None, limit: int, *, resolved: bool) -> Sequence[Case]:
        """Of these gates' sites, the oldest first: the ones that wait, or those that are resolved."""
        sites = list({gate.site.key for gate in gates})
        rows = await self._rows(CASES + _OF_SITES, sites=sites, resolved=resolved, after=after, limit=limit)
        return [_case(row) for row in rows]

    async def case(self, case: UUID) -> Case | None:
        rows = await self._rows(CASES + "WHERE c.uuid = :case", case=case)
        return _case(rows[0]) if rows else None

    async def _rows(self, query: str, **values: Any) -> Sequence[Any]:
        with available():
            async with self._database.engine.connect() as connection:
                return (await connection.execute(text(query), values)).all()

    def _passage(self, row: Any) -> PassageRecord:
        uuid, gate, direction, decision, reason, kind, sealed, *rest = row
        return PassageRecord(
            uuid,
            gate,
            Direction(direction),
            Decision(decision),
            DecisionReason(reason),
            MatchKind(kind) if kind else None,
            self._vault.open(sealed) if sealed else None,
            *rest,
        )


def _case(row: Any) -> Case:
    uuid, kind, reason, subject, gate, opened, resolved, resolution, note = row
    said = AssistResolution(resolution) if resolution else None
    return Case(uuid, AssistCaseKind(kind), reason, subject, gate, opened, resolved, said, note)
