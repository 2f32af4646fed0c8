"""The service that gates talk to: reads are decided, and pulses acknowledged. What is answered has been committed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Any, Final
from uuid import UUID

from cachetools import TTLCache

from parkgraph.domain.stay import parse_instant
from parkgraph.gates import cases
from parkgraph.gates.charging import charge
from parkgraph.gates.decision import Decision, DecisionReason, Inside
from parkgraph.gates.events import PlateRead
from parkgraph.gates.following import Following, waiting
from parkgraph.gates.journal import Journal, Stored, seen_of
from parkgraph.gates.matching import MatchKind
from parkgraph.gates.observer import GateObserver, nobody
from parkgraph.gates.passages import Passage, judged_live, passage_id
from parkgraph.gates.records import Before, Command, Records
from parkgraph.gates.rights import LATE, Rights
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.session import Session
from parkgraph.gates.sessions import CalendarOf, Sessions, Tariffs
from parkgraph.gates.turns import KNOWN_GATES, KNOWN_SECONDS, Turn, Turns, available

COMMAND_STATES: Final = ("SENT", "RELAY_ACKED", "POSITION_CONFIRMED", "TIMED_OUT")


@dataclass(frozen=True, slots=True)
class Decided:
    """What a read came to. `command`: the pulse that may be given; only of an OPEN."""

    event: UUID
    passage: UUID
    decision: Decision
    reason: DecisionReason
    kind: MatchKind | None = None
    session: UUID | None = None
    command: Command | None = None
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class BodyConflict:
    """The event's id was used for another body."""


