"""The lane of cars that wait: each is asked about at once, whatever else there is to be sent."""

import asyncio
import sqlite3
import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from random import SystemRandom
from typing import Final, Protocol

import structlog

from parkgraph.gates.agent import admission, decision, outbox
from parkgraph.gates.agent.admission import Question
from parkgraph.gates.agent.commands import Claim
from parkgraph.gates.agent.decision import MAX_TTL_MS, Decision, Verdict
from parkgraph.gates.agent.documents import REQUEST_PASSAGE
from parkgraph.gates.agent.metrics import Metrics
from parkgraph.gates.agent.pulses import Pulses
from parkgraph.gates.agent.standing import Standing
from parkgraph.gates.agent.store import Store, StoreBroken, StoreFull
from parkgraph.gates.agent.uplink import Answer, Refusal, Unanswered, Uplink

log = structlog.get_logger(__name__)

MOST_WAITING: Final = 8
"""Of one camera at a time: one that sees more cars than stand at any line must keep nobody else waiting."""

_RETRY_SECONDS: Final = (0.05, 0.25)
LEAST_SECONDS: Final = 0.05
AWAY_SECONDS: Final = 0.6
"""A car need not wait longer for a server that was not heard last."""
_DICE: Final = SystemRandom()


class Witness(Protocol):
    """Is told what was decided about a car."""

    def decided(self, question: Question, verdict: Verdict, *, by: str, milliseconds: float) -> None: ...


