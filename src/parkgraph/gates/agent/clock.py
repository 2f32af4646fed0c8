"""Whether clocks can be believed: the camera's against the edge's, the edge's against the server's. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SUSPECT: Final = timedelta(seconds=120)
"""Two clocks further apart than this are not both right."""

LATE: Final = timedelta(seconds=30)
"""A look that arrives so much later than its camera's usually do was kept somewhere: the car is gone."""

_ZONE_STEP: Final = timedelta(minutes=15)
_ZONES: Final = (timedelta(minutes=30) - SUSPECT, timedelta(hours=14) + SUSPECT)
"""Time zones are whole quarters of an hour off UTC, at most 14 hours."""


class CameraClock(StrEnum):
    """What is the matter with a camera's clock."""

    RIGHT = "right"
    WALL_TIME = "wall_time"
    """It is whole quarters of an hour off: wall time that is sold as UTC, or another zone's."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class EdgeClock:
    """The edge's own clock. `offset`: the server's time minus it, None before the server has answered.

    `runs_behind`: it shows less than what it showed before a restart, so it was not set yet.
    """

    offset: timedelta | None = None
    runs_behind: bool = False

    @property
    def is_trusted(self) -> bool:
        if self.offset is not None:
            return abs(self.offset) <= SUSPECT
        return not self.runs_behind


def judged(captured_at: datetime | None, observed_at: datetime) -> CameraClock:
    """The camera's clock by one look; a camera that tells no time is not wrong."""
    apart = abs(captured_at - observed_at) if captured_at else timedelta(0)
    if apart <= SUSPECT:
        return CameraClock.RIGHT
    beyond = apart % _ZONE_STEP
    is_zone = min(beyond, _ZONE_STEP - beyond) <= SUSPECT and _ZONES[0] <= apart <= _ZONES[1]
    return CameraClock.WALL_TIME if is_zone else CameraClock.WRONG


def is_late(captured_at: datetime | None, observed_at: datetime, usual: timedelta | None) -> bool:
    """Whether a look is of a car that is gone. `usual`: how long its camera's looks take, by the two clocks."""
    return captured_at is not None and usual is not None and observed_at - captured_at - usual > LATE
