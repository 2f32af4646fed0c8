"""Permits: the same hours on the same space, again and again. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parkgraph.domain.civil import Band, Calendar

MAX_DAYS: Final = 400
"""From the first to the last date of a permit. All of its occasions are stored at once; a new permit renews it."""

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Half open: [begins, ends), both instants with an offset."""

    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if self.begins.utcoffset() is None or self.ends.utcoffset() is None:
            raise ValueError("begins and ends need an offset")
        if self.ends <= self.begins:
            raise ValueError("ends must be after begins")


@dataclass(frozen=True, slots=True)
class Permit:
    """A resident's or an employee's right to one space, from the first date of `hours` to the last."""

    id: UUID
    yard: UUID
    space: int
    space_label: str | None
    hours: Band
    holder: str = field(repr=False)
    plate: str | None = field(repr=False)
    created_at: datetime
    revoked_at: datetime | None = None


def dates(hours: Band) -> tuple[date, date]:
    """The first and the last date. Raises ValueError for hours that no permit can have."""
    if hours.first is None or hours.last is None:
        raise ValueError("first and last date are needed")
    if (hours.last - hours.first).days >= MAX_DAYS:
        raise ValueError(f"last must be less than {MAX_DAYS} days after first")
    return hours.first, hours.last


def occasions(hours: Band, zone: ZoneInfo, calendar: Calendar | None, since: datetime) -> list[Span]:
    """Every occasion that is not over at `since`, by the local clock; none overlaps another.

    A time that the clock skips is as long after the change as it is after the last minute before it.
    """
    first, last = dates(hours)
    spans: list[Span] = []
    earliest = since
    for n in range((last - first).days + 1):
        day = first + n * ONE_DAY
        if not hours.starts_on(day, holiday=calendar is not None and calendar.is_holiday(day)):
            continue
        end_day = day if hours.end > hours.start else day + ONE_DAY
        begins = max(datetime.combine(day, hours.start, zone).astimezone(UTC), earliest)
        ends = datetime.combine(end_day, hours.end, zone).astimezone(UTC)
        if begins < ends:
            spans.append(Span(begins, ends))
            earliest = ends
    return spans
