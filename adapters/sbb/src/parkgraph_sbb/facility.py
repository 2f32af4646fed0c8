"""One feature of the document: a car park at a station."""

from typing import Annotated, Final, Literal

from pydantic import Field

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_sbb.hours import OperationTime
from parkgraph_sbb.rates import PricingModel, tariff_text
from parkgraph_sbb.row import Count, Row, Text

COVERAGE: Final = Bounds(south=45.6, west=5.7, north=48.0, east=10.7)
"""Switzerland and a strip of its neighbours."""

AUDIENCES: Final = {
    "DISABLED_PARKING_SPACE": Audience.DISABLED,
    "WITH_CHARGING_STATION": Audience.ELECTRIC,
}

FEATURES: Final = {
    "DISABLED_PARKING_SPACE": Feature.ACCESSIBLE,
    "WITH_CHARGING_STATION": Feature.EV_CHARGING,
}


class Point(Row):
    """GeoJSON: longitude, latitude, and perhaps a height."""

    type: Literal["Point"]
    coordinates: Annotated[list[float], Field(min_length=2, max_length=3)]

    def to_coordinates(self) -> Coordinates:
        longitude, latitude, *_ = self.coordinates
        position = Coordinates(latitude, longitude)
        if not COVERAGE.contains(position):
            raise RowRejected("its position is far from Switzerland")
        return position


class Address(Row):
    address_line: Text | None = None
    postal_code: Text | None = None
    city: Text | None = None

    def to_line(self) -> str | None:
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (self.address_line, town) if part) or None


class Capacity(Row):
    category_type: Text
    total: Count | None = None


class Properties(Row):
    display_name: Text
    operator: Text | None = None
    public_access: bool | None = None
    parking_facility_category: Text
    parking_facility_type: Text | None = None
    address: Address | None = None
    capacities: list[Capacity] | None = None
    operation_time: OperationTime | None = None
    pricing_model: PricingModel | None = None


class Facility(Row):
    id: Text
    geometry: Point
    properties: Properties

    def to_listing(self) -> Listing:
        """Raises RowRejected for what is not a public car park."""
        facility = self.properties
        if facility.parking_facility_category != "CAR":
            raise RowRejected("it is not for cars")
        if facility.public_access is False:
            raise RowRejected("it is not open to the public")
        totals = _totals(facility.capacities or [])
        rates = facility.pricing_model.to_rates() if facility.pricing_model else None
        return Listing(
            local_id=self.id,
            name=facility.display_name,
            location=self.geometry.to_coordinates(),
            kind=PlaceKind.PARK_AND_RIDE if facility.parking_facility_type == "PARK_AND_RAIL" else PlaceKind.UNKNOWN,
            address=facility.address.to_line() if facility.address else None,
            # "Sonstige" is German for "others".
            operator=facility.operator if facility.operator not in ("", "Sonstige") else None,
            capacity=totals.get("STANDARD"),
            audiences=tuple(
                AudienceCapacity(audience, totals[category])
                for category, audience in AUDIENCES.items()
                if category in totals
            ),
            opening_hours=facility.operation_time.to_osm() if facility.operation_time else None,
            features=frozenset(feature for category, feature in FEATURES.items() if totals.get(category)),
            rates=rates,
            tariff_text=tariff_text(rates) if rates else None,
        )


def _totals(capacities: list[Capacity]) -> dict[str, int]:
    """Known spaces by category. The categories stand beside each other: none is part of another."""
    if len({capacity.category_type for capacity in capacities}) < len(capacities):
        raise RowRejected("it gives two capacities of one category")
    return {capacity.category_type: capacity.total for capacity in capacities if capacity.total is not None}


def to_listing(feature: object) -> Listing:
    """One feature as it came. Raises ValueError where it is not what the network promises."""
    return Facility.model_validate(feature).to_listing()
