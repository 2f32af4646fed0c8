"""Listings of one place become the place, field by field, each with its source. Pure and deterministic."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Generic, TypeVar
from uuid import UUID

from rapidfuzz import fuzz

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import OCCUPANCY, Feature, Listing, ListingKey, Place, PlaceKind
from parkgraph.graph import specificity
from parkgraph.graph.disagreements import disagreements
from parkgraph.graph.matching.names import plain

Member = tuple[ListingKey, Listing]
T = TypeVar("T")

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_UNNAMED: Final[Mapping[str, str]] = MappingProxyType({})
OPERATORS_OWN: Final = 90.0
"""How like the names of an operator and a network are, of 100, where they are the same."""


@dataclass(frozen=True)
class Source(Generic[T]):
    """How one field is read, and which of two values says more: the one with the higher `specific`."""

    field: str
    read: Callable[[Listing], T | None]
    specific: Callable[[T], int] = lambda _: 0


NAME: Final = Source("name", lambda of: of.name, specificity.of_name)
LOCATION: Final = Source("location", lambda of: of.location, specificity.of_location)
KIND: Final = Source("kind", lambda of: None if of.kind is PlaceKind.UNKNOWN else of.kind, specificity.of_kind)
ADDRESS: Final = Source("address", lambda of: of.address, specificity.of_address)
OPERATOR: Final = Source[str]("operator", lambda of: of.operator)
CAPACITY: Final = Source("capacity", lambda of: of.capacity, specificity.of_capacity)
OPENING_HOURS: Final = Source("openingHours", lambda of: of.opening_hours, specificity.of_hours)
AUDIENCES: Final = Source("audiences", lambda of: of.audiences or None, len)


def merge(place_id: UUID, members: Sequence[Member], names: Mapping[str, str] = _UNNAMED) -> Place:
    """The place that these listings describe. `names`: of their networks.

    A field comes from the listing that says most about it; of those from the one whose network is the operator's own,
    then from the freshest; listings without a time follow in the order of their keys. Two fields are read across all
    of them: the lowest known height, since a vehicle must fit whichever is right, and the union of the features.
    Occupancy is the one observed last.
    """
    ordered = sorted(members, key=lambda member: _rank(member, names)) if len(members) > 1 else list(members)
    (_, first), *others = ordered
    origins: list[tuple[str, int]] = []

    def best(of: Source[T]) -> T | None:
        known = [(value, n) for n, (_, listing) in enumerate(ordered) if (value := of.read(listing)) is not None]
        if not known:
            return None
        # The first of equals wins: they are in order.
        value, number = known[0] if len(known) == 1 else max(known, key=lambda one: of.specific(one[0]))
        origins.append((of.field, number))
        return value

    name, location = best(NAME) or first.name, best(LOCATION) or first.location
    kind = best(KIND)
    address = best(ADDRESS)
    operator = best(OPERATOR)
    capacity = best(CAPACITY)
    opening_hours = best(OPENING_HOURS)
    audiences = best(AUDIENCES)

    counted = max(
        (n for n, (_, listing) in enumerate(ordered) if listing.occupancy is not None),
        key=lambda n: _observed(ordered[n][1].occupancy),
        default=None,
    )
    if counted is not None:
        origins.append((OCCUPANCY, counted))

    heights = [(height, n) for n, (_, listing) in enumerate(ordered) if (height := listing.max_height_cm) is not None]
    lowest = min(heights, default=None)
    if lowest:
        origins.append(("maxHeightCm", lowest[1]))
    origins.extend(("features", n) for n, (_, listing) in enumerate(ordered) if listing.features)

    place = Place(
        id=place_id,
        name=name,
        location=location,
        kind=kind or PlaceKind.UNKNOWN,
        listings=tuple(ordered),
        address=address,
        operator=operator,
        capacity=capacity,
        occupancy=ordered[counted][1].occupancy if counted is not None else None,
        occupancy_from=ordered[counted][0] if counted is not None else None,
        audiences=audiences or (),
        opening_hours=opening_hours,
        max_height_cm=lowest[0] if lowest else None,
        features=_union(first.features, [listing.features for _, listing in others]),
        origins=_shared(tuple(origins)),
    )
    said = disagreements(place) if others else ()
    return replace(place, disagreements=said) if said else place


def _union(first: frozenset[Feature], others: Collection[frozenset[Feature]]) -> frozenset[Feature]:
    """The first itself, where the others add nothing."""
    return first.union(*others) if any(not other <= first for other in others) else first


@lru_cache(maxsize=4_096)
def _shared(origins: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Equal ones are one object: of most places the same fields are known."""
    return origins


def _rank(member: Member, names: Mapping[str, str]) -> tuple[bool, float, ListingKey]:
    """The operator's own word first, then the freshest."""
    key, listing = member
    own = listing.operator is not None and _is_own(listing.operator, names.get(key.network, ""))
    return not own, -(listing.updated_at or _NEVER).timestamp(), key


@lru_cache(maxsize=16_384)
def _is_own(operator: str, network: str) -> bool:
    return fuzz.token_set_ratio(plain(operator), plain(network)) >= OPERATORS_OWN


def _observed(occupancy: Occupancy | None) -> tuple[bool, float]:
    """A count or a level beats a bare mention; then the later one."""
    if occupancy is None:
        return False, _NEVER.timestamp()
    known = occupancy.vacant is not None or occupancy.level is not OccupancyLevel.UNKNOWN
    return known, (occupancy.observed_at or _NEVER).timestamp()
