"""Live counts: one row for each facility, kind of spaces and usage, ending in an update of the facility."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from parkgraph.domain.occupancy import AudienceCapacity, Occupancy, OccupancyLevel, OccupancyUpdate, level_of
from parkgraph.sdk import RowRejected
from parkgraph_liipi.facility import AUDIENCES, BICYCLES
from parkgraph_liipi.row import Count, Instant, Row, Text

USAGES: Final = ("PARK_AND_RIDE", "COMMERCIAL")
"""Populations of their own, which may share spaces: they are never added, the first that is counted counts."""


class Utilization(Row):
    facility_id: int
    capacity_type: Text = ""
    usage: Text = ""
    timestamp: Instant = None
    spaces_available: Count = None
    capacity: Count = None
    open_now: bool | None = None

    @property
    def vacant(self) -> int | None:
        """More vacant spaces than there are is no count."""
        if self.capacity is not None and self.spaces_available is not None and self.spaces_available > self.capacity:
            return None
        return self.spaces_available

    def to_occupancy(self) -> Occupancy:
        level = OccupancyLevel.CLOSED if self.open_now is False else level_of(self.vacant, self.capacity)
        return Occupancy(self.vacant, self.capacity, level, self.timestamp)


def grouped(rows: Iterable[Any]) -> list[list[Any]]:
    """The rows of each facility together; a row without an id stays alone."""
    groups: dict[object, list[Any]] = {}
    for number, row in enumerate(rows):
        facility = row.get("facilityId") if isinstance(row, dict) else None
        groups.setdefault(facility if type(facility) is int else f"row {number}", []).append(row)
    return list(groups.values())


def to_update(rows: Sequence[Any]) -> OccupancyUpdate:
    """Raises ValueError (pydantic's too) where a row is not understood, or none counts spaces for cars."""
    counts = [Utilization.model_validate(row) for row in rows]
    if all(count.capacity_type in BICYCLES for count in counts):
        raise RowRejected("it counts bicycles only")
    cars = _first(counts, "CAR")
    return OccupancyUpdate(
        str(counts[0].facility_id),
        cars.to_occupancy() if cars else Occupancy(),
        tuple(
            AudienceCapacity(audience, count.capacity, count.vacant)
            for name, audience in AUDIENCES.items()
            if (count := _first(counts, name)) is not None
        ),
    )


def _first(counts: Iterable[Utilization], capacity_type: str) -> Utilization | None:
    """Of the first usage. Two rows of the same kind and usage contradict each other."""
    for usage in USAGES:
        found = [count for count in counts if (count.capacity_type, count.usage) == (capacity_type, usage)]
        if len(found) > 1:
            raise RowRejected("it counts the same spaces twice")
        if found:
            return found[0]
    return None
