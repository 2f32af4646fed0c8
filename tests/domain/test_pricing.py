"""Prices of the shapes that bahn and sbb publish, against worked figures and naive oracles."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.budget import Budget
from parkgraph.domain.civil import Band
from parkgraph.domain.ladder import MAX_BANDS, MAX_CAPS, MAX_LINES
from parkgraph.domain.pricing import MAX_COLLECTIONS, OfferReason, OfferStatus, Quote, describe, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    Cap,
    Choice,
    Combination,
    Months,
    Period,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    Rounding,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=BERLIN)
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def unit(increment: Period, value: str) -> RateLine:
    return RateLine(RateLineKind.INCREMENTING, Decimal(value), increment)


def units(*lines: RateLine, max_time: Period | None = None, known_until: Period | None = None) -> RateTable:
    collection = RateLineCollection(lines, Combination.CHEAPEST_COVER, max_time=max_time)
    return RateTable("EUR", (collection,), known_until)


def segment(start: int, end: int | None, increment: int, value: str) -> RateLine:
    return RateLine(
        RateLineKind.INCREMENTING,
        Decimal(value),
        increment * MINUTE,
        start * MINUTE,
        None if end is None else end * MINUTE,
    )


def quote(table: RateTable, duration: timedelta, arrive: datetime = MONDAY_NINE) -> Quote:
    leave = (arrive.astimezone(UTC) + duration).astimezone(arrive.tzinfo)
    return price(table, Stay(arrive, leave), BERLIN)


def total(table: RateTable, duration: timedelta, arrive: datetime = MONDAY_NINE) -> str:
    amount = quote(table, duration, arrive).total
    assert amount is not None
    return str(amount.amount)


STATION = units(unit(30 * MINUTE, "0.80"), unit(HOUR, "1.60"), unit(DAY, "5.00"), unit(WEEK, "25.00"))
PARK_AND_RAIL = RateTable(
    "CHF",
    (
        RateLineCollection(
            (segment(0, 15, 15, "0"), segment(15, None, 15, "0.25")), max_time=DAY, caps=(Cap(Decimal("5.00")),)
        ),
    ),
)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (25 * MINUTE, "0.80"),
        (2 * HOUR + 10 * MINUTE, "4.00"),
        (5 * HOUR, "5.00"),
        (26 * HOUR, "8.20"),
        (30 * HOUR, "10.00"),
        (6 * DAY, "25.00"),
        (366 * DAY, "1310.00"),
    ],
)
def test_the_cheapest_set_of_started_units_covers_the_stay(duration: timedelta, expected: str) -> None:
    assert total(STATION, duration) == expected


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (15 * MINUTE, "0.00"),
        (16 * MINUTE, "0.25"),
        (4 * HOUR, "3.75"),
        (9 * HOUR, "5.00"),
        (24 * HOUR, "5.00"),
    ],
)
def test_segments_charge_each_started_increment_up_to_the_cap(duration: timedelta, expected: str) -> None:
    assert total(PARK_AND_RAIL, duration) == expected


def test_a_total_of_zero_is_free_and_not_unknown() -> None:
    assert quote(PARK_AND_RAIL, 15 * MINUTE).status is OfferStatus.FREE


def test_beyond_the_longest_stay_nothing_is_sold() -> None:
    answer = quote(PARK_AND_RAIL, 48 * HOUR)
    assert (answer.status, answer.reason, answer.total) == (
        OfferStatus.UNAVAILABLE,
        OfferReason.BEYOND_MAX_STAY,
        None,
    )
    assert answer.reason_text == "The longest stay here is 1 day."


def test_without_a_structure_there_is_no_price() -> None:
    answer = price(None, Stay(MONDAY_NINE, MONDAY_NINE + HOUR), BERLIN)
    assert (answer.status, answer.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.NO_STRUCTURE)


def test_beyond_what_was_understood_there_is_no_price() -> None:
    table = units(unit(HOUR, "1"), unit(DAY, "5"), known_until=DAY)
    assert total(table, DAY) == "5.00"
    answer = quote(table, DAY + MINUTE)
    assert (answer.status, answer.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.RULE_NOT_UNDERSTOOD)


def test_the_least_time_that_is_charged_counts_for_a_shorter_stay() -> None:
    table = RateTable("CHF", (RateLineCollection((segment(0, None, 60, "1"),), minimum=4 * HOUR),))
    assert total(table, HOUR) == "4.00"
    assert total(table, 5 * HOUR) == "5.00"


def test_each_segment_has_its_own_price() -> None:
    first_hour_dearer = RateTable(
        "CHF", (RateLineCollection((segment(0, 60, 60, "3"), segment(60, None, 60, "1")), caps=(Cap(Decimal(10)),)),)
    )
    assert total(first_hour_dearer, 3 * HOUR) == "5.00"
    assert total(first_hour_dearer, 25 * HOUR) == "11.00"


def test_a_month_is_a_calendar_month_from_arrival() -> None:
    table = units(unit(DAY, "5"), unit(Months(1), "44"))
    february = datetime(2027, 2, 1, 9, tzinfo=BERLIN)
    assert total(table, 28 * DAY, february) == "44.00"
    assert total(table, 29 * DAY, february) == "49.00"
    assert Months(1).after(datetime(2027, 1, 31, 9, tzinfo=BERLIN)) == datetime(2027, 2, 28, 9, tzinfo=BERLIN)


def test_a_month_across_a_change_of_the_clocks_ends_at_the_same_time_of_day() -> None:
    table = units(unit(HOUR, "1"), unit(Months(1), "44"))
    march = datetime(2027, 3, 10, 9, tzinfo=BERLIN)
    assert (
        price(table, Stay(march, datetime(2027, 4, 10, 9, tzinfo=BERLIN)), BERLIN).total
        == quote(table, 31 * DAY - HOUR, march).total
    )


def test_months_alone_cover_a_short_stay() -> None:
    assert total(units(unit(Months(1), "44")), HOUR) == "44.00"


def test_lines_say_what_is_paid_for_from_when_to_when() -> None:
    lines = quote(STATION, 26 * HOUR).lines
    assert [(line.label, line.quantity, str(line.amount.amount)) for line in lines] == [
        ("1 day", 1, "5.00"),
        ("1 h", 2, "3.20"),
    ]
    assert lines[0].end == lines[1].start == MONDAY_NINE + DAY
    assert lines[-1].end == MONDAY_NINE + 26 * HOUR


def test_equal_capped_days_are_one_line() -> None:
    table = RateTable("CHF", (RateLineCollection((segment(0, None, 60, "1"),), caps=(Cap(Decimal(5)),)),))
    (line,) = quote(table, 3 * DAY).lines
    assert (line.label, line.quantity, str(line.amount.amount)) == ("Maximum for 1 day", 3, "15.00")


def test_units_too_fine_for_so_long_a_stay_are_refused() -> None:
    table = units(unit(7 * MINUTE, "0.1"), unit(61 * MINUTE, "0.5"), unit(1439 * MINUTE, "3"))
    answer = quote(table, 366 * DAY)
    assert (answer.status, answer.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.TOO_COMPLEX)


def test_many_sets_of_units_are_together_as_bounded_as_one() -> None:
    sets = [units(unit((11 + n) * MINUTE, "0.1"), unit((13 + n) * MINUTE, "0.2")).collections[0] for n in range(300)]
    answer = quote(RateTable("EUR", tuple(sets), choice=Choice.CHEAPEST), 365 * DAY)
    assert (answer.status, answer.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.TOO_COMPLEX)


def test_collections_that_all_have_to_be_looked_at_are_bounded_in_number() -> None:
    one = RateLineCollection((segment(0, None, 1, "0.1"),))
    most = RateTable("EUR", (one,) * MAX_COLLECTIONS, choice=Choice.CHEAPEST)
    assert total(most, HOUR) == "6.00"
    answer = quote(replace(most, collections=(*most.collections, one)), HOUR)
    assert (answer.status, answer.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.TOO_COMPLEX)


def test_a_total_has_every_digit_that_its_rounding_leaves_it() -> None:
    finest = Decimal("0.0000000000000000000000000000000000000001")
    value = Decimal("99999999999999.1234567890123456789012345678901234567890")
    flat = RateLineCollection((RateLine(RateLineKind.FLAT, value),))
    table = RateTable("EUR", (flat,), rounding=Rounding(unit=finest))
    assert total(table, HOUR) == f"{value:f}".removesuffix("0")
    taxed = "99999999999999.1234567890123456789012345778901234567889"
    assert total(replace(table, added_tax=finest), HOUR) == taxed


@pytest.mark.parametrize("amount", [Decimal("1E-999999"), Decimal("1E+999999"), Decimal("NaN"), Decimal(-1)])
def test_amounts_of_absurdly_many_digits_are_refused_wherever_they_stand(amount: Decimal) -> None:
    collection = RateLineCollection((RateLine(RateLineKind.FLAT, Decimal(1)),))
    with pytest.raises(ValueError, match="a rate must be"):
        RateLine(RateLineKind.FLAT, amount)
    with pytest.raises(ValueError, match="a rounding unit must be"):
        Rounding(unit=amount)
    with pytest.raises(ValueError, match="a tax must be"):
        RateTable("EUR", (collection,), added_tax=amount)


def test_a_price_of_too_many_lines_to_list_is_refused() -> None:
    """Each day is like the first, and soon priced."""
    each_minute = tuple(segment(n, n + 1, 1, str(n)) for n in range(500))
    collection = RateLineCollection((*each_minute, segment(500, None, 1440, "1")), reset=DAY)
    assert len(quote(RateTable("EUR", (collection,)), 10 * DAY).lines) == 5_010
    assert quote(RateTable("EUR", (collection,)), 365 * DAY).reason is OfferReason.TOO_COMPLEX


def test_the_bounds_are_documented() -> None:
    words = (Path(__file__).parents[2] / "docs" / "pricing.md").read_text()
    bounds = Budget()
    for number, what in (
        (MAX_COLLECTIONS, "collections"), (MAX_LINES, "lines"), (MAX_BANDS, "bands"), (MAX_CAPS, "caps"),
        (bounds.steps, "parts"), (bounds.units, "lengths"), (bounds.charges, "charges"),
    ):  # fmt: skip
        assert f"{number:,} {what}" in words


def test_no_month_leads_out_of_the_calendar() -> None:
    with pytest.raises(ValueError, match="from 1 to 1200"):
        Months(1201)
    with pytest.raises(ValueError, match="366 days"):
        RateLineCollection((segment(0, None, 60, "1"),), minimum=367 * DAY)


def test_periods_are_described_in_their_largest_unit() -> None:
    periods: list[Period] = [15 * MINUTE, HOUR, 90 * MINUTE, DAY, 3 * DAY, WEEK, Months(1), Months(2)]
    assert [describe(p) for p in periods] == [
        "15 min",
        "1 h",
        "90 min",
        "1 day",
        "3 days",
        "1 week",
        "1 month",
        "2 months",
    ]


def test_a_stay_within_the_grace_at_its_end_is_told_as_free_where_each_second_has_a_price() -> None:
    line = replace(segment(0, None, 1, "0.10"), pro_rata=True)
    table = RateTable("EUR", (RateLineCollection((line,), grace_at_end=5 * MINUTE),))
    (told,) = quote(table, MINUTE).lines
    assert (told.label, told.start, told.end) == ("Free", MONDAY_NINE, MONDAY_NINE + MINUTE)
    assert total(table, 6 * MINUTE) == "0.10"


def test_who_has_to_be_out_by_two_is_not_when_the_clocks_show_two_for_the_second_time() -> None:
    night = RateLineCollection((RateLine(RateLineKind.FLAT, Decimal(3)),), leave=Band(time(20), time(2)))
    table = RateTable("EUR", (night,))
    evening = datetime(2026, 10, 24, 21, tzinfo=BERLIN)
    assert total(table, 5 * HOUR, evening) == "3.00"
    assert quote(table, 6 * HOUR, evening).reason is OfferReason.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("place", "arrive", "leave", "amount"),
    [
        pytest.param("America/Santiago", "2026-09-05T23:00", "2026-09-06T06:00", "7.00", id="midnight-is-skipped"),
        pytest.param("America/Santiago", "2026-04-04T22:00", "2026-04-05T06:00", "12.00", id="the-last-hour-twice"),
        pytest.param("America/Havana", "2026-10-31T23:00", "2026-11-01T06:00", "9.00", id="the-first-hour-twice"),
        pytest.param("Pacific/Apia", "2011-12-29T23:00", "2011-12-31T06:00", "8.00", id="a-day-is-skipped"),
    ],
)
def test_a_night_from_midnight_begins_when_the_clock_first_shows_midnight_or_a_later_time(
    place: str, arrive: str, leave: str, amount: str
) -> None:
    """An hour costs 2.00 until midnight, and 1.00 from then until six."""
    zone = ZoneInfo(place)
    night, evening = (
        RateLine(RateLineKind.INCREMENTING, Decimal(value), HOUR, band=Band(start, end))
        for value, start, end in (("1", time(0), time(6)), ("2", time(6), time(0)))
    )
    table = RateTable("EUR", (RateLineCollection((night, evening)),))
    stay = Stay(*(datetime.fromisoformat(local).replace(tzinfo=zone) for local in (arrive, leave)))
    priced = price(table, stay, zone).total
    assert str(priced and priced.amount) == amount


lengths = st.sampled_from([10, 15, 20, 30, 60, 120, 1440, 10_080])
cents = st.integers(0, 3000).map(lambda c: Decimal(c) / 100)
minutes = st.integers(1, 3 * 1440)


@given(st.dictionaries(lengths, cents, min_size=1, max_size=4), minutes)
def test_a_cover_is_as_cheap_as_the_naive_search_finds(sizes: dict[int, Decimal], stay: int) -> None:
    table = units(*(unit(length * MINUTE, str(value)) for length, value in sizes.items()))
    answer = quote(table, stay * MINUTE)
    assert answer.total is not None
    assert answer.total.amount == naive_cover(sizes, stay)
    assert sum((line.amount.amount for line in answer.lines), Decimal(0)) == answer.total.amount


def naive_cover(sizes: dict[int, Decimal], stay: int) -> Decimal:
    """Minute by minute: the cheapest way to have the first m minutes covered."""
    cheapest = [Decimal(0)]
    for minute in range(1, stay + 1):
        cheapest.append(min(cheapest[max(0, minute - size)] + value for size, value in sizes.items()))
    return cheapest[stay]


@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from([10, 15, 30, 60]), cents), min_size=1, max_size=4),
    st.none() | cents,
    st.integers(0, 300),
    minutes,
)
def test_a_ladder_is_what_walking_through_the_stay_gives(
    steps: list[tuple[int, int, Decimal]], cap: Decimal | None, minimum: int, stay: int
) -> None:
    starts, lines = 0, []
    for number, (repeats, increment, value) in enumerate(steps):
        end = None if number == len(steps) - 1 else starts + repeats * increment
        lines.append(segment(starts, end, increment, str(value)))
        starts += repeats * increment
    collection = RateLineCollection(tuple(lines), minimum=minimum * MINUTE, caps=() if cap is None else (Cap(cap),))
    answer = quote(RateTable("CHF", (collection,)), stay * MINUTE)
    assert answer.total is not None
    assert answer.total.amount == naive_ladder(lines, cap, max(stay, minimum))
    assert sum((line.amount.amount for line in answer.lines), Decimal(0)) == answer.total.amount
    assert (answer.status is OfferStatus.FREE) == (answer.total.amount == 0)


def naive_ladder(lines: list[RateLine], cap: Decimal | None, charged: int) -> Decimal:
    """Every increment that starts before the end is paid; what one day's starts cost is at most the cap."""
    days: dict[int, Decimal] = {}
    for line in lines:
        assert isinstance(line.increment, timedelta)
        start, step = line.start // MINUTE, line.increment // MINUTE
        end = charged if line.end is None else min(charged, line.end // MINUTE)
        for number in count():
            begins = start + number * step
            if begins >= end:
                break
            days[begins // 1440] = days.get(begins // 1440, Decimal(0)) + line.value
    return sum((min(paid, cap) if cap is not None else paid for paid in days.values()), Decimal(0))


@given(minutes, st.integers(1, 1440))
def test_more_time_is_never_cheaper(stay: int, more: int) -> None:
    for table in (STATION, RateTable("CHF", (RateLineCollection(PARK_AND_RAIL.collections[0].lines),))):
        shorter, longer = quote(table, stay * MINUTE).total, quote(table, (stay + more) * MINUTE).total
        assert shorter is not None
        assert longer is not None
        assert shorter.amount <= longer.amount


@given(minutes, st.integers(-50, 50))
def test_a_shift_by_whole_weeks_changes_nothing_in_elapsed_time(stay: int, weeks: int) -> None:
    assert total(STATION, stay * MINUTE) == total(STATION, stay * MINUTE, MONDAY_NINE + weeks * WEEK)
