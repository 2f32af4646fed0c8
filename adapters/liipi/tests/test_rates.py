"""What a stay with a car costs: exactly known, or not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote
from parkgraph_liipi.prices import NotUnderstood, Price, read_price

MakeListing = Callable[..., Listing]
MakeQuote = Callable[..., Quote]
Total = Callable[..., Decimal | None]
HELSINKI = ZoneInfo("Europe/Helsinki")
WEEK = ("BUSINESS_DAY", "SATURDAY", "SUNDAY")
SATURDAY = datetime(2026, 11, 28, 9, tzinfo=HELSINKI)
HOUR = timedelta(hours=1)


def text(words: str | None) -> dict[str, str] | None:
    return None if words is None else {"fi": words, "sv": words, "en": words}


def pricing(day_type: str, start: str, end: str, price: str | None, **more: Any) -> dict[str, Any]:
    return {
        "usage": "PARK_AND_RIDE",
        "capacityType": "CAR",
        "dayType": day_type,
        "time": {"from": start, "until": end},
        "price": text(price),
    } | more


def always(price: str | None, **more: Any) -> list[dict[str, Any]]:
    return [pricing(day_type, "00", "24", price, **more) for day_type in WEEK]


@pytest.mark.parametrize(
    ("words", "amount", "unit"),
    [
        ("2", "2", None),
        ("2 €", "2", None),
        ("1,50 €/h", "1.50", HOUR),
        ("2 € / h", "2", HOUR),
        ("2€/h", "2", HOUR),
        ("1 € / 30 min", "1", HOUR / 2),
        ("2 € / 12 h", "2", 12 * HOUR),
        ("5 €/vrk", "5", 24 * HOUR),
    ],
)
def test_a_price_is_an_amount_perhaps_for_a_unit(words: str, amount: str, unit: timedelta | None) -> None:
    assert read_price([words, words]) == Price(Decimal(amount), unit)


@pytest.mark.parametrize(
    "texts",
    [
        ["2€ + 0,15€ / kWh"],
        ["2 €/h, max 10 €"],
        ["alk. 2 €"],
        ["0"],
        ["2 € / 0 h"],
        ["-2"],
        ["1e9"],
        ["ilmainen"],
        ["2", "3"],
        [],
    ],
    ids=str,
)
def test_a_price_in_other_words_or_that_differs_by_language_is_not_understood(texts: list[str]) -> None:
    with pytest.raises(NotUnderstood):
        read_price(texts)


def test_free_around_the_clock_is_free(listing_with: MakeListing, quote: MakeQuote) -> None:
    listing = listing_with(pricingMethod="PARK_AND_RIDE_247_FREE", pricing=[])
    assert quote(listing.rates, days=30).status is OfferStatus.FREE


@pytest.mark.parametrize("method", ["CUSTOM", None])
def test_rows_without_a_price_are_free(listing_with: MakeListing, quote: MakeQuote, method: str | None) -> None:
    listing = listing_with(pricingMethod=method, pricing=always(None))
    assert quote(listing.rates, days=3).status is OfferStatus.FREE


def test_no_rows_are_not_free(listing_with: MakeListing) -> None:
    assert listing_with(pricingMethod="CUSTOM", pricing=[]).rates is None


def test_a_price_for_a_unit_is_charged_for_each_started_one(listing_with: MakeListing, total: Total) -> None:
    rates = listing_with(pricingMethod="CUSTOM", pricing=always("2 €/h")).rates
    assert total(rates, minutes=61) == Decimal("4.00")
    assert total(rates, days=2) == Decimal("96.00")


def test_each_type_of_day_has_its_own_hours_and_prices(
    listing_with: MakeListing, total: Total, quote: MakeQuote
) -> None:
    rows = [pricing("BUSINESS_DAY", "07", "21", "2 €/h"), pricing("SATURDAY", "07", "18", None)]
    rates = listing_with(pricingMethod="CUSTOM", pricing=rows).rates
    assert total(rates, hours=3) == Decimal("6.00")
    assert total(rates, arrive=SATURDAY, hours=3) == Decimal("0.00")
    assert quote(rates, arrive=SATURDAY + timedelta(days=1), hours=1).status is OfferStatus.NOT_COMPUTABLE
    assert quote(rates, hours=13).status is OfferStatus.NOT_COMPUTABLE


def test_a_public_holiday_is_no_business_day(listing_with: MakeListing, total: Total, quote: MakeQuote) -> None:
    rows = [pricing("BUSINESS_DAY", "00", "24", "2 €/h"), pricing("SATURDAY", "00", "24", None)]
    rates = listing_with(pricingMethod="CUSTOM", pricing=rows).rates
    friday, holiday = (datetime(year, 12, day, 9, tzinfo=HELSINKI) for year, day in ((2024, 13), (2024, 6)))
    assert total(rates, arrive=friday, hours=1) == Decimal("2.00")
    assert quote(rates, arrive=holiday, hours=1).status is OfferStatus.NOT_COMPUTABLE


def test_spaces_for_anyone_count_before_those_for_park_and_ride(listing_with: MakeListing, total: Total) -> None:
    rows = [*always(None), *always("3 €/h", usage="COMMERCIAL"), *always("1 €/h", capacityType="DISABLED")]
    assert total(listing_with(pricingMethod="CUSTOM", pricing=rows).rates, hours=2) == Decimal("6.00")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"pricingMethod": "CUSTOM", "pricing": always("2")}, id="an amount without a unit"),
        pytest.param({"pricingMethod": "CUSTOM", "pricing": always("2 €/h", dayType="EVE")}, id="eves"),
        pytest.param({"pricingMethod": "CUSTOM", "pricing": always("2 €/h", time=None)}, id="no hours"),
        pytest.param({"pricingMethod": "PAID_12H", "pricing": always("2", priceExtra="1.5")}, id="an extra price"),
        pytest.param({"pricingMethod": "PAID_12H", "pricing": always("2", priceOther="3")}, id="another price"),
        pytest.param({"pricingMethod": "PAID_12H", "pricing": always(None)}, id="paid without a price"),
        pytest.param({"pricingMethod": "PAID_12H", "pricing": [*always("2"), *always("3")]}, id="two prices"),
        pytest.param({"pricingMethod": "PAID_12H", "pricing": always("2 €/h")}, id="a price for a unit"),
        pytest.param({"pricingMethod": "FREE_12H", "pricing": always("2")}, id="free with a price"),
        pytest.param({"authenticationMethods": ["HSL_TICKET"]}, id="only with a ticket"),
        pytest.param({"paymentInfo": {"detail": text("+ palvelumaksu")}}, id="words beside the price"),
        pytest.param({"paymentInfo": {"detail": text("5 €/16 h, 4 €/24 h")}}, id="a longer stay that costs less"),
        pytest.param(
            {"paymentInfo": {"detail": {"fi": "5 €/16 h", "en": "6 €/16 h"}}}, id="languages that contradict each other"
        ),
    ],
)
def test_what_is_not_exactly_known_has_no_price(listing_with: MakeListing, changes: dict[str, Any]) -> None:
    assert listing_with(**changes).rates is None


@pytest.mark.parametrize("words", ["Pysäköintikiekko max 4 h", "4 h aikarajoitus", "4 h rajoitus", "4 h."])
def test_words_that_limit_the_stay_are_a_limit(listing_with: MakeListing, quote: MakeQuote, words: str) -> None:
    rates = listing_with(
        pricingMethod="PARK_AND_RIDE_247_FREE", paymentInfo={"detail": text(words), "paymentMethods": []}
    ).rates
    assert quote(rates, hours=4).status is OfferStatus.FREE
    assert quote(rates, hours=5).reason is OfferReason.BEYOND_MAX_STAY
