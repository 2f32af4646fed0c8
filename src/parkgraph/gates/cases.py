"""What a person has to look at: opened by rule, closed by rule where it settles itself, else with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from parkgraph.db.statement import Statement
from parkgraph.gates.gate import Gate

OPENED: Final = Statement("""
INSERT INTO gate_cases AS c (uuid, site_id, gate_id, kind, reason, subject, opened_at)
SELECT uuid, :site, :gate, kind, reason, subject, :now
FROM unnest(CAST(:uuids AS uuid[]), CAST(:kinds AS text[]), CAST(:reasons AS text[]), CAST(:subjects AS uuid[]))
    AS e (uuid, kind, reason, subject)
ON CONFLICT (subject, kind) DO UPDATE SET reason = EXCLUDED.reason, resolved_at = NULL, resolution = NULL
    WHERE c.resolution IS NULL OR c.resolution = 'SETTLED'
""")
# One by one, by subject and kind, however small the planner believes the table to be.
SETTLED: Final = Statement("""
UPDATE gate_cases SET resolved_at = :now, resolution = 'SETTLED' WHERE id = ANY(ARRAY(
    SELECT c.id FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS uuid[])) AS e (kind, subject) CROSS JOIN LATERAL (
        SELECT id FROM gate_cases WHERE subject = e.subject AND kind = e.kind AND resolution IS NULL OFFSET 0
    ) c
))
""")


class AssistCaseKind(StrEnum):
    """PASSAGE: a vehicle waits, or waited, and the barrier did not open by itself. OFFLINE_ENTRY: the gate opened by
    itself for what has no right. TAILGATE: a vehicle crossed that no decision let pass. LOST_ENTRY, LOST_EXIT: a
    vehicle was seen to leave and not to come in, or the other way round. PRICE_HELD: a session has no price. UNPAID:
    what a session costs was not to be had.
    """

    PASSAGE = "PASSAGE"
    OFFLINE_ENTRY = "OFFLINE_ENTRY"
    TAILGATE = "TAILGATE"
    LOST_ENTRY = "LOST_ENTRY"
    LOST_EXIT = "LOST_EXIT"
    PRICE_HELD = "PRICE_HELD"
    UNPAID = "UNPAID"


class AssistResolution(StrEnum):
    """LET_IN, LET_OUT: a person opened, so that the vehicle crossed. REFUSED: it did not. NOTED: nothing follows.
    SETTLED: what came to be known afterwards explains it.
    """

    LET_IN = "LET_IN"
    LET_OUT = "LET_OUT"
    REFUSED = "REFUSED"
    NOTED = "NOTED"
    SETTLED = "SETTLED"


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject`: the passage or the session that it is about. `reason`: why, by the words of its kind."""

    kind: AssistCaseKind
    subject: UUID
    reason: str | None = None


async def report(connection: asyncpg.Connection, gate: Gate, findings: Iterable[Finding], now: datetime) -> None:
    """Each once, however often it is found."""
    found = {(each.subject, each.kind): each for each in findings}.values()
    if found:
        values = {
            "site": gate.site.key,
            "gate": gate.key,
            "now": now,
            "uuids": [uuid4() for _ in found],
            "kinds": [each.kind for each in found],
            "reasons": [each.reason for each in found],
            "subjects": [each.subject for each in found],
        }
        await OPENED.rows(connection, values)


async def settle(connection: asyncpg.Connection, findings: Iterable[Finding], now: datetime) -> None:
    """They are explained by now."""
    found = list(findings)
    if found:
        values = {"now": now, "kinds": [each.kind for each in found], "subjects": [each.subject for each in found]}
        await SETTLED.rows(connection, values)
