"""One car park, as a search has it and in its details."""

from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Feature, Listing, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph_parclick.product import Currency, Product, unavailable
from parkgraph_parclick.question import Clock, local
from parkgraph_parclick.row import Degrees, Id, Row, Text
from parkgraph_parclick.zones import COVERAGE, zone_at, zone_named

HEIGHTS_CM: Final = range(100, 1_001)
OPENING_TIMES: Final = "PARKING"
"""The type of a schedule that speaks of the car park; "PERSONAL" is of its staff."""


def _height(value: object) -> int | None:
    """In centimetres; what cannot be a clearance is unknown."""
    return value if type(value) is int and value in HEIGHTS_CM else None


class Provider(Row):
    name: Text | None = None


class ScheduleType(Row):
    name: Text | None = None


class Schedule(Row):
    type: ScheduleType = ScheduleType()


class City(Row):
    time_zone: Text | None = None


class RequestedField(Row):
    """A detail that a booking here has to have besides the usual ones."""

    name: Text
    required: bool = True


class Embedded(Row):
    city: City = City()
    requested: tuple[RequestedField, ...] = Field(default=(), strict=False, max_length=100, alias="fieldsRequested")


class Parking(Row):
    id: Id
    name: Text
    latitude: Degrees
    longitude: Degrees
    address: Text | None = None
    zip: Text | None = None
    city: Text | None = None
    country: Text | None = None
    provider: Provider = Provider()
    max_height: Annotated[int | None, BeforeValidator(_height)] = None
    covered: bool = False
    handicapped_access: bool = False
    security: bool = False
    guarded: bool = False
    washing: bool = False
    feature_electric_cars: bool = False
    open_24h: bool = False
    schedule: tuple[Schedule, ...] = Field(default=(), strict=False, max_length=200)
    passes: tuple[Product, ...] = Field(default=(), strict=False, max_length=500)
    extra_info: Currency = Currency()
    cancellation_type: int | None = None
    embedded: Embedded = Field(default=Embedded(), alias="_embedded")

    @model_validator(mode="after")
    def _is_covered(self) -> Self:
        if not any(box.contains(self.position) for box in COVERAGE):
            raise ValueError("its position is far from the countries that are asked for")
        return self

    @property
    def position(self) -> Coordinates:
        return Coordinates(self.latitude, self.longitude)

    @property
    def zone(self) -> ZoneInfo:
        """As the network names it, else by position and country."""
        return zone_named(self.embedded.city.time_zone) or zone_at(self.position, self.country)

    @property
    def requested(self) -> tuple[str, ...]:
        """The names of what a booking here has to say besides."""
        return tuple(field.name for field in self.embedded.requested if field.required)

    def to_listing(self, stay: Stay, asked: Clock, currency: str) -> Listing:
        """Without offers where this car park's clock is not the one that was `asked` for."""
        zone = self.zone
        return Listing(
            local_id=self.id,
            name=self.name,
            location=self.position,
            address=self._address(),
            operator=self.provider.name or None,
            opening_hours="24/7" if self._is_always_open() else None,
            max_height_cm=self.max_height,
            features=self._features(),
            timezone=zone,
            offers=self._offers(local(stay, zone), currency) if Clock.of(stay, zone) == asked else (),
        )

    def _offers(self, stay: Stay, currency: str) -> tuple[ListingOffer, ...]:
        """The first pass is the one closest to the stay; without any there is no space."""
        if not self.passes:
            return (unavailable(self.id),)
        return (self.passes[0].to_offer(stay, self.extra_info.code or currency),)

    def _address(self) -> str | None:
        town = " ".join(part for part in (self.zip, self.city) if part)
        return ", ".join(part for part in (self.address, town) if part) or None

    def _is_always_open(self) -> bool:
        return self.open_24h and not any(hours.type.name == OPENING_TIMES for hours in self.schedule)

    def _features(self) -> frozenset[Feature]:
        claims = {
            Feature.COVERED: self.covered,
            Feature.ACCESSIBLE: self.handicapped_access,
            Feature.GUARDED: self.security or self.guarded,
            Feature.CAR_WASH: self.washing,
            Feature.EV_CHARGING: self.feature_electric_cars,
        }
        return frozenset(feature for feature, holds in claims.items() if holds)


def to_listing(row: object, stay: Stay, asked: Clock, currency: str) -> Listing:
    """One row as it came. Raises ValueError where it is not what the network promises."""
    return Parking.model_validate(row).to_listing(stay, asked, currency)
