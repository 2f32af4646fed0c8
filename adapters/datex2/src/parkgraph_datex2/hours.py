"""Opening times, as OSM opening_hours, where all of them is understood."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element

from parkgraph_datex2.document import xsi_type

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OSM_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY: Final = 24 * 60

Span = tuple[int, int, int]
"""A day of the week (0 is Monday), and the minutes from which to which it is open; the end may lie on the next day."""


def opening_hours(row: Element) -> str | None:
    """None where nothing is said, or where any part of it is not exactly a weekly rhythm."""
    hours = row.find("operatingHours")
    if hours is not None and xsi_type(hours) == "OpenAllHours":
        return "24/7"
    try:
        spans = frozenset(_dated(row)) | frozenset(_recurring(row))
    except ValueError:
        return None
    return _osm(spans) if spans else None


def _dated(row: Element) -> Iterator[Span]:
    """The older shape: periods of one concrete week, each named by its weekday; the same ones again are common."""
    for times in row.iterfind("openingTimes"):
        _only(times, {"period", "validity"})
    dates = set()
    for period in row.iterfind("openingTimes/period"):
        _only(period, {"startOfPeriod", "endOfPeriod", "periodName"})
        start = datetime.fromisoformat(period.findtext("startOfPeriod", ""))
        end = datetime.fromisoformat(period.findtext("endOfPeriod", ""))
        day = _DAYS.index(period.findtext("periodName/values/value", "").lower())
        midnight = datetime.combine(start.date(), time())
        if start.tzinfo or end.tzinfo or start.weekday() != day or not timedelta(0) < end - start <= timedelta(days=1):
            raise ValueError("not a period of that weekday")
        dates.add(midnight)
        if max(dates) - min(dates) >= timedelta(days=7):
            raise ValueError("more than one week")
        yield day, _minute(start - midnight), _last_minute(end - midnight)


def _recurring(row: Element) -> Iterator[Span]:
    """The newer shape: times of day, on all days or on those named."""
    for validity in row.iterfind("openingTimes/validity"):
        _only(validity, {"validityStatus", "validityTimeSpecification"})
        if validity.findtext("validityStatus") != "definedByValidityTimeSpec":
            raise ValueError("not valid by its times")
    for hours in row.iterfind("operatingHours"):
        _only(hours, {"overallPeriod"})
    for path in ("openingTimes/validity/validityTimeSpecification", "operatingHours/overallPeriod"):
        for overall in row.iterfind(path):
            _only(overall, {"overallStartTime", "validPeriod"})
            for period in overall.iterfind("validPeriod"):
                yield from _valid_period(period)


def _valid_period(period: Element) -> Iterator[Span]:
    _only(period, {"periodName", "recurringTimePeriodOfDay", "recurringDayWeekMonthPeriod"})
    days = set()
    for named in period.iterfind("recurringDayWeekMonthPeriod"):
        _only(named, {"applicableDay"})
        days |= {_DAYS.index(day.text or "") for day in named}
    hours = period.findall("recurringTimePeriodOfDay")
    if not hours:
        raise ValueError("no times of day")
    for times in hours:
        _only(times, {"startTimeOfPeriod", "endTimeOfPeriod"})
        start = _minute(_time_of_day(times.findtext("startTimeOfPeriod", "")))
        end = _last_minute(_time_of_day(times.findtext("endTimeOfPeriod", "")))
        if start == end != 0:
            raise ValueError("an empty day, or a whole one")
        for day in days or range(7):
            yield day, start, end if end > start else end + _DAY


def _only(element: Element, known: set[str]) -> None:
    """An exception, a month, a holiday: what is not understood would make the rest wrong."""
    if not {child.tag for child in element} <= known:
        raise ValueError("not understood")


def _time_of_day(value: str) -> timedelta:
    moment = time.fromisoformat(value)
    if moment.tzinfo:
        raise ValueError("not a local time")
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


def _minute(elapsed: timedelta) -> int:
    minutes, rest = divmod(elapsed, timedelta(minutes=1))
    if rest:
        raise ValueError("not a whole minute")
    return minutes


def _last_minute(elapsed: timedelta) -> int:
    """23:59 and 23:59:59 are how publishers write 24:00."""
    if elapsed % timedelta(minutes=1) == timedelta(seconds=59):
        elapsed += timedelta(seconds=1)
    minute = _minute(elapsed)
    return _DAY if minute == _DAY - 1 else minute


def _osm(spans: Iterable[Span]) -> str:
    """Each day says all of its own hours, so that no rule overrides another; equal neighbours are one rule."""
    week: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    for day, start, end in spans:
        week[day].append((start, min(end, _DAY)))
        if end > _DAY:
            week[(day + 1) % 7].append((0, end - _DAY))
    joined = [_joined(day) for day in week]
    if all(day == [(0, _DAY)] for day in joined):
        return "24/7"
    rules = []
    for hours, group in groupby(range(7), key=joined.__getitem__):
        days = list(group)
        if hours:
            names = _OSM_DAYS[days[0]] if len(days) == 1 else f"{_OSM_DAYS[days[0]]}-{_OSM_DAYS[days[-1]]}"
            rules.append(f"{names} {','.join(f'{_clock(start)}-{_clock(end)}' for start, end in hours)}")
    return "; ".join(rules)


def _joined(hours: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Hours that meet or overlap, as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(hours):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
