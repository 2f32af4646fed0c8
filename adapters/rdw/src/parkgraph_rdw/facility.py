"""The static document of one facility, ending in a listing."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from parkgraph.domain.geo import Bounds, Coordinates, bounds_around
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_rdw.hours import read_opening_hours
from parkgraph_rdw.index import Entry
from parkgraph_rdw.rates import Tariffs
from parkgraph_rdw.row import Centimetres, Count, Epoch, Flag, Row, Text
from parkgraph_rdw.values import number, objects

COVERAGE: Final = Bounds(south=50.7, west=3.3, north=53.6, east=7.3)
"""The Netherlands in Europe; a position outside is a mistake of the document."""

KINDS: Final = {
    "p+r": PlaceKind.PARK_AND_RIDE,
    "garage": PlaceKind.GARAGE,
    "terrein": PlaceKind.SURFACE,
    "straat": PlaceKind.ON_STREET,
    "betaald parkeren": PlaceKind.ON_STREET,
}
"""By a word of `usage`; the first counts."""

MAX_CORNERS: Final = 10_000
NOT_FOR_CARS: Final = ("fiets",)
NOT_PUBLIC: Final = ("vergunning",)


class Location(Row):
    latitude: Any = None
    longitude: Any = None

    def to_coordinates(self) -> Coordinates | None:
        latitude, longitude = number(self.latitude), number(self.longitude)
        if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
            return None
        return Coordinates(float(latitude), float(longitude))


class Address(Row):
    street_name: Text = None
    house_number: Any = None
    zipcode: Text = None
    city: Text = None

    def to_line(self) -> str | None:
        """House numbers come as text and as numbers."""
        house = str(self.house_number)[:20] if type(self.house_number) in (int, str) else ""
        street = f"{self.street_name} {house}".strip() if self.street_name else None
        town = " ".join(part for part in (self.zipcode, self.city) if part)
        return ", ".join(part for part in (street, town) if part) or None


class AccessPoint(Row):
    is_vehicle_entrance: Flag = None
    access_point_location: Annotated[tuple[Location, ...], BeforeValidator(objects)] = ()
    access_point_address: Annotated[tuple[Address, ...], BeforeValidator(objects)] = ()


class Specification(Row):
    """Of several, the one that began last; the network writes 0 for a capacity or a height that it does not know."""

    capacity: Count = None
    charging_point_capacity: Count = None
    disabled_access: Flag = None
    minimum_height_in_meters: Centimetres = None
    usage: Text = None
    area_geometry: Any = None
    validity_start_of_period: Epoch = None


class Operator(Row):
    name: Text = None


class Information(Row):
    name: Text = None
    access_points: Annotated[tuple[AccessPoint, ...], BeforeValidator(objects)] = ()
    location_for_display: Annotated[tuple[Location, ...], BeforeValidator(objects)] = ()
    specifications: Annotated[tuple[Specification, ...], BeforeValidator(objects)] = ()
    operator: Annotated[tuple[Operator, ...], BeforeValidator(objects)] = ()
    opening_times: Any = None
    parking_restrictions: Any = None
    tariffs: Any = None

    def to_listing(self, entry: Entry) -> Listing:
        """Raises RowRejected for what is not a place where anybody may park a car."""
        specification = max(
            self.specifications, key=lambda one: one.validity_start_of_period or 0, default=Specification()
        )
        usage = (specification.usage or "").casefold()
        if any(word in usage for word in NOT_FOR_CARS):
            raise RowRejected("it is not for cars")
        if any(word in usage for word in NOT_PUBLIC):
            raise RowRejected("it is for holders of a permit")
        name = self.name or entry.name
        if name is None:
            raise RowRejected("it has no name")
        kind = next((kind for word, kind in KINDS.items() if word in usage), PlaceKind.UNKNOWN)
        tariffs = Tariffs(self.tariffs, entry.static_data_last_updated)
        return Listing(
            local_id=entry.id,
            name=name,
            location=self._location(entry, None if kind is PlaceKind.ON_STREET else specification.area_geometry),
            kind=kind,
            address=next(filter(None, (address.to_line() for address in self._addresses())), None),
            operator=next((operator.name for operator in self.operator if operator.name), None),
            capacity=specification.capacity or None,
            opening_hours=read_opening_hours(self.opening_times),
            max_height_cm=specification.minimum_height_in_meters,
            features=frozenset(_features(specification)),
            rates=None if self._limits_stays else tariffs.to_rates(),
            tariff_text=tariffs.to_text(),
            updated_at=entry.static_data_last_updated,
        )

    @property
    def _limits_stays(self) -> bool:
        """Whether there is a longest stay, of which it is not said in what unit."""
        limits = (number(row.get("maximumDuration")) for row in objects(self.parking_restrictions))
        return any(limit is not None and limit > 0 for limit in limits)

    def _points(self) -> list[AccessPoint]:
        """Those for vehicles first."""
        return sorted(self.access_points, key=lambda point: point.is_vehicle_entrance is not True)

    def _addresses(self) -> Iterator[Address]:
        return (address for point in self._points() for address in point.access_point_address)

    def _location(self, entry: Entry, area: object) -> Coordinates:
        """An entrance, the position for display, the list's, or the middle of the area."""
        entrances = (location for point in self._points() for location in point.access_point_location)
        listed = (Location.model_validate(row) for row in objects(entry.geo_location))
        points = (location.to_coordinates() for location in (*entrances, *self.location_for_display, *listed))
        for position in (*points, _middle(area)):
            if position and COVERAGE.contains(position):
                return position
        raise RowRejected("it has no position in the Netherlands")


def _middle(area: object) -> Coordinates | None:
    """Of the box around a GeoJSON polygon; None for whatever else is there."""
    match area:
        case {"type": "Polygon", "coordinates": [[*corners], *_]}:
            pairs = [corner for corner in corners[:MAX_CORNERS] if isinstance(corner, list) and len(corner) > 1]
            found = [Location(longitude=pair[0], latitude=pair[1]).to_coordinates() for pair in pairs]
            box = bounds_around([corner for corner in found if corner])
            return box.centre if box and len(found) == len(corners) and None not in found else None
    return None


def _features(specification: Specification) -> Iterator[Feature]:
    if specification.disabled_access:
        yield Feature.ACCESSIBLE
    if specification.charging_point_capacity:
        yield Feature.EV_CHARGING


def to_listing(document: object, entry: Entry) -> Listing:
    """A static document as a listing. Raises ValueError (pydantic's too) where it is none."""
    information = document.get("parkingFacilityInformation") if isinstance(document, dict) else None
    if not isinstance(information, dict):
        raise RowRejected("its document has no parkingFacilityInformation")
    return Information.model_validate(information).to_listing(entry)
