"""Prices: a ladder replaces its earlier steps, and what the data do not say has no price."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote

MakeListing = Callable[..., Listing]
MakeQuote = Callable[..., Quote]
Total = Callable[..., Decimal | None]
BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 11, 24, 21, 0, tzinfo=BERLIN)
BOTH = {"dayStart": "08:00", "dayEnd": "20:00"}


def step(minutes: object, price: object, tarif: object = "Day") -> dict[str, object]:
    return {"minutes": minutes, "price": price, "tarif": tarif}


PLAIN: dict[str, Any] = {"prices": [step(60, 2), step(120, 3.5)], "dayStart": "00:00", "dayEnd": "00:00"}


@pytest.mark.parametrize(
    ("stay", "amount"),
    [
        ({"minutes": 10}, "2.30"),
        ({"hours": 1}, "2.30"),
        ({"hours": 3}, "6.90"),
        ({"hours": 10}, "20.00"),
        ({"hours": 24}, "20.00"),
        ({"hours": 26}, "24.60"),
        ({"days": 8}, "160.00"),
    ],
)
async def test_bismarckplatz_has_a_ladder_whose_last_price_is_the_most_for_24_hours(
    samples: dict[str, Listing], total: Total, stay: dict[str, int], amount: str
) -> None:
    assert total(samples["P00"].rates, **stay) == Decimal(amount)


async def test_time_for_leaving_starts_no_other_step(samples: dict[str, Listing], total: Total) -> None:
    assert total(samples["P00"].rates, minutes=70) == Decimal("2.30")
    assert total(samples["P00"].rates, minutes=71) == Decimal("4.60")


async def test_without_a_most_for_24_hours_time_beyond_the_ladder_has_no_price(
    samples: dict[str, Listing], total: Total, quote: MakeQuote
) -> None:
    assert total(samples["P14"].rates, hours=12) == Decimal("25.00")
    beyond = quote(samples["P14"].rates, hours=26)
    assert (beyond.status, beyond.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.NO_STRUCTURE)


async def test_a_stay_within_the_day_or_within_the_night_has_its_price(
    samples: dict[str, Listing], total: Total
) -> None:
    nordbad = samples["P10"].rates
    assert total(nordbad, hours=3) == Decimal("7.50")
    assert total(nordbad, arrive=EVENING, hours=3) == Decimal("1.50")
    assert total(nordbad, arrive=EVENING, hours=10) == Decimal("2.00")


@pytest.mark.parametrize(
    "arrive", [datetime(2026, 11, 24, 18, tzinfo=BERLIN), datetime(2026, 11, 25, 6, tzinfo=BERLIN)]
)
async def test_a_stay_across_day_and_night_has_none_for_nothing_says_how_they_combine(
    samples: dict[str, Listing], quote: MakeQuote, arrive: datetime
) -> None:
    across = quote(samples["P10"].rates, arrive=arrive, hours=4)
    assert (across.status, across.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.NO_STRUCTURE)


@pytest.mark.parametrize("arrive", [datetime(2026, 11, 24, 9, tzinfo=BERLIN), EVENING])
@pytest.mark.parametrize(
    ("stay", "amount"),
    [({"hours": 24}, "10.00"), ({"hours": 26}, "17.00"), ({"days": 7}, "35.00"), ({"days": 8}, None)],
)
async def test_a_step_of_days_holds_whenever_one_arrives(
    samples: dict[str, Listing], total: Total, arrive: datetime, stay: dict[str, int], amount: str | None
) -> None:
    assert total(samples["P15"].rates, arrive=arrive, **stay) == (Decimal(amount) if amount else None)


async def test_two_tariffs_for_the_same_hours_are_not_understood(listing_with: MakeListing, quote: MakeQuote) -> None:
    listing = listing_with(**PLAIN | {"prices": [step(60, 2), step(60, 1, "Night")]})
    assert quote(listing.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD
    assert listing.tariff_text == "Day: EUR up to 1 h 2.00; Night: EUR up to 1 h 1.00"


async def test_a_day_tariff_whose_hours_are_not_said_is_not_understood(
    listing_with: MakeListing, quote: MakeQuote
) -> None:
    assert quote(listing_with(prices=[step(60, 2)]).rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD


async def test_a_day_tariff_alone_says_nothing_of_the_night(
    listing_with: MakeListing, total: Total, quote: MakeQuote
) -> None:
    rates = listing_with(**PLAIN | BOTH).rates
    assert total(rates, hours=2) == Decimal("3.50")
    assert quote(rates, arrive=EVENING, hours=1).status is OfferStatus.NOT_COMPUTABLE


async def test_steps_that_name_no_tariff_hold_at_all_hours(listing_with: MakeListing, total: Total) -> None:
    rates = listing_with(prices=[step("60", "2.00", None), step(120, 3.5, None)], **BOTH).rates
    assert total(rates, arrive=EVENING, hours=2) == Decimal("3.50")


@pytest.mark.parametrize("words", ["5 Euro bei Veranstaltungen", "Aktuelle Stundentarife ab 2,40", "max. 9 €", "EUR 3"])
async def test_words_about_money_may_change_any_price(listing_with: MakeListing, quote: MakeQuote, words: str) -> None:
    listing = listing_with(**PLAIN, description=words)
    assert quote(listing.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD
    assert listing.tariff_text is not None
    assert listing.tariff_text.endswith(words)


async def test_a_long_description_may_change_any_price_too(listing_with: MakeListing, quote: MakeQuote) -> None:
    listing = listing_with(**PLAIN, description="x" * 10_000 + " 5 €")
    assert quote(listing.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD
    assert listing.tariff_text is not None
    assert len(listing.tariff_text) < 1000


@pytest.mark.parametrize("words", ["WC im Kaufhof", "Kostenloses WLAN", "Europa-Center"])
async def test_other_words_change_nothing(listing_with: MakeListing, total: Total, words: str) -> None:
    listing = listing_with(**PLAIN, description=words)
    assert total(listing.rates, hours=1) == Decimal("2.00")
    assert words not in (listing.tariff_text or "")


@pytest.mark.parametrize(
    "prices",
    [
        pytest.param([step(60, 2), step(60, 3)], id="two prices for one time"),
        pytest.param([step(60, 2), step(120, 1)], id="a longer stay that costs less"),
        pytest.param([step(60, 0), step(120, 0)], id="zero throughout"),
        pytest.param([step(60, 2), step(120, None)], id="a step without a price"),
        pytest.param([step(60, 2), step(None, 4)], id="a step without a time"),
        pytest.param([step(60, 2), step(0, 1)], id="no time at all"),
        pytest.param([step(60, 2), step(90.5, 3)], id="half a minute"),
        pytest.param([step(60, -2)], id="a negative price"),
        pytest.param([step(60, 1e11)], id="an absurd price"),
        pytest.param([step(60, 2.3000000000000003)], id="the noise of a binary fraction"),
        pytest.param([step(10**9, 2)], id="an absurd time"),
        pytest.param([step(60, 2), step(60, 1, "Weekend")], id="a tariff that is not known"),
        pytest.param([step(60, 2), step(60, 1, None)], id="a step without a tariff among others"),
        pytest.param([step(60, 2), "2 EUR"], id="a step of another shape"),
        pytest.param({"60": 2}, id="no list"),
        pytest.param([step(minutes, 2) for minutes in range(1, 600)], id="too many steps"),
    ],
)
async def test_a_ladder_that_is_not_understood_gives_no_rates_and_is_shown_as_it_stands(
    listing_with: MakeListing, prices: object
) -> None:
    listing = listing_with(**PLAIN | {"prices": prices})
    assert listing.rates is None
    assert listing.tariff_text is not None
    assert listing.tariff_text.startswith("prices: ")
    assert len(listing.tariff_text) < 600


async def test_a_rate_for_a_minute_in_an_unknown_currency_is_none(listing_with: MakeListing) -> None:
    listing = listing_with(priceRatePerMinute=0.02, priceCurrency="Taler")
    assert (listing.rates, listing.tariff_text) == (None, "priceCurrency: Taler")


async def test_what_is_free_is_so_in_any_currency(listing_with: MakeListing, quote: MakeQuote) -> None:
    assert quote(listing_with(category=["free"], priceCurrency="N/A").rates, days=3).status is OfferStatus.FREE


async def test_what_is_shown_is_the_network_s_own_writing(listing_with: MakeListing) -> None:
    listing = listing_with(**PLAIN | {"prices": [step(60, None, "Tag")]})
    assert listing.tariff_text == 'prices: [{"minutes": 60, "price": null, "tarif": "Tag"}]'


async def test_steps_in_any_order_twice_alike_and_as_texts_are_one_ladder(
    listing_with: MakeListing, total: Total
) -> None:
    prices = [step("120", " 3.50 "), step(60, 2), step(60.0, "2.00", " DAY ")]
    rates = listing_with(**PLAIN | {"prices": prices}).rates
    assert (total(rates, minutes=60), total(rates, minutes=61)) == (Decimal("2.00"), Decimal("3.50"))


@pytest.mark.parametrize(
    "prices",
    [
        pytest.param([step("60", "2,30")], id="a comma"),
        pytest.param([step("1 h", 2)], id="a time with its unit"),
        pytest.param([step(60, "2 EUR")], id="a price with its currency"),
        pytest.param([step(60, 2, 1)], id="a tariff that is a number"),
        pytest.param([step(True, 2)], id="a time that is true"),
        pytest.param("2 EUR/h", id="words"),
    ],
)
async def test_steps_in_other_words_are_not_guessed(listing_with: MakeListing, prices: object) -> None:
    assert listing_with(**PLAIN | {"prices": prices}).rates is None


async def test_a_night_runs_over_midnight(listing_with: MakeListing, total: Total, quote: MakeQuote) -> None:
    rates = listing_with(prices=[step(60, 2), step(120, 4), step(60, 1, "Night"), step(600, 3, "Night")], **BOTH).rates
    at_23 = datetime(2026, 11, 24, 23, 0, tzinfo=BERLIN)
    assert total(rates, arrive=at_23, hours=9) == Decimal("3.00")
    assert quote(rates, arrive=at_23, hours=9, minutes=1).status is OfferStatus.NOT_COMPUTABLE


async def test_a_day_may_run_over_midnight_too(listing_with: MakeListing, total: Total) -> None:
    prices = [step(60, 2), step(600, 4), step(600, 1, "Night")]
    rates = listing_with(prices=prices, dayStart="18:00", dayEnd="06:00").rates
    assert total(rates, arrive=EVENING, hours=9) == Decimal("4.00")
    assert total(rates, hours=2) == Decimal("1.00")


async def test_steps_of_days_that_contradict_those_of_the_night_are_not_chosen_from(
    listing_with: MakeListing, total: Total, quote: MakeQuote
) -> None:
    day, night = step(1440, 20), step(1440, 10, "Night")
    for arrive in (datetime(2026, 11, 24, 9, tzinfo=BERLIN), EVENING):
        rates = listing_with(prices=[day, night], **BOTH).rates
        assert quote(rates, arrive=arrive, hours=24).status is OfferStatus.NOT_COMPUTABLE
        assert total(listing_with(prices=[day, night | {"price": 20}], **BOTH).rates, arrive=arrive, hours=24) == 20


async def test_time_for_leaving_may_be_longer_than_the_first_step(listing_with: MakeListing, total: Total) -> None:
    prices = [step(20, 1), step(60, 2)]
    rates = listing_with(**PLAIN | {"prices": prices}, goodwillPeriodInMinutes=30).rates
    expected = {1: "1.00", 20: "1.00", 50: "1.00", 51: "2.00", 90: "2.00"}
    assert {stayed: total(rates, minutes=stayed) for stayed in expected} == {
        stayed: Decimal(amount) for stayed, amount in expected.items()
    }


@pytest.mark.parametrize("goodwill", [61, -5, 2.5, "10 min", True, [10]], ids=str)
async def test_time_for_leaving_that_is_none_leaves_no_price(
    listing_with: MakeListing, quote: MakeQuote, goodwill: object
) -> None:
    listing = listing_with(**PLAIN, goodwillPeriodInMinutes=goodwill)
    assert quote(listing.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD
    assert listing.tariff_text is not None
    assert "goodwillPeriodInMinutes: " in listing.tariff_text


@pytest.mark.parametrize("currency", ["Euro", "€", 978, "SFr."], ids=str)
async def test_a_currency_in_other_words_is_not_taken_for_the_configured_one(
    listing_with: MakeListing, currency: object
) -> None:
    listing = listing_with(**PLAIN, priceCurrency=currency)
    assert listing.rates is None
    assert listing.tariff_text is not None
    assert listing.tariff_text.startswith(f"priceCurrency: {currency}; prices: [")


@pytest.mark.parametrize("absent", [None, "", []])
async def test_no_prices_are_no_rates(listing_with: MakeListing, absent: object) -> None:
    assert listing_with(prices=absent).rates is None


async def test_a_rate_for_a_minute_is_charged_for_each_started_minute(listing_with: MakeListing, total: Total) -> None:
    listing = listing_with(priceRatePerMinute=0.025, priceCurrency="CHF")
    assert total(listing.rates, minutes=59.5) == Decimal("1.50")
    assert listing.tariff_text == "CHF 0.025 per min"
    assert listing.rates is not None
    assert listing.rates.currency == "CHF"


@pytest.mark.parametrize(
    "attributes",
    [
        {"priceRatePerMinute": 0},
        {"priceRatePerMinute": -1},
        {"priceRatePerMinute": 0.016666666666666666},
        {"priceRatePerMinute": 0.02, "chargeType": ["temporaryPrice", "minimum"]},
        {"priceRatePerMinute": 0.02, "chargeType": ["firstIntervalPrice", "additionalIntervalPrice"]},
        {"priceRatePerMinute": 0.02, "maximumParkingDuration": "until the shop closes"},
    ],
    ids=str,
)
async def test_a_rate_for_a_minute_that_is_not_all_there_is_gives_no_rates(
    listing_with: MakeListing, attributes: dict[str, Any]
) -> None:
    assert listing_with(**attributes).rates is None


@pytest.mark.parametrize("attributes", [{"category": ["public", "free"]}, {"chargeType": ["free"]}], ids=str)
async def test_what_is_called_free_is_free(
    listing_with: MakeListing, quote: MakeQuote, attributes: dict[str, Any]
) -> None:
    assert quote(listing_with(**attributes).rates, days=3).status is OfferStatus.FREE


@pytest.mark.parametrize(
    "attributes",
    [
        {"category": ["public"]},
        {"category": ["free", "feeCharged"]},
        {"chargeType": ["free", "additionalIntervalPrice"]},
        {"category": ["free"], "prices": "2 EUR"},
    ],
    ids=str,
)
async def test_nothing_else_is(listing_with: MakeListing, attributes: dict[str, Any]) -> None:
    assert listing_with(**attributes).rates is None


async def test_a_longest_stay_is_a_duration_of_iso_8601(listing_with: MakeListing, quote: MakeQuote) -> None:
    listing = listing_with(**PLAIN, priceModelValidFor24h=True, maximumParkingDuration="PT8H")
    assert quote(listing.rates, hours=8).status is OfferStatus.PRICED
    assert quote(listing.rates, hours=9).reason is OfferReason.BEYOND_MAX_STAY
    assert listing.tariff_text is not None
    assert listing.tariff_text.endswith("longest stay 8 h")


@pytest.mark.parametrize("limit", ["a day", "PT0S", 480, ["PT8H"]])
async def test_a_longest_stay_in_other_words_leaves_no_price(
    listing_with: MakeListing, quote: MakeQuote, limit: object
) -> None:
    listing = listing_with(**PLAIN, maximumParkingDuration=limit)
    assert quote(listing.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD
