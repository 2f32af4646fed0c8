"""Which listings are the same place. Pure, deterministic, and blind to the order of its input.

Simple rules, read off labelled pairs of real listings: two listings of one network are never one place; neither are
an on-street and an off-street one, nor two whose numbers (P1, P2) or compass words disagree, nor two whose
capacities are more than twice apart. Of the rest, those are one place that stand within 15 m, or within 150 m with
the same larger capacity, or within 150 m under a like name.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz
from shapely import STRtree, box, points

from parkgraph.domain.geo import Circle, Coordinates
from parkgraph.domain.place import Listing, ListingKey, PlaceKind

REACH_M: Final = 150.0
TOUCHING_M: Final = 15.0
TELLING_CAPACITY: Final = 20
"""Two unlike garages seldom have the same capacity, unless it is small."""

LIKE_NAME: Final = 82.0
_GENERIC: Final = frozenset({
    "parkhaus", "parkgarage", "parkplatz", "parkdeck", "parking", "garage", "tiefgarage", "ph", "tg", "pp", "car",
    "park", "carpark", "p+r", "pr", "am", "an", "der", "die", "das", "im", "in", "zum", "zur", "und",
})  # fmt: skip
_COMPASS: Final = {"nord": "N", "sud": "S", "ost": "E", "west": "W", "north": "N", "south": "S", "east": "E"}


@dataclass(frozen=True, slots=True)
class Features:
    """What matching looks at; a change of anything else never moves a listing to another place."""

    location: Coordinates
    name: str
    marks: frozenset[str]
    on_street: bool | None
    capacity: int | None
    may_merge: bool


def features(listing: Listing, *, may_merge: bool = True) -> Features:
    name, marks = _normalise(listing.name)
    return Features(
        location=listing.location,
        name=name,
        marks=marks,
        on_street=None if listing.kind is PlaceKind.UNKNOWN else listing.kind is PlaceKind.ON_STREET,
        capacity=listing.capacity or None,
        may_merge=may_merge,
    )


def cluster(listings: Mapping[ListingKey, Features]) -> list[tuple[ListingKey, ...]]:
    """Groups of listings that are one place: each listing in exactly one group, groups and members sorted.

    The surest pairs are joined first; a join that would bring two listings of one network together, or two
    listings that contradict each other, is left out, so that one wrong pair cannot chain.
    """
    groups: dict[ListingKey, list[ListingKey]] = {key: [key] for key in listings}
    for _, a, b in sorted(_pairs(listings)):
        left, right = groups[a], groups[b]
        if left is right or any(_contradict(x, y, listings) for x in left for y in right):
            continue
        left.extend(right)
        for key in right:
            groups[key] = left
    unique = {id(group): group for group in groups.values()}
    return sorted(tuple(sorted(group)) for group in unique.values())


def _pairs(listings: Mapping[ListingKey, Features]) -> Iterable[tuple[float, ListingKey, ListingKey]]:
    """Pairs that are the same, with a rank: the lower, the surer."""
    keys = [key for key, listing in listings.items() if listing.may_merge]
    if not keys:
        return
    for a, b in _candidates([listings[key] for key in keys]):
        first, second = sorted((keys[a], keys[b]))
        if _contradict(first, second, listings):
            continue
        rank = _rank(listings[first], listings[second])
        if rank is not None:
            yield rank, first, second


def _candidates(listings: Sequence[Features]) -> Iterable[tuple[int, int]]:
    tree = STRtree(points([(f.location.longitude, f.location.latitude) for f in listings]))
    reach = [Circle(f.location, REACH_M).bounds for f in listings]
    boxes = [(b, i) for i, bounds in enumerate(reach) for b in bounds.split()]
    found = tree.query([box(b.west, b.south, b.east, b.north) for b, _ in boxes])
    for box_number, other in zip(*found.tolist(), strict=True):
        owner = boxes[box_number][1]
        if owner < other:
            yield owner, other


def _contradict(a: ListingKey, b: ListingKey, listings: Mapping[ListingKey, Features]) -> bool:
    x, y = listings[a], listings[b]
    return (
        a.network == b.network
        or not (x.may_merge and y.may_merge)
        or (x.on_street is not None and y.on_street is not None and x.on_street != y.on_street)
        or bool(x.marks and y.marks and not x.marks & y.marks)
        or _capacity_ratio(x, y) < 0.5
        or x.location.distance_m(y.location) > REACH_M
    )


def _rank(x: Features, y: Features) -> float | None:
    """Metres apart, with a bonus for a like name and for the same telling capacity; None is not the same."""
    distance = x.location.distance_m(y.location)
    alike = fuzz.token_set_ratio(x.name, y.name) >= LIKE_NAME if x.name and y.name else False
    ratio = _capacity_ratio(x, y)
    telling = ratio == 1 and x.capacity is not None and x.capacity >= TELLING_CAPACITY and y.capacity is not None
    if not (distance <= TOUCHING_M or telling or (alike and ratio >= 0.6)):
        return None
    return distance - (REACH_M if alike else 0) - (REACH_M if telling else 0)


def _capacity_ratio(x: Features, y: Features) -> float:
    """The smaller capacity by the larger; 1 where one is unknown, which contradicts nothing."""
    if x.capacity is None or y.capacity is None:
        return 1.0
    return min(x.capacity, y.capacity) / max(x.capacity, y.capacity)


@lru_cache(maxsize=65_536)
def _normalise(name: str) -> tuple[str, frozenset[str]]:
    """Words without accents, case and generic ones; and the marks that tell neighbours apart (P1, Nord)."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("str.", "strasse"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"p\+r|[a-z0-9]+", plain)
    marks = {_COMPASS[word] for word in words if word in _COMPASS}
    marks |= {str(int(number)) for word in words for number in re.findall(r"^p?0*(\d{1,3})$", word)}
    return " ".join(word for word in words if word not in _GENERIC), frozenset(marks)
