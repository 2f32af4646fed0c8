from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.civil import EVERY_DAY, Day
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.sdk.rate_tables import as_document, read_rate_table
from parkgraph.yards.simple_rates import BandPrice, SimpleRates, simple
from tests.networks.test_stored_form import tables
from tests.yards.yards import digits

BERLIN = ZoneInfo("Europe/Berlin")

prices = st.decimals(0, 1000, places=2)
minutes = st.integers(1, 1440).map(lambda count: timedelta(minutes=count))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
bands = st.builds(
    BandPrice,
    clocks,
    clocks,
    prices,
    st.frozensets(st.sampled_from(Day), min_size=1),
    st.none() | prices,
)
rates = st.builds(
    SimpleRates,
    st.sampled_from(["EUR", "CHF", "JPY"]),
    prices,
    minutes,
    st.just(timedelta(0)) | minutes,
    st.none() | prices,
    st.none() | minutes,
    st.lists(bands, max_size=3, unique_by=lambda each: each.band).map(tuple),
)


def cost(simple_rates: SimpleRates, arrive: str, leave: str) -> Quote:
    stay = Stay(datetime.fromisoformat(arrive), datetime.fromisoformat(leave))
    return price(simple_rates.table(), stay, BERLIN)


def total(simple_rates: SimpleRates, arrive: str, leave: str) -> Decimal | None:
    found = cost(simple_rates, arrive, leave).total
    return found.amount if found else None


HOURLY: Final[dict[str, Any]] = {"currency": "EUR", "price": Decimal(2)}


def test_each_started_unit_costs_the_price() -> None:
    assert total(SimpleRates(**HOURLY), "2026-11-24T09:00+01:00", "2026-11-24T11:01+01:00") == 6
    half = SimpleRates("EUR", Decimal("0.70"), timedelta(minutes=30))
    assert total(half, "2026-11-24T09:00+01:00", "2026-11-24T10:31+01:00") == Decimal("2.80")


def test_a_price_of_nothing_is_free() -> None:
    quote = cost(SimpleRates("EUR", Decimal(0)), "2026-11-24T09:00+01:00", "2026-11-30T09:00+01:00")
    assert quote.status is OfferStatus.FREE


def test_the_first_minutes_are_not_charged() -> None:
    free = SimpleRates(**HOURLY, free=timedelta(minutes=30))
    assert total(free, "2026-11-24T09:00+01:00", "2026-11-24T09:30+01:00") == 0
    assert total(free, "2026-11-24T09:00+01:00", "2026-11-24T10:30+01:00") == 2


def test_a_day_costs_no_more_than_its_maximum() -> None:
    capped = SimpleRates(**HOURLY, day_maximum=Decimal(10))
    assert total(capped, "2026-11-24T09:00+01:00", "2026-11-25T09:00+01:00") == 10
    assert total(capped, "2026-11-24T09:00+01:00", "2026-11-25T11:00+01:00") == 14


def test_a_stay_beyond_the_longest_is_not_sold() -> None:
    short = SimpleRates(**HOURLY, max_stay=timedelta(hours=3))
    assert total(short, "2026-11-24T09:00+01:00", "2026-11-24T12:00+01:00") == 6
    assert cost(short, "2026-11-24T09:00+01:00", "2026-11-24T12:01+01:00").reason is OfferReason.BEYOND_MAX_STAY


def test_a_band_has_its_own_price_and_maximum() -> None:
    night = BandPrice(time(18), time(8), Decimal(1), EVERY_DAY, Decimal(5))
    both = SimpleRates(**HOURLY, bands=(night,))
    assert total(both, "2026-11-24T16:00+01:00", "2026-11-24T20:00+01:00") == 2 * 2 + 2 * 1
    assert total(both, "2026-11-24T18:00+01:00", "2026-11-25T08:00+01:00") == 5


@given(rates)
def test_simple_rates_are_found_again_in_their_table(given_rates: SimpleRates) -> None:
    assert simple(given_rates.table()) == given_rates


@given(rates)
def test_simple_rates_have_a_document(given_rates: SimpleRates) -> None:
    read = read_rate_table(as_document(given_rates.table()))
    assert read == given_rates.table()
    assert digits(read) == digits(given_rates.table())


@given(tables)
def test_what_is_not_as_simple_is_not_taken_for_it(table: RateTable) -> None:
    found = simple(table)
    assert found is None or found.table() == table


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"currency": "euro"}, "^currency "),
        ({"price": Decimal(-1)}, "^price "),
        ({"price": Decimal("NaN")}, "^price "),
        ({"price": Decimal("Infinity")}, "^price "),
        ({"price": Decimal(100_001)}, "^price "),
        ({"unit": timedelta(0)}, "^unit_minutes "),
        ({"unit": timedelta(days=2)}, "^unit_minutes "),
        ({"free": timedelta(days=8)}, "^free_minutes "),
        ({"day_maximum": Decimal(-1)}, "^day_maximum "),
        ({"max_stay": timedelta(0)}, "^max_stay_minutes "),
        ({"max_stay": timedelta(days=367)}, "^max_stay_minutes "),
        ({"bands": (BandPrice(time(8), time(9), Decimal(1)),) * 2}, "^bands "),
        ({"bands": tuple(BandPrice(time(n), time(23), Decimal(1)) for n in range(11))}, "^bands "),
    ],
)
def test_simple_rates_that_cannot_be_are_refused(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SimpleRates(**{**HOURLY, **facts})


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"days": frozenset()}, "^days "),
        ({"price": Decimal(-1)}, "^price "),
        ({"maximum": Decimal(-1)}, "^maximum "),
    ],
)
def test_a_band_that_cannot_be_is_refused(facts: dict[str, Any], reason: str) -> None:
    usual = {"start": time(8), "end": time(9), "price": Decimal(1)}
    with pytest.raises(ValueError, match=reason):
        BandPrice(**{**usual, **facts})
