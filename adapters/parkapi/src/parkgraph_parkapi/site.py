"""A site as the library describes it, ending in a listing."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from parkgraph.domain.occupancy import Audience, AudienceCapacity, OccupancyUpdate
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.domain.tariff import RateTable
from parkgraph.sdk import RowRejected
from parkgraph_parkapi.facility import Facility
from parkgraph_parkapi.fees import read_fees
from parkgraph_parkapi.row import Believed, Count, LongText

PARK_AND_RIDE: Final = frozenset({"YES", "TRAIN", "TRAM", "BUS"})


class Site(Facility):
    """A car park, or a row of spaces at a street. Its `capacity` is of all spaces, whomever they are for."""

    public_url: str | None = None
    max_height: Count = None
    has_lighting: bool | None = None
    is_covered: bool | None = None
    supervision_type: str | None = None
    fee_description: LongText | None = None
    max_stay: object = None
    opening_hours: LongText | None = None
    park_and_ride_type: list[str] | None = None
    has_realtime_data: bool | None = None
    capacity: Count = None
    capacity_disabled: Count = None
    capacity_woman: Count = None
    capacity_family: Count = None
    capacity_charging: Count = None
    capacity_carsharing: Count = None

    def to_listing(self, live: OccupancyUpdate | None, believed: Believed) -> Listing:
        """Raises RowRejected for what no driver of a car can use."""
        self.check()
        if self.name is None:
            raise RowRejected("it has no name")
        if self.has_realtime_data is False:
            live = None
        reserved = self.set_aside_for
        audiences = {**dict.fromkeys(reserved, self.capacity), **self._capacities()}
        return Listing(
            local_id=self.uid,
            name=self.name,
            location=self.location,
            kind=self._kind(),
            address=self.address,
            operator=self.operator_name,
            capacity=None if reserved else self.capacity,
            occupancy=live.occupancy if live else None,
            audiences=_with_live(audiences, live.audiences if live else ()),
            opening_hours=self.opening_hours and osm_hours(self.opening_hours),
            max_height_cm=self.max_height if self.max_height and 100 <= self.max_height <= 2000 else None,
            features=self._features(audiences),
            rates=self._rates(),
            tariff_text=self.fee_description,
            url=self.public_url if _is_address(self.public_url) else None,
            updated_at=self.updated_at(believed),
        )

    def _rates(self) -> RateTable | None:
        """None beside a limit of the stay, whose unit is not documented."""
        if not self.fee_description or self.max_stay is not None:
            return None
        return read_fees(self.fee_description)

    def _kind(self) -> PlaceKind:
        if PARK_AND_RIDE & set(self.park_and_ride_type or ()):
            return PlaceKind.PARK_AND_RIDE
        return self.kind

    def _capacities(self) -> dict[Audience, int]:
        counts = {
            Audience.DISABLED: self.capacity_disabled,
            Audience.WOMEN: self.capacity_woman,
            Audience.FAMILY: self.capacity_family,
            Audience.ELECTRIC: self.capacity_charging,
        }
        for restriction in self.restrictions or ():
            if restriction.audience and restriction.capacity is not None and not restriction.hours:
                counts[restriction.audience] = restriction.capacity
        return {audience: count for audience, count in counts.items() if count is not None}

    def _features(self, audiences: dict[Audience, int | None]) -> frozenset[Feature]:
        has: dict[Feature, object] = {
            Feature.COVERED: self.is_covered or self.type == "UNDERGROUND",
            Feature.LIT: self.has_lighting,
            Feature.GUARDED: self.supervision_type in ("YES", "ATTENDED"),
            Feature.ACCESSIBLE: audiences.get(Audience.DISABLED),
            Feature.EV_CHARGING: audiences.get(Audience.ELECTRIC),
            Feature.CAR_SHARING: self.capacity_carsharing,
        }
        return frozenset(feature for feature, present in has.items() if present)


def osm_hours(text: str) -> str:
    """A rule that follows a time begins with ", " in OSM syntax; converters leave the blank out."""
    return re.sub(r"(?<=\d\d:\d\d),(?=[A-Z])", ", ", text)


def _with_live(
    capacities: Mapping[Audience, int | None], live: Iterable[AudienceCapacity]
) -> tuple[AudienceCapacity, ...]:
    merged = {audience: AudienceCapacity(audience, capacity) for audience, capacity in capacities.items()}
    for now in live:
        capacity = capacities.get(now.audience) if now.capacity is None else now.capacity
        merged[now.audience] = AudienceCapacity(now.audience, capacity, now.vacant)
    return tuple(merged.values())


def _is_address(text: str | None) -> bool:
    try:
        parts = urlsplit(text or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and (text or "").isprintable()
