"""One facility as the network writes it, ending in a listing."""

import re
from decimal import Decimal
from typing import Final

from pydantic import Field

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_bahn.row import Row, Text
from parkgraph_bahn.tariff import Tariff

COVERAGE: Final = Bounds(south=47.2, west=5.8, north=55.1, east=15.1)
"""Germany; a position outside is a mistake of the row."""

KINDS: Final = {
    "Parkplatz": PlaceKind.SURFACE,
    "Parkdeck": PlaceKind.GARAGE,
    "Parkhaus": PlaceKind.GARAGE,
    "Tiefgarage": PlaceKind.UNDERGROUND,
    "Straße": PlaceKind.ON_STREET,
}
ALWAYS_OPEN: Final = ("", "24 Stunden, 7 Tage")
"""The texts that do not restrict `is24h`."""


class Name(Row):
    name: Text = ""
    context: Text = ""


class Kind(Row):
    name: Text = ""


class Operator(Row):
    name: Text = ""


class Position(Row):
    latitude: float
    longitude: float


class Address(Row):
    street_and_number: Text = ""
    zip: Text = ""
    city: Text = ""
    location: Position

    def to_text(self) -> str | None:
        town = f"{self.zip} {self.city}".strip()
        return ", ".join(part for part in (self.street_and_number, town) if part) or None


class Spaces(Row):
    type: Text = ""
    total: Text = ""


class OutOfService(Row):
    is_out_of_service: bool = False


class OpeningHours(Row):
    text: Text = ""
    is_24h: bool = Field(default=False, alias="is24h")


class Clearance(Row):
    height: Text = ""


class Restrictions(Row):
    clearance: Clearance = Clearance()


class Access(Row):
    out_of_service: OutOfService = OutOfService()
    opening_hours: OpeningHours = OpeningHours()
    restrictions: Restrictions = Restrictions()


class Charging(Row):
    has_charging_station: bool = False


class AdditionalInformation(Row):
    is_attended: bool = False
    is_lighted: bool = False
    has_lift: bool = False
    has_toilets: bool = False


class Equipment(Row):
    charging: Charging = Charging()
    additional_information: AdditionalInformation = AdditionalInformation()


class Facility(Row):
    """An element of `_embedded`. Only the id, a name and the position are required."""

    id: str = Field(pattern=r"^[!-~]{1,100}$")
    name: tuple[Name, ...] = Field(strict=False, max_length=20)
    url: Text = ""
    type: Kind = Kind()
    operator: Operator = Operator()
    address: Address
    capacity: tuple[Spaces, ...] = Field(default=(), strict=False, max_length=50)
    access: Access = Access()
    equipment: Equipment = Equipment()
    tariff: Tariff = Tariff()

    def to_listing(self) -> Listing:
        kind = KINDS.get(self.type.name, PlaceKind.UNKNOWN)
        disabled = self._spaces("HANDICAPPED_PARKING")
        return Listing(
            local_id=self.id,
            name=self._display_name(),
            location=self._location(),
            kind=kind,
            address=self.address.to_text(),
            operator=self.operator.name or None,
            capacity=self._spaces("PARKING"),
            occupancy=Occupancy(level=OccupancyLevel.CLOSED) if self.access.out_of_service.is_out_of_service else None,
            audiences=() if disabled is None else (AudienceCapacity(Audience.DISABLED, disabled),),
            opening_hours=self._opening_hours(),
            max_height_cm=_centimetres(self.access.restrictions.clearance.height),
            features=self._features(kind),
            rates=self.tariff.to_rates(),
            tariff_text=self.tariff.to_text(),
            url=self.url if self.url.startswith(("https://", "http://")) else None,
        )

    def _display_name(self) -> str:
        """DISPLAY is the one of the names that says the town."""
        names = {name.context: name.name for name in self.name if name.name}
        name = names.get("DISPLAY") or names.get("NAME")
        if name is None:
            raise RowRejected("it has no name")
        return name

    def _location(self) -> Coordinates:
        position = self.address.location
        location = Coordinates(position.latitude, position.longitude)
        if not COVERAGE.contains(location):
            raise RowRejected("its position is not in Germany")
        return location

    def _spaces(self, kind: str) -> int | None:
        totals = [spaces.total for spaces in self.capacity if spaces.type == kind]
        return _count(totals[0]) if len(totals) == 1 else None

    def _opening_hours(self) -> str | None:
        """Other texts name the hours of entry only ("Ausfahrt jederzeit möglich"), which the syntax cannot say."""
        hours, closed = self.access.opening_hours, self.access.out_of_service.is_out_of_service
        return "24/7" if hours.is_24h and hours.text in ALWAYS_OPEN and not closed else None

    def _features(self, kind: PlaceKind) -> frozenset[Feature]:
        texts, more = self.tariff.texts, self.equipment.additional_information
        payment = texts.tariff_payment_options
        has = {
            Feature.COVERED: kind is PlaceKind.UNDERGROUND,
            Feature.GUARDED: more.is_attended,
            Feature.LIT: more.is_lighted,
            Feature.ELEVATOR: more.has_lift,
            Feature.TOILETS: more.has_toilets,
            Feature.EV_CHARGING: self.equipment.charging.has_charging_station,
            Feature.BIKE_PARKING: any(self._spaces(f"BIKE_PARKING_{place}") for place in ("LOCKED", "OPEN")),
            Feature.CASH_PAYMENT: "Münzen" in payment or "Scheine" in payment,
            Feature.CARD_PAYMENT: any(card in payment for card in ("Kreditkarte", "Girocard", "Bankkarte")),
            Feature.MOBILE_PAYMENT: bool(texts.tariff_payment_mobile),
        }
        return frozenset(feature for feature, present in has.items() if present)


def to_listing(row: object) -> Listing:
    """A row of the document as a listing. Raises ValueError (pydantic's too) for one that is not a facility."""
    return Facility.model_validate(row).to_listing()


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _centimetres(text: str) -> int | None:
    """Heights carry the noise of binary fractions ("229.99999999999997"); one that no car fits is no height."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,20})?", text):
        return None
    height = round(Decimal(text))
    return height if 100 <= height <= 2000 else None
