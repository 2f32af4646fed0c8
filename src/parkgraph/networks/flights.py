"""Single flight: whoever asks what is being asked already waits for that answer."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from parkgraph.networks.tasks import ended

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Flight(Generic[T]):
    """What is under way. `ends`: by when it has landed, at the latest. `detached`: it goes on even if nobody waits.

    To cancel its `landing` is to end it.
    """

    landing: asyncio.Future[T]
    ends: float
    waiting: int = 0
    detached: bool = False

    @property
    def brought(self) -> T | None:
        """None where it has not landed. Raises what went wrong with it."""
        return self.landing.result() if self.landing.done() and not self.landing.cancelled() else None


class SingleFlight(Generic[K, T]):
    """A flight belongs to nobody: one who leaves takes it along only where nobody else waits for it.

    `ends` is an instant of the loop's clock, by which a flight has to end by itself.
    """

    def __init__(self) -> None:
        self._flights: dict[K, Flight[T]] = {}

    def __contains__(self, key: K) -> bool:
        flight = self._flights.get(key)
        return flight is not None and not flight.landing.done()

    def board(self, key: K, begin: Callable[[], asyncio.Future[T]], ends: float) -> Flight[T]:
        """The flight that is under way, else one that this call begins. It is waited for by `landed`."""
        flight = self._flights.get(key)
        if flight is None or flight.landing.done():
            flight = Flight(begin(), ends)
            if not flight.landing.done():
                self._flights[key] = flight
                flight.landing.add_done_callback(lambda _: self._forget(key, flight))
        return flight

    async def join(self, key: K, begin: Callable[[], asyncio.Future[T]], ends: float) -> T | None:
        """What the flight brings, begun by this call or before it; None where that takes longer than `ends`."""
        flight = self.board(key, begin, ends)
        await landed([flight], ends)
        return flight.brought

    def detach(self, key: K, begin: Callable[[], asyncio.Future[T]], ends: float) -> None:
        """See to it that it is under way, though nobody waits."""
        self.board(key, begin, ends).detached = True

    async def aclose(self) -> None:
        """End every flight; who waits for one gets None."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.landing.cancel()
        await ended([flight.landing for flight in flights], None)

    def _forget(self, key: K, flight: Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


async def landed(flights: Sequence[Flight[Any]], ends: float) -> None:
    """Wait until all have landed, at most until `ends`. Who is cancelled meanwhile leaves."""
    for flight in flights:
        flight.waiting += 1
    try:
        # A flight that ends in time is waited for, so that it is the one that says how it ended.
        is_longer = any(flight.ends > ends for flight in flights)
        patience = max(0.0, ends - asyncio.get_running_loop().time()) if is_longer else None
        await ended([flight.landing for flight in flights], patience)
    except asyncio.CancelledError:
        for flight in flights:
            if flight.waiting == 1 and not flight.detached:
                flight.landing.cancel()
        raise
    finally:
        for flight in flights:
            flight.waiting -= 1
