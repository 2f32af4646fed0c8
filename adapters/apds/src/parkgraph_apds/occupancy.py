"""How full a place is: APDS supply (spaces that can be used) and demand (spaces that are occupied)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel, OccupancyUpdate, level_of
from parkgraph.sdk import RowRejected
from parkgraph_apds.values import count, fields, identifier, instant, number, objects

VIEWS: Final = (None, "vehicleView", "spaceView")
"""Of a supply that is counted in vehicles; other views count metres."""

OVERFULL: Final = 1.1
"""A count of up to a tenth more than there are spaces is a full place; more is no count."""

LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


def to_occupancy(value: object) -> Occupancy | None:
    """None where nothing is said of the demand."""
    capacity, demand = supply_of(value), fields(fields(value).get("demand"))
    counted = max(objects(demand.get("demandType")), key=_recorded, default=None)
    if counted is None:
        return None
    vacant = _vacant(capacity, count(counted.get("count")))
    level = level_of(vacant, capacity) if vacant is not None else _level(counted)
    if vacant is None and level is OccupancyLevel.UNKNOWN:
        return None
    return Occupancy(
        vacant, capacity, level, instant(counted.get("recordDateTime")) or instant(demand.get("timestamp"))
    )


def supply_of(value: object) -> int | None:
    """The spaces that can be used."""
    quantities = (
        count(supply.get("supplyQuantity"))
        for supply in objects(fields(value).get("supply"))
        if supply.get("supplyViewType") in VIEWS
    )
    return next((quantity for quantity in quantities if quantity is not None), None)


def to_update(place: object) -> OccupancyUpdate:
    """Raises RowRejected where it says nothing."""
    row = fields(place)
    local_id, occupancy = identifier(row.get("id")), to_occupancy(row.get("occupancy"))
    if local_id is None or occupancy is None:
        raise RowRejected("it has no id" if local_id is None else "it says nothing of its occupancy")
    return OccupancyUpdate(local_id, occupancy)


def _recorded(counted: Mapping[str, object]) -> datetime:
    return instant(counted.get("recordDateTime")) or LONG_AGO


def _vacant(capacity: int | None, occupied: int | None) -> int | None:
    if capacity is None or occupied is None or occupied > capacity * OVERFULL:
        return None
    return max(0, capacity - occupied)


def _level(counted: Mapping[str, object]) -> OccupancyLevel:
    """Of a percentage alone: it is too coarse to count spaces by it."""
    percentage = number(counted.get("percentage"))
    if percentage is None or not 0 <= percentage <= 100:
        return OccupancyLevel.UNKNOWN
    return level_of(100 - int(percentage), 100)
