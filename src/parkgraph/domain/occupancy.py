"""How full a facility is, when that was seen, and for whom it was counted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Audience(StrEnum):
    """For whom spaces are set aside; GENERAL is everybody."""

    GENERAL = "GENERAL"
    DISABLED = "DISABLED"
    ELECTRIC = "ELECTRIC"
    FAMILY = "FAMILY"
    WOMEN = "WOMEN"
    RESIDENTS = "RESIDENTS"
    STAFF = "STAFF"
    LONG_TERM = "LONG_TERM"
    MOTORCYCLE = "MOTORCYCLE"
    BICYCLE = "BICYCLE"


class OccupancyLevel(StrEnum):
    """Coarse fullness. CLOSED is a facility that takes nobody now, whatever is vacant."""

    VACANT = "VACANT"
    FEW = "FEW"
    FULL = "FULL"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Vacant spaces among `capacity`, both of one population; None is unknown.

    `observed_at` is the network's own time of the count, never the time of the fetch.
    `level` may be all that a network says; `level_of` gives it from counts.
    """

    vacant: int | None = None
    capacity: int | None = None
    level: OccupancyLevel = OccupancyLevel.UNKNOWN
    observed_at: datetime | None = None

    def __post_init__(self) -> None:
        for name, value in (("vacant", self.vacant), ("capacity", self.capacity)):
            if value is not None and value < 0:
                raise ValueError(f"{name} must not be negative, not {value}")
        if self.observed_at is not None and self.observed_at.utcoffset() is None:
            raise ValueError("observed_at needs an offset")

    @property
    def out_of_service(self) -> bool:
        """A CLOSED without a time is no count but a standing word of the network, until it says otherwise."""
        return self.level is OccupancyLevel.CLOSED and self.observed_at is None


def level_of(vacant: int | None, capacity: int | None) -> OccupancyLevel:
    """FULL at 0, FEW below a tenth of the capacity (or below 5 where it is unknown), else VACANT."""
    if vacant is None:
        return OccupancyLevel.UNKNOWN
    if vacant == 0:
        return OccupancyLevel.FULL
    threshold = 5 if capacity is None else capacity / 10
    return OccupancyLevel.FEW if vacant < threshold else OccupancyLevel.VACANT


@dataclass(frozen=True, slots=True)
class AudienceCapacity:
    """Spaces set aside for one audience, and how many of them are vacant."""

    audience: Audience
    capacity: int | None = None
    vacant: int | None = None


@dataclass(frozen=True, slots=True)
class OccupancyUpdate:
    """Live data of one listing, where it comes apart from the static."""

    local_id: str
    occupancy: Occupancy
    audiences: tuple[AudienceCapacity, ...] = ()
