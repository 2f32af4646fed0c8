"""A month of a yard's clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
YEARS: Final = range(2000, 2200)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """Written as 2026-11."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if self.year not in YEARS or not 1 <= self.month <= 12:
            raise ValueError(f"a month is between {YEARS[0]}-01 and {YEARS[-1]}-12")

    @staticmethod
    def parse(text: str) -> "Month":
        """Raises ValueError."""
        parts = _MONTH.fullmatch(text)
        if parts is None:
            raise ValueError("a month is written as 2026-11")
        return Month(int(parts[1]), int(parts[2]))

    @staticmethod
    def of(instant: datetime, zone: ZoneInfo) -> "Month":
        local = instant.astimezone(zone)
        return Month(local.year, local.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def days(self) -> tuple[date, ...]:
        first = date(self.year, self.month, 1)
        days = (first + n * _DAY for n in range(31))
        return tuple(day for day in days if day.month == self.month)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Half open, in UTC."""
        first, last = self.days[0], self.days[-1]
        return midnight(first, zone), midnight(last + _DAY, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
