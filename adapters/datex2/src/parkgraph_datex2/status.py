"""A parkingFacilityStatus, parkingRecordStatus or parkingStatusInformation (since version 3.7), as an occupancy."""

from typing import Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel, OccupancyUpdate, level_of
from parkgraph_datex2.document import facility_id
from parkgraph_datex2.values import count, instant, text

_LEVELS: Final = {
    "closed": OccupancyLevel.CLOSED,
    "closedAbnormal": OccupancyLevel.CLOSED,
    "closedOnHoliday": OccupancyLevel.CLOSED,
    "closedOnMaintenance": OccupancyLevel.CLOSED,
    "temporarilyClosed": OccupancyLevel.CLOSED,
    "full": OccupancyLevel.FULL,
    "fullAtEntrance": OccupancyLevel.FULL,
    "almostFull": OccupancyLevel.FEW,
    "spacesAvailable": OccupancyLevel.VACANT,
}
_VACANT: Final = (
    "totalNumberOfVacantParkingSpaces",
    "parkingOccupancy/parkingNumberOfVacantSpaces",
    "occupancy/numberOfVacantSpaces",
)
_OCCUPIED: Final = (
    "totalNumberOfOccupiedParkingSpaces",
    "parkingOccupancy/parkingNumberOfOccupiedSpaces",
    "occupancy/numberOfOccupiedSpaces",
)
_CAPACITY: Final = (
    "totalParkingCapacityOverride",
    "parkingOccupancy/parkingNumberOfSpacesOverride",
    "occupancy/numberOfSpacesOverride",
)
_WORDS: Final = (
    "parkingFacilityStatus", "parkingSiteStatus", "parkingSiteOpeningStatus", "openingStatus", "status",
)  # fmt: skip
_WORST_FIRST: Final = (OccupancyLevel.CLOSED, OccupancyLevel.FULL, OccupancyLevel.FEW, OccupancyLevel.VACANT)


def to_update(row: Element, zone: ZoneInfo) -> OccupancyUpdate:
    """Raises RowRejected where the status refers to no facility."""
    vacant, capacity = _counts(row)
    return OccupancyUpdate(
        facility_id(row),
        Occupancy(
            vacant=vacant,
            capacity=capacity,
            level=_level(row, vacant, capacity),
            observed_at=instant(text(row, "parkingFacilityStatusTime", "parkingStatusOriginTime", "lastUpdated"), zone),
        ),
    )


def _counts(row: Element) -> tuple[int | None, int | None]:
    """Vacant spaces, and the capacity that they belong to: the status's own, never the static document's.

    Only direct children count: below them are the same names again for groups and for assigned spaces.
    """
    vacant, occupied, capacity = (count(text(row, *names)) for names in (_VACANT, _OCCUPIED, _CAPACITY))
    if vacant == 0 and 0 in (occupied, capacity):
        # 0 vacant and 0 occupied is a counter that is off, not a full car park.
        return None, capacity or None
    if capacity is None and vacant is not None and occupied is not None:
        capacity = vacant + occupied
    if not capacity or (vacant is not None and vacant > capacity):
        return vacant, None
    return vacant, capacity


def _level(row: Element, vacant: int | None, capacity: int | None) -> OccupancyLevel:
    """The worst of what the words and the counts say: a status comes in several words, "open" is none of them."""
    words = {(word.text or "").strip() for name in _WORDS for word in row.iterfind(name)}
    levels = {_LEVELS.get(word) for word in words} | {level_of(vacant, capacity)}
    return next((level for level in _WORST_FIRST if level in levels), OccupancyLevel.UNKNOWN)
