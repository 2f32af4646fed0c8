"""What a session costs: a right's stay is paid, and what is beyond it goes on up the same ladder."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.tariff import Cap, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.gates.charging import PriceHold, Tariff, charge
from parkgraph.gates.rights import EARLY, LATE, Right, RightKind, Rights

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINE = RateLine(RateLineKind.INCREMENTING, Decimal("1.20"), increment=HOUR)
HOURLY = Tariff(
    RateTable("EUR", (RateLineCollection((LINE,), caps=(Cap(Decimal("9.60")),)),)), ZoneInfo("Europe/Berlin")
)
COVER = (NOON, NOON + 2 * HOUR)


def due(entered: timedelta, left: timedelta, cover: tuple[datetime, datetime] | None = COVER) -> Decimal | None:
    total = charge(NOON + entered, NOON + left, cover, HOURLY).total
    return total.amount if total else None


@pytest.mark.parametrize(
    ("entered", "left", "amount"),
    [
        (0 * HOUR, 2 * HOUR, "0"),
        (-EARLY, 2 * HOUR + LATE, "0"),
        (1 * HOUR, 3 * HOUR, "1.20"),
        (0 * HOUR, 2 * HOUR + LATE + timedelta(seconds=1), "1.20"),
        (0 * HOUR, 10 * HOUR, "7.20"),  # the day's most, less two hours
        (-3 * HOUR, 2 * HOUR, "3.60"),  # let in by a person, long before
    ],
)
def test_a_rights_stay_is_free_and_the_rest_goes_up_the_same_ladder(
    entered: timedelta, left: timedelta, amount: str
) -> None:
    assert due(entered, left) == Decimal(amount)


def test_without_a_right_all_of_it_is_charged() -> None:
    assert due(0 * HOUR, 3 * HOUR, None) == Decimal("3.60")


def test_a_right_that_was_over_before_covers_nothing() -> None:
    assert due(5 * HOUR, 6 * HOUR) == Decimal("1.20")


def test_stays_that_follow_on_each_other_cover_as_one() -> None:
    rights = Rights(
        Right(UUID(int=n), RightKind.BOOKING, "SAB123", ((NOON + n * 2 * HOUR, NOON + (n + 1) * 2 * HOUR),))
        for n in range(3)
    )
    assert rights.cover("SAB123", NOON + HOUR) == (NOON, NOON + 6 * HOUR)
    assert rights.cover("SAB123", NOON + 9 * HOUR) == (NOON + 4 * HOUR, NOON + 6 * HOUR)
    assert rights.cover("KXY99", NOON) is None


def test_what_nothing_prices_is_held() -> None:
    assert charge(NOON, NOON + 4 * HOUR, COVER, Tariff(None, HOURLY.zone)).hold is PriceHold.NO_RATES


def test_what_is_longer_than_any_stay_is_held() -> None:
    assert charge(NOON, NOON + timedelta(days=367), None, HOURLY).hold is PriceHold.TOO_LONG


@given(st.integers(-600, 600), st.integers(0, 3000), st.integers(-600, 600), st.integers(1, 3000))
def test_no_price_is_below_nothing_or_above_that_of_the_whole_stay(e: int, stay: int, c: int, long: int) -> None:
    entered, left = NOON + timedelta(minutes=e), NOON + timedelta(minutes=e + stay)
    cover = (NOON + timedelta(minutes=c), NOON + timedelta(minutes=c + long))
    total = charge(entered, left, cover, HOURLY).total
    whole = charge(min(entered, cover[0]), left, None, HOURLY).total
    assert total is not None
    assert whole is not None
    assert 0 <= total.amount <= whole.amount
