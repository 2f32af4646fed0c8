"""What sites and single spots have in common."""

from datetime import UTC, datetime, time
from typing import Final

from pydantic import AliasChoices, Field

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_parkapi.row import Believed, Degrees, Restriction, Row, Text

COVERAGE: Final = Bounds(south=34, west=-27, north=72, east=43)
"""Europe as the library has it."""

KINDS: Final = {
    "CAR_PARK": PlaceKind.GARAGE,
    "UNDERGROUND": PlaceKind.UNDERGROUND,
    "OFF_STREET_PARKING_GROUND": PlaceKind.SURFACE,
    "ON_STREET": PlaceKind.ON_STREET,
}
FOR_BICYCLES: Final = frozenset(
    {"WALL_LOOPS", "SAFE_WALL_LOOPS", "STANDS", "LOCKERS", "SHED", "TWO_TIER", "BUILDING", "FLOOR"}
)
PURPOSES: Final = {"BIKE": "bicycles", "MOTORCYCLE": "motorcycles", "ITEM": "luggage"}
NOT_FOR_DRIVERS: Final = frozenset(
    {"BUS", "CARAVAN", "CARGOBIKE", "CARSHARING", "DELIVERY", "NO_PARKING", "NO_STOPPING", "PRIVATE", "TAXI", "TRUCK"}
)


class Facility(Row):
    """Only the id and the position are required."""

    uid: Text = Field(min_length=1)
    name: Text | None = None
    lat: Degrees
    lon: Degrees
    purpose: str | None = None
    type: str | None = None
    address: Text | None = None
    operator_name: Text | None = None
    static_data_updated_at: datetime | None = None
    restrictions: list[Restriction] | None = Field(
        default=None, validation_alias=AliasChoices("restrictions", "restricted_to")
    )

    def check(self) -> None:
        """Raises RowRejected for what is not for cars, or not for everybody who comes."""
        if self.purpose in PURPOSES:
            raise RowRejected(f"it is for {PURPOSES[self.purpose]}")
        if self.type in FOR_BICYCLES:
            raise RowRejected("it is for bicycles")
        kinds = {restriction.type for restriction in self.restrictions or () if restriction.of_all}
        if kinds and kinds <= NOT_FOR_DRIVERS:
            raise RowRejected("it is not open to drivers of cars")

    @property
    def location(self) -> Coordinates:
        position = Coordinates(self.lat, self.lon)
        if not COVERAGE.contains(position):
            raise RowRejected("its position is not in Europe")
        return position

    @property
    def set_aside_for(self) -> tuple[Audience, ...]:
        """Whom the whole of it is for; empty: everybody."""
        audiences = (restriction.audience for restriction in self.restrictions or () if restriction.of_all)
        return tuple(dict.fromkeys(audience for audience in audiences if audience))

    @property
    def kind(self) -> PlaceKind:
        return KINDS.get(self.type or "", PlaceKind.UNKNOWN)

    def updated_at(self, believed: Believed) -> datetime | None:
        """Midnight of UTC is a date that was made an instant."""
        updated = believed(self.static_data_updated_at)
        return None if updated and updated.astimezone(UTC).time() == time() else updated
