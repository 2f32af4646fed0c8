"""Listings of one place become the place, field by field, each with its source. Pure and deterministic."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar
from uuid import UUID

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import FieldSource, Listing, ListingKey, Place, PlaceKind

Member = tuple[ListingKey, Listing]
T = TypeVar("T")

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def merge(place_id: UUID, members: Sequence[Member]) -> Place:
    """The place that these listings describe.

    A field comes from the freshest listing that knows it; listings without a time follow in the order of their
    names. Two fields are read across all of them: the lowest known height, since a vehicle must fit whichever is
    right, and the union of the features. Occupancy is the one observed last.
    """
    ordered = sorted(members, key=_freshest_first)
    sources: list[FieldSource] = []

    def first(field: str, value_of: Callable[[Listing], T | None]) -> T | None:
        for key, listing in ordered:
            value = value_of(listing)
            if value is not None:
                sources.append(FieldSource(field, key.network, listing.updated_at))
                return value
        return None

    lead_key, lead = ordered[0]
    sources.extend(FieldSource(field, lead_key.network, lead.updated_at) for field in ("name", "location"))
    kind = first("kind", lambda listing: None if listing.kind is PlaceKind.UNKNOWN else listing.kind)
    address = first("address", lambda listing: listing.address)
    operator = first("operator", lambda listing: listing.operator)
    capacity = first("capacity", lambda listing: listing.capacity)
    opening_hours = first("openingHours", lambda listing: listing.opening_hours)
    audiences = first("audiences", lambda listing: listing.audiences or None)

    counted = max(
        ((key, listing) for key, listing in ordered if listing.occupancy is not None),
        key=lambda member: _observed(member[1].occupancy),
        default=None,
    )
    if counted and counted[1].occupancy:
        sources.append(FieldSource("occupancy", counted[0].network, counted[1].occupancy.observed_at))

    heights = [(listing.max_height_cm, key, listing) for key, listing in ordered if listing.max_height_cm is not None]
    lowest = min(heights, key=lambda entry: entry[0], default=None)
    if lowest:
        sources.append(FieldSource("maxHeightCm", lowest[1].network, lowest[2].updated_at))
    sources.extend(
        FieldSource("features", key.network, listing.updated_at) for key, listing in ordered if listing.features
    )

    return Place(
        id=place_id,
        name=lead.name,
        location=lead.location,
        kind=kind or PlaceKind.UNKNOWN,
        listings=tuple(ordered),
        address=address,
        operator=operator,
        capacity=capacity,
        occupancy=counted[1].occupancy if counted else None,
        occupancy_from=counted[0] if counted else None,
        audiences=audiences or (),
        opening_hours=opening_hours,
        max_height_cm=lowest[0] if lowest else None,
        features=frozenset().union(*(listing.features for _, listing in ordered)),
        provenance=tuple(sources),
    )


def _freshest_first(member: Member) -> tuple[float, ListingKey]:
    key, listing = member
    return -(listing.updated_at or _NEVER).timestamp(), key


def _observed(occupancy: Occupancy | None) -> tuple[bool, float]:
    """A count or a level beats a bare mention; then the later one."""
    if occupancy is None:
        return False, _NEVER.timestamp()
    known = occupancy.vacant is not None or occupancy.level is not OccupancyLevel.UNKNOWN
    return known, (occupancy.observed_at or _NEVER).timestamp()
