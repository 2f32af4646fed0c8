"""The loops that ask feed networks, each on its own cadence."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from random import SystemRandom
from typing import Any, Final, Protocol, TypeVar

from parkgraph import tracing
from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.network import Network, Part
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.reports import Code
from parkgraph.networks.snapshots import Snapshot, apply, with_occupancies
from parkgraph.networks.tasks import attempted, is_cancelled
from parkgraph.pauses import empty, in_thread
from parkgraph.sdk.aside import computed_by
from parkgraph.sdk.batch import Batch, Rejected
from parkgraph.sdk.contract import FeedAdapter

DEADLINE_S: Final = 60.0
"""A feed may have many pages, and nobody waits for it."""

FIRST_RETRY: Final = timedelta(seconds=2)
JITTER: Final = 0.1
NEWS_S: Final = 1.0
"""Between two attempts for news of a network."""

_LOCAL_ID: Final = attrgetter("local_id")

_dice: Final = SystemRandom()

Item = TypeVar("Item", Listing, OccupancyUpdate)


class Settled(Protocol):
    """Told after each attempt, and awaited before the next one."""

    async def __call__(self, network: Network, part: Part, *, answered: bool, changed: bool) -> None:
        """`answered`: the snapshot was replaced; `changed`: a listing differs by it."""
        ...


def first_retry(max_per_minute: int) -> timedelta:
    """Two turns at the rate that the network allows: a retry must not meet our own pacing."""
    return max(FIRST_RETRY, timedelta(minutes=2) / max_per_minute)


def pause(
    every: timedelta, failures: int, patience: timedelta | None, jitter: float, first: timedelta = FIRST_RETRY
) -> float:
    """Seconds until the next attempt: the cadence, or after failures a pause up to it that doubles from `first`.

    `jitter` from -1 to 1 moves it by up to a tenth, but never to before the end of the network's `patience`.
    """
    doubled = first.total_seconds() * 2.0 ** min(failures - 1, 60)
    usual = every.total_seconds() if failures == 0 else min(every.total_seconds(), doubled)
    least = patience.total_seconds() if patience else 0.0
    return max(usual * (1 + JITTER * jitter), least * (1 + JITTER * abs(jitter)))


@dataclass(frozen=True, slots=True)
class _Taken:
    """An answer was taken over: why it did not replace the one before, if so, and whether a listing changed by it."""

    held: Code | None
    changed: bool


class Refresher:
    """Keeps one feed network's snapshot, by asking."""

    def __init__(
        self,
        network: Network,
        gateway: Gateway,
        settled: Settled,
        clock: Callable[[], datetime],
        observer: Observer = nobody,
    ) -> None:
        if not isinstance(network.adapter, FeedAdapter):
            raise TypeError(f"{network!r} publishes nothing that could be refreshed")
        self._adapter: FeedAdapter[Any] = network.adapter
        self._network = network
        self._gateway = gateway
        self._settled = settled
        self._clock = clock
        self._observer = observer
        self._taking = asyncio.Lock()
        self._has_listings = asyncio.Event()
        self._has_news = asyncio.Event()

    def news(self) -> None:
        """The network has changed: it is asked for its listings soon, unless it failed."""
        self._has_news.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as loops:
            self._begin(loops, Part.LISTINGS, self.refresh_listings)
            if Part.OCCUPANCIES in self._network.asking:
                self._begin(loops, Part.OCCUPANCIES, self.refresh_occupancies)

    async def refresh_listings(self) -> None:
        """One attempt."""
        self._has_news.clear()
        await self._attempt(Part.LISTINGS, self._take_listings)

    async def refresh_occupancies(self) -> None:
        """One attempt. Needs listings first."""
        await self._attempt(Part.OCCUPANCIES, self._take_occupancies)

    async def _attempt(self, part: Part, take: Callable[[], Awaitable[_Taken]]) -> None:
        with tracing.call(self._network.id, part) as span:
            answer = await self._gateway.refresh(take, DEADLINE_S)
            if answer.code:
                span.failed(answer.code)
        self._observer(self._network, part, answer)
        now, taken = self._clock(), answer.value
        if taken is None:
            code = answer.code or Code.UNEXPECTED
            self._network.failed(part, now, code, answer.message, answer.retry_after)
            await self._settled(self._network, part, answered=False, changed=False)
            return
        if taken.held:
            self._network.failed(part, now, taken.held)
        else:
            self._network.succeeded(part, now)
        await self._settled(self._network, part, answered=True, changed=taken.changed)

    # The snapshot is made inside of the call, so that whatever breaks on an adapter's answer is that adapter's bug;
    # in a thread, so that nobody waits for it; and one after the other, since each is made from the one before.

    async def _take_listings(self) -> _Taken:
        with computed_by(in_thread):
            answers: list[object] = [await self._adapter.listings()]
        async with self._taking:
            return await self._taken(self._with_listings, answers)

    async def _take_occupancies(self) -> _Taken:
        with computed_by(in_thread):
            answers: list[object] = [await self._adapter.occupancies()]
        async with self._taking:
            return await self._taken(self._with_occupancies, answers)

    def _with_listings(self, batch: object) -> tuple[Snapshot, Code | None]:
        batch = checked(batch, Listing)
        return apply(self._network.snapshot, batch, self._clock(), may_shrink=self._network.info.may_shrink)

    def _with_occupancies(self, batch: object) -> tuple[Snapshot, Code | None]:
        batch = checked(batch, OccupancyUpdate)
        if self._network.snapshot is None:
            raise RuntimeError("live data before listings")
        snapshot = with_occupancies(self._network.snapshot, batch, self._clock())
        return snapshot, None if batch.complete else Code.INCOMPLETE

    async def _taken(self, apply_: Callable[[object], tuple[Snapshot, Code | None]], answers: list[object]) -> _Taken:
        """Of the only answer, which is taken out of the list, so that what is not needed of it goes in the thread."""
        before = self._network.snapshot

        def taken() -> tuple[Snapshot, _Taken]:
            batch = answers.pop()
            snapshot, held = apply_(batch)
            items = list[object](batch.items) if isinstance(batch, Batch) else []
            del batch
            empty(items)
            _ = snapshot.box  # worked out here, and not where it is asked for
            changed = before is None or (
                before.listings is not snapshot.listings and before.listings != snapshot.listings
            )
            return snapshot, _Taken(held, changed)

        snapshot, told = await in_thread(taken)
        if is_cancelled():
            raise asyncio.CancelledError  # its deadline has passed, though the adapter did not heed it
        self._network.snapshot = snapshot
        return told

    def _begin(self, loops: asyncio.TaskGroup, part: Part, refresh: Callable[[], Awaitable[None]]) -> None:
        name = f"refresh {part} of {self._network.id}"
        loops.create_task(self._loop(part, refresh, name), name=name)

    async def _loop(self, part: Part, refresh: Callable[[], Awaitable[None]], name: str) -> None:
        asking = self._network.asking[part]
        every = asking.every or self._network.info.refresh_every
        if part is Part.OCCUPANCIES and self._network.snapshot is None:
            await self._has_listings.wait()
        first = first_retry(self._network.info.max_per_minute)
        failures = 0
        while True:
            went_well = await attempted(refresh, name)
            if self._network.snapshot:
                self._has_listings.set()
            failures = 0 if went_well and not asking.code else failures + 1
            patience = self._network.patience(self._clock())
            await self._rest(part, pause(every, failures, patience, _dice.uniform(-1, 1), first), failures)

    async def _rest(self, part: Part, seconds: float, failures: int) -> None:
        """News of what came meanwhile cut it short."""
        if part is not Part.LISTINGS or failures or seconds <= NEWS_S:
            await asyncio.sleep(seconds)
            return
        await asyncio.sleep(NEWS_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds - NEWS_S):
                await self._has_news.wait()


def all_are(kind: type, objects: Iterable[object]) -> bool:
    """Whether each is an instance of it."""
    return all(issubclass(each, kind) for each in set(map(type, objects)))


def checked(batch: object, kind: type[Item]) -> Batch[Item]:
    """The batch, if it is one; what breaks the contract is the adapter's bug and raises TypeError."""
    if not isinstance(batch, Batch):
        raise TypeError("an adapter answers with a Batch")
    items, rows = tuple[object, ...](batch.items), tuple[object, ...](batch.rejected)
    if not (all_are(kind, items) and all_are(str, map(_LOCAL_ID, items))):
        raise TypeError(f"the items are not each a {kind.__name__} whose local id is text")
    if not all(isinstance(row, Rejected) and isinstance(row.reason, str) for row in rows):
        raise TypeError("the rejected rows are not each a Rejected whose reason is text")
    return batch
