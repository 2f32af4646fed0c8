"""What gates have sent, as it is stored: each event once, whatever is sent again."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from parkgraph.db.statement import Statement
from parkgraph.domain.stay import parse_instant
from parkgraph.gates import events
from parkgraph.gates.decision import Decision, Direction, Times
from parkgraph.gates.events import Event, PlateRead
from parkgraph.gates.passages import MAX_LOOKS, Seen
from parkgraph.gates.plates import normalised
from parkgraph.privacy.vault import Vault

INSERT: Final = Statement("""
INSERT INTO gate_events (gate_id, event_id, kind, digest, boot, sequence, passage_ref, sealed, plate_digest, facts,
    occurred_at, received_at, answer)
SELECT :gate, id, kind, digest, boot, sequence, ref, sealed, plate, CAST(facts AS jsonb), at, :received,
    CAST(answer AS jsonb)
FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:digests AS bytea[]), CAST(:boots AS text[]),
    CAST(:sequences AS bigint[]), CAST(:refs AS text[]), CAST(:sealed AS bytea[]), CAST(:plates AS bytea[]),
    CAST(:facts AS text[]), CAST(:at AS timestamptz[]), CAST(:answers AS text[]))
    AS e (id, kind, digest, boot, sequence, ref, sealed, plate, facts, at, answer)
