"""Cities of many countries as their networks list them, written by hand from facts, with what is one place.

They test what labelled pairs of one country cannot: other languages, ways of writing an address, habits of naming.
`= Town latitude longitude` begins a town; below it a listing a line:
`place|network|name|metres north,metres east|address|operator|capacity|kind`. Listings of one `place` are the same; one
with a dot ("a.1") is a part of what stands before the dot.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import cos, radians
from pathlib import Path
from typing import Final

from parkgraph.domain.geo import EARTH_RADIUS_M, Coordinates
from parkgraph.domain.place import Listing, ListingKey, PlaceKind
from parkgraph.graph.matching.evidence import REACH_M
from parkgraph.graph.matching.labels import Label

HERE: Final = Path(__file__).parent
_METRE: Final = 1 / radians(1) / EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class Cities:
    """`places`: the town and the place of each listing."""

    listings: Mapping[ListingKey, Listing]
    places: Mapping[ListingKey, tuple[str, str]]

    def labels(self) -> Iterator[Label]:
        """Of every two listings of two networks that stand within reach."""
        for a, b in combinations(sorted(self.listings), 2):
            near = self.listings[a].location.distance_m(self.listings[b].location) <= REACH_M
            if a.network != b.network and near:
                yield Label(a, b, same=self.places[a] == self.places[b], area=self.places[a][0])

    def worsened(self, seed: int, *, hidden: float, metres: float, capacities: float) -> "Cities":
        """As sloppier networks would list them.

        A share of all addresses, operators, capacities and kinds is hidden, positions are off by a normal error of so
        many metres each way, and half of the capacities by a normal error of this share.
        """
        chance = random.Random(seed)

        def keep() -> bool:
            return chance.random() >= hidden

        def worse(one: Listing) -> Listing:
            counted = chance.gauss(1, capacities) if chance.random() < 0.5 else 1
            return replace(
                one,
                location=moved(one.location, chance.gauss(0, metres), chance.gauss(0, metres)),
                address=one.address if keep() else None,
                operator=one.operator if keep() else None,
                capacity=max(1, round(one.capacity * counted)) if one.capacity and keep() else None,
                kind=one.kind if keep() else PlaceKind.UNKNOWN,
            )

        return replace(self, listings={key: worse(one) for key, one in sorted(self.listings.items())})


def read() -> Cities:
    listings: dict[ListingKey, Listing] = {}
    places: dict[ListingKey, tuple[str, str]] = {}
    for path in sorted(HERE.glob("*.txt")):
        for town, centre, line in _lines(path):
            place, network, name, at, address, operator, capacity, kind = line.split("|")
            north, east = map(float, at.split(","))
            key = ListingKey(network, f"{town} {place}")
            places[key] = (town, place)
            listings[key] = Listing(
                local_id=key.local_id,
                name=name,
                location=moved(centre, north, east),
                address=address or None,
                operator=operator or None,
                capacity=int(capacity) if capacity else None,
                kind=PlaceKind(kind or "UNKNOWN"),
            )
    return Cities(listings, places)


def moved(position: Coordinates, north_m: float, east_m: float) -> Coordinates:
    east = east_m * _METRE / cos(radians(position.latitude))
    return Coordinates(position.latitude + north_m * _METRE, position.longitude + east)


def _lines(path: Path) -> Iterator[tuple[str, Coordinates, str]]:
    town, centre = "", Coordinates(0, 0)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            *words, latitude, longitude = line.removeprefix("= ").split()
            town, centre = " ".join(words), Coordinates(float(latitude), float(longitude))
        elif line:
            yield town, centre, line
