"""One call to one network: under a deadline, and whatever comes of it, an answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

import structlog

from parkgraph.networks.reports import Code
from parkgraph.sdk.faults import Denied, Malformed, RateLimited, TimedOut, Unavailable

_log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a call brought: a value, or the code of why not. `message` is the fault's own sentence, for the log."""

    value: T | None
    latency_ms: int
    code: Code | None = None
    message: str | None = None
    retry_after: timedelta | None = None


class Gateway:
    """The way to one network. Raises nothing but the caller's own cancellation, which counts as no call."""

    def __init__(self, network_id: str) -> None:
        self._network_id = network_id
        self._abandoned: set[asyncio.Task[object]] = set()
        self._last_bug: str | None = None

    async def call(self, ask: Callable[[], Awaitable[T]], deadline: float) -> Answer[T]:
        """The answer within `deadline` seconds, even of an adapter that does not let itself be cancelled."""
        started = time.perf_counter()
        task = asyncio.create_task(_awaited(ask), name=f"ask {self._network_id}")
        try:
            await asyncio.wait({task}, timeout=max(0.0, deadline))
        except asyncio.CancelledError:
            self._abandon(task)
            raise
        latency_ms = round((time.perf_counter() - started) * 1000)
        if not task.done():
            self._abandon(task)
            return Answer(None, latency_ms, Code.TIMED_OUT, f"no answer within {deadline:g} s")
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
