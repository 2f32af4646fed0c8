"""Passages and commands, as they are stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from parkgraph.db.statement import Statement
from parkgraph.gates.gate import Gate
from parkgraph.gates.passages import Passage, passage_id
from parkgraph.privacy.vault import Vault

TTL: Final = timedelta(seconds=5)
"""So long may a pulse be given."""

# Each passage is looked up by itself (LATERAL … OFFSET 0), by the one index that finds it alone: tables grow
# faster than the planner learns of it.
BEFORE: Final = Statement("""
SELECT p.* FROM unnest(CAST(:passages AS uuid[])) AS e (uuid) CROSS JOIN LATERAL (
    SELECT ref, live, crossed, occurred_at, plate_digest, plate FROM gate_passages WHERE uuid = e.uuid OFFSET 0
) p
""")
KEEP: Final = Statement("""
INSERT INTO gate_passages AS p (uuid, gate_id, site_id, ref, direction, decision, reason, match_kind, plate,
    plate_digest, matched, crossed, suspect, live, occurred_at)
SELECT uuid, :gate, :site, ref, direction, decision, reason, match_kind, plate, digest, matched, crossed, suspect,
    live, at
FROM unnest(CAST(:uuids AS uuid[]), CAST(:refs AS text[]), CAST(:directions AS text[]), CAST(:decisions AS text[]),
    CAST(:reasons AS text[]), CAST(:kinds AS text[]), CAST(:plates AS bytea[]), CAST(:digests AS bytea[]),
    CAST(:matched AS boolean[]), CAST(:crossed AS boolean[]), CAST(:suspect AS boolean[]), CAST(:live AS boolean[]),
    CAST(:at AS timestamptz[]))
    AS e (uuid, ref, direction, decision, reason, match_kind, plate, digest, matched, crossed, suspect, live, at)
ON CONFLICT (gate_id, ref) DO UPDATE SET direction = EXCLUDED.direction, decision = EXCLUDED.decision,
    reason = EXCLUDED.reason, match_kind = EXCLUDED.match_kind, plate = EXCLUDED.plate,
    plate_digest = EXCLUDED.plate_digest, matched = EXCLUDED.matched, crossed = EXCLUDED.crossed,
    suspect = EXCLUDED.suspect, live = EXCLUDED.live, occurred_at = EXCLUDED.occurred_at
""")
LIVE_COMMAND: Final = Statement("""
SELECT c.uuid, c.issued_at, c.valid_until FROM gate_commands c JOIN gate_passages p ON p.id = c.passage_id
WHERE p.uuid = :passage AND c.valid_until > :now ORDER BY c.id DESC LIMIT 1
""")
COMMAND: Final = Statement("""
INSERT INTO gate_commands (uuid, gate_id, passage_id, issued_at, valid_until, state, state_at)
SELECT :uuid, gate_id, id, :now, :until, 'ISSUED', :now FROM gate_passages WHERE uuid = :passage
""")
ACKNOWLEDGED: Final = Statement("""
UPDATE gate_commands SET state = :state, state_at = :at
WHERE gate_id = :gate AND uuid = :command
    AND array_position(ARRAY['ISSUED', 'SENT', 'RELAY_ACKED', 'TIMED_OUT', 'POSITION_CONFIRMED'], state)
        < array_position(ARRAY['ISSUED', 'SENT', 'RELAY_ACKED', 'TIMED_OUT', 'POSITION_CONFIRMED'], :state)
""")
STATE_OF: Final = Statement("SELECT state FROM gate_commands WHERE gate_id = :gate AND uuid = :command")
BARRIERS: Final = Statement("""
INSERT INTO gate_barriers AS b (gate_id, lane, state, at)
SELECT DISTINCT ON (lane) :gate, lane, state, at
FROM unnest(CAST(:lanes AS text[]), CAST(:states AS text[]), CAST(:at AS timestamptz[])) AS e (lane, state, at)
ORDER BY lane, at DESC
ON CONFLICT (gate_id, lane) DO UPDATE SET state = EXCLUDED.state, at = EXCLUDED.at WHERE b.at < EXCLUDED.at
""")
HEARD: Final = Statement("""
UPDATE gates SET heard_at = :at, heartbeat = CAST(:facts AS jsonb)
WHERE id = :gate AND (heard_at IS NULL OR heard_at < :at)
""")


@dataclass(frozen=True, slots=True)
class Command:
    """A pulse that may be given until then."""

    id: UUID
    issued_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Before:
    """What a passage was before it is judged again."""

    live: bool
    crossed: bool
    at: datetime
    digest: bytes | None = field(repr=False)
    sealed: bytes | None = field(repr=False)


class Records:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def before(self, connection: asyncpg.Connection, gate: Gate, refs: Collection[str]) -> Mapping[str, Before]:
        rows = await BEFORE.rows(connection, {"passages": [passage_id(gate.id, ref) for ref in refs]})
        return {row[0]: Before(*row[1:]) for row in rows}

    async def keep(self, connection: asyncpg.Connection, gate: Gate, passages: Sequence[Passage]) -> None:
        """Each as it is now."""
        values: dict[str, Any] = {
            "gate": gate.key,
            "site": gate.site.key,
            "uuids": [each.id for each in passages],
            "refs": [each.ref for each in passages],
            "directions": [each.direction for each in passages],
            "decisions": [each.verdict.decision for each in passages],
            "reasons": [each.verdict.reason for each in passages],
            "kinds": [each.verdict.kind for each in passages],
            "plates": [self._vault.seal(each.plate) if each.plate else None for each in passages],
            "digests": [self._vault.digest(each.plate) if each.plate else None for each in passages],
            "matched": [each.matched for each in passages],
            "crossed": [each.crossed for each in passages],
            "suspect": [each.suspect for each in passages],
            "live": [each.live for each in passages],
            "at": [each.at for each in passages],
        }
        await KEEP.rows(connection, values)

    async def command(self, connection: asyncpg.Connection, gate: Gate, ref: str, now: datetime) -> Command:
        """The passage's live one, or a new one: of a passage there is one at a time."""
        values = {"passage": passage_id(gate.id, ref), "now": now}
        live = await LIVE_COMMAND.row(connection, values)
        if live:
            return Command(*live)
        new = Command(uuid4(), now, now + TTL)
        await COMMAND.rows(connection, {**values, "uuid": new.id, "until": new.valid_until})
        return new

    async def acknowledge(
        self, connection: asyncpg.Connection, gate: Gate, command: UUID, state: str, at: datetime
    ) -> str | None:
        """What a command has come to, which never goes back; None where the gate has no such command."""
        values = {"gate": gate.key, "command": command}
        await ACKNOWLEDGED.rows(connection, {**values, "state": state, "at": at})
        found: str | None = await STATE_OF.value(connection, values)
        return found

    async def barriers(
        self, connection: asyncpg.Connection, gate: Gate, states: Sequence[tuple[str, str, datetime]]
    ) -> None:
        """(lane, state, when)."""
        lanes, said, at = (list(column) for column in zip(*states, strict=True))
        await BARRIERS.rows(connection, {"gate": gate.key, "lanes": lanes, "states": said, "at": at})

    async def heard(self, connection: asyncpg.Connection, gate: Gate, facts: str, at: datetime) -> None:
        await HEARD.rows(connection, {"gate": gate.key, "facts": facts, "at": at})
