"""Tariffs and stays of every shape, for properties and for the oracle."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from parkgraph.domain.civil import ALWAYS, EVERY_DAY, WEEKDAYS, Band, Day
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    Boundary,
    Cap,
    Choice,
    Elapsed,
    Outside,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    Rounding,
    RoundingMode,
    Span,
    TariffDay,
)

ZONES: Final = (ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Hong_Kong"))
"""One hour forward and back, half an hour, and never."""

WORKDAYS: Final = frozenset(WEEKDAYS[:5])
WEEKEND: Final = frozenset(WEEKDAYS[5:])


class Holidays:
    """A calendar that a test writes."""

    def __init__(self, *days: date) -> None:
        self.days = frozenset(days)

    def is_holiday(self, day: date) -> bool:
        return day in self.days


HOLIDAYS: Final = Holidays(
    date(2026, 3, 30), date(2026, 10, 26), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)
)

minutes = st.sampled_from([1, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440])
amounts = st.sampled_from(["0.10", "0.25", "0.5", "0.99", "1", "1.5", "2", "2.50", "3", "5", "8", "12.345", "0"]).map(
    Decimal
)
clocks = st.sampled_from(
    [time(0), time(2), time(2, 30), time(3), time(6), time(8), time(9, 30), time(18), time(20), time(22, 45)]
)
day_sets = st.sampled_from(
    [EVERY_DAY, WORKDAYS, WEEKEND, WEEKEND | {Day.HOLIDAY}, frozenset({Day.SUN, Day.HOLIDAY}), frozenset({Day.HOLIDAY})]
)


def _length(count: int) -> timedelta:
    return timedelta(minutes=count)


lengths = minutes.map(_length)
none_or_short = st.sampled_from([0, 0, 0, 0, 5, 10, 15, 30, 60]).map(_length)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    """ALWAYS in one of three."""
    if draw(st.integers(0, 2)) == 0:
        return ALWAYS
    first = draw(st.none() | st.dates(date(2026, 3, 25), date(2026, 4, 2)))
    return Band(
        draw(clocks),
        draw(clocks),
        draw(day_sets),
        except_holidays=draw(st.booleans()),
        first=first,
        last=first + timedelta(days=draw(st.integers(0, 3))) if first and draw(st.booleans()) else None,
        name=draw(st.sampled_from(["A", "B"])),
    )


@st.composite
def lines(draw: st.DrawFn, choices: Sequence[Band], boundary: Boundary) -> RateLine:
    kind = draw(st.sampled_from(RateLineKind))
    start = draw(
        st.sampled_from([True, True, False]).flatmap(lambda at_once: st.just(timedelta(0)) if at_once else lengths)
    )
    end = draw(st.none() | lengths)
    increment = draw(lengths) if kind is RateLineKind.INCREMENTING else None
    if increment and boundary is not Boundary.START_RATE:
        increment = min(increment, timedelta(days=1))
    return RateLine(
        kind,
        draw(amounts),
        increment,
        start,
        None if end is None else start + end,
        draw(st.sampled_from(choices)),
        pro_rata=increment is not None and draw(st.integers(0, 3)) == 0,
    )


@st.composite
def caps(draw: st.DrawFn, choices: Sequence[Band]) -> Cap:
    periods = st.sampled_from([timedelta(hours=h) for h in (4, 12, 24, 25)])
    period = draw(periods | clocks.map(TariffDay) | st.sampled_from(Span))
    return Cap(draw(amounts) * 4, period, draw(st.none() | st.sampled_from(choices)))


@st.composite
def ladders(draw: st.DrawFn, *, adds: bool = False) -> RateLineCollection:
    choices = draw(st.lists(bands(), min_size=1, max_size=3))
    boundary = draw(st.sampled_from(Boundary))
    return RateLineCollection(
        tuple(draw(st.lists(lines(choices, boundary), min_size=1, max_size=5))),
        minimum=draw(none_or_short),
        caps=tuple(draw(st.lists(caps(choices), max_size=2))),
        adds=adds,
        minimum_charge=draw(st.just(Decimal(0)) | amounts),
        grace=draw(none_or_short),
        free=draw(none_or_short),
        free_again=draw(st.booleans()),
        grace_at_end=draw(none_or_short),
        elapsed=draw(st.sampled_from(Elapsed)),
        boundary=boundary,
        reset=draw(
            st.none() | st.sampled_from([4, 12, 24, 25]).map(lambda h: timedelta(hours=h)) | clocks.map(TariffDay)
        ),
        carry_over=draw(st.booleans()),
        outside=draw(st.sampled_from([Outside.FREE, Outside.FREE, Outside.FREE, Outside.UNKNOWN])),
    )


@st.composite
def tables(draw: st.DrawFn) -> RateTable:
    collections = draw(st.lists(ladders(), min_size=1, max_size=2))
    if draw(st.integers(0, 4)) == 0:
        collections.append(draw(ladders(adds=True)))
    return RateTable(
        "EUR",
        tuple(collections),
        choice=draw(st.sampled_from(Choice)),
        added_tax=draw(st.none() | st.sampled_from([Decimal("0.081"), Decimal("0.19")])),
        rounding=draw(
            st.builds(
                Rounding, st.sampled_from(RoundingMode), st.none() | st.sampled_from([Decimal("0.05"), Decimal("0.5")])
            )
        ),
    )


@st.composite
def stays(draw: st.DrawFn, zone: ZoneInfo, longest: timedelta = timedelta(days=3)) -> Stay:
    """Around the changes of the clocks, holidays, and an ordinary week; in whole minutes."""
    day = draw(
        st.sampled_from(
            [
                date(2026, 3, 27),
                date(2026, 4, 3),
                date(2026, 10, 2),
                date(2026, 10, 23),
                date(2026, 12, 24),
                date(2026, 6, 8),
            ]
        )
    )
    arrive = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=draw(st.integers(0, 3 * 1440)))
    arrive = arrive.astimezone(UTC)
    length = draw(st.integers(1, 240) | st.integers(1, int(longest.total_seconds()) // 60))
    return Stay(arrive.astimezone(zone), (arrive + timedelta(minutes=length)).astimezone(zone))
