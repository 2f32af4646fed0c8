"""Days and times of day, as the network writes them."""

from itertools import pairwise
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from parkgraph.domain.civil import EVERY_DAY, WEEKDAYS, Day
from parkgraph_rdw.values import DAY, minutes_of_day

Span = tuple[int, int]
"""From and to, in minutes since midnight; beyond DAY it is the next day."""

_NAMES: Final = {day.value: day for day in WEEKDAYS}


def _days(value: object) -> object:
    """The name of a special day stays what it is, which is no day of the week."""
    if not isinstance(value, list):
        return value
    return [_NAMES.get(name.strip().upper(), name) if isinstance(name, str) else name for name in value]


Days = Annotated[frozenset[Day], BeforeValidator(_days), Field(min_length=1)]
MinuteOfDay = Annotated[int, BeforeValidator(minutes_of_day)]


def span(start: int, end: int) -> Span:
    """09:00 to 09:00 is a whole day."""
    start %= DAY
    return start, end + (DAY if end <= start else 0)


def weekly(days: frozenset[Day], times: Span) -> list[Span]:
    """Minutes since Monday's midnight; what reaches into the next week is at its beginning."""
    spans: list[Span] = []
    for day in days:
        offset = WEEKDAYS.index(day) * DAY
        spans.append((offset + times[0], min(offset + times[1], 7 * DAY)))
        spans.append((0, max(0, offset + times[1] - 7 * DAY)))
    return [part for part in spans if part[1] > part[0]]


def overlap(one: list[Span], other: list[Span]) -> bool:
    return any(a < d and c < b for a, b in one for c, d in other)


def opening_hours(rules: list[tuple[frozenset[Day], Span]]) -> str | None:
    """OSM opening_hours syntax; None where rules overlap on a day."""
    plans: dict[Day, list[Span]] = {}
    for days, times in rules:
        for day in days:
            plans.setdefault(day, []).append(times)
    if not plans or any(a[1] > b[0] for spans in plans.values() for a, b in pairwise(sorted(spans))):
        return None
    if plans.keys() >= EVERY_DAY and all(spans == [(0, DAY)] for spans in plans.values()):
        return "24/7"
    groups: dict[str, set[Day]] = {}
    for day in WEEKDAYS:
        if day in plans:
            groups.setdefault(",".join(span_text(times) for times in sorted(plans[day])), set()).add(day)
    # Rules after a comma add up; after a semicolon, a day's rule would override the night before.
    return ", ".join(f"{days_text(days)} {times}" for times, days in groups.items())


def days_text(days: frozenset[Day] | set[Day]) -> str:
    """Consecutive days as a range: "Mo-Fr", "Mo,We-Th"."""
    runs: list[list[Day]] = []
    for day in (day for day in WEEKDAYS if day in days):
        if runs and WEEKDAYS.index(day) == WEEKDAYS.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [[day.value[:2].title() for day in run] for run in runs]
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in names)


def span_text(times: Span) -> str:
    """As in OSM: "19:00-07:00" ends on the next day, "07:00-31:00" is a whole day."""
    start, end = times
    if DAY < end < start + DAY:
        end -= DAY
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
