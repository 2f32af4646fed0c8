"""The loops that ask feed networks, each on its own cadence."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.networks.gateway import Answer, Gateway
from parkgraph.networks.network import Network, Part
from parkgraph.networks.reports import Code
from parkgraph.networks.snapshots import apply, with_occupancies
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.contract import FeedAdapter

DEADLINE_S: Final = 60.0
"""A feed may have many pages, and nobody waits for it."""

FIRST_RETRY: Final = timedelta(seconds=2)
JITTER: Final = 0.1

Item = TypeVar("Item", Listing, OccupancyUpdate)


class Settled(Protocol):
    """Told after each attempt, and awaited before the next one."""

    async def __call__(self, network: Network, part: Part, *, answered: bool, changed: bool) -> None:
        """`answered`: the snapshot was replaced; `changed`: a listing differs by it."""
        ...


def pause(every: timedelta, failures: int, patience: timedelta | None, jitter: float) -> float:
    """Seconds until the next attempt: the cadence, or after failures a doubling pause up to it.

    `jitter` from -1 to 1 moves it by up to a tenth, but never to before the end of the network's `patience`.
    """
    doubled = FIRST_RETRY.total_seconds() * 2.0 ** min(failures - 1, 60)
    usual = every.total_seconds() if failures == 0 else min(every.total_seconds(), doubled)
    least = patience.total_seconds() if patience else 0.0
    return max(usual * (1 + JITTER * jitter), least * (1 + JITTER * abs(jitter)))


class Refresher:
    """Keeps one feed network's snapshot, by asking."""

    def __init__(self, network: Network, gateway: Gateway, settled: Settled, clock: Callable[[], datetime]) -> None:
        if not isinstance(network.adapter, FeedAdapter):
            raise TypeError(f"{network!r} publishes nothing that could be refreshed")
        self._adapter: FeedAdapter[Any] = network.adapter
        self._network = network
        self._gateway = gateway
        self._settled = settled
        self._clock = clock
        self._has_listings = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled, or refused by the network."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._loop(Part.LISTINGS, self.refresh_listings))
            if Part.OCCUPANCIES in self._network.asking:
                loops.create_task(self._loop(Part.OCCUPANCIES, self.refresh_occupancies))

    async def refresh_listings(self) -> None:
        """One attempt."""
        answer = await self._gateway.call(lambda: checked(self._adapter.listings(), Listing), DEADLINE_S)
        now, before = self._clock(), self._network.snapshot
        if answer.value is None:
            await self._failed(Part.LISTINGS, answer, now)
            return
        snapshot, held = apply(before, answer.value, now)
        self._network.snapshot = snapshot
        if held:
            self._network.failed(Part.LISTINGS, now, held)
        else:
            self._network.succeeded(Part.LISTINGS, now)
        changed = before is None or before.listings != snapshot.listings
        await self._settled(self._network, Part.LISTINGS, answered=True, changed=changed)

    async def refresh_occupancies(self) -> None:
        """One attempt. Needs listings first."""
        answer = await self._gateway.call(lambda: checked(self._adapter.occupancies(), OccupancyUpdate), DEADLINE_S)
        now, before = self._clock(), self._network.snapshot
        if answer.value is None or before is None:
            await self._failed(Part.OCCUPANCIES, answer, now)
            return
        snapshot = with_occupancies(before, answer.value, now)
        self._network.snapshot = snapshot
        if answer.value.complete:
            self._network.succeeded(Part.OCCUPANCIES, now)
        else:
            self._network.failed(Part.OCCUPANCIES, now, Code.INCOMPLETE)
        changed = before.listings != snapshot.listings
        await self._settled(self._network, Part.OCCUPANCIES, answered=True, changed=changed)

    async def _failed(self, part: Part, answer: Answer[Any], now: datetime) -> None:
        code = answer.code or Code.UNEXPECTED
        self._network.failed(part, now, code, answer.message, answer.retry_after)
        await self._settled(self._network, part, answered=False, changed=False)

    async def _loop(self, part: Part, refresh: Callable[[], Awaitable[None]]) -> None:
        asking = self._network.asking[part]
        every = asking.every or self._network.info.refresh_every
        if part is Part.OCCUPANCIES and self._network.snapshot is None:
            await self._has_listings.wait()
        failures = 0
        while not self._network.is_denied:
            await refresh()
            if self._network.snapshot:
                self._has_listings.set()
            failures = failures + 1 if asking.code else 0
            patience = self._network.patience(self._clock())
            await asyncio.sleep(pause(every, failures, patience, random.uniform(-1, 1)))  # noqa: S311


async def checked(answer: Awaitable[object], kind: type[Item]) -> Batch[Item]:
    """The batch, if it is one; what breaks the contract is the adapter's bug and raises TypeError."""
    batch = await answer
    if not (isinstance(batch, Batch) and all(isinstance(item, kind) for item in batch.items)):
        raise TypeError(f"an adapter answers with a Batch of {kind.__name__}")
    if not all(isinstance(item.local_id, str) for item in batch.items):
        raise TypeError("a local id is text")
    return batch
