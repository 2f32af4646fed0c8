"""Listings (what one network says) and places (the real facility)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import AudienceCapacity, Occupancy
from parkgraph.domain.pricing import OfferReason, OfferStatus, PriceLine
from parkgraph.domain.tariff import RateTable

OCCUPANCY: Final = "occupancy"
"""The field whose time is that of a count, and not of its listing."""


class PlaceKind(StrEnum):
    GARAGE = "GARAGE"
    UNDERGROUND = "UNDERGROUND"
    SURFACE = "SURFACE"
    ON_STREET = "ON_STREET"
    PARK_AND_RIDE = "PARK_AND_RIDE"
    YARD = "YARD"
    UNKNOWN = "UNKNOWN"


class Feature(StrEnum):
    COVERED = "COVERED"
    LIT = "LIT"
    GUARDED = "GUARDED"
    ACCESSIBLE = "ACCESSIBLE"
    EV_CHARGING = "EV_CHARGING"
    TOILETS = "TOILETS"
    ELEVATOR = "ELEVATOR"
    CAR_WASH = "CAR_WASH"
    CARD_PAYMENT = "CARD_PAYMENT"
    CASH_PAYMENT = "CASH_PAYMENT"
    MOBILE_PAYMENT = "MOBILE_PAYMENT"
    CAR_SHARING = "CAR_SHARING"
    BIKE_PARKING = "BIKE_PARKING"


@dataclass(frozen=True, slots=True)
class ListingOffer:
    """A price that came ready from the network, for the stay that was asked. `ref` is the network's own id of it.

    `vacant`: spaces that are left for the whole stay, where the network counts them.
    """

    ref: str
    status: OfferStatus
    total: Money | None = None
    lines: tuple[PriceLine, ...] = ()
    reason: OfferReason | None = None
    reason_text: str | None = None
    bookable: bool = False
    url: str | None = None
    valid_until: datetime | None = None
    vacant: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What one network says about one facility. Never edited, only replaced; None is unknown.

    `local_id` is the network's own id, unique within it. `opening_hours` is OSM opening_hours syntax.
    `address` is one line: "Street 1, 12345 City". `external_ids` name the facility in other registers ("ifopt:…").
    `timezone` is where it stands; None: that of its network. `updated_at` is the network's own time of these facts.
    `offers` are only in answers of search networks.
    """

    local_id: str
    name: str
    location: Coordinates
    kind: PlaceKind = PlaceKind.UNKNOWN
    address: str | None = None
    operator: str | None = None
    capacity: int | None = None
    occupancy: Occupancy | None = None
    audiences: tuple[AudienceCapacity, ...] = ()
    opening_hours: str | None = None
    max_height_cm: int | None = None
    features: frozenset[Feature] = frozenset()
    rates: RateTable | None = None
    tariff_text: str | None = None
    url: str | None = None
    external_ids: frozenset[str] = frozenset()
    updated_at: datetime | None = None
    timezone: ZoneInfo | None = None
    offers: tuple[ListingOffer, ...] = ()

    def __post_init__(self) -> None:
        if not self.local_id or not self.name.strip():
            raise ValueError("a listing needs an id and a name")
        if self.capacity is not None and self.capacity < 0:
            raise ValueError(f"capacity must not be negative, not {self.capacity}")
        if self.max_height_cm is not None and self.max_height_cm <= 0:
            raise ValueError(f"max_height_cm must be positive, not {self.max_height_cm}")
        if self.updated_at is not None and self.updated_at.utcoffset() is None:
            raise ValueError("updated_at needs an offset")


class ListingKey(NamedTuple):
    """A listing's name in the whole graph."""

    network: str
    local_id: str


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where one field of a place comes from, and when that was observed (None: the network does not say)."""

    field: str
    network: str
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What one listing says of a field, as text, and when that was observed (None: its network does not say)."""

    value: str
    listing: ListingKey
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field of which listings say what cannot all be right, each in its own words."""

    field: str
    values: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One real facility: its listings, merged field by field. `occupancy_from` names the listing that counted.

    `origins`: fields, each with the number of the listing among `listings` that it comes from.
    """

    id: UUID
    name: str
    location: Coordinates
    kind: PlaceKind
    listings: tuple[tuple[ListingKey, Listing], ...]
    address: str | None = None
    operator: str | None = None
    capacity: int | None = None
    occupancy: Occupancy | None = None
    occupancy_from: ListingKey | None = None
    audiences: tuple[AudienceCapacity, ...] = ()
    opening_hours: str | None = None
    max_height_cm: int | None = None
    features: frozenset[Feature] = frozenset()
    origins: tuple[tuple[str, int], ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def provenance(self) -> tuple[FieldSource, ...]:
        """Where the fields come from."""
        return tuple(self._source(name, *self.listings[number]) for name, number in self.origins)

    def _source(self, name: str, key: ListingKey, listing: Listing) -> FieldSource:
        counted = listing.occupancy.observed_at if name == OCCUPANCY and listing.occupancy else None
        return FieldSource(name, key.network, counted if name == OCCUPANCY else listing.updated_at)
