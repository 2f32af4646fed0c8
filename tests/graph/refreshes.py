"""A world in which networks list, drop, move and bring back what they have; and what must hold of ids in it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from parkgraph.domain.place import Listing, ListingKey, Place
from parkgraph.graph.identity import found
from parkgraph.graph.view import View
from tests.graph.listings import listing

NETWORKS = ("a", "b", "c", "d")
LOCAL_IDS = ("1", "2", "3")
KEYS = tuple(ListingKey(network, local_id) for network in NETWORKS for local_id in LOCAL_IDS)
NAMES = ("Aar", "Birs", "Emme", "Thur")
SITES = range(len(NAMES))

Listings = Mapping[str, Mapping[str, Listing]]
Find = Callable[[UUID], Place | None]


class World:
    """Where each listing stands; None: it is not listed. A site is one facility of a name and capacity of its own."""

    def __init__(self) -> None:
        self.site_of: dict[ListingKey, int | None] = dict.fromkeys(KEYS)
        self._before: Listings = {}

    def listings(self) -> Listings:
        """As snapshots have them: of a network where nothing changed, the same object as before."""
        now: dict[str, dict[str, Listing]] = {network: {} for network in NETWORKS}
        for (network, local_id), site in self.site_of.items():
            if site is not None:
                old, new = self._before.get(network, {}).get(local_id), _listing(local_id, site)
                now[network][local_id] = old if old == new else new
        self._before = {
            network: self._before[network] if _same(self._before.get(network), now[network]) else now[network]
            for network in NETWORKS
        }
        return self._before


def _same(before: Mapping[str, Listing] | None, now: Mapping[str, Listing]) -> bool:
    return before is not None and before.keys() == now.keys() and all(before[i] is now[i] for i in now)


def _listing(local_id: str, site: int) -> Listing:
    return listing(local_id, name=f"Parkhaus {NAMES[site]}", north_m=1_000 * site, capacity=100)


class Promises:
    """What clients keep, and what they may rely on. `look` after each moment."""

    def __init__(self) -> None:
        self.founders: dict[UUID, ListingKey] = {}
        self._last: dict[UUID, frozenset[ListingKey]] = {}
        self._listed: frozenset[ListingKey] = frozenset()

    def look(self, view: View, find: Find) -> None:
        listed = frozenset(view.place_of)
        self._every_listing_is_of_one_place_that_has_one_id(view)
        for place_id in view.places:
            self.founders.setdefault(place_id, _founder_of(place_id))
        for place_id, founder in self.founders.items():
            place = find(place_id)
            members = frozenset(key for key, _ in place.listings) if place else frozenset()
            if founder in listed:
                assert founder in members, "an id leads to the place of its founder, where that is listed"
            elif stayed := self._last.get(place_id, frozenset()) & listed:
                assert members, "an id leads somewhere while any listing of the place is listed to which it led last"
                if listed == self._listed:
                    assert members & stayed, "and stays with them where nothing comes or goes"
            if members or not self._last.get(place_id):
                self._last[place_id] = members
        self._listed = listed

    def _every_listing_is_of_one_place_that_has_one_id(self, view: View) -> None:
        assert {key: place_id for place_id, place in view.places.items() for key, _ in place.listings} == view.place_of
        assert all(place.id == place_id for place_id, place in view.places.items())


def _founder_of(place_id: UUID) -> ListingKey:
    return next(key for key in KEYS if found(key) == place_id)
