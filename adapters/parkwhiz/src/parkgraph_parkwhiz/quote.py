"""One quote of the answer: a location, and what it sells for the stay that was asked."""

from datetime import tzinfo
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.place import Feature, Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.sdk import Row, RowRejected
from parkgraph_parkwhiz.option import Option, sold_out, web_address
from parkgraph_parkwhiz.row import Id, Text

COVERAGE: Final = (
    Bounds(south=24.3, west=-125.1, north=59.5, east=-50.2),
    Bounds(south=51.0, west=-170.0, north=71.5, east=-125.1),
    Bounds(south=18.8, west=-160.4, north=22.4, east=-154.7),
)
"""The contiguous United States with the south of Canada, around Chicago (a trial asks in the middle of the first box);
Alaska with the Canadian west coast; Hawaii.
"""


class Entrance(Row):
    """`coordinates`: latitude, longitude."""

    coordinates: Annotated[list[float], Field(min_length=2, max_length=2)]

    def to_coordinates(self) -> Coordinates:
        position = Coordinates(*self.coordinates)
        if not any(box.contains(position) for box in COVERAGE):
            raise RowRejected("its position is far from the United States and Canada")
        return position


class Location(Row):
    id: Id | None = None
    name: Text | None = None
    address1: Text | None = None
    city: Text | None = None
    state: Text | None = None
    postal_code: Text | None = None
    currency: Text | None = None
    entrances: tuple[Entrance, ...] = Field(default=(), strict=False, max_length=200)
    timezone: Text | None = None
    site_url: Annotated[str, Field(max_length=1000)] | None = None

    def to_address(self) -> str | None:
        region = " ".join(part for part in (self.state, self.postal_code) if part)
        return ", ".join(part for part in (self.address1, self.city, region) if part) or None

    def to_zone(self) -> ZoneInfo | None:
        try:
            return ZoneInfo(self.timezone) if self.timezone else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None


class Embedded(Row):
    location: Location = Field(alias="pw:location")


class Quote(Row):
    location_id: Id | None = None
    purchase_options: tuple[Option, ...] = Field(default=(), strict=False, max_length=200)
    embedded: Embedded = Field(alias="_embedded")

    def to_listing(self, stay: Stay, *, priced: bool) -> Listing:
        """Offers only where `priced`: the prices are a passenger car's. Raises RowRejected."""
        place = self.embedded.location
        local_id = self.location_id or place.id
        if not local_id:
            raise RowRejected("it has no id")
        if not place.name:
            raise RowRejected("it has no name")
        if not place.entrances:
            raise RowRejected("it has no position")
        zone = place.to_zone()
        return Listing(
            local_id=local_id,
            name=place.name,
            location=place.entrances[0].to_coordinates(),
            address=place.to_address(),
            features=frozenset[Feature]().union(*(option.features for option in self.purchase_options)),
            url=web_address(place.site_url),
            timezone=zone,
            offers=self._offers(local_id, _local(stay, zone)) if priced else (),
        )

    def _offers(self, local_id: str, stay: Stay) -> tuple[ListingOffer, ...]:
        currency = self.embedded.location.currency
        return tuple(option.to_offer(stay, currency) for option in self.purchase_options) or (sold_out(local_id),)


def to_listing(row: object, stay: Stay, *, priced: bool) -> Listing:
    """One row as it came. Raises ValueError where it is not what the network promises."""
    return Quote.model_validate(row).to_listing(stay, priced=priced)


def _local(stay: Stay, zone: tzinfo | None) -> Stay:
    """The same stay on the place's own clock, which the lines of a price show."""
    return Stay(stay.arrive.astimezone(zone), stay.leave.astimezone(zone)) if zone else stay
