"""Tariffs and stays of every shape, for properties and for the oracle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from parkgraph.domain.civil import ALWAYS, EVERY_DAY, WEEKDAYS, Band, Day
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    Boundary,
    Cap,
    Choice,
    Combination,
    Elapsed,
    Months,
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
from parkgraph.domain.vehicle import Vehicle, VehicleKind

YEARS: Final = {
    "Europe/Berlin": 2026,  # an hour, in the night
    "Asia/Hong_Kong": 2026,  # never
    "Asia/Kathmandu": 2026,  # never, and a quarter past the others' hours
    "Australia/Lord_Howe": 2026,  # half an hour
    "Antarctica/Troll": 2026,  # two hours
    "America/Havana": 2026,  # midnight is skipped, and comes twice
    "America/Santiago": 2026,  # midnight is skipped; the last hour of a day comes twice
    "Asia/Beirut": 2026,
    "Africa/Cairo": 2026,
    "America/Asuncion": 2023,
    "America/Nuuk": 2026,  # the last hour of a day is skipped, and comes twice
    "America/St_Johns": 2010,  # a minute after midnight: the day before comes back
    "Pacific/Chatham": 2026,  # at a quarter to
    "Africa/Casablanca": 2026,  # for the month of fasting
    "Pacific/Apia": 2011,  # a whole day is skipped
}
"""Zones, and a year in which their clocks change in ways of their own."""


def _eves(zone: ZoneInfo, year: int) -> tuple[date, ...]:
    """The days of a year from whose noon to the next day's the clocks change."""
    days = [datetime(year, 1, 1, 12, tzinfo=zone) + timedelta(days=count) for count in range(365)]
    noons = [day.replace(fold=1) for day in days]  # one that never was counts by the later offset
    return tuple(day.date() for day, following in pairwise(noons) if day.utcoffset() != following.utcoffset())


ZONES: Final = tuple(map(ZoneInfo, ("Europe/Berlin", *YEARS)))
"""Berlin twice, as most places are like it."""

CHANGE_EVES: Final = {zone.key: _eves(zone, YEARS[zone.key]) for zone in ZONES}

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

minutes = st.sampled_from([1, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880])
amounts = st.sampled_from(["0.10", "0.25", "0.5", "0.99", "1", "1.5", "2", "2.50", "3", "5", "8", "12.345", "0"]).map(
    Decimal
)
prices = st.sampled_from(["0.30", "0.50", "1.20", "1.50", "2.00", "3.333", "4.50"]).map(Decimal)
clocks = st.sampled_from(
    [time(0), time(2), time(2, 30), time(3), time(6), time(8), time(9, 30), time(18), time(20), time(22, 45)]
)
day_sets = st.sampled_from(
    [EVERY_DAY, WORKDAYS, WEEKEND, WEEKEND | {Day.HOLIDAY}, frozenset({Day.SUN, Day.HOLIDAY}), frozenset({Day.HOLIDAY})]
)


def _length(count: int) -> timedelta:
    return timedelta(minutes=count)


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


lengths = minutes.map(_length)
long_lengths = st.sampled_from([30, 60, 90, 240, 720, 1440, 10_080]).map(_length)
months = st.builds(Months, st.integers(1, 3))
vehicles = st.builds(
    Vehicle,
    st.sampled_from([VehicleKind.CAR, VehicleKind.CAR, VehicleKind.MOTORCYCLE]),
    electric=st.booleans(),
    disabled_permit=st.booleans(),
)
currencies = st.sampled_from(["EUR", "EUR", "CHF", "JPY", "BHD"])
none_or_short = st.sampled_from([0, 0, 0, 0, 5, 10, 15, 30, 60]).map(_length)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    """ALWAYS in one of three."""
    if draw(st.integers(0, 2)) == 0:
        return ALWAYS
    first = draw(st.none() | st.dates(date(2026, 3, 26), date(2026, 3, 30)))
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
def steps(draw: st.DrawFn, choices: Sequence[Band]) -> list[RateLine]:
    """One after the other within a band, as most ladders are written."""
    band = draw(st.sampled_from(choices))
    ends = sorted(draw(st.sets(lengths, min_size=2, max_size=4)))
    kinds = draw(st.sampled_from([[RateLineKind.TIER], [RateLineKind.FLAT], [RateLineKind.TIER, RateLineKind.FLAT]]))
    starts = [timedelta(0), *ends[:-1]]
    return [
        RateLine(draw(st.sampled_from(kinds)), draw(amounts), None, start, end, band)
        for start, end in zip(starts, ends, strict=True)
    ]


