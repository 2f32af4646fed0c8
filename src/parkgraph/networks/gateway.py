"""One call to one network: through breaker and bulkhead, under a deadline, and whatever comes of it, an answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

import structlog

from parkgraph.networks.breaker import USUAL, Attempt, Breaker, BreakerPolicy, CircuitState
from parkgraph.networks.bulkhead import Bulkhead
from parkgraph.networks.reports import Code
from parkgraph.networks.tasks import ended
from parkgraph.sdk.faults import Denied, Malformed, RateLimited, TimedOut, Unavailable

_log = structlog.get_logger(__name__)

T = TypeVar("T")

CONCURRENT: Final = 10
"""Calls to a network at a time, as many as its client has connections."""

QUEUEING: Final = 0.5
"""The part of its deadline for which a call waits for its turn: begun later, it would blame a network for our queue."""

FAILURES: Final = frozenset({Code.TIMED_OUT, Code.UNAVAILABLE, Code.MALFORMED, Code.UNEXPECTED})
"""What counts for the breaker: a call that brought nothing of use, whoever is to blame. A network that asks for
patience or refuses credentials has answered, and is left alone for that."""

REFUSALS: Final = frozenset({Code.CIRCUIT_OPEN, Code.BUSY})
"""Codes of answers for which the network was not asked."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a call brought: a value, or the code of why not. `message` is the fault's own sentence, for the log."""

    value: T | None
    latency_ms: int
    code: Code | None = None
    message: str | None = None
    retry_after: timedelta | None = None

    @property
    def was_refused(self) -> bool:
        """Whether the network was not asked at all."""
        return self.code in REFUSALS


class Gateway:
    """The way to one network. Raises nothing but the caller's own cancellation, which counts as no call."""

    def __init__(
        self,
        network_id: str,
        *,
        concurrent: int = CONCURRENT,
        policy: BreakerPolicy = USUAL,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._network_id = network_id
        self._breaker = Breaker(policy, steady)
        self._bulkhead = Bulkhead(concurrent)
        self._abandoned: set[asyncio.Task[object]] = set()
        self._last_bug: str | None = None

    @property
    def circuit(self) -> CircuitState:
        return self._breaker.state

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused with CIRCUIT_OPEN now; half open, that is while another call probes."""
        return not self._breaker.admits

    async def call(self, ask: Callable[[], Awaitable[T]], deadline: float) -> Answer[T]:
        """The answer within `deadline` seconds, even of an adapter that does not let itself be cancelled.

        Refused with CIRCUIT_OPEN or BUSY where the network is not to be asked. Nothing is repeated, nothing kept.
        """
        if deadline <= 0:
            return Answer(None, 0, Code.TIMED_OUT, "no time was left for a call")
        if self.is_open:
            return Answer(None, 0, Code.CIRCUIT_OPEN)
        started = time.perf_counter()
        if not await self._bulkhead.enter(deadline * QUEUEING):
            return Answer(None, _ms_since(started), Code.BUSY)
        attempt = self._breaker.admit()
        if attempt is None:
            self._bulkhead.leave()
            return Answer(None, _ms_since(started), Code.CIRCUIT_OPEN)
        task = self._begin(ask)
        # Not when the caller goes, but when the call has ended: until then it holds what it holds.
        task.add_done_callback(lambda _: self._bulkhead.leave())
        return await self._outcome(task, attempt, deadline - (time.perf_counter() - started))

    async def refresh(self, ask: Callable[[], Awaitable[T]], deadline: float) -> Answer[T]:
        """As `call`, but never refused: the loops that refresh are alone, and pause by themselves after failures.

        The breaker hears how it went, so that a success closes the circuit for all.
        """
        return await self._outcome(self._begin(ask), self._breaker.witness(), deadline)

    def _begin(self, ask: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        return asyncio.create_task(_awaited(ask), name=f"ask {self._network_id}")

    async def _outcome(self, task: asyncio.Task[T], attempt: Attempt, deadline: float) -> Answer[T]:
        started = time.perf_counter()
        try:
            await ended(task, max(0.0, deadline))
            answer = self._answer(task, _ms_since(started), deadline)
            if answer.code is None:
                attempt.succeeded()
            elif answer.code in FAILURES:
                attempt.failed()
        except asyncio.CancelledError:
            self._abandon(task)
            raise
        finally:
            attempt.withdrawn()  # not heard where it is settled
        return answer

    def _answer(self, task: asyncio.Task[T], latency_ms: int, deadline: float) -> Answer[T]:
        if not task.done():
            self._abandon(task)
            return Answer(None, latency_ms, Code.TIMED_OUT, f"no answer within {deadline:.3g} s")
        fault = asyncio.CancelledError() if task.cancelled() else task.exception()
        match fault:
            case None:
                self._last_bug = None
                return Answer(task.result(), latency_ms)
            case TimedOut():
                return Answer(None, latency_ms, Code.TIMED_OUT, str(fault))
            case Unavailable():
                return Answer(None, latency_ms, Code.UNAVAILABLE, str(fault))
            case RateLimited():
                return Answer(None, latency_ms, Code.RATE_LIMITED, str(fault), fault.retry_after)
            case Denied():
                return Answer(None, latency_ms, Code.DENIED, str(fault))
            case Malformed():
                return Answer(None, latency_ms, Code.MALFORMED, str(fault))
            case TimeoutError():
                return Answer(None, latency_ms, Code.TIMED_OUT, "a time-out inside the adapter")
            case Exception() | asyncio.CancelledError():
                self._log_bug(fault)
                return Answer(None, latency_ms, Code.UNEXPECTED, f"a bug of the adapter ({type(fault).__name__})")
            case _:
                raise fault

    def _abandon(self, task: asyncio.Task[T]) -> None:
        """Cancel without waiting; the task is held until it has ended, so that it ends quietly."""
        self._abandoned.add(task)
        task.add_done_callback(self._forget)
        task.cancel()

    def _forget(self, task: asyncio.Task[T]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()

    def _log_bug(self, fault: BaseException) -> None:
        """With its traceback, once until it is another or gone."""
        trace = fault.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        bug = f"{type(fault).__name__} at line {trace.tb_lineno if trace else 0}"
        if bug != self._last_bug:
            self._last_bug = bug
            _log.error("adapter_bug", network=self._network_id, exc_info=fault)


async def _awaited(ask: Callable[[], Awaitable[T]]) -> T:
    return await ask()


def _ms_since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
