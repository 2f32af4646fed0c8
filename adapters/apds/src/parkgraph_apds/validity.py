"""When a right or a rate table holds, read strictly: what has no exact reading is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from parkgraph.domain.civil import ALWAYS, EVERY_DAY, MIDNIGHT, Band, Day
from parkgraph.domain.tariff import Boundary, RateTable
from parkgraph_apds.values import instant

DAYS: Final = {
    "monday": Day.MON,
    "tuesday": Day.TUE,
    "wednesday": Day.WED,
    "thursday": Day.THU,
    "friday": Day.FRI,
    "saturday": Day.SAT,
    "sunday": Day.SUN,
}
IN_FORCE: Final = (None, "active", "definedByValidityTimeSpec")
A_MINUTE: Final = time(0, 1)
LAST_MINUTE: Final = time(23, 59)
DAY: Final = timedelta(days=1)
_CLOCK: Final = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)(?::([0-5][0-9]))?(?:\.0+)?")


class NotUnderstood(ValueError):
    """It has no exact reading here."""


@dataclass(frozen=True, slots=True)
class Validity:
    """In the hours of `band`, from the local date `first` to `last`, both included."""

    band: Band = ALWAYS
    first: date | None = None
    last: date | None = None

    def __and__(self, other: "Validity") -> "Validity":
        if ALWAYS not in (self.band, other.band) and self.band != other.band:
            raise NotUnderstood("hours within other hours")
        firsts = [day for day in (self.first, other.first) if day]
        lasts = [day for day in (self.last, other.last) if day]
        band = other.band if self.band == ALWAYS else self.band
        return Validity(band, max(firsts, default=None), min(lasts, default=None))

    def limit(self, table: RateTable) -> RateTable:
        """The same table for stays that lie in these dates, without a price outside of these hours."""
        if self == Validity():
            return table
        dates = Band(first=self.first, last=self.last) if self.first or self.last else None
        collections = [replace(collection, arrive=dates, leave=dates) for collection in table.collections]
        if self.band != ALWAYS:
            collections = [
                replace(
                    collection,
                    lines=tuple(replace(line, band=self.band) for line in collection.lines),
                    boundary=Boundary.RESTART,
                )
                for collection in collections
            ]
        return replace(table, collections=tuple(collections))


def read_dates(start: object, end: object, zone: tzinfo) -> Validity:
    """The local days that lie wholly between two instants; None is open."""
    return Validity(first=_first(start, zone), last=_last(end, zone))


def read_validity(value: object, zone: tzinfo) -> Validity:
    """Of `validity`: a status, overall dates, and at most one recurring period."""
    validity = _object(value)
    if validity.get("validityStatus") not in IN_FORCE:
        raise NotUnderstood("not in force")
    specification = _object(validity.get("validityTimeSpecification")) or validity
    if specification.get("exceptionPeriods"):
        raise NotUnderstood("exceptions")
    dates = read_dates(specification.get("overallStartTime"), specification.get("overallEndTime"), zone)
    return dates & Validity(_band(_sole(specification.get("validPeriods"))))


def _band(period: Mapping[str, object]) -> Band:
    if set(period) - {"periodName", "recurringDayWeekMonthPeriod", "recurringTimePeriodOfDay"}:
        raise NotUnderstood("a period of another kind")
    days = _sole(period.get("recurringDayWeekMonthPeriod"))
    hours = _sole(period.get("recurringTimePeriodOfDay"))
    start = _clock(hours.get("startTimeOfPeriod")) if hours else MIDNIGHT
    end = _clock(hours.get("endTimeOfPeriod")) if hours else MIDNIGHT
    if start == MIDNIGHT and end >= LAST_MINUTE:
        end = MIDNIGHT
    on = _days(days) if days else EVERY_DAY
    if start != end:
        return Band(start, end, on)
    if on != EVERY_DAY:
        raise NotUnderstood("whole days: what happens between them is not said")
    return ALWAYS


def _object(value: object) -> Mapping[str, object]:
    if value is not None and not isinstance(value, dict):
        raise NotUnderstood("no object")
    return value or {}


def _sole(value: object) -> Mapping[str, object]:
    """The only object of a list, an object by itself, or an empty one for none."""
    if not isinstance(value, list):
        return _object(value)
    if len(value) > 1:
        raise NotUnderstood("several periods")
    return _object(value[0]) if value else {}


def _days(period: Mapping[str, object]) -> frozenset[Day]:
    names = period.get("applicableDay")
    if set(period) != {"applicableDay"} or not isinstance(names, list) or not names:
        raise NotUnderstood("days of another kind")
    days = [DAYS.get(name) if isinstance(name, str) else None for name in names]
    if None in days:
        raise NotUnderstood("a day of another kind")
    return frozenset(day for day in days if day)


def _clock(value: object) -> time:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise NotUnderstood("a time of day of another kind")
    hour, minute, second = (int(part or 0) for part in found.groups())
    return time(hour, minute, second)


def _first(value: object, zone: tzinfo) -> date | None:
    start = _local(value, zone)
    return start and (start.date() if start.time() <= A_MINUTE else start.date() + DAY)


def _last(value: object, zone: tzinfo) -> date | None:
    end = _local(value, zone)
    return end and (end.date() if end.time() >= LAST_MINUTE else end.date() - DAY)


def _local(value: object, zone: tzinfo) -> datetime | None:
    if value is None:
        return None
    moment = instant(value)
    if moment is None:
        raise NotUnderstood("a date of another kind")
    return moment.astimezone(zone)
