"""Pure rules: which space, how much comes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.yards.cancellation import MAX_NOTICE, CancellationRule
from parkgraph.yards.reservations.spaces import choose, fits
from parkgraph.yards.yard import Space
from tests.yards.reservations.stage import HOUR, NOON

limits = st.none() | st.integers(1, 300)
spaces_ = st.builds(
    Space,
    max_height_cm=limits,
    max_width_cm=limits,
    max_length_cm=limits,
    ev=st.booleans(),
    accessible=st.booleans(),
    audience=st.sampled_from(Audience),
)
vehicles = st.builds(
    Vehicle,
    kind=st.sampled_from(VehicleKind),
    height_cm=limits,
    width_cm=limits,
    length_cm=limits,
    electric=st.booleans(),
    disabled_permit=st.booleans(),
)
rules = st.builds(CancellationRule, st.integers(0, 24 * 90).map(lambda n: n * HOUR), st.integers(0, 100))
paid = st.decimals(0, 10**6, places=2).map(lambda amount: Money(amount, "EUR"))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.lists(spaces_, max_size=6), vehicles)
def test_the_space_that_is_chosen_fits_and_there_is_one_wherever_any_fits(found: list[Space], vehicle: Vehicle) -> None:
    numbered = [replace(space, id=n) for n, space in enumerate(found)]
    chosen = choose(numbered, vehicle)
    fitting = [space for space in numbered if fits(space, vehicle)]
    assert (chosen in fitting) if fitting else chosen is None


@given(st.lists(spaces_, max_size=6), vehicles)
def test_the_order_of_the_spaces_does_not_matter(found: list[Space], vehicle: Vehicle) -> None:
    numbered = [replace(space, id=n) for n, space in enumerate(found)]
    one, other = choose(numbered, vehicle), choose(numbered[::-1], vehicle)
    assert (one.id if one else None) == (other.id if other else None)


@pytest.mark.parametrize(
    ("vehicle", "label"),
    [
        (Vehicle(), "plain"),
        (Vehicle(electric=True), "electric"),
        (Vehicle(disabled_permit=True), "disabled"),
        (Vehicle(kind=VehicleKind.MOTORCYCLE), "motorcycle"),
    ],
)
def test_what_is_set_aside_for_some_is_theirs_and_nobody_elses(vehicle: Vehicle, label: str) -> None:
    found = [
        Space("residents", audience=Audience.RESIDENTS, id=1),
        Space("electric", audience=Audience.ELECTRIC, id=2),
        Space("disabled", audience=Audience.DISABLED, id=3),
        Space("motorcycle", audience=Audience.MOTORCYCLE, id=4),
        Space("plain", id=5),
    ]
    chosen = choose(found, vehicle)
    assert chosen is not None
    assert chosen.label == label


def test_what_others_need_more_is_taken_last() -> None:
    found = [Space("charger", ev=True, id=1), Space("wide", accessible=True, id=2), Space("plain", id=3)]
    order = []
    while chosen := choose(found, Vehicle()):
        order.append(chosen.label)
        found.remove(chosen)
    assert order == ["plain", "wide", "charger"]


@given(rules, paid, instants, instants)
def test_never_more_comes_back_than_was_paid_and_never_less_the_earlier(
    rule: CancellationRule, amount: Money, arrive: datetime, now: datetime
) -> None:
    refund = rule.refund(amount, arrive, now)
    assert Decimal(0) <= refund.amount <= amount.amount
    assert refund.amount <= rule.refund(amount, arrive, now - timedelta(days=100)).amount == amount.amount or (
        now - timedelta(days=100) > arrive - rule.free_until
    )


def test_a_refund_is_an_amount_that_can_be_paid() -> None:
    rule = CancellationRule(timedelta(), 50)
    assert rule.refund(Money(Decimal("0.05"), "EUR"), NOON, NOON + HOUR) == Money(Decimal("0.03"), "EUR")
    assert rule.refund(Money(Decimal(5), "JPY"), NOON, NOON + HOUR) == Money(Decimal(3), "JPY")


@pytest.mark.parametrize(
    ("free_until", "percent", "name"),
    [
        (-HOUR, 0, "free_until"),
        (MAX_NOTICE + HOUR, 0, "free_until"),
        (HOUR / 2, 0, "free_until"),
        (HOUR, -1, "refund_percent"),
        (HOUR, 101, "refund_percent"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(free_until: timedelta, percent: int, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        CancellationRule(free_until, percent)