ON CONFLICT (gate_id, event_id) DO NOTHING RETURNING event_id
""")
# Each is looked up by itself (LATERAL … OFFSET 0), by the one index that finds it alone (hence `+ 0`): tables grow
# faster than the planner learns of it.
STORED: Final = Statement("""
SELECT s.* FROM unnest(CAST(:ids AS uuid[])) AS e (id) CROSS JOIN LATERAL (
    SELECT event_id, digest, facts ? 'edge', passage_ref, answer FROM gate_events
    WHERE gate_id = :gate AND event_id = e.id OFFSET 0
) s
""")
ADD_EDGE: Final = Statement("""
UPDATE gate_events SET facts = facts || jsonb_build_object('edge', CAST(:edge AS jsonb))
WHERE gate_id = :gate AND event_id = :id AND NOT facts ? 'edge'
""")
SEEN: Final = Statement("""
SELECT s.* FROM unnest(CAST(:refs AS text[])) AS e (ref) CROSS JOIN LATERAL (
    SELECT passage_ref, event_id, sealed, facts, received_at FROM gate_events
    WHERE gate_id + 0 = :gate AND passage_ref = e.ref AND kind = 'READ' ORDER BY occurred_at, event_id LIMIT :most
) s
""")
OPENED: Final = Statement("""
SELECT s.* FROM unnest(CAST(:refs AS text[])) AS e (ref) CROSS JOIN LATERAL (
    SELECT passage_ref FROM gate_events
    WHERE gate_id + 0 = :gate AND passage_ref = e.ref AND kind = 'BARRIER' AND facts->>'state' = 'OPEN' LIMIT 1
) s
""")
SEQUENCES: Final = Statement("""
INSERT INTO gate_sequences (gate_id, boot, kept)
SELECT :gate, :boot, range_agg(int8range(sequence, sequence, '[]'))
FROM unnest(CAST(:sequences AS bigint[])) AS s (sequence)
ON CONFLICT (gate_id, boot) DO UPDATE SET kept = gate_sequences.kept + EXCLUDED.kept
RETURNING CAST(kept AS text)
""")
_RANGE: Final = re.compile(r"\[(-?\d+),(-?\d+)\)")
_KINDS: Final = {"PlateRead": "READ", "BarrierEvent": "BARRIER", "Heartbeat": "HEARTBEAT"}
KEPT: Final = Statement("SELECT CAST(kept AS text) FROM gate_sequences WHERE gate_id = :gate AND boot = :boot")
NONE: Final[Mapping[UUID, Mapping[str, Any]]] = {}
MAX_MISSING: Final = 100
"""Gaps that are told at once."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that had been kept before."""

    digest: bytes = field(repr=False)
    has_edge: bool
    passage: str | None
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Which sequences of a boot are kept: all from 1 to `through`; and the gaps below the highest, ends included."""

    through: int = 0
    missing: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def of(spans: Iterable[tuple[int, int]]) -> "Kept":
        """`spans`: half open, in order."""
        through, gaps = 0, []
        for begins, ends in spans:
            if begins <= through + 1:
                through = max(through, ends - 1)
            else:
                gaps.append((begins, ends))
        missing, since = [], through + 1
        for begins, ends in gaps[:MAX_MISSING]:
            missing.append((since, begins - 1))
            since = ends
        return Kept(through, tuple(missing))


class Journal:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def digest(self, event: Event) -> bytes:
        return self._vault.mac(events.body(event))

    async def add(
        self,
        connection: asyncpg.Connection,
        gate: int,
        new: Sequence[Event],
        received: datetime,
        answers: Mapping[UUID, Mapping[str, Any]] = NONE,
    ) -> Collection[UUID]:
        """The ids of those that were not there yet. `answers`: by their ids, of those that were answered at once."""
        reads = [event if isinstance(event, PlateRead) else None for event in new]
        values = {
            "gate": gate,
            "received": received,
            "ids": [event.id for event in new],
            "kinds": [_KINDS[type(event).__name__] for event in new],
            "digests": [self.digest(event) for event in new],
            "boots": [event.boot for event in new],
            "sequences": [event.sequence for event in new],
            "refs": [getattr(event, "passage", None) for event in new],
            "sealed": [self._sealed(read) if read else None for read in reads],
            "plates": [self.plate_digest(read.plate) if read else None for read in reads],
            "facts": [orjson.dumps(events.facts(event)).decode() for event in new],
            "at": [events.at(event) for event in new],
            "answers": [orjson.dumps(answers[event.id]).decode() if event.id in answers else None for event in new],
        }
        return {row[0] for row in await INSERT.rows(connection, values)}

    async def stored(self, connection: asyncpg.Connection, gate: int, ids: Collection[UUID]) -> Mapping[UUID, Stored]:
        if not ids:
            return {}
        rows = await STORED.rows(connection, {"gate": gate, "ids": list(ids)})
        return {row[0]: Stored(*row[1:]) for row in rows}

    async def add_edge(self, connection: asyncpg.Connection, gate: int, read: PlateRead) -> None:
        """What the gate has decided meanwhile of an event that had been kept without."""
        edge = orjson.dumps(read.edge).decode()
        await ADD_EDGE.rows(connection, {"gate": gate, "id": read.id, "edge": edge})

    async def seen(
        self, connection: asyncpg.Connection, gate: int, refs: Collection[str]
    ) -> Mapping[str, Sequence[Seen]]:
        """The reads of these passages."""
        if not refs:
            return {}
        found: dict[str, list[Seen]] = {}
        rows = await SEEN.rows(connection, {"gate": gate, "refs": list(refs), "most": MAX_LOOKS})
        for ref, event, sealed, facts, received in rows:
            found.setdefault(ref, []).append(self._seen(event, sealed, facts, received))
        return found

    async def opened_for(self, connection: asyncpg.Connection, gate: int, refs: Collection[str]) -> Collection[str]:
        """Those of these passages of which the gate said that its barrier was open for them."""
        if not refs:
            return ()
        return {row[0] for row in await OPENED.rows(connection, {"gate": gate, "refs": list(refs)})}

    async def note(self, connection: asyncpg.Connection, gate: int, boot: str, sequences: Sequence[int]) -> Kept:
        """These are kept too; what is kept of the boot."""
        values = {"gate": gate, "boot": boot, "sequences": list(sequences)}
        kept = await (SEQUENCES if sequences else KEPT).value(connection, values)
        return Kept.of((int(begins), int(ends)) for begins, ends in _RANGE.findall(kept or ""))

    def plate_digest(self, plate: str | None) -> bytes | None:
        """Where all of it was read."""
        whole = normalised(plate)
        return self._vault.digest(whole) if whole else None

    def _sealed(self, read: PlateRead) -> bytes | None:
        if read.plate is None and not read.candidates:
            return None
        guesses = [[each.plate[: events.MAX_PLATE], each.confidence] for each in read.candidates]
        plate = read.plate[: events.MAX_PLATE] if read.plate is not None else None
        return self._vault.seal(orjson.dumps({"plate": plate, "candidates": guesses}).decode())

    def _seen(self, event: UUID, sealed: bytes | None, facts: Mapping[str, Any], received: datetime) -> Seen:
        opened = self._vault.open(sealed) if sealed else None
        said = orjson.loads(opened) if opened else {"plate": None, "candidates": []}
        read = PlateRead(
            id=event,
            boot="-",
            sequence=0,
            observed=parse_instant(facts["observed"]),
            direction=Direction(facts["direction"]),
            passage="-",
            captured=parse_instant(facts["captured"]),
            synced=facts["synced"],
            plate=said["plate"],
            candidates=tuple(events.Candidate(plate, share) for plate, share in said["candidates"]),
            agreeing=facts.get("agreeing"),
            offset_ms=facts.get("offsetMs"),
        )
        edge = facts.get("edge")
        return seen_of(read, received, Decision(edge["decision"]) if edge else None)


def seen_of(read: PlateRead, received: datetime, edge: Decision | None = None) -> Seen:
    """A read, as its passage is judged by."""
    times: Times = read.times(received)
    decided = edge or (read.edge.decision if read.edge else None)
    return Seen(read.id, read.look, read.direction, times, read.plate, decided)
