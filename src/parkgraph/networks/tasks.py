"""Background tasks that somebody owns: none is lost, none fails in silence."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final, TypeVar

import structlog

_log = structlog.get_logger(__name__)

T = TypeVar("T")

AGAIN_S: Final = 1.0
"""Before what shall never end is begun anew."""


async def ended(futures: Iterable[asyncio.Future[Any]], seconds: float | None) -> None:
    """Wait until all have ended, however they did, or the time is over. None is cancelled, nor asked how it ended.

    As `asyncio.wait`, which takes three times as long.
    """
    waited_for = [future for future in futures if not future.done()]
    if not waited_for:
        return
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[None] = loop.create_future()
    left = len(waited_for)

    def wake() -> None:
        if not waiter.done():
            waiter.set_result(None)

    def one_less(_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            wake()

    timer = None if seconds is None else loop.call_later(seconds, wake)
    for future in waited_for:
        future.add_done_callback(one_less)
    try:
        await waiter
    finally:
        if timer:
            timer.cancel()
        if left:
            for future in waited_for:
                future.remove_done_callback(one_less)


def is_cancelled() -> bool:
    """Whether somebody cancelled the running task: else a CancelledError is of something that it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def attempted(work: Callable[[], Awaitable[object]], name: str) -> bool:
    """Whether it went well, for what goes on whatever becomes of one round: a bug is logged.

    Only who cancels the task that runs ends that: a cancellation of what it waits for is a bug like others.
    """
    try:
        await work()
    except (Exception, asyncio.CancelledError) as fault:
        if isinstance(fault, asyncio.CancelledError) and is_cancelled():
            raise
        _log.error("task_failed", task=name, exc_info=fault)
        return False
    return True


class Tasks:
    """The tasks of one owner."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run beside the rest. A failure is logged."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> asyncio.Task[None]:
        """Run beside the rest for ever: what ends of itself, which it shall not, is begun anew."""

        async def for_ever() -> None:
            while True:
                await attempted(work, name)
                await asyncio.sleep(AGAIN_S)

        return self.spawn(for_ever(), name)

    async def end(self) -> None:
        """Cancel all, and wait until they have ended."""
        while self._running:
            for task in self._running:
                task.cancel()
            await asyncio.wait(self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            _log.error("task_failed", task=task.get_name(), exc_info=fault)