@st.composite
def caps(draw: st.DrawFn, choices: Sequence[Band]) -> Cap:
    periods = st.sampled_from([timedelta(hours=h) for h in (1, 4, 12, 24, 25)])
    period = draw(periods | clocks.map(TariffDay) | st.sampled_from(Span))
    return Cap(draw(amounts) * draw(st.integers(1, 4)), period, draw(st.none() | st.sampled_from(choices) | bands()))


@st.composite
def ladders(draw: st.DrawFn, *, adds: bool = False) -> RateLineCollection:
    choices = draw(st.lists(bands(), min_size=1, max_size=3))
    boundary = draw(st.sampled_from(Boundary))
    ladder = draw(st.lists(lines(choices, boundary), min_size=1, max_size=5) | steps(choices))
    if draw(st.booleans()):
        ladder.append(RateLine(RateLineKind.INCREMENTING, draw(amounts), min(draw(lengths), timedelta(days=1))))
    return RateLineCollection(
        tuple(ladder),
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
            st.none() | st.sampled_from([1, 4, 12, 24, 25]).map(lambda h: timedelta(hours=h)) | clocks.map(TariffDay)
        ),
        carry_over=draw(st.booleans()),
        outside=draw(st.sampled_from([Outside.FREE, Outside.FREE, Outside.FREE, Outside.UNKNOWN])),
    )


@st.composite
def days_and_nights(draw: st.DrawFn) -> RateLineCollection:
    """Most signs by a barrier: the clock's round in two or three parts, each with its price, and few terms more."""
    edges = sorted(draw(st.sets(clocks, min_size=2, max_size=3)))
    parts = [
        Band(start, end, draw(st.sampled_from([EVERY_DAY, EVERY_DAY, WORKDAYS])), draw(st.booleans()), name="A")
        for start, end in zip(edges, [*edges[1:], edges[0]], strict=True)
    ]
    boundary = draw(st.sampled_from(Boundary))
    ladder = [line for part in parts for line in draw(st.lists(_units(part), min_size=1, max_size=2) | steps([part]))]
    if draw(st.booleans()):
        ladder.append(draw(_units(ALWAYS)))
    terms = draw(st.sampled_from(["caps", "free", "minimum", "grace_at_end", "none"]))
    return RateLineCollection(
        tuple(ladder),
        caps=tuple(draw(st.lists(caps(parts), min_size=1, max_size=2))) if terms == "caps" else (),
        free=timedelta(minutes=draw(st.sampled_from([10, 30, 60]))) if terms == "free" else timedelta(0),
        free_again=draw(st.booleans()),
        minimum=timedelta(hours=draw(st.integers(1, 4))) if terms == "minimum" else timedelta(0),
        grace_at_end=timedelta(minutes=10 if terms == "grace_at_end" else 0),
        elapsed=draw(st.sampled_from(Elapsed)),
        boundary=boundary,
        reset=draw(st.none() | st.sampled_from([1, 4, 11]).map(_hours) | clocks.map(TariffDay)),
        carry_over=draw(st.booleans()),
        outside=Outside.FREE,
    )


@st.composite
def _units(draw: st.DrawFn, band: Band) -> RateLine:
    """Long enough to run when another band begins."""
    start = draw(st.sampled_from([0, 0, 0, 60, 120]))
    return RateLine(
        RateLineKind.INCREMENTING,
        draw(prices),
        timedelta(minutes=draw(st.sampled_from([20, 45, 60, 90, 120, 240, 600]))),
        timedelta(minutes=start),
        timedelta(minutes=start + draw(st.sampled_from([50, 120, 300]))) if draw(st.integers(0, 3)) == 0 else None,
        band,
        pro_rata=draw(st.integers(0, 5)) == 0,
    )