class LiveLane:
    """`is_free` while no car waits. `changed` is called when there is something that it leaves to the backlog."""

    def __init__(
        self,
        store: Store,
        uplink: Uplink,
        pulses: Pulses,
        standing: Standing,
        metrics: Metrics,
        patience: float,
        changed: Callable[[], None],
        witness: Witness | None = None,
    ) -> None:
        self._store = store
        self._uplink = uplink
        self._pulses = pulses
        self._standing = standing
        self._metrics = metrics
        self._patience = patience
        self.changed = changed
        self._witness = witness
        self._turns = weakref.WeakValueDictionary[str, asyncio.Lock]()
        self._waiting: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_free = asyncio.Event()
        self.is_free.set()

    def ask(self, question: Question) -> None:
        """See to it; the caller waits for nothing. What a camera asks beyond MOST_WAITING is left to the backlog."""
        camera = question.line.camera
        waiting = sum(each == camera for each in self._waiting.values())
        self._waiting[question.event.event_id] = camera
        self.is_free.clear()
        task = asyncio.create_task(self._turn_away(question) if waiting >= MOST_WAITING else self._see_to(question))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Until every car that waits has its decision."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _see_to(self, question: Question) -> None:
        ref, began = question.passage.ref, time.monotonic()
        turn = self._turns.get(ref) or self._turns.setdefault(ref, asyncio.Lock())
        try:
            async with turn:  # one question about a vehicle at a time: the next one may have become idle
                vault = self._store.vault
                if await self._store.run(lambda connection: admission.is_let_through(connection, vault, ref)):
                    await self._leave(question)
                else:
                    await self._decide(question, began)
        except (StoreFull, StoreBroken) as fault:
            self._standing.store_fault = str(fault)
            log.warning("decision_not_kept", event_id=question.event.event_id, reason=str(fault))
        except Exception:
            log.exception("live_lane_bug")
        finally:
            self._waits_no_more(question)

    async def _turn_away(self, question: Question) -> None:
        self._metrics.turned_away.labels(question.line.camera).inc()
        try:
            await self._leave(question)
        except (StoreFull, StoreBroken) as fault:
            self._standing.store_fault = str(fault)
        finally:
            self._waits_no_more(question)

    async def _decide(self, question: Question, began: float) -> None:
        sent_at = time.monotonic()
        until = sent_at + (self._patience if self._standing.server_heard else min(self._patience, AWAY_SECONDS))
        while (left := until - time.monotonic()) > LEAST_SECONDS:
            asked = datetime.now(UTC)
            outcome = await self._uplink.ask(
                REQUEST_PASSAGE, "requestPassage", {"input": dict(question.event.body)}, left
            )
            heard = datetime.now(UTC)
            self._standing.server_heard = not isinstance(outcome, Unanswered) or outcome.reached
            self._metrics.deliveries.labels("live", _word(outcome)).inc()
            if isinstance(outcome, Answer):
                self._standing.locked_out = False
                self._standing.server_time(outcome.data.get("serverTime"), asked, heard)
                await self._by_server(question, decision.of_server(outcome.data), began, sent_at)
                return
            if isinstance(outcome, Refusal) and not outcome.retryable:
                await self._refused(question, outcome, began)
                return
            await asyncio.sleep(_DICE.uniform(*_RETRY_SECONDS))
        await self._by_edge(question, began, sent_at)

    async def _by_server(self, question: Question, verdict: Verdict, began: float, sent_at: float) -> None:
        event = question.event
        self._tell(question, verdict, "server", began)

        def delivered(connection: sqlite3.Connection) -> None:
            outbox.delivered(connection, [event.event_id])

        barrier = question.line.barrier
        if verdict.command is None or barrier is None:
            await self._store.run(delivered, reserve=True)
            return
        claim = Claim(verdict.command.command_id, question.passage.ref, barrier, question.line.lane, by_server=True)
        await self._pulses.give(claim, sent_at + verdict.command.seconds, delivered)

    async def _refused(self, question: Question, refusal: Refusal, began: float) -> None:
        """The server answers, so the allow-list is not asked: the barrier stays as it is."""
        event, now = question.event, time.time()
        self._tell(question, Verdict(Decision.ASSIST, refusal.code), "server", began)
        if refusal.is_locked_out:
            self._standing.locked_out = True
            await self._leave(question)
        elif refusal.code == "CONFLICT":
            await self._store.run(lambda connection: outbox.delivered(connection, [event.event_id]), reserve=True)
        else:
            await self._store.run(
                lambda connection: outbox.buried(connection, event.event_id, refusal.code, now), reserve=True
            )
            self._metrics.buried.labels(refusal.code).inc()
            log.error("event_buried", event_id=event.event_id, code=refusal.code)

    async def _by_edge(self, question: Question, began: float, sent_at: float) -> None:
        event, passage, barrier = question.event, question.passage, question.line.barrier
        now, held = self._standing.true_now(), self._standing.allow_list
        best = passage.best
        if best is None:
            verdict = Verdict(Decision.ASSIST, "UNREAD")
        elif not self._standing.clock.is_trusted:
            verdict = Verdict(Decision.ASSIST, "CLOCK_SUSPECT")
        elif held is not None and held.admits(best.plate, passage.direction, now):
            verdict = Verdict(Decision.OPEN, "EXACT_RIGHT")
        else:
            verdict = Verdict(Decision.ASSIST, "NO_RIGHT")
        self._tell(question, verdict, "edge", began)
        edge_decision = decision.as_input(verdict.decision, verdict.reason, now, held.version if held else None)
        vault = self._store.vault

        def decided(connection: sqlite3.Connection) -> None:
            outbox.decided(connection, vault, event.event_id, edge_decision)
            outbox.released(connection, event.event_id)

        if verdict.decision is not Decision.OPEN or barrier is None:
            await self._store.run(decided, reserve=True)
        else:
            claim = Claim(f"edge:{event.event_id}", passage.ref, barrier, question.line.lane, by_server=False)
            await self._pulses.give(claim, sent_at + MAX_TTL_MS / 1000, decided)
        self.changed()

    async def _leave(self, question: Question) -> None:
        """The backlog sends it."""
        event_id = question.event.event_id
        await self._store.run(lambda connection: outbox.released(connection, event_id), reserve=True)
        self.changed()

    def _waits_no_more(self, question: Question) -> None:
        self._waiting.pop(question.event.event_id, None)
        if not self._waiting:
            self.is_free.set()

    def _tell(self, question: Question, verdict: Verdict, by: str, began: float) -> None:
        self._waits_no_more(question)
        seconds = time.monotonic() - began
        self._metrics.decisions.labels(by, verdict.decision.value).inc()
        self._metrics.decision_seconds.observe(seconds)
        log.info(
            "decision",
            event_id=question.event.event_id,
            passage=question.passage.ref,
            camera=question.line.camera,
            by=by,
            decision=verdict.decision.value,
            reason=verdict.reason,
            ms=round(seconds * 1000),
        )
        if self._witness:
            self._witness.decided(question, verdict, by=by, milliseconds=seconds * 1000)


def _word(outcome: object) -> str:
    match outcome:
        case Answer():
            return "answered"
        case Refusal():
            return "refused"
        case _:
            return "unanswered"
