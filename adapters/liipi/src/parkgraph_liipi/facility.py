"""One facility, ending in a listing."""

import re
from typing import Any, Final

from pydantic import Field

from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_liipi.hours import Hours, opening_hours
from parkgraph_liipi.position import position
from parkgraph_liipi.rates import Tariff
from parkgraph_liipi.row import Count, Instant, Language, Localized, Row, Text

AUDIENCES: Final = {
    "DISABLED": Audience.DISABLED,
    "ELECTRIC_CAR": Audience.ELECTRIC,
    "MOTORCYCLE": Audience.MOTORCYCLE,
    "BICYCLE": Audience.BICYCLE,
}
FOR_CARS: Final = {"CAR", "DISABLED", "ELECTRIC_CAR"}
BICYCLES: Final = {"BICYCLE", "BICYCLE_SECURE_SPACE"}

FEATURES: Final = {
    Feature.LIT: {"LIGHTING"},
    Feature.COVERED: {"COVERED"},
    Feature.ELEVATOR: {"ELEVATOR"},
    Feature.TOILETS: {"TOILETS", "ACCESSIBLE_TOILETS"},
    Feature.CAR_WASH: {"CAR_WASH"},
    Feature.CASH_PAYMENT: {"COINS", "NOTES"},
    Feature.CARD_PAYMENT: {
        "DEBIT_CARD",
        "VISA_ELECTRON",
        "VISA_CREDIT",
        "AMERICAN_EXPRESS",
        "MASTERCARD",
        "DINERS_CLUB",
    },
    Feature.ACCESSIBLE: {"DISABLED"},
    Feature.BIKE_PARKING: BICYCLES,
}


class OpeningHours(Row):
    by_day_type: dict[str, Hours] = Field(default={}, max_length=20)
    url: Localized = Localized()


class Address(Row):
    street_address: Localized = Localized()
    postal_code: Text = ""
    city: Localized = Localized()


class Port(Row):
    entry: bool = False
    address: Address = Address()


class Facility(Tariff):
    """An element of `results`. Only the id, a name and the location are required."""

    id: int = Field(ge=0)
    name: Localized
    location: Any = None
    type: Text = ""
    status: Text = ""
    deleted_at: Any = None
    soft_deleted_at: Any = None
    modified_at: Instant = None
    built_capacity: dict[str, Count] = Field(default={}, max_length=50)
    usages: tuple[Text, ...] = Field(default=(), strict=False, max_length=20)
    services: tuple[Text, ...] = Field(default=(), strict=False, max_length=100)
    opening_hours: OpeningHours = OpeningHours()
    ports: tuple[Port, ...] = Field(default=(), strict=False, max_length=100)

    def to_listing(self, language: Language) -> Listing:
        """Raises RowRejected for what takes no cars, or no more."""
        self._check()
        name = self.name.in_(language)
        if name is None:
            raise RowRejected("it has no name")
        closed = self.status == "TEMPORARILY_CLOSED"
        return Listing(
            local_id=str(self.id),
            name=name,
            location=position(self.location),
            kind=PlaceKind.PARK_AND_RIDE if "PARK_AND_RIDE" in self.usages else PlaceKind.UNKNOWN,
            address=self._address(language),
            capacity=self.built_capacity.get("CAR"),
            occupancy=Occupancy(level=OccupancyLevel.CLOSED) if closed else None,
            audiences=tuple(
                AudienceCapacity(audience, spaces)
                for name, audience in AUDIENCES.items()
                if (spaces := self.built_capacity.get(name)) is not None
            ),
            # Live counts know nothing of a closed facility, so that its hours have to say it too.
            opening_hours="off" if closed else opening_hours(self.opening_hours.by_day_type),
            features=self._features(),
            rates=self.to_rates(),
            tariff_text=self.to_text(language),
            url=self._url(language),
            updated_at=self.modified_at,
        )

    def _check(self) -> None:
        if self.deleted_at is not None or self.soft_deleted_at is not None:
            raise RowRejected("it has been deleted")
        if self.status == "INACTIVE":
            raise RowRejected("it is not in operation")
        spaces = self.built_capacity.keys()
        if not spaces & FOR_CARS and (self.type == "BICYCLE" or (spaces and spaces <= BICYCLES)):
            raise RowRejected("it is for bicycles only")
        if spaces and not spaces & FOR_CARS:
            raise RowRejected("it has no spaces for cars")

    def _address(self, language: Language) -> str | None:
        """Of the first entry that has one."""
        for port in self.ports:
            address = port.address
            town = " ".join(part for part in (address.postal_code, address.city.in_(language)) if part)
            line = ", ".join(part for part in (address.street_address.in_(language), town) if part)
            if port.entry and line:
                return line
        return None

    def _features(self) -> frozenset[Feature]:
        spaces = {name for name, count in self.built_capacity.items() if count}
        has = {*self.services, *self.payment_info.payment_methods, *spaces}
        return frozenset(feature for feature, words in FEATURES.items() if has & words)

    def _url(self, language: Language) -> str | None:
        url = self.opening_hours.url.in_(language)
        return url if url and re.match(r"https?://\S+$", url) else None


def to_listing(row: object, language: Language) -> Listing:
    """A row as it came. Raises ValueError (pydantic's too) for one that is not a facility."""
    return Facility.model_validate(row).to_listing(language)
