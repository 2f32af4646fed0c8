"""The service that gates talk to: reads are decided, and pulses acknowledged. What is answered has been committed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Any, Final
from uuid import UUID

from parkgraph.domain.stay import parse_instant
from parkgraph.gates import cases
from parkgraph.gates.charging import charge
from parkgraph.gates.decision import Decision, DecisionReason, Inside
from parkgraph.gates.events import PlateRead
from parkgraph.gates.following import Following, waiting
from parkgraph.gates.gate import Gate
from parkgraph.gates.insiders import Insiders
from parkgraph.gates.journal import Journal, Stored, seen_of
from parkgraph.gates.matching import MatchKind
from parkgraph.gates.observer import GateObserver, nobody
from parkgraph.gates.passages import Passage, judged_live, passage_id
from parkgraph.gates.records import Before, Command, Records
from parkgraph.gates.rights import LATE, Rights
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.session import Session
from parkgraph.gates.sessions import CalendarOf, Sessions, Tariffs
from parkgraph.gates.turns import Turn, Turns, available

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
        insiders: Insiders,
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
        self._insiders = insiders
        self._calendar_of = calendar_of
        self._observer = observer

    async def request(self, gate_id: UUID, read: PlateRead) -> Decided | BodyConflict:
        """Whether the barrier opens for a vehicle that waits; once for each event's id."""
        began = time.perf_counter()
        with available():
            async with self._turns.take(gate_id, urgent=True) as turn:
                stored = await self._journal.stored(turn.connection, turn.gate.key, [read.id])
                if read.id in stored:
                    return self._again(turn.gate, read, stored[read.id])
                decided = await self._decide(turn, read)
                await turn.commit()
        self._observer.passed(decided.decision, decided.reason, time.perf_counter() - began)
        return decided

    async def acknowledge(self, gate_id: UUID, command: UUID, state: str, at: datetime) -> str | None:
        """What the command has come to, which never goes back; None where the gate has no such command."""
        with available():
            async with self._turns.take(gate_id, urgent=True) as turn:
                found = await self._records.acknowledge(turn.connection, turn.gate, command, state, at)
                await turn.commit()
                return found

    async def _decide(self, turn: Turn, read: PlateRead) -> Decided:
        gate, connection, ref = turn.gate, turn.connection, read.passage
        before = await self._records.before(connection, gate, [ref])
        seen = [seen_of(read, turn.now)]
        if ref in before:
            earlier = (await self._journal.seen(connection, gate.key, [ref])).get(ref, ())
            seen = [*earlier, *seen]
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
        await self._journal.add(connection, gate.key, [read], turn.now, {read.id: _form(decided)})
        await self._journal.note(connection, gate.key, read.boot, [read.sequence])
        return decided

    def _again(self, gate: Gate, read: PlateRead, stored: Stored) -> Decided | BodyConflict:
        """The first answer; for an event that was only recorded there was none, and its time has passed."""
        if not compare_digest(stored.digest, self._journal.digest(read)):
            return BodyConflict()
        if stored.answer is None:
            passage = passage_id(gate.id, read.passage)
            return Decided(read.id, passage, Decision.ASSIST, DecisionReason.LATE, duplicate=True)
        return _read(read.id, stored)

    async def _who_is_inside(self, turn: Turn, passage: UUID, rights: Rights) -> Inside:
        """But for whom this very passage has let in."""
        inside = await self._insiders.of(turn)
        open_ = {each.plate: each for each in inside if each.plate and each.entry != passage}
        if turn.gate.site.yard_key is None:
            return Inside(frozenset(open_))
        debts = {plate: each for plate, each in open_.items() if each.principal is None and _overstays(each, turn.now)}
        tariffs = Tariffs(turn.connection, turn.gate.site, self._calendar_of)
        by_tariff = {key: await tariffs.of(key) for key in {each.tariff for each in debts.values()}}

        def owes(plate: str) -> bool:
            session = debts.get(plate)
            if session is None:
                return False
            cover = rights.cover(plate, session.entered_at) or session.cover
            due = charge(session.entered_at, turn.now, cover, by_tariff[session.tariff])
            return due.total is None or due.total.amount > 0

        return Inside(frozenset(open_), owes)

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
