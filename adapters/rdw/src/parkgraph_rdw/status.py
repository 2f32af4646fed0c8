"""The dynamic document of one facility, ending in an update."""

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel, OccupancyUpdate, level_of
from parkgraph.sdk import RowRejected
from parkgraph_rdw.row import Count, Flag, Instant, Row


class Status(Row):
    open: Flag = None
    full: Flag = None
    vacant_spaces: Count = None
    parking_capacity: Count = None
    last_updated: Instant = None

    def to_occupancy(self) -> Occupancy:
        """0 vacant of 0 is a counter that is off; more vacant than there are spaces has another capacity."""
        vacant, capacity = self.vacant_spaces, self.parking_capacity or None
        if vacant == 0 and self.parking_capacity == 0:
            vacant = None
        if vacant is not None and capacity is not None and vacant > capacity:
            capacity = None
        level = level_of(vacant, capacity)
        if self.full:
            level = OccupancyLevel.FULL
        if self.open is False:
            level = OccupancyLevel.CLOSED
        return Occupancy(vacant, capacity, level, self.last_updated)


def to_update(document: object, local_id: str) -> OccupancyUpdate:
    """A dynamic document as an update. Raises RowRejected where it has no status."""
    information = document.get("parkingFacilityDynamicInformation") if isinstance(document, dict) else None
    status = information.get("facilityActualStatus", information.get("actualStatus")) if information else None
    if not isinstance(status, dict):
        raise RowRejected("its live document has no facilityActualStatus")
    return OccupancyUpdate(local_id, Status.model_validate(status).to_occupancy())
