"""What gates could not send at once: kept together where that can be, else each alone, so that none blocks the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from secrets import compare_digest
from typing import Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy.exc import DBAPIError

from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.gates import cases, events
from parkgraph.gates.cases import AssistCaseKind, Finding
from parkgraph.gates.decision import Decision
from parkgraph.gates.events import BarrierEvent, BarrierState, Event, Heartbeat, PlateRead
from parkgraph.gates.following import Following
from parkgraph.gates.journal import Journal, Kept, seen_of
from parkgraph.gates.observer import GateObserver, nobody
from parkgraph.gates.passages import Passage, Seen, judged_later, passage_id
from parkgraph.gates.records import Before, Records
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.turns import GatesUnavailable, Turn, Turns, UnknownGate, available

MAX_EVENTS: Final = 100
_DATA_FAULTS: Final = ("22", "23")
"""Classes of SQLSTATE that say that a value cannot be stored."""

_log = structlog.get_logger(__name__)


class GateEventStatus(StrEnum):
    """DUPLICATE: it was kept before. CONFLICT: another one was, under its id. REJECTED: it cannot be kept."""

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    CONFLICT = "CONFLICT"
    REJECTED = "REJECTED"


Status = GateEventStatus


@dataclass(frozen=True, slots=True)
class Result:
    """`event`: its id as it was sent. `code`: why it was rejected."""

    event: str
    status: GateEventStatus
    code: str | None = None
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that cannot be kept, as it was sent. `sequence`: where it has one."""

    result: Result
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    results: tuple[Result, ...]
    kept: Kept
    at: datetime


