"""The graph in memory: one immutable view of places and their index, replaced as a whole when anything changes."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Final
from uuid import UUID

import structlog

from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.place import Listing, ListingKey, Place
from parkgraph.graph.batched import batched
from parkgraph.graph.match_pins import Contradiction, MatchPins
from parkgraph.graph.pins import Pin
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.view import Rules, View, build
from parkgraph.graph.watching import Watching
from parkgraph.networks.leader import Role
from parkgraph.networks.service import Networks
from parkgraph.pauses import give_back, give_back_mappings, in_thread

log = structlog.get_logger()

AT_ONCE: Final = 500
"""Ids that are learnt in one go."""


class PlaceGraph:
    """Follows the networks, other processes and operators, and keeps the current view."""

    def __init__(
        self, networks: Networks, ids: PlaceIds, pins: MatchPins, settled: Callable[[int, int], None] = lambda *_: None
    ) -> None:
        """`settled` is told how many ids are learnt, or after an update how many places are other ones, and how many
        places there are.
        """
        self._settled = settled
        self._networks = networks
        self._ids = ids
        self._pins = pins
        self._turn = asyncio.Lock()
        self._has_read = False
        self._untaken: set[UUID] = set()
        self._unmergeable = frozenset(network.id for network in networks if not network.info.may_merge)
        self._names = {network.id: network.info.name for network in networks}
        self.view = View()
        self.watching = Watching(lambda: self.view)
        networks.on_change = self.update

    async def update(self, changed: frozenset[str] = frozenset()) -> None:
        """Take over all that changed. Ids are stored before anybody sees them, where the database is to be had."""
        async with self._turn:
            in_reach = self._networks.leader.role is not Role.APART or not self._has_read
            if in_reach:
                await self._read()
            snapshots = {network.id: self._networks.snapshot(network.id) for network in self._networks}
            listings = {network_id: snapshot.listings for network_id, snapshot in snapshots.items() if snapshot}
            rules = Rules(self._pins.current, self._unmergeable, self._names)
            identities, touched = self._ids.identities, frozenset(self._untaken)
            built = await in_thread(build, self.view, listings, identities, rules, touched)
            for learnt in batched(built.learnt.items(), AT_ONCE):
                self._ids.learn(dict(learnt))
                self._settled(len(learnt), len(built.view.places))
                await asyncio.sleep(0)
            if in_reach:
                await self._store()
            self.view = built.view
            forgotten = self.watching.tell(built.changed)
            self._untaken -= touched
        self._settled(len(built.changed), len(self.view.places))
        await give_back(built.gone)
        await give_back_mappings(forgotten)
        log.debug("graph_updated", networks=sorted(changed), places=len(self.view.places))

    def find(self, place_id: UUID) -> Place | None:
        """The place that an id leads to: its own, or that into which it was merged."""
        view = self.view
        place = view.places.get(place_id)
        if place is None and (key := self._ids.identities.leads_to(place_id, view.place_of)):
            place = view.places[view.place_of[key]]
        return place

    def parts_of(self, place: Place) -> list[Place]:
        view = self.view
        return [view.places[part] for part in view.parts_of.get(place.id, ()) if part in view.places]

    def whole_of(self, place: Place) -> Place | None:
        whole = self.view.whole_of.get(place.id)
        return self.view.places.get(whole) if whole else None

    def find_listing(self, key: ListingKey) -> Listing | None:
        return self.view.listings.get(key.network, {}).get(key.local_id)

    def place_of(self, key: ListingKey) -> Place | None:
        return self.view.places[self.view.place_of[key]] if key in self.view.place_of else None

    async def pin(self, keys: Collection[ListingKey], *, same: bool, by: str) -> Sequence[Pin] | Contradiction:
        """Decide for ever whether these listings are one place, and look at places by that.

        Raises as `MatchPins.pin`, and ValueError where the licence of a network forbids what is asked.
        """
        for key in keys:
            if same and key.network in self._unmergeable:
                raise ValueError(f"the licence of {key.network!r} forbids to merge its listings")
        pinned = await self._pins.pin(keys, same=same, by=by)
        await self.update()
        return pinned

    async def unpin(self, keys: Collection[ListingKey]) -> Sequence[Pin]:
        """Leave these listings to matching again; the pins that there were. Raises as `MatchPins.unpin`."""
        gone = await self._pins.unpin(keys)
        await self.update()
        return gone

    async def _read(self) -> None:
        try:
            self._untaken |= await self._ids.read()
            await self._pins.read()
            self._has_read = True
        except DATABASE_FAULTS as fault:
            log.warning("place_ids_not_read", fault=type(fault).__name__)

    async def _store(self) -> None:
        try:
            self._untaken |= await self._ids.store()
        except DATABASE_FAULTS as fault:
            log.warning("place_ids_not_saved", fault=type(fault).__name__)
