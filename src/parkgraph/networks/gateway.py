"""One call to one network: through breaker and bulkhead, under a deadline, and whatever comes of it, an answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

import structlog

from parkgraph.networks.breaker import USUAL, Attempt, Breaker, BreakerPolicy, CircuitState
from parkgraph.networks.bulkhead import Bulkhead
from parkgraph.networks.reports import Code
from parkgraph.networks.tasks import is_cancelled
from parkgraph.sdk.faults import Denied, Malformed, RateLimited, TimedOut, Unavailable

_log = structlog.get_logger(__name__)

T = TypeVar("T")
R = TypeVar("R")

CONCURRENT: Final = 10
"""Calls to a network at a time, as many as its client has connections."""

QUEUEING: Final = 0.5
"""The part of its deadline for which a call waits for its turn: begun later, it would blame a network for our queue."""

FAILURES: Final = frozenset({Code.TIMED_OUT, Code.UNAVAILABLE, Code.MALFORMED, Code.UNEXPECTED})
"""What counts for the breaker: a call that brought nothing of use, whoever is to blame. A network that asks for
patience or refuses credentials has answered, and is left alone for that."""

REFUSALS: Final = frozenset({Code.CIRCUIT_OPEN, Code.BUSY})
"""Codes of answers for which the network was not asked."""


class Answer(NamedTuple, Generic[T]):
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


def as_it_is(answer: Answer[T]) -> Answer[T]:
    """Concludes nothing."""
    return answer


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
        self._task_name = f"ask {network_id}"
        self._breaker = Breaker(policy, steady)
        self._bulkhead = Bulkhead(concurrent)
        self._abandoned: set[asyncio.Task[None]] = set()
        self._last_bug: str | None = None

    @property
    def circuit(self) -> CircuitState:
        return self._breaker.state

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused with CIRCUIT_OPEN now; half open, that is while another call probes."""
        return not self._breaker.admits

    def begin(
        self, ask: Callable[[], Awaitable[T]], deadline: float, conclude: Callable[[Answer[T]], R]
    ) -> asyncio.Future[R]:
        """What `conclude` makes of the answer within `deadline` seconds, even of an adapter that does not let itself be
        cancelled. To cancel the future is to give the call up.

        Refused with CIRCUIT_OPEN or BUSY where the network is not to be asked. Nothing is repeated, nothing kept.
        """
        call = _Call(deadline, conclude)
        if deadline <= 0:
            call.tell(Answer(None, 0, Code.TIMED_OUT, "no time was left for a call"))
        elif self.is_open:
            call.tell(Answer(None, 0, Code.CIRCUIT_OPEN))
        else:
            self._run(call, self._in_turn(call, ask))
        return call.told

    async def call(self, ask: Callable[[], Awaitable[T]], deadline: float) -> Answer[T]:
        """The answer to a call that this begins."""
        return await self.begin(ask, deadline, as_it_is)

    async def refresh(self, ask: Callable[[], Awaitable[T]], deadline: float) -> Answer[T]:
        """As `call`, but never refused: the loops that refresh are alone, and pause by themselves after failures.

        The breaker hears how it went, so that a success closes the circuit for all.
        """
        call: _Call[T, Answer[T]] = _Call(deadline, as_it_is)
        call.attempt = self._breaker.witness()
        self._run(call, self._asked(call, ask))
        return await call.told

    def _run(self, call: "_Call[T, R]", work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=self._task_name)

        def abandon() -> None:
            """Cancel without waiting; the task is held until it has ended."""
            self._abandoned.add(task)
            task.add_done_callback(self._abandoned.discard)
            task.cancel()

        call.ends_by(abandon)

    async def _in_turn(self, call: "_Call[T, R]", ask: Callable[[], Awaitable[T]]) -> None:
        """A call holds its place until the adapter has ended, however long after its deadline that is."""
        if not await self._bulkhead.enter(call.deadline * QUEUEING):
            call.tell(Answer(None, call.latency_ms, Code.BUSY))
            return
        try:
            call.attempt = self._breaker.admit()
            if call.attempt is None:
                call.tell(Answer(None, call.latency_ms, Code.CIRCUIT_OPEN))
            else:
                await self._asked(call, ask)
        finally:
            self._bulkhead.leave()

    async def _asked(self, call: "_Call[T, R]", ask: Callable[[], Awaitable[T]]) -> None:
        begun = time.perf_counter()
        try:
            value = await ask()
        except (Exception, asyncio.CancelledError) as fault:
            if call.told.done():
                return
            if isinstance(fault, asyncio.CancelledError) and is_cancelled():
                raise
            call.tell(self._failed(fault, _ms_since(begun)))
        else:
            if not call.told.done():
                self._last_bug = None
                call.tell(Answer(value, _ms_since(begun)))

    def _failed(self, fault: BaseException, latency_ms: int) -> Answer[Any]:
        match fault:
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
            case _:
                self._log_bug(fault)
                return Answer(None, latency_ms, Code.UNEXPECTED, f"a bug of the adapter ({type(fault).__name__})")

    def _log_bug(self, fault: BaseException) -> None:
        """With its traceback, once until it is another or gone."""
        trace = fault.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        bug = f"{type(fault).__name__} at line {trace.tb_lineno if trace else 0}"
        if bug != self._last_bug:
            self._last_bug = bug
            _log.error("adapter_bug", network=self._network_id, exc_info=fault)


class _Call(Generic[T, R]):
    """One call. What comes first is `told`, once: how it ended, or that its time is over. `attempt`: as the breaker let
    it through, which hears the same; a caller who gives up says nothing of the network.
    """

    __slots__ = ("_abandon", "_begun", "_conclude", "_timer", "attempt", "deadline", "told")

    def __init__(self, deadline: float, conclude: Callable[[Answer[T]], R]) -> None:
        self.deadline = deadline
        self.attempt: Attempt | None = None
        self.told: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._conclude = conclude
        self._begun = time.perf_counter()
        self._timer: asyncio.TimerHandle | None = None
        self._abandon: Callable[[], None] = _nothing

    @property
    def latency_ms(self) -> int:
        return _ms_since(self._begun)

    def ends_by(self, abandon: Callable[[], None]) -> None:
        """What is to be done where its time is over, or its caller gives up."""
        self._abandon = abandon
        self._timer = asyncio.get_running_loop().call_later(self.deadline, self._time_out)
        self.told.add_done_callback(self._settle)

    def tell(self, answer: Answer[T]) -> None:
        """How it went, unless that is told already."""
        if self.told.done():
            return
        if self.attempt and answer.code is None:
            self.attempt.succeeded()
        elif self.attempt and answer.code in FAILURES:
            self.attempt.failed()
        try:
            self.told.set_result(self._conclude(answer))
        except Exception as bug:  # noqa: BLE001  (ours; whoever waits is to hear of it)
            self.told.set_exception(bug)

    def _time_out(self) -> None:
        if self.attempt is None:  # it still waits for its turn
            self.tell(Answer(None, self.latency_ms, Code.BUSY))
        else:
            words = f"no answer within {self.deadline:.3g} s"
            self.tell(Answer(None, self.latency_ms, Code.TIMED_OUT, words))
        self._abandon()

    def _settle(self, told: asyncio.Future[R]) -> None:
        if self._timer:
            self._timer.cancel()
        if self.attempt:
            self.attempt.withdrawn()  # not heard where it is settled
        if told.cancelled():
            self._abandon()


def _nothing() -> None:
    """Before there is anything to be abandoned."""


def _ms_since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
