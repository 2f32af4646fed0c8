"""`weekdays`, `excludePublicHoliday`, `periodStart`, `periodEnd`: when an opening or a charge holds."""

from collections.abc import Sequence
from datetime import time
from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from parkgraph.domain.civil import WEEKDAYS, Band, Day
from parkgraph_hongkong.row import Row
from parkgraph_hongkong.values import minutes_of_day

DAY: Final = 24 * 60
"""Minutes."""

DAYS: Final = {day.value: day for day in WEEKDAYS} | {"PH": Day.HOLIDAY}
ALL_DAYS: Final = frozenset(Day)
OSM: Final = {day: day.value[:2].title() for day in WEEKDAYS} | {Day.HOLIDAY: "PH"}

Span = tuple[int, int]
"""From and to, in minutes since midnight; beyond DAY it is the next day."""


def _days(value: object) -> object:
    return [DAYS.get(name, name) for name in value] if isinstance(value, list) else value


def _round_up(minutes: int) -> int:
    """07:00 to 22:59 leaves no minute without a price: the last minute is meant whole."""
    return minutes + 1 if minutes % 60 == 59 else minutes


Minutes = Annotated[int, BeforeValidator(minutes_of_day)]


class Period(Row):
    """Strict: a period that is not understood is a ValueError."""

    weekdays: Annotated[frozenset[Day], BeforeValidator(_days), Field(min_length=1)]
    exclude_public_holiday: Annotated[bool, Field(strict=True)] = False
    period_start: Annotated[Minutes, Field(lt=DAY)]
    period_end: Annotated[Minutes, AfterValidator(_round_up)]

    @model_validator(mode="after")
    def _holidays_are_named_or_excluded(self) -> Self:
        if self.exclude_public_holiday and Day.HOLIDAY in self.weekdays:
            raise ValueError("public holidays are both named and excluded")
        return self

    @property
    def span(self) -> Span:
        """07:00 to 07:00 is a whole day."""
        return self.period_start, self.period_end + (DAY if self.period_end <= self.period_start else 0)

    @property
    def is_whole_day(self) -> bool:
        start, end = self.span
        return end - start == DAY

    @property
    def is_always(self) -> bool:
        return self.is_whole_day and self.weekdays == ALL_DAYS

    @property
    def band(self) -> Band:
        return Band(
            start=_clock(self.period_start),
            end=_clock(self.period_end),
            days=self.weekdays,
            except_holidays=self.exclude_public_holiday,
        )

    def to_text(self) -> str:
        """Such as "Mo-Fr 07:00-23:00", and whether holidays are excluded."""
        words = f"{days_text(self.weekdays)} {span_text(self.span)}"
        return f"{words} (not on public holidays)" if self.exclude_public_holiday else words

    def overlaps(self, other: "Period") -> bool:
        """Whether some time of an ordinary week, or of a public holiday, lies in both."""
        mine, others = _week(self), _week(other)
        return any(a < d and c < b for a, b in mine for c, d in others)


def opening_hours(periods: Sequence[Period]) -> str | None:
    """OSM opening_hours syntax; None where the periods contradict each other or leave public holidays open."""
    if not periods:
        return None
    plans: dict[Day, list[Span]] = {}
    for period in periods:
        for day in period.weekdays:
            plans.setdefault(day, []).append(period.span)
    excluded = {period.exclude_public_holiday for period in periods}
    named = Day.HOLIDAY in plans
    if any(a[1] > b[0] for spans in plans.values() for a, b in pairwise(sorted(spans))) or (
        not named and len(excluded) > 1
    ):
        return None
    follows = [Day.HOLIDAY] if named else []
    if all(plans.get(day) == [(0, DAY)] for day in (*WEEKDAYS, *follows)) and (named or not any(excluded)):
        return "24/7"
    groups: dict[str, set[Day]] = {}
    for day in (*WEEKDAYS, *follows):
        if day in plans:
            groups.setdefault(",".join(span_text(span) for span in sorted(plans[day])), set()).add(day)
    # A later rule overrides an earlier one on the days of both: public holidays come last.
    last = sorted(groups.items(), key=lambda group: Day.HOLIDAY in group[1])
    rules = [f"{days_text(days)} {spans}" for spans, days in last]
    if all(end <= DAY for spans in plans.values() for _, end in spans):
        return "; ".join(rules if named or not any(excluded) else (*rules, "PH off"))
    # It would override the night before, too. Rules after a comma add up, so that a holiday keeps its weekday's hours.
    adds_up = all(_within(plans[day], plans[Day.HOLIDAY]) for day in plans) if named else not any(excluded)
    return ", ".join(rules) if adds_up else None


def days_text(days: frozenset[Day] | set[Day]) -> str:
    """Consecutive days as a range: "Mo-Fr", "Mo,We-Th", "Sa-Su,PH"."""
    runs: list[list[Day]] = []
    for day in (*WEEKDAYS, Day.HOLIDAY):
        if day not in days:
            continue
        if runs and day is not Day.HOLIDAY and WEEKDAYS.index(day) == WEEKDAYS.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(OSM[run[0]] if len(run) == 1 else f"{OSM[run[0]]}-{OSM[run[-1]]}" for run in runs)


def span_text(span: Span) -> str:
    """As in OSM: "19:00-07:00" ends on the next day, "07:00-31:00" is a whole day."""
    start, end = span
    if DAY < end < start + DAY:
        end -= DAY
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _within(spans: list[Span], others: list[Span]) -> bool:
    return all(any(a <= start and end <= b for a, b in others) for start, end in spans)


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _week(period: Period) -> list[Span]:
    """Minutes since Monday's midnight; what reaches into the next week is at its beginning, a holiday stands apart."""
    start, end = period.span
    spans: list[Span] = []
    for day in period.weekdays:
        if day is Day.HOLIDAY:
            spans.append((9 * DAY + start, 9 * DAY + end))
            continue
        offset = WEEKDAYS.index(day) * DAY
        spans.append((offset + start, min(offset + end, 7 * DAY)))
        spans.append((0, max(0, offset + end - 7 * DAY)))
    return [span for span in spans if span[1] > span[0]]
