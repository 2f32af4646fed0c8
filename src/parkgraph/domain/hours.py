"""What the domain needs to know of opening hours; implemented outside, on a kept library."""

from datetime import datetime
from typing import Protocol


class Hours(Protocol):
    """Opening hours of one facility, bound to its position and time zone."""

    def is_open(self, at: datetime) -> bool | None:
        """Whether a vehicle can drive in or out at this instant; None where the hours themselves say "unknown"."""
        ...
