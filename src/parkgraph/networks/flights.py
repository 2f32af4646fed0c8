"""Single flight: whoever asks what is being asked already waits for that answer."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from parkgraph.networks.tasks import Tasks, ended

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Flight(Generic[T]):
    """`ends`: when it ends by itself, at the latest. `detached`: it goes on even if nobody waits."""

    task: asyncio.Task[T]
    ends: float
    waiting: int = 0
    detached: bool = False


class SingleFlight(Generic[K, T]):
    """A flight belongs to nobody: one who leaves takes it along only where nobody else waits for it.

    `ends` is an instant of the loop's clock, by which a flight has to end by itself.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._flights: dict[K, _Flight[T]] = {}
        self._tasks = Tasks()

    def __contains__(self, key: K) -> bool:
        return key in self._flights

    async def join(self, key: K, fly: Callable[[], Coroutine[Any, Any, T]], ends: float) -> T | None:
        """What the flight brings, begun by this call or before it; None where that takes longer than `ends`."""
        flight = self._flights.get(key) or self._begin(key, fly, ends)
        flight.waiting += 1
        try:
            # A flight that ends in time is waited for, so that it is the one that says how it ended.
            patience = None if flight.ends <= ends else max(0.0, ends - asyncio.get_running_loop().time())
            await ended(flight.task, patience)
        except asyncio.CancelledError:
            if flight.waiting == 1 and not flight.detached:
                self._forget(key, flight)
                flight.task.cancel()
            raise
        finally:
            flight.waiting -= 1
        return flight.task.result() if flight.task.done() and not flight.task.cancelled() else None

    def detach(self, key: K, fly: Callable[[], Coroutine[Any, Any, T]], ends: float) -> None:
        """See to it that it is under way, though nobody waits."""
        flight = self._flights.get(key) or self._begin(key, fly, ends)
        flight.detached = True

    async def aclose(self) -> None:
        """End every flight; who waits for one gets None."""
        await self._tasks.end()

    def _begin(self, key: K, fly: Callable[[], Coroutine[Any, Any, T]], ends: float) -> _Flight[T]:
        flight = _Flight(self._tasks.spawn(fly(), self._name), ends)
        self._flights[key] = flight
        flight.task.add_done_callback(lambda _: self._forget(key, flight))
        return flight

    def _forget(self, key: K, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
