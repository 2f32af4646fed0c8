"""What the library says of this moment, ending in an update."""

from datetime import datetime

from pydantic import Field

from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel, OccupancyUpdate, level_of
from parkgraph_parkapi.row import Believed, Count, Restriction, Row, Text


class Live(Row):
    uid: Text = Field(min_length=1)
    realtime_data_updated_at: datetime | None = None


class LiveSite(Live):
    """Free spaces among `realtime_capacity`, never among the capacity of the static data."""

    realtime_opening_status: str | None = None
    realtime_capacity: Count = None
    realtime_free_capacity: Count = None
    realtime_capacity_disabled: Count = None
    realtime_free_capacity_disabled: Count = None
    realtime_capacity_woman: Count = None
    realtime_free_capacity_woman: Count = None
    realtime_capacity_family: Count = None
    realtime_free_capacity_family: Count = None
    realtime_capacity_charging: Count = None
    realtime_free_capacity_charging: Count = None
    restrictions: list[Restriction] | None = None

    def to_update(self, believed: Believed) -> OccupancyUpdate:
        vacant, capacity = _counted(self.realtime_free_capacity, self.realtime_capacity)
        closed = self.realtime_opening_status == "CLOSED"
        return OccupancyUpdate(
            self.uid,
            Occupancy(
                vacant=vacant,
                capacity=capacity,
                level=OccupancyLevel.CLOSED if closed else level_of(vacant, capacity),
                observed_at=believed(self.realtime_data_updated_at),
            ),
            self._audiences(),
        )

    def _audiences(self) -> tuple[AudienceCapacity, ...]:
        counts: dict[Audience | None, tuple[int | None, int | None]] = {
            Audience.DISABLED: (self.realtime_free_capacity_disabled, self.realtime_capacity_disabled),
            Audience.WOMEN: (self.realtime_free_capacity_woman, self.realtime_capacity_woman),
            Audience.FAMILY: (self.realtime_free_capacity_family, self.realtime_capacity_family),
            Audience.ELECTRIC: (self.realtime_free_capacity_charging, self.realtime_capacity_charging),
        }
        for restriction in self.restrictions or ():
            if not restriction.hours:
                counts[restriction.audience] = (restriction.realtime_free_capacity, restriction.realtime_capacity)
        found = {audience: _counted(*pair) for audience, pair in counts.items() if pair != (None, None)}
        return tuple(
            AudienceCapacity(audience, capacity, vacant) for audience, (vacant, capacity) in found.items() if audience
        )


class LiveSpot(Live):
    """One space, taken or not."""

    realtime_status: str | None = None

    def to_update(self, believed: Believed) -> OccupancyUpdate:
        vacant = {"AVAILABLE": 1, "TAKEN": 0}.get(self.realtime_status or "")
        return OccupancyUpdate(
            self.uid, Occupancy(vacant, 1, level_of(vacant, 1), believed(self.realtime_data_updated_at))
        )


def to_update(row: object, believed: Believed) -> OccupancyUpdate:
    """A live object of the library as an update. Raises ValueError (pydantic's too)."""
    kind = LiveSpot if hasattr(row, "realtime_status") else LiveSite
    return kind.model_validate(row).to_update(believed)


def _counted(vacant: int | None, capacity: int | None) -> tuple[int | None, int | None]:
    """None vacant of none is a counter that is off; more vacant than there are were counted among others."""
    if not capacity:
        return (None if vacant == 0 == capacity else vacant), None
    return vacant, None if vacant is not None and vacant > capacity else capacity
