"""From when to when a vehicle parks."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from parkgraph.domain.civil import YEARS

INSTANT: Final = timedelta(microseconds=1)
MAX_STAY: Final = timedelta(days=366)
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def parse_instant(text: str) -> datetime:
    """An instant of RFC 3339, which has an offset. Raises ValueError."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("an instant is RFC 3339 with an offset, such as 2026-11-24T09:00:00+01:00")
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("this instant does not exist in the calendar") from None


@dataclass(frozen=True, slots=True)
class Stay:
    """Half open: [arrive, leave). Both instants carry an offset and lie in YEARS; at most 366 days."""

    arrive: datetime
    leave: datetime

    def __post_init__(self) -> None:
        if self.arrive.utcoffset() is None or self.leave.utcoffset() is None:
            raise ValueError("arrive and leave need an offset, such as 2026-11-24T09:00:00+01:00")
        if self.arrive.year not in YEARS or self.leave.year not in YEARS:
            raise ValueError(f"a stay is between the years {YEARS[0]} and {YEARS[-1]}")
        if self.leave.astimezone(UTC) <= self.arrive.astimezone(UTC):
            raise ValueError("leave must be after arrive")
        if self.duration > MAX_STAY:
            raise ValueError(f"a stay is at most {MAX_STAY.days} days")

    @property
    def duration(self) -> timedelta:
        """Elapsed time, which a change of the clocks does not bend."""
        return self.leave.astimezone(UTC) - self.arrive.astimezone(UTC)

    @property
    def last_instant(self) -> datetime:
        """The one before `leave`, in UTC: in a zone, the clocks may change between the two."""
        return self.leave.astimezone(UTC) - INSTANT