class GateLine:
    """Every method raises GatesUnavailable, and UnknownGate."""

    def __init__(
        self,
        turns: Turns,
        journal: Journal,
        records: Records,
        rights: RightsReader,
        sessions: Sessions,
        following: Following,
        calendar_of: CalendarOf,
        observer: GateObserver = nobody,
    ) -> None:
        self.clock = turns.clock
        self._turns = turns
        self._journal = journal
        self._records = records
        self._rights = rights
        self._sessions = sessions
        self._following = following
        self._calendar_of = calendar_of
        self._observer = observer
        self._inside: TTLCache[int, tuple[int, Sequence[Session]]] = TTLCache(KNOWN_GATES, KNOWN_SECONDS)

    async def request(self, gate_id: UUID, read: PlateRead) -> Decided | BodyConflict:
        """Whether the barrier opens for a vehicle that waits; once for each event's id."""
        began = time.perf_counter()
        with available():
            async with self._turns.take(gate_id) as turn:
                new = await self._journal.add(turn.connection, turn.gate.key, [read], turn.now)
                decided = await (self._decide(turn, read) if new else self._again(turn, read))
                await turn.commit()
        if isinstance(decided, Decided) and not decided.duplicate:
            self._observer.passed(decided.decision, decided.reason, time.perf_counter() - began)
        return decided

    async def acknowledge(self, gate_id: UUID, command: UUID, state: str, at: datetime) -> str | None:
        """What the command has come to, which never goes back; None where the gate has no such command."""
        with available():
            async with self._turns.take(gate_id) as turn:
                found = await self._records.acknowledge(turn.connection, turn.gate, command, state, at)
                await turn.commit()
                return found

    async def _decide(self, turn: Turn, read: PlateRead) -> Decided:
        gate, connection, ref = turn.gate, turn.connection, read.passage
        before = await self._records.before(connection, gate, [ref])
        seen = [seen_of(read, turn.now)]
        if ref in before:
            earlier = (await self._journal.seen(connection, gate.key, [ref])).get(ref, ())
            seen = [*(each for each in earlier if each.event != read.id), *seen]
        rights = await self._rights.read(connection, gate.site, turn.version, turn.now)
        inside = await self._who_is_inside(turn, passage_id(gate.id, ref), rights)
        was = before.get(ref)
        crossed_at = was.at if was and was.crossed else None
        passage = judged_live(gate.id, ref, seen, gate.direction, rights, inside, crossed_at)
        await self._records.keep(connection, gate, [passage])
        await self._note_case(turn, passage, was)
        changed = await self._following.follow(turn, [passage], before, rights)
        verdict = passage.verdict
        decided = Decided(
            read.id,
            passage.id,
            verdict.decision,
            verdict.reason,
            verdict.kind,
            await self._session_of(turn, passage, changed),
            await self._records.command(connection, gate, ref, turn.now) if _opens(passage) else None,
        )
        await self._journal.answered(connection, gate.key, read.id, _form(decided))
        await self._journal.note(connection, gate.key, read.boot, [read.sequence])
        return decided

    async def _again(self, turn: Turn, read: PlateRead) -> Decided | BodyConflict:
        """The first answer; for an event that was only recorded there was none, and its time has passed."""
        connection, gate = turn.connection, turn.gate
        stored = (await self._journal.stored(connection, gate.key, [read.id]))[read.id]
        if not compare_digest(stored.digest, self._journal.digest(read)):
            return BodyConflict()
        if stored.answer is None:
            passage = passage_id(gate.id, read.passage)
            return Decided(read.id, passage, Decision.ASSIST, DecisionReason.LATE, duplicate=True)
        return _read(read.id, stored)

    async def _who_is_inside(self, turn: Turn, passage: UUID, rights: Rights) -> Inside:
        """But for whom this very passage has let in."""
        kept = self._inside.get(turn.gate.site.key)
        if kept is None or kept[0] != turn.changes:
            kept = (turn.changes, await self._sessions.open(turn.connection, turn.gate.site))
            self._inside[turn.gate.site.key] = kept
        open_ = {each.plate: each for each in kept[1] if each.plate and each.entry != passage}
        debts = {plate for plate, each in open_.items() if each.principal is None and _overstays(each, turn.now)}
        owing = set()
        if debts:
            tariffs = Tariffs(turn.connection, turn.gate.site, self._calendar_of)
            for plate in debts:
                cover = rights.cover(plate, open_[plate].entered_at) or open_[plate].cover
                due = charge(open_[plate].entered_at, turn.now, cover, await tariffs.of(open_[plate].tariff))
                if turn.gate.site.yard_key is not None and (due.total is None or due.total.amount > 0):
                    owing.add(plate)
        return Inside(frozenset(open_), owing.__contains__)

    async def _note_case(self, turn: Turn, passage: Passage, was: Before | None) -> None:
        if _opens(passage):
            if was is None:
                return
            await cases.settle(turn.connection, [waiting(passage)], turn.now)
        else:
            await cases.report(turn.connection, turn.gate, [waiting(passage)], turn.now)

    async def _session_of(self, turn: Turn, passage: Passage, changed: Sequence[Session]) -> UUID | None:
        for each in changed:
            if passage.id in (each.entry, each.exit):
                return each.id
        if passage.crossed:
            return await self._sessions.of_passage(turn.connection, passage.id)
        return None


def _opens(passage: Passage) -> bool:
    return passage.verdict.decision is Decision.OPEN


def _overstays(session: Session, now: datetime) -> bool:
    return session.cover is None or now > session.cover[1] + LATE


def _form(decided: Decided) -> Mapping[str, Any]:
    command = decided.command
    return {
        "passage": decided.passage.hex,
        "decision": decided.decision,
        "reason": decided.reason,
        "kind": decided.kind,
        "session": decided.session.hex if decided.session else None,
        "command": command and [command.id.hex, command.issued_at.isoformat(), command.valid_until.isoformat()],
    }


def _read(event: UUID, stored: Stored) -> Decided:
    form = stored.answer or {}
    command = form["command"]
    return Decided(
        event,
        UUID(hex=form["passage"]),
        Decision(form["decision"]),
        DecisionReason(form["reason"]),
        MatchKind(form["kind"]) if form["kind"] else None,
        UUID(hex=form["session"]) if form["session"] else None,
        Command(UUID(hex=command[0]), parse_instant(command[1]), parse_instant(command[2])) if command else None,
        duplicate=True,
    )
