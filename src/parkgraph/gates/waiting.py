"""Who comes next: one at a time of each key, and those whose vehicles wait before all others."""

from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Queue:
    """Of a key that is taken."""

    urgent: deque[Future[None]] = field(default_factory=deque)
    others: deque[Future[None]] = field(default_factory=deque)


class WaitingRoom:
    """Of one event loop. First come, first served, among those who are as urgent."""

    def __init__(self) -> None:
        self._queues: dict[Hashable, _Queue] = {}

    @asynccontextmanager
    async def turn(self, key: Hashable, *, urgent: bool = False) -> AsyncIterator[None]:
        """Nobody else has the key until this ends."""
        await self._come(key, urgent)
        try:
            yield
        finally:
            self._go(key)

    async def _come(self, key: Hashable, urgent: bool) -> None:
        taken = self._queues.get(key)
        if taken is None:
            self._queues[key] = _Queue()
            return
        queue = taken.urgent if urgent else taken.others
        called: Future[None] = get_running_loop().create_future()
        queue.append(called)
        try:
            await called
        except BaseException:
            if called.done() and not called.cancelled():  # it was called, and does not come
                self._go(key)
            raise

    def _go(self, key: Hashable) -> None:
        queue = self._queues[key]
        for waiting in (queue.urgent, queue.others):
            while waiting:
                called = waiting.popleft()
                if not called.done():
                    called.set_result(None)
                    return
        del self._queues[key]
