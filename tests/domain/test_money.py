from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.money import Money, minor_unit


def test_amounts_add_exactly() -> None:
    assert Money(Decimal("0.1"), "EUR") + Money(Decimal("0.2"), "EUR") == Money(Decimal("0.3"), "EUR")


def test_two_currencies_never_meet() -> None:
    euro, franc = Money(Decimal(1), "EUR"), Money(Decimal(1), "CHF")
    with pytest.raises(ValueError, match="EUR and CHF"):
        euro + franc
    with pytest.raises(ValueError, match="EUR and CHF"):
        _ = euro < franc


@pytest.mark.parametrize("code", ["eur", "EURO", "", "E R"])
def test_a_currency_has_the_shape_of_iso_4217(code: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(Decimal(1), code)


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_an_amount_is_finite(amount: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        Money(Decimal(amount), "EUR")


def test_rounding_is_half_up_to_the_minor_unit() -> None:
    assert Money(Decimal("1.005"), "EUR").rounded().amount == Decimal("1.01")
    assert Money(Decimal("12.5"), "JPY").rounded().amount == Decimal(13)
    assert minor_unit("KWD") == Decimal("0.001")


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_the_text_of_an_amount_is_exact_and_has_no_exponent(amount: Decimal) -> None:
    text = Money(amount, "EUR").text
    assert "E" not in text
    assert Decimal(text) == amount
