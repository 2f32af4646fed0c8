"""The graph in memory: one immutable view of places and their index, replaced as a whole when networks change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from parkgraph.domain.place import Listing, ListingKey, Place
from parkgraph.graph.identity import Known, assign
from parkgraph.graph.index import SpatialIndex
from parkgraph.graph.matching import Features, cluster, features
from parkgraph.graph.merging import merge
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.networks.service import Networks

log = structlog.get_logger()

Clusters = list[tuple[ListingKey, ...]]


@dataclass(frozen=True, slots=True)
class View:
    """Places and the listings that they are made of, at one moment."""

    places: Mapping[UUID, Place] = field(default_factory=dict)
    place_of: Mapping[ListingKey, UUID] = field(default_factory=dict)
    index: SpatialIndex = field(default_factory=lambda: SpatialIndex(()))
    matched: Mapping[ListingKey, Features] = field(default_factory=dict)
    clusters: Clusters = field(default_factory=list)


def build(listings: Mapping[ListingKey, Listing], unmergeable: frozenset[str], known: Known, previous: View) -> View:
    """The view of these listings. Work that gave the same in `previous` is not done again."""
    matched = {key: features(listing, may_merge=key.network not in unmergeable) for key, listing in listings.items()}
    clusters = previous.clusters if matched == previous.matched else cluster(matched)
    places: dict[UUID, Place] = {}
    for members, place_id in assign(clusters, known).items():
        before = previous.places.get(place_id)
        if before and _same_members(before, members, listings):
            places[place_id] = before
        else:
            places[place_id] = merge(place_id, [(key, listings[key]) for key in members])
    ordered = dict(sorted(places.items()))
    return View(
        places=ordered,
        place_of={key: place_id for place_id, place in ordered.items() for key, _ in place.listings},
        index=SpatialIndex(list(ordered.values())),
        matched=matched,
        clusters=clusters,
    )


def _same_members(place: Place, members: Iterable[ListingKey], listings: Mapping[ListingKey, Listing]) -> bool:
    before = dict(place.listings)
    return before.keys() == set(members) and all(before[key] is listings[key] for key in before)


class PlaceGraph:
    """Follows the networks and keeps the current view. Whoever leads writes new place ids; the others read them."""

    def __init__(self, networks: Networks, ids: PlaceIds) -> None:
        self._networks = networks
        self._ids = ids
        self._leads = False
        self.view = View()
        networks.on_change = self.update

    async def update(self, changed: frozenset[str]) -> None:
        """Rebuild after these networks' listings changed."""
        led, self._leads = self._leads, self._networks.leader.is_leader
        if not (led and self._leads):
            await self._ids.reload()
        listings = {
            ListingKey(network.id, local_id): listing
            for network in self._networks
            if (snapshot := self._networks.snapshot(network.id))
            for local_id, listing in snapshot.listings.items()
        }
        unmergeable = frozenset(network.id for network in self._networks if not network.info.may_merge)
        self.view = build(listings, unmergeable, self._ids.known, self.view)
        await self._ids.record(self.view.places.values(), save=self._leads)
        log.debug("graph_updated", networks=sorted(changed), places=len(self.view.places))

    def find(self, place_id: UUID) -> Place | None:
        """The place of an id, also of one that was merged into another since."""
        place = self.view.places.get(place_id)
        if place is None and (founder := self._ids.known.founders.get(place_id)):
            current = self.view.place_of.get(founder)
            place = self.view.places.get(current) if current else None
        return place

    def find_listing(self, key: ListingKey) -> Listing | None:
        place = self.view.places.get(self.view.place_of[key]) if key in self.view.place_of else None
        return dict(place.listings)[key] if place else None

    def place_of(self, key: ListingKey) -> Place | None:
        return self.view.places.get(self.view.place_of[key]) if key in self.view.place_of else None