@st.composite
def covers(draw: st.DrawFn) -> RateLineCollection:
    """Units of half an hour and more, up to calendar months."""
    least = draw(st.sampled_from([0, 0, 60, 300, 3 * 1440]))
    increments = draw(st.lists(long_lengths | months, min_size=1, max_size=4))
    return RateLineCollection(
        tuple(RateLine(RateLineKind.INCREMENTING, draw(amounts), increment) for increment in increments),
        Combination.CHEAPEST_COVER,
        max_time=draw(st.sampled_from([None, None, timedelta(days=10), Months(1), Months(2)])),
        minimum=timedelta(minutes=least),
        grace=draw(none_or_short),
    )


@st.composite
def conditional(draw: st.DrawFn, collections: st.SearchStrategy[RateLineCollection]) -> RateLineCollection:
    """One in three for some vehicles, drivers or times only."""
    collection = draw(collections)
    match draw(st.integers(0, 17)):
        case 0:
            groups = st.frozensets(
                st.sampled_from([Audience.GENERAL, Audience.DISABLED, Audience.ELECTRIC]), min_size=1
            )
            return replace(collection, audiences=draw(groups))
        case 1:
            return replace(collection, vehicles=frozenset({draw(vehicles).kind}))
        case 2:
            return replace(collection, arrive=draw(bands()))
        case 3:
            return replace(collection, leave=draw(bands()))
        case 4:
            return replace(collection, min_time=draw(lengths), arrive=draw(st.none() | bands()))
        case 5:
            return replace(collection, max_time=draw(lengths | months), leave=draw(st.none() | bands()))
    return collection


@st.composite
def tables(
    draw: st.DrawFn, priced: st.SearchStrategy[RateLineCollection] | None = None, *, conditions: bool = True
) -> RateTable:
    """By default ladders, one in ten a cover. `conditions`: some collections apply to some stays only."""
    if priced is None:
        shapes = [covers(), *3 * [days_and_nights()], *6 * [ladders()]]
        priced = st.sampled_from(shapes).flatmap(lambda shape: shape)
    surcharges = ladders(adds=True)
    if conditions:
        priced, surcharges = conditional(priced), conditional(surcharges)
    collections = draw(st.lists(priced, min_size=1, max_size=3))
    if draw(st.integers(0, 4)) == 0:
        collections.append(draw(surcharges))
    return RateTable(
        draw(currencies),
        tuple(collections),
        known_until=draw(st.sampled_from([None, None, None, timedelta(hours=24), Months(1)])),
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
    """Around the changes of the clocks, holidays, a leap day, a month's end and an ordinary week; in whole minutes."""
    ordinary = [date(2026, 3, 27), date(2026, 6, 8), date(2026, 12, 24), date(2027, 1, 29), date(2028, 2, 27)]
    eves = CHANGE_EVES[zone.key]
    day = draw(st.sampled_from([*ordinary, *3 * eves]))
    midnight = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    hours = 36 if day in eves else 72
    arrive = midnight + timedelta(minutes=draw(st.integers(0, 2 * hours).map(_half_hours) | st.integers(0, 60 * hours)))
    length = draw(minutes | st.integers(1, 240) | st.integers(1, int(longest.total_seconds()) // 60))
    return Stay(arrive.astimezone(zone), (arrive + timedelta(minutes=length)).astimezone(zone))


def _half_hours(count: int) -> int:
    return 30 * count


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a table."""

    stay: Stay
    zone: ZoneInfo
    vehicle: Vehicle
    calendar: Holidays | None


@st.composite
def questions(draw: st.DrawFn, longest: timedelta = timedelta(days=3)) -> Asked:
    zone = draw(st.sampled_from(ZONES))
    is_known = draw(st.integers(0, 19)) < 19
    return Asked(draw(stays(zone, longest)), zone, draw(vehicles), HOLIDAYS if is_known else None)


STAYS_PER_TABLE: Final = 5


@st.composite
def tables_with_questions(draw: st.DrawFn) -> tuple[RateTable, list[Asked]]:
    """One in ten of units only, for stays of months, of which a ladder would be a long walk minute by minute."""
    if draw(st.integers(0, 9)) == 0:
        table, asked = draw(tables(covers())), questions(longest=timedelta(days=100))
    else:
        table, asked = draw(tables()), questions()
    return table, draw(st.lists(asked, min_size=STAYS_PER_TABLE, max_size=STAYS_PER_TABLE))