class Backlog:
    """Raises GatesUnavailable, and UnknownGate."""

    def __init__(
        self,
        turns: Turns,
        journal: Journal,
        records: Records,
        rights: RightsReader,
        following: Following,
        observer: GateObserver = nobody,
    ) -> None:
        self._observer = observer
        self._turns = turns
        self._journal = journal
        self._records = records
        self._rights = rights
        self._following = following

    async def record(self, gate_id: UUID, boot: str, sent: Sequence[Event | Refusal]) -> Recorded:
        """Keep these events of a boot."""
        with available():
            try:
                results, kept = await self._together(gate_id, boot, sent)
            except Exception as fault:
                if not _is_poison(fault):
                    raise
                results, kept = [], Kept()
                for each in sent:
                    result, kept = await self._alone(gate_id, boot, each)
                    results.append(result)
        for result in results:
            self._observer.recorded(result.status)
        return Recorded(tuple(results), kept, self._turns.clock())

    async def _alone(self, gate_id: UUID, boot: str, event: Event | Refusal) -> tuple[Result, Kept]:
        try:
            (result,), kept = await self._together(gate_id, boot, [event])
        except Exception as fault:
            if not _is_poison(fault) or isinstance(event, Refusal):
                raise
            _log.error("gate_event_rejected", fault=type(fault).__name__)
            ours = not _cannot_be_stored(fault)
            result = Result(str(event.id), Status.REJECTED, "INTERNAL" if ours else "BAD_USER_INPUT", retryable=ours)
            (_,), kept = await self._together(gate_id, boot, [Refusal(result, None if ours else event.sequence)])
        return result, kept

    async def _together(self, gate_id: UUID, boot: str, sent: Sequence[Event | Refusal]) -> tuple[list[Result], Kept]:
        async with self._turns.take(gate_id) as turn:
            kept_by_id = await self._keep(turn, [each for each in sent if not isinstance(each, Refusal)])
            results = [each.result if isinstance(each, Refusal) else next(kept_by_id) for each in sent]
            sequences = [each.sequence for each in sent if each.sequence is not None]
            kept = await self._journal.note(turn.connection, turn.gate.key, boot, sequences)
            await turn.commit()
            return results, kept

    async def _keep(self, turn: Turn, sent: Sequence[Event]) -> Iterator[Result]:
        if not sent:
            return iter(())
        first: dict[UUID, Event] = {}
        for each in sent:
            first.setdefault(each.id, each)
        new = await self._journal.add(turn.connection, turn.gate.key, list(first.values()), turn.now)
        stored = await self._journal.stored(turn.connection, turn.gate.key, first.keys() - new)
        results, touched = [], [event for event in first.values() if event.id in new]
        for each in sent:
            if each.id in new and first[each.id] is each:
                results.append(Result(str(each.id), Status.ACCEPTED))
                continue
            known = stored.get(each.id)
            digest = known.digest if known else self._journal.digest(first[each.id])
            same = compare_digest(digest, self._journal.digest(each))
            results.append(Result(str(each.id), Status.DUPLICATE if same else Status.CONFLICT))
            if same and known and isinstance(each, PlateRead) and each.edge and not known.has_edge:
                await self._journal.add_edge(turn.connection, turn.gate.key, each)
                touched.append(each)
        await self._follow(turn, touched)
        return iter(results)

    async def _follow(self, turn: Turn, touched: Sequence[Event]) -> None:
        reads = [each for each in touched if isinstance(each, PlateRead)]
        if reads:
            await self._judge(turn, reads)
        barriers = [each for each in touched if isinstance(each, BarrierEvent)]
        if barriers:
            await self._note_barriers(turn, barriers)
        beats = [each for each in touched if isinstance(each, Heartbeat)]
        if beats:
            last = max(beats, key=lambda beat: min(events.at(beat), turn.now))
            facts = orjson.dumps(events.facts(last)).decode()
            await self._records.heard(turn.connection, turn.gate, facts, min(events.at(last), turn.now))

    async def _judge(self, turn: Turn, reads: Sequence[PlateRead]) -> None:
        gate, connection = turn.gate, turn.connection
        before = await self._records.before(connection, gate, {read.passage for read in reads})
        fresh: dict[str, list[Seen]] = {}
        for read in reads:
            if read.passage not in before:
                fresh.setdefault(read.passage, []).append(seen_of(read, turn.now))
        seen = {**fresh, **await self._journal.seen(connection, gate.key, before.keys())}
        rights = await self._rights.read(connection, gate.site, turn.version, turn.now)
        passages = [
            _with(before.get(ref), judged_later(gate.id, ref, looks, gate.direction, rights))
            for ref, looks in seen.items()
            if not _is_settled(before.get(ref), looks)
        ]
        if passages:
            await self._records.keep(connection, gate, passages)
            again = {each.ref: before[each.ref] for each in passages if each.ref in before}
            await self._following.follow(turn, passages, again, rights)
            stayed = {each.ref: each.id for each in passages if not each.crossed}
            opened = await self._journal.opened_for(connection, gate.key, stayed)
            await cases.report(connection, gate, [_tailgate(stayed[ref]) for ref in opened], turn.now)
            explained = [_tailgate(each.id) for each in passages if each.crossed and each.ref in again]
            await cases.settle(connection, explained, turn.now)

    async def _note_barriers(self, turn: Turn, states: Sequence[BarrierEvent]) -> None:
        """A barrier that was open for a vehicle which nothing let pass, be it by another one's command: it followed."""
        said = [(each.lane or "", str(each.state), min(each.observed, turn.now)) for each in states]
        await self._records.barriers(turn.connection, turn.gate, said)
        open_ = [each for each in states if each.state is BarrierState.OPEN]
        for each in open_:
            if each.command:
                confirmed = "POSITION_CONFIRMED"
                await self._records.acknowledge(turn.connection, turn.gate, each.command, confirmed, each.observed)
        refs = {each.passage for each in open_ if each.passage}
        passed = await self._records.before(turn.connection, turn.gate, refs) if refs else {}
        followed = [_tailgate(passage_id(turn.gate.id, ref)) for ref, was in passed.items() if not was.crossed]
        await cases.report(turn.connection, turn.gate, followed, turn.now)


def _is_settled(before: Before | None, looks: Sequence[Seen]) -> bool:
    """What the server decided stands, unless the gate opened for whom it had not."""
    return before is not None and before.live and (before.crossed or Decision.OPEN not in {each.edge for each in looks})


def _tailgate(passage: UUID) -> Finding:
    return Finding(AssistCaseKind.TAILGATE, passage)


def _with(before: Before | None, passage: Passage) -> Passage:
    return replace(passage, live=before is not None and before.live)


def _is_poison(fault: Exception) -> bool:
    """Whether it is about what was sent, or ours; not that the database is not to be had."""
    return _cannot_be_stored(fault) or not isinstance(fault, (*DATABASE_FAULTS, UnknownGate, GatesUnavailable))


def _cannot_be_stored(fault: Exception) -> bool:
    """Whether the database says so of a value."""
    said = fault.orig if isinstance(fault, DBAPIError) else fault
    return str(getattr(said, "sqlstate", None) or "")[:2] in _DATA_FAULTS
