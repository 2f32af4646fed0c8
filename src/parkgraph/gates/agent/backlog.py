"""The lane of what nobody waits for: everything that the store has, oldest first, in batches of one boot."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from parkgraph.gates.agent import outbox
from parkgraph.gates.agent.backoff import pause
from parkgraph.gates.agent.documents import RECORD_GATE_EVENTS
from parkgraph.gates.agent.metrics import Metrics
from parkgraph.gates.agent.outbox import Event
from parkgraph.gates.agent.standing import Standing
from parkgraph.gates.agent.store import Store, StoreBroken, StoreFull
from parkgraph.gates.agent.uplink import Answer, Refusal, Unanswered, Uplink

log = structlog.get_logger(__name__)

MOST: Final = 100
LEAST: Final = 20
BUSY_SECONDS: Final = 0.08
_PATIENCE_SECONDS: Final = 30.0
_YIELD_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 30.0
_DONE: Final = frozenset({"ACCEPTED", "DUPLICATE", "CONFLICT"})


@dataclass(slots=True)
class Sorted:
    """What an answer says of each event of a batch."""

    done: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    never: list[tuple[str, str]] = field(default_factory=list)


def sort(batch: Sequence[Event], results: object) -> Sorted:
    """An event of which the answer says nothing, or nothing that is known, comes later. Pure."""
    said = (
        {each.get("eventId"): each for each in results if isinstance(each, dict)} if isinstance(results, list) else {}
    )
    found = Sorted()
    for event in batch:
        result = said.get(event.event_id, {})
        if result.get("status") in _DONE:
            found.done.append(event.event_id)
        elif result.get("status") == "REJECTED" and result.get("retryable") is False:
            found.never.append((event.event_id, str(result.get("code") or "REJECTED")[:40]))
        else:
            found.later.append(event.event_id)
    return found


class Backlog:
    """Sends whenever there is something, no car waits (`is_free`), and the server takes it."""

    def __init__(
        self,
        store: Store,
        uplink: Uplink,
        is_free: asyncio.Event,
        standing: Standing,
        metrics: Metrics,
        gate_id: str,
        quarantine_seconds: float,
        pause_after: Callable[[int], float] = pause,
    ) -> None:
        self._store = store
        self._uplink = uplink
        self._is_free = is_free
        self._standing = standing
        self._metrics = metrics
        self._gate_id = gate_id
        self._quarantine_seconds = quarantine_seconds
        self._pause_after = pause_after
        self._size = MOST
        self._failures = 0
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send."""
        self._news.set()

    async def run(self) -> None:
        while True:
            self._news.clear()
            try:
                wait = await self._round()
            except (StoreFull, StoreBroken) as fault:
                self._standing.store_fault = str(fault)
                wait = 1.0
            if wait != 0:
                await self._rest(wait)

    async def _rest(self, seconds: float | None) -> None:
        """Until there is news, or this long. After a failure, the only news is that the server answers somebody."""
        news = self._news
        if self._failures:
            news = self._uplink.answered
            news.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), seconds)

    async def _round(self) -> float | None:
        """Send one batch. How long to rest then; None is until there is news."""
        with suppress(TimeoutError):  # under a steady stream of cars the backlog still moves
            await asyncio.wait_for(self._is_free.wait(), _YIELD_SECONDS)
        vault, now = self._store.vault, time.time()
        batch = await self._store.run(lambda connection: outbox.next_batch(connection, vault, now, self._size))
        if not batch:
            due = await self._store.run(outbox.next_due)
            return None if due is None else max(due - time.time(), 0.01)
        variables = {
            "gateId": self._gate_id,
            "bootId": batch[0].boot_id,
            "events": [event.as_input for event in batch],
        }
        asked, began = datetime.now(UTC), time.monotonic()
        outcome = await self._uplink.ask(RECORD_GATE_EVENTS, "recordGateEvents", variables, _PATIENCE_SECONDS)
        match outcome:
            case Answer(data):
                self._standing.locked_out, self._standing.server_heard = False, True
                self._standing.server_time(data.get("serverTime"), asked, datetime.now(UTC))
                self._metrics.deliveries.labels("backlog", "answered").inc()
                return await self._answered(batch, data, time.monotonic() - began)
            case Refusal():
                self._standing.server_heard = True
                self._metrics.deliveries.labels("backlog", "refused").inc()
                return await self._refused(batch, outcome)
            case Unanswered():
                self._standing.server_heard = outcome.reached
                self._metrics.deliveries.labels("backlog", "unanswered").inc()
                return await self._unanswered(batch, answered=outcome.reached)

    async def _answered(self, batch: Sequence[Event], data: Any, took: float) -> float:
        """The next batch is as large as keeps the server busy for BUSY_SECONDS: a car may come meanwhile."""
        found = sort(batch, data.get("results"))
        self._size = min(max(round(len(batch) * BUSY_SECONDS / took), LEAST), MOST)
        self._failures = 0
        await self._settle(found)
        return 0

    async def _refused(self, batch: Sequence[Event], refusal: Refusal) -> float:
        """A batch that is refused for good as a whole has something in it that is: halve it until it stands alone."""
        if refusal.is_locked_out:
            if not self._standing.locked_out:
                log.error("server_refuses_key", code=refusal.code)
            self._standing.locked_out = True
            self._failures += 1
            return _AGAIN_SECONDS
        if refusal.retryable:
            return await self._unanswered(batch, answered=True)
        if len(batch) > 1:
            self._size = len(batch) // 2
            return 0
        await self._settle(Sorted(never=[(batch[0].event_id, refusal.code)]))
        self._size = MOST
        return 0

    async def _unanswered(self, batch: Sequence[Event], *, answered: bool) -> float:
        """Back off. Where something answers and yet takes nothing, it may be one event's doing: find it."""
        self._failures += 1
        if answered and self._failures > 1:
            if len(batch) > 1:
                self._size = max(len(batch) // 2, 1)
            else:
                await self._settle(Sorted(later=[batch[0].event_id]))
        return self._pause_after(self._failures)

    async def _settle(self, found: Sorted) -> None:
        now = time.time()
        quarantined: list[str] = []

        def job(connection: sqlite3.Connection) -> None:
            outbox.delivered(connection, found.done)
            for event_id, code in found.never:
                outbox.buried(connection, event_id, code, now)
            for event_id in found.later:
                added = outbox.added_at(connection, event_id)
                if added is not None and now - added > self._quarantine_seconds:
                    outbox.buried(connection, event_id, "QUARANTINED", now)
                    quarantined.append(event_id)
            outbox.postponed(connection, found.later, now + _AGAIN_SECONDS)

        await self._store.run(job, reserve=True)
        for event_id, code in (*found.never, *((each, "QUARANTINED") for each in quarantined)):
            self._metrics.buried.labels(code).inc()
            log.error("event_buried", event_id=event_id, code=code)
