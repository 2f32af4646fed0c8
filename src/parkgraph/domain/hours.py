"""What the domain needs to know of opening hours; implemented outside, on a kept library."""

from datetime import datetime
from typing import Protocol

from parkgraph.domain.stay import Stay


class Hours(Protocol):
    """Opening hours of one facility, bound to its position and time zone."""

    def is_open(self, at: datetime) -> bool | None:
        """Whether a vehicle can drive in or out at this instant; None where the hours themselves say "unknown"."""
        ...


def open_to_leave(hours: Hours, stay: Stay) -> bool | None:
    """Whether the stay can end when it does: the instant of closing is not too late. None: the hours say "unknown"."""
    is_open = hours.is_open(stay.leave)
    return hours.is_open(stay.last_instant) if is_open is False else is_open
