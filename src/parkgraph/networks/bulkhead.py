"""A bulkhead: only so many calls are under way to one network, so that a slow one does not hold everything there is."""

import asyncio
from typing import Final

from parkgraph.sdk.transport.slots import Slots

QUEUE: Final = 20
"""Calls that may wait for their turn; beyond that, one is refused at once."""


class Bulkhead:
    """At most `limit` inside, at most `queue` waiting before it, first come, first served."""

    def __init__(self, limit: int, queue: int = QUEUE) -> None:
        self._slots = Slots(limit)
        self._queue = queue
        self._waiting = 0

    async def enter(self, patience: float) -> bool:
        """Whether there was a slot within `patience` seconds. Whoever entered has to `leave`."""
        if self._slots.take_now():
            return True
        if self._waiting >= self._queue:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(patience):
                await self._slots.take()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    def leave(self) -> None:
        """Make room for the next one."""
        self._slots.leave()
