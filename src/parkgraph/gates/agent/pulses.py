"""From a decision to the barrier: one pulse for each command, in time, and what became of it."""

import asyncio
import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import structlog

from parkgraph.gates.agent import admission, commands, outbox
from parkgraph.gates.agent.barriers.barrier import Barrier, BarrierFault
from parkgraph.gates.agent.commands import Claim, State
from parkgraph.gates.agent.events import barrier_state
from parkgraph.gates.agent.metrics import Metrics
from parkgraph.gates.agent.outbox import Kind
from parkgraph.gates.agent.store import Job, Store, StoreBroken, StoreFull

log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = 0.25
LEAST_SECONDS: Final = 0.05
"""A pulse that has less time than this comes too late."""


class Pulses:
    """Gives the pulses of one gate. `changed` is called when the server has something new to be told."""

    def __init__(
        self,
        store: Store,
        gate_id: str,
        boot_id: str,
        barriers: Mapping[str, tuple[Barrier, float, float]],
        metrics: Metrics,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._gate_id = gate_id
        self._boot_id = boot_id
        self._barriers = barriers
        self._metrics = metrics
        self._changed = changed
        self._watches: set[asyncio.Task[None]] = set()

    async def give(self, claim: Claim, deadline: float, besides: Job[None]) -> State | None:
        """Open the barrier, unless this command was carried out before, or it is too late by the steady clock.

        `besides` is done in the transaction that claims the command, whatever comes of it. None: no pulse was given.
        Raises StoreFull, StoreBroken: then none was given either.
        """
        barrier, timeout, position_seconds = self._barriers[claim.barrier]
        if not await self._store.run(self._claim(claim, deadline, besides), reserve=True):
            return None
        seconds = min(timeout, deadline - time.monotonic())
        if seconds < LEAST_SECONDS:
            await self._became(claim, State.TIMED_OUT)
            return None
        self._changed()
        try:
            heard = await barrier.pulse(seconds)
        except BarrierFault as fault:
            log.warning("pulse_failed", barrier=claim.barrier, command=claim.command_id, reason=str(fault))
            await self._became(claim, State.TIMED_OUT, "FAULT")
            return State.TIMED_OUT
        await self._became(claim, State.RELAY_ACKED if heard else State.SENT, let_through=True)
        task = asyncio.create_task(self._watch(claim, barrier, position_seconds))
        self._watches.add(task)
        task.add_done_callback(self._watches.discard)
        return State.RELAY_ACKED if heard else State.SENT

    async def drain(self) -> None:
        """Until it is known of every pulse what became of it."""
        while self._watches:
            await asyncio.gather(*self._watches, return_exceptions=True)

    async def _watch(self, claim: Claim, barrier: Barrier, seconds: float) -> None:
        state = await self._position(barrier, seconds)
        if state is not None:
            await self._became(claim, state, "OPEN" if state is State.POSITION_CONFIRMED else "FAULT")

    def _claim(self, claim: Claim, deadline: float, besides: Job[None]) -> Job[bool]:
        def job(connection: sqlite3.Connection) -> bool:
            besides(connection)
            in_time = deadline - time.monotonic() >= LEAST_SECONDS
            return in_time and commands.claimed(connection, claim, self._boot_id, time.time())

        return job

    async def _position(self, barrier: Barrier, seconds: float) -> State | None:
        """POSITION_CONFIRMED or TIMED_OUT; None where nothing tells."""
        until = time.monotonic() + seconds
        while True:
            try:
                up = await barrier.is_open()
            except BarrierFault:
                up = False
            if up is None:
                return None
            if up:
                return State.POSITION_CONFIRMED
            if time.monotonic() >= until:
                return State.TIMED_OUT
            await asyncio.sleep(_LOOK_EVERY)

    async def _became(
        self, claim: Claim, state: State, barrier_is: str | None = None, *, let_through: bool = False
    ) -> None:
        def job(connection: sqlite3.Connection) -> None:
            now = datetime.now(UTC)
            commands.became(connection, claim.command_id, state, now.timestamp())
            if let_through:
                admission.let_through(connection, self._store.vault, claim.passage_ref)
            if barrier_is is not None:
                command_id = claim.command_id if claim.by_server else None
                body = barrier_state(self._gate_id, claim.lane, barrier_is, claim.passage_ref, command_id, now)
                event_id = str(uuid.uuid4())
                outbox.add(connection, self._store.vault, self._boot_id, event_id, Kind.BARRIER, body, now.timestamp())

        self._metrics.pulses.labels(claim.barrier, state.value).inc()
        log.info("pulse", barrier=claim.barrier, command=claim.command_id, state=state.value)
        try:
            await self._store.run(job, reserve=True)
        except (StoreFull, StoreBroken) as fault:
            # The pulse is given and its claim is kept: what is lost is only what became of it.
            log.warning("pulse_state_not_kept", barrier=claim.barrier, command=claim.command_id, reason=str(fault))
        self._changed()
