"""The room's face: every configured network, what it has, and how to ask it."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from parkgraph.db.engine import Database
from parkgraph.domain.geo import Area, Coordinates
from parkgraph.domain.place import Listing, ListingKey, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.bookings import NetworkBookings
from parkgraph.networks.breaker import USUAL, BreakerPolicy, CircuitState
from parkgraph.networks.changes import Changes, Listener
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.keeping import Keeping
from parkgraph.networks.leader import Leader, Role
from parkgraph.networks.listing_offers import ListingOffers
from parkgraph.networks.network import Network, Part
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.questions import Reuse
from parkgraph.networks.quotes import QuoteAnswer, Quotes
from parkgraph.networks.refresh import Refresher
from parkgraph.networks.reports import SourceReport
from parkgraph.networks.searches import SearchAnswer, Searches, nothing
from parkgraph.networks.snapshots import Snapshot
from parkgraph.networks.store import SnapshotStore
from parkgraph.networks.tasks import Tasks
from parkgraph.sdk.batch import Batch

__all__ = ["Networks", "SearchAnswer"]

START_S: Final = 0.7
"""So long does a start wait for stored snapshots; what comes later is told when it comes."""

STOP_S: Final = 3.0

LOOK_AGAIN: Final = "*"
"""Announced on CHANNEL where what the graph keeps besides listings changed. No network has this id."""


def _now() -> datetime:
    return datetime.now(UTC)


class Networks:
    """Runs them from `start` to `stop`; what it serves comes from memory."""

    def __init__(
        self,
        networks: Sequence[Network],
        database: Database,
        *,
        clock: Callable[[], datetime] = _now,
        save_seen_every: timedelta = timedelta(seconds=30),
        observer: Observer = nobody,
        policy: BreakerPolicy = USUAL,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._networks = {network.id: network for network in networks}
        self._clock = clock
        self._save_seen_every = save_seen_every
        self._changes = Changes()
        self._leader = Leader(database, self._took_role, self._heard)
        store = SnapshotStore(database, {network.id: network.source for network in networks})
        self._keeping = Keeping(self._networks, store, self._changes, lambda: self._leader.is_leader, clock)
        self._gateways = {
            network.id: Gateway(network.id, concurrent=network.info.max_concurrent, policy=policy, steady=steady)
            for network in networks
        }
        self._searches = Searches(networks, self._gateways, self._saw, clock, observer)
        self._quotes = Quotes(networks, self._gateways, clock, observer)
        self._listing_offers = ListingOffers(self._searches, self._quotes)
        self.bookings = NetworkBookings(networks, self._gateways, clock, observer)
        self._refreshers = {
            network.id: Refresher(network, self._gateways[network.id], self._keeping.settled, clock, observer)
            for network in networks
            if Part.LISTINGS in network.asking
        }
        self._tasks = Tasks()
        self._refreshing: dict[str, asyncio.Task[None]] = {}

    def __iter__(self) -> Iterator[Network]:
        return iter(self._networks.values())

    def get(self, network_id: str) -> Network:
        """Raises KeyError."""
        return self._networks[network_id]

    def find(self, network_id: str) -> Network | None:
        return self._networks.get(network_id)

    def snapshot(self, network_id: str) -> Snapshot | None:
        """What the network has; None where it has not answered yet. Raises KeyError."""
        return self._networks[network_id].snapshot

    @property
    def leader(self) -> Leader:
        return self._leader

    @property
    def on_change(self) -> Listener:
        """Awaited with the ids of networks whose listings changed: one call at a time, before others are notified."""
        return self._changes.listener

    @on_change.setter
    def on_change(self, listener: Listener) -> None:
        self._changes.listener = listener

    async def start(self) -> None:
        """Serve what is stored, then begin to ask. Returns within a second, even if every network hangs.

        `on_change` is called once with all that is restored, be it nothing.
        """
        restored = asyncio.Event()
        self._tasks.keep(lambda: self._run(restored), "networks")
        self._tasks.keep(self._keeping.follow, "follow snapshots")
        self._tasks.keep(self._keep_seen, "keep what searches saw")
        for network in self:
            if not network.info.may_store:
                self._start_refreshing(network.id)
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                await restored.wait()

    async def stop(self) -> None:
        """Store what is not stored yet, end every task, close every client."""
        await self._stop_refreshing(self._refreshing)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                if self._leader.is_leader:
                    await self._keeping.save()
                await self._keeping.save_seen()
        await self._searches.aclose()
        await self._quotes.aclose()
        await self._tasks.end()
        for network in self:
            await network.aclose()

    async def first_attempts(self, timeout: float) -> None:  # noqa: ASYNC109
        """Until every network has a snapshot or has finished its first attempt, at most `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                for ready in self._keeping.ready.values():
                    await ready.wait()

    async def search(
        self,
        area: Area,
        stay: Stay | None,
        vehicle: Vehicle,
        deadline: float,
        meanwhile: Callable[[], object] = nothing,
    ) -> Sequence[SearchAnswer]:
        """One answer for each search network, within `deadline` seconds from now.

        What they saw is kept, and `on_change` is awaited for what is new of it as far as the deadline allows.
        `meanwhile` is called when all are asked, where any is waited for.
        """
        return await self._searches.search(area, stay, vehicle, deadline, meanwhile)

    @property
    def any_is_searched(self) -> bool:
        """Whether any network is asked inside of queries."""
        return self._searches.any

    def quotes(self, network_id: str) -> bool:
        """Whether the network says a price for one stay at one facility."""
        return self._quotes.quotes(network_id)

    async def quote(self, key: ListingKey, stay: Stay, vehicle: Vehicle, deadline: float) -> QuoteAnswer:
        """Ready offers of one listing, within `deadline` seconds. Raises KeyError where the network does not quote."""
        return await self._quotes.quote(key, stay, vehicle, deadline)

    def searches(self, network_id: str) -> bool:
        """Whether the network is asked inside of queries."""
        return self._listing_offers.has(network_id)

    async def offers(
        self, key: ListingKey, at: Coordinates, stay: Stay, vehicle: Vehicle, deadline: float
    ) -> tuple[ListingOffer, ...] | None:
        """Offers of one listing, there, as the search said that showed it, else asked within `deadline` seconds.

        None where the network did not answer. Raises KeyError for one that is not searched.
        """
        return await self._listing_offers.of(key, at, stay, vehicle, deadline)

    def circuit(self, network_id: str) -> CircuitState:
        """Whether this process asks the network inside of queries. Raises KeyError."""
        return self._gateways[network_id].circuit

    @property
    def reuse(self) -> Iterator[tuple[str, Part, Mapping[Reuse, int]]]:
        """Of each network and part: how often answers came from where, since the start."""
        for searches in self._searches.questions:
            yield searches.network.id, searches.part, searches.tally
        for quotes in self._quotes.questions:
            yield quotes.network.id, quotes.part, quotes.tally

    def report(self, network_id: str, area: Area) -> SourceReport:
        """What the network serves from memory, and how good that is. Raises KeyError."""
        return self._networks[network_id].report(area, self._clock())

    async def _run(self, restored: asyncio.Event) -> None:
        await self._keeping.restore()
        restored.set()
        await self._leader.run()

    def _took_role(self, role: Role) -> None:
        """Apart from the database, whoever led goes on in memory, and stores that when it leads again."""
        if role is Role.LEADING:
            self._tasks.spawn(self._lead(), "lead")
        elif role is Role.FOLLOWING:
            self._tasks.spawn(self._follow(), "follow")

    async def _lead(self) -> None:
        await self._keeping.restore()
        await self._changes.tell(frozenset(self._networks))
        await self._keeping.save()
        if self._leader.is_leader:
            for network in self:
                self._start_refreshing(network.id)

    async def _follow(self) -> None:
        await self._stop_refreshing(network.id for network in self if network.info.may_store)
        self._keeping.follow_another()

    def _heard(self, payload: str) -> None:
        """An announcement of a process, maybe this one. What may not be stored every process asks for itself."""
        if payload == LOOK_AGAIN:
            self._tasks.spawn(self._changes.tell(frozenset(), even_if_none=True), "look again")
            return
        network = self._networks.get(payload)
        if network is None or network.info.may_store or payload not in self._refreshers:
            self._keeping.heard(payload)
        else:
            self._refreshers[payload].news()

    def _start_refreshing(self, network_id: str) -> None:
        if network_id in self._refreshers and network_id not in self._refreshing:
            work = self._refreshers[network_id].run()
            self._refreshing[network_id] = self._tasks.spawn(work, f"refresh {network_id}")

    async def _stop_refreshing(self, network_ids: Iterable[str]) -> None:
        ended = [task for network_id in list(network_ids) if (task := self._refreshing.pop(network_id, None))]
        for task in ended:
            task.cancel()
        if ended:
            await asyncio.wait(ended)

    def _saw(self, network: Network, batch: Batch[Listing]) -> asyncio.Task[None] | None:
        if not self._keeping.saw(network, batch):
            return None
        return self._tasks.spawn(self._changes.tell(frozenset({network.id})), f"tell of {network.id}")

    async def _keep_seen(self) -> None:
        while True:
            await asyncio.sleep(self._save_seen_every.total_seconds())
            await self._keeping.save_seen()
