"""One car park as the network writes it (data=info), ending in a listing."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field, ValidationError

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.domain.vehicle import VehicleKind
from parkgraph.sdk import RowRejected
from parkgraph_hongkong.period import Period, opening_hours
from parkgraph_hongkong.rates import Charges
from parkgraph_hongkong.row import Centimetres, Count, Instant, Row, Text, Words
from parkgraph_hongkong.values import number, objects

COVERAGE: Final = Bounds(south=22.1, west=113.8, north=22.6, east=114.5)
"""Hong Kong; a position outside is a mistake of the row."""

VEHICLES: Final = {
    "privateCar": VehicleKind.CAR,
    "motorCycle": VehicleKind.MOTORCYCLE,
    "LGV": VehicleKind.VAN,
    "HGV": VehicleKind.TRUCK,
    "coach": VehicleKind.COACH,
}
"""Container vehicles (CV) are no vehicle of ours."""

KINDS: Final = {"multi-storey": PlaceKind.GARAGE, "metered": PlaceKind.ON_STREET}

FEATURES: Final = {
    "disabilities": Feature.ACCESSIBLE,
    "evCharger": Feature.EV_CHARGING,
    "washing": Feature.CAR_WASH,
    "cash": Feature.CASH_PAYMENT,
    "octopus": Feature.CARD_PAYMENT,
    "EPS": Feature.CARD_PAYMENT,
    "visa": Feature.CARD_PAYMENT,
    "master": Feature.CARD_PAYMENT,
    "unionpay": Feature.CARD_PAYMENT,
    "alipay": Feature.MOBILE_PAYMENT,
}
"""Of `facilities` and `paymentMethods`; Octopus is the city's stored-value card."""

PRIVATE_CAR: Final = ("private car", "私家車", "私家车")


class HeightLimit(Row):
    height: Centimetres = None
    remark: Text = None


class Vehicles(Row):
    """The block of one kind of vehicle. The network writes 0 where nothing was entered."""

    space: Count = None
    space_dis: Count = Field(default=None, alias="spaceDIS")
    space_ev: Count = Field(default=None, alias="spaceEV")
    hourly_charges: object = None
    day_night_parks: object = None


class Facility(Row):
    park_id: Text = Field(default=None, alias="park_Id")
    name: Text = None
    carpark_type: Text = Field(default=None, alias="carpark_Type")
    display_address: Text = None
    latitude: object = None
    longitude: object = None
    website: Text = None
    opening_status: Text = Field(default=None, alias="opening_status")
    opening_hours: object = None
    grace_periods: object = None
    height_limits: Annotated[tuple[HeightLimit, ...], BeforeValidator(objects)] = ()
    facilities: Words = frozenset()
    payment_methods: Words = frozenset()
    modified_date: Instant = None

    def to_listing(self, vehicle: str, spaces: Vehicles) -> Listing:
        """Raises RowRejected without an id, a name or a position in Hong Kong."""
        if self.park_id is None or self.name is None:
            raise RowRejected("it has no id or no name")
        charges = Charges(hourly=spaces.hourly_charges, parks=spaces.day_night_parks, grace=self.grace_periods)
        return Listing(
            local_id=self.park_id,
            name=self.name,
            location=self._location(),
            kind=KINDS.get(self.carpark_type or "", PlaceKind.UNKNOWN),
            address=self.display_address,
            capacity=spaces.space or None,
            occupancy=Occupancy(level=OccupancyLevel.CLOSED) if self.is_closed else None,
            audiences=tuple(
                AudienceCapacity(audience, capacity)
                for audience, capacity in ((Audience.DISABLED, spaces.space_dis), (Audience.ELECTRIC, spaces.space_ev))
                if capacity
            ),
            opening_hours=self._opening_hours(),
            max_height_cm=self._max_height_cm(),
            features=frozenset(FEATURES[word] for word in self.facilities | self.payment_methods if word in FEATURES),
            rates=charges.to_rates(VEHICLES[vehicle]),
            tariff_text=charges.to_text(),
            url=self.website if (self.website or "").startswith(("https://", "http://")) else None,
            updated_at=self.modified_date,
        )

    @property
    def is_closed(self) -> bool:
        return (self.opening_status or "").upper() == "CLOSED"

    def _location(self) -> Coordinates:
        latitude, longitude = number(self.latitude), number(self.longitude)
        if latitude is None or longitude is None:
            raise RowRejected("it has no position")
        location = Coordinates(float(latitude), float(longitude))
        if not COVERAGE.contains(location):
            raise RowRejected("its position is not in Hong Kong")
        return location

    def _opening_hours(self) -> str | None:
        """Only where each of the periods is understood."""
        if not isinstance(self.opening_hours, list):
            return None
        try:
            return opening_hours([Period.model_validate(period) for period in self.opening_hours])
        except ValidationError:
            return None

    def _max_height_cm(self) -> int | None:
        """The lowest limit: of those that name private cars, where some do."""
        limits = [limit for limit in self.height_limits if limit.height]
        for_cars = [limit for limit in limits if any(word in (limit.remark or "").lower() for word in PRIVATE_CAR)]
        return min((limit.height for limit in for_cars or limits if limit.height), default=None)


def to_listing(row: object, vehicle: str) -> Listing:
    """A row of data=info as a listing. Raises ValueError (pydantic's too) for one that is not a car park."""
    facility = Facility.model_validate(row)
    blocks = objects(row.get(vehicle)) if isinstance(row, dict) else ()
    return facility.to_listing(vehicle, Vehicles.model_validate(blocks[0] if blocks else {}))
