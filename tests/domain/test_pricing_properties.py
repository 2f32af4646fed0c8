"""What holds for every tariff, whatever it says."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkgraph.domain.pricing import OfferStatus, Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    Cap,
    Outside,
    RateLineCollection,
    RateLineKind,
    RateTable,
    Rounding,
    TariffDay,
    tiers,
)
from tests.domain.tariffs import HOLIDAYS, ZONES, Asked, covers, ladders, questions, tables

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
WEEK = timedelta(days=7)
ZERO = Decimal(0)

slow_to_draw = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
unconditional = tables(st.integers(0, 4).flatmap(lambda one: covers() if one == 4 else ladders()), conditions=False)


def quote(table: RateTable, asked: Asked) -> Quote:
    return price(table, asked.stay, asked.zone, asked.vehicle, asked.calendar)


def cost(table: RateTable, arrive: datetime, leave: datetime, zone: ZoneInfo) -> Decimal:
    total = price(table, Stay(arrive, leave), zone, calendar=HOLIDAYS).total
    assert total is not None
    return total.amount


def elapse(instant: datetime, by: timedelta) -> datetime:
    """In elapsed time."""
    return (instant.astimezone(UTC) + by).astimezone(instant.tzinfo)


@slow_to_draw
@given(tables(), questions())
def test_the_lines_add_up_to_the_total_exactly(table: RateTable, asked: Asked) -> None:
    priced = quote(table, asked)
    amount = sum((line.amount.amount for line in priced.lines), ZERO)
    assert amount == (priced.total.amount if priced.total else ZERO)


@slow_to_draw
@given(unconditional, questions())
def test_the_lines_of_a_collection_are_in_order_and_within_the_stay(table: RateTable, asked: Asked) -> None:
    """One of the whole stay (a minimum, a rounding) may stand behind the others, and so may time charged beyond it.

    As instants: where the clocks go back, the local times of a zone compare in another order.
    """
    arrive, leave = asked.stay.arrive.astimezone(UTC), asked.stay.leave.astimezone(UTC)
    lines = quote(RateTable("EUR", table.collections[:1]), asked).lines
    times = [(line.start.astimezone(UTC), line.end.astimezone(UTC)) for line in lines]
    beyond = [time == (leave, leave) and line.amount.amount != 0 for time, line in zip(times, lines, strict=True)]
    within = [time for time, is_beyond in zip(times, beyond, strict=True) if not is_beyond]
    assert all(arrive <= start < end <= leave for start, end in within)
    starts = [start for start, end in times if (start, end) != (arrive, leave)]
    assert starts == sorted(starts)


@slow_to_draw
@given(tables(), questions())
def test_a_price_is_free_exactly_where_it_is_nothing(table: RateTable, asked: Asked) -> None:
    priced = quote(table, asked)
    assert (priced.status is OfferStatus.FREE) == (priced.total is not None and priced.total.amount == 0)
    assert (priced.reason is None) == (priced.total is not None)


@slow_to_draw
@given(tables(), questions(), st.integers(-14 * 60, 14 * 60))
def test_it_does_not_matter_in_which_offset_a_stay_is_written(table: RateTable, asked: Asked, offset: int) -> None:
    elsewhere = timezone(timedelta(minutes=offset))
    written = Stay(asked.stay.arrive.astimezone(elsewhere), asked.stay.leave.astimezone(UTC))
    assert quote(table, replace(asked, stay=written)) == quote(table, asked)


def without_tiers(table: RateTable) -> RateTable:
    """Flat rates in their place: a tier may be cheaper than the one before it."""

    def flat(collection: RateLineCollection) -> RateLineCollection:
        lines = (replace(a, kind=RateLineKind.FLAT) if a.kind is RateLineKind.TIER else a for a in collection.lines)
        return replace(collection, lines=tuple(lines))

    return replace(table, collections=tuple(flat(each) for each in table.collections))


@slow_to_draw
@given(unconditional.map(without_tiers), questions(), st.integers(1, 59) | st.integers(1, 86_400))
def test_more_time_is_never_cheaper_where_no_tier_falls_and_no_condition_changes(
    table: RateTable, asked: Asked, more: int
) -> None:
    longer = Stay(asked.stay.arrive, elapse(asked.stay.leave, timedelta(seconds=more)))
    shorter, other = quote(table, asked).total, quote(table, replace(asked, stay=longer)).total
    if other is not None:
        assert shorter is not None
        assert shorter.amount <= other.amount


@given(
    st.lists(st.tuples(st.integers(1, 600), st.decimals(0, 20, places=2)), min_size=1, max_size=5),
    st.integers(1, 1440),
    st.integers(1, 1440),
)
def test_more_time_is_never_cheaper_where_tiers_rise(steps: list[tuple[int, Decimal]], stayed: int, more: int) -> None:
    ends = sorted({end for end, _ in steps})
    prices = sorted(value for _, value in steps)
    rising = tiers(*((timedelta(minutes=end), value) for end, value in zip(ends, prices, strict=False)))
    table = RateTable("EUR", (RateLineCollection(rising, outside=Outside.FREE, reset=timedelta(hours=12)),))
    arrive = datetime(2026, 6, 8, 9, tzinfo=HONG_KONG)
    short, long = (arrive + timedelta(minutes=each) for each in (stayed, stayed + more))
    assert cost(table, arrive, short, HONG_KONG) <= cost(table, arrive, long, HONG_KONG)


@st.composite
def tables_that_forget(draw: st.DrawFn) -> tuple[RateTable, timedelta | TariffDay]:
    """Nothing but a cap of the same period outlives their reset, and no amount needs rounding."""
    resets: list[timedelta | TariffDay] = [timedelta(hours=4), timedelta(hours=24), TariffDay(time(6))]
    reset = draw(st.sampled_from(resets))
    ladder = draw(ladders())
    lines = tuple(replace(line, value=line.value * 2880) for line in ladder.lines)
    collection = RateLineCollection(
        lines,
        caps=tuple(draw(st.lists(st.builds(Cap, st.integers(0, 9999).map(Decimal), st.just(reset)), max_size=1))),
        free=timedelta(minutes=draw(st.sampled_from([0, 0, 15, 60]))),
        free_again=True,
        elapsed=ladder.elapsed,
        boundary=ladder.boundary,
        reset=reset,
        outside=Outside.FREE,
    )
    return RateTable("EUR", (collection,), rounding=Rounding(unit=Decimal("0.001"))), reset


@slow_to_draw
@given(tables_that_forget(), questions(), st.sampled_from(ZONES), st.integers(1, 4320))
def test_a_stay_may_be_cut_at_a_reset(
    forgetting: tuple[RateTable, timedelta | TariffDay], asked: Asked, zone: ZoneInfo, more: int
) -> None:
    table, reset = forgetting
    arrive = asked.stay.arrive.astimezone(zone)
    if isinstance(reset, timedelta):
        cut = elapse(arrive, reset)
    else:
        cut = datetime.combine(arrive.date(), reset.start, zone)
        if cut <= arrive:
            cut = datetime.combine(arrive.date() + timedelta(days=1), reset.start, zone)
    leave = elapse(cut, timedelta(minutes=more))
    parts = cost(table, arrive, cut, zone) + cost(table, cut, leave, zone)
    assert cost(table, arrive, leave, zone) == parts


@slow_to_draw
@given(
    tables(),
    st.sampled_from(ZONES),
    st.integers(0, 10_080),
    st.integers(1, 4320),
    st.integers(1, 12),
)
def test_a_shift_by_whole_weeks_changes_nothing_between_holidays_and_changes_of_the_clocks(
    table: RateTable, zone: ZoneInfo, begins: int, length: int, weeks: int
) -> None:
    arrive = datetime(2026, 6, 8, tzinfo=zone) + timedelta(minutes=begins)
    leave = arrive + timedelta(minutes=length)
    here = price(table, Stay(arrive, leave), zone, calendar=HOLIDAYS)
    there = price(table, Stay(arrive + weeks * WEEK, leave + weeks * WEEK), zone, calendar=HOLIDAYS)
    assert (here.status, here.total, here.reason) == (there.status, there.total, there.reason)
