"""What a stay costs at a facility."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote
from parkgraph.sdk import Batch
from parkgraph_bahn.facility import to_listing

Total = Callable[..., Decimal | None]
MakeListing = Callable[..., Listing]
MakeQuote = Callable[..., Quote]
ReadDocument = Callable[[object], Awaitable[Batch[Listing]]]

HOURLY = {"30min": "0.80", "1hour": "1.60", "1day": "5.00"}


@pytest.mark.parametrize(
    ("stay", "price"),
    [
        (timedelta(minutes=25), "0.80"),
        (timedelta(hours=2, minutes=10), "4.00"),
        (timedelta(hours=5), "5.00"),
        (timedelta(hours=26), "8.20"),
        (timedelta(hours=30), "10.00"),
        (timedelta(days=6), "25.00"),
    ],
)
def test_aalen_charges_the_cheapest_started_units(
    samples: dict[str, Listing], total: Total, stay: timedelta, price: str
) -> None:
    assert total(samples["100001"].rates, seconds=stay.total_seconds()) == Decimal(price)


def test_a_null_price_is_a_unit_that_is_not_sold(samples: dict[str, Listing], total: Total) -> None:
    herrenberg = samples["100136"].rates  # an hour 1.00, no half hour
    assert total(herrenberg, minutes=10) == Decimal("1.00")


async def test_a_price_without_a_point_is_a_price(
    read_document: ReadDocument, row: dict[str, Any], total: Total
) -> None:
    row["tariff"] = {"prices": [{"duration": "1hour", "price": 2}]}
    [listing] = (await read_document({"_embedded": [row]})).items
    assert total(listing.rates, hours=3) == Decimal("6.00")


def test_a_price_of_zero_is_free(listing_with: MakeListing, quote: MakeQuote) -> None:
    assert quote(listing_with(prices={"1day": "0.00"}).rates, hours=3).status is OfferStatus.FREE


def test_a_binary_fraction_on_the_wire_is_an_exact_price(samples: dict[str, Listing], total: Total) -> None:
    zuffenhausen = samples["100282"].rates  # half an hour 0.70
    assert total(zuffenhausen, minutes=20) == Decimal("0.70")


def test_a_month_ticket_admits_a_stay_beyond_the_limit(samples: dict[str, Listing], total: Total) -> None:
    assert total(samples["100001"].rates, days=20) == Decimal("44.00")


def test_a_month_is_a_calendar_month_from_arrival(samples: dict[str, Listing], quote: MakeQuote) -> None:
    aalen, january = samples["100001"].rates, datetime(2027, 1, 31, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert quote(aalen, arrive=january, days=28).status is OfferStatus.PRICED
    assert quote(aalen, arrive=january, days=29).reason is OfferReason.BEYOND_MAX_STAY


def test_a_month_ticket_serves_a_short_stay_where_it_is_cheaper(listing_with: MakeListing, total: Total) -> None:
    listing = listing_with(
        prices={"1day": "10.00", "1monthVendingMachine": "35.00"},
        tariffMaxParkingTime="Max. 1 Woche oder Monatsparkschein",
    )
    assert total(listing.rates, days=6) == Decimal("35.00")


def test_a_stay_beyond_the_limit_is_not_sold(samples: dict[str, Listing], quote: MakeQuote) -> None:
    boeblingen = samples["100021"].rates  # "Max. 1 Woche"
    assert quote(boeblingen, days=7).status is OfferStatus.PRICED
    assert quote(boeblingen, days=8).reason is OfferReason.BEYOND_MAX_STAY


def test_without_a_text_the_units_repeat_without_a_limit(samples: dict[str, Listing], total: Total) -> None:
    lbbw = samples["100275"].rates
    assert total(lbbw, days=30) == Decimal("750.00")


def test_a_limit_that_is_not_understood_leaves_a_day(listing_with: MakeListing, quote: MakeQuote) -> None:
    listing = listing_with(prices=HOURLY, tariffMaxParkingTime="Max. bis Betriebsschluss")
    assert quote(listing.rates, days=1).status is OfferStatus.PRICED
    assert quote(listing.rates, hours=25).reason is OfferReason.RULE_NOT_UNDERSTOOD


def test_a_ticket_of_unknown_price_leaves_the_stay_beyond_the_limit_open(
    listing_with: MakeListing, quote: MakeQuote
) -> None:
    listing = listing_with(prices=HOURLY, tariffMaxParkingTime="Max. 3 Tage oder Monatsparkschein")
    assert quote(listing.rates, days=3).status is OfferStatus.PRICED
    assert quote(listing.rates, days=4).reason is OfferReason.RULE_NOT_UNDERSTOOD


def test_a_stay_within_the_free_time_costs_nothing(samples: dict[str, Listing], quote: MakeQuote) -> None:
    assert quote(samples["100275"].rates, minutes=15).status is OfferStatus.FREE


def test_a_stay_beyond_the_free_time_is_charged_from_arrival(samples: dict[str, Listing], total: Total) -> None:
    assert total(samples["100275"].rates, minutes=16) == Decimal("2.00")
    assert total(samples["100275"].rates, minutes=60) == Decimal("3.50")


def test_a_free_time_that_is_not_understood_leaves_no_price(listing_with: MakeListing, quote: MakeQuote) -> None:
    listing = listing_with(prices=HOURLY, tariffFreeParkingTime="samstags")
    assert quote(listing.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD


def test_where_whole_hours_follow_the_first_half_an_hour_ends_there(samples: dict[str, Listing], total: Total) -> None:
    lbbw = samples["100275"].rates  # half an hour 2.00, an hour 3.50, "Stundentakt ab der 2. Parkstunde"
    assert total(lbbw, minutes=30) == Decimal("2.00")
    assert total(lbbw, minutes=90) == Decimal("7.00")


def test_a_price_of_the_next_hour_other_than_the_listed_is_not_understood(
    listing_with: MakeListing, quote: MakeQuote
) -> None:
    listing = listing_with(prices=HOURLY, tariffSpecial="Je weitere Stunde 1,50")
    assert quote(listing.rates, hours=2).reason is OfferReason.RULE_NOT_UNDERSTOOD


def test_a_unit_in_the_text_is_sold_like_the_listed(samples: dict[str, Listing], total: Total) -> None:
    bietigheim = samples["100031"].rates  # a week 17.50, "2 Wochen: 32,00"
    assert total(bietigheim, days=13) == Decimal("32.00")


def test_a_unit_with_two_prices_is_not_understood(listing_with: MakeListing, quote: MakeQuote) -> None:
    listing = listing_with(
        prices={"1week": "20.00"}, tariffSpecial="2 Wochen: 30,00; 2 Wochen: 31,00", tariffMaxParkingTime="Max. 1 Woche"
    )
    assert quote(listing.rates, days=2).reason is OfferReason.RULE_NOT_UNDERSTOOD


def test_where_a_day_is_a_calendar_day_prices_are_known_up_to_its_amount(
    samples: dict[str, Listing], total: Total, quote: MakeQuote
) -> None:
    cannstatt = samples["100279"].rates  # an hour 2.20, a calendar day 10.00
    assert total(cannstatt, hours=4) == Decimal("8.80")
    assert quote(cannstatt, hours=5).reason is OfferReason.RULE_NOT_UNDERSTOOD


def test_a_maximum_in_the_evening_changes_no_price_below_it(
    listing_with: MakeListing, total: Total, quote: MakeQuote
) -> None:
    listing = listing_with(
        prices={"1hour": "2.00", "1day": "9.00"}, tariffSpecial="Kinotarif: 18:00 bis 06:00 Uhr: 5,00 max."
    )
    assert total(listing.rates, hours=2) == Decimal("4.00")
    assert quote(listing.rates, hours=3).reason is OfferReason.RULE_NOT_UNDERSTOOD


def test_a_special_text_that_is_not_understood_leaves_no_price(samples: dict[str, Listing], quote: MakeQuote) -> None:
    leinfelden = samples["103134"]  # "Je weiterer Tag 5,00; 2 Wochen: 68,00."
    assert quote(leinfelden.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD
    assert leinfelden.tariff_text is not None
    assert "Je weiterer Tag 5,00" in leinfelden.tariff_text


@pytest.mark.parametrize("duration", ["1dayPCard", "1weekPCard", "1monthLongTerm", "1monthReservation", "1dayDiscount"])
def test_what_takes_a_card_or_a_contract_is_no_casual_price(listing_with: MakeListing, duration: str) -> None:
    assert listing_with(prices={duration: "9.00"}).rates is None


def test_the_prices_of_another_group_are_no_casual_prices(row: dict[str, object]) -> None:
    row["tariff"] = {"prices": [{"group": {"groupName": "staff"}, "duration": "1day", "price": Decimal(1)}]}
    assert to_listing(row).rates is None


def test_units_of_any_number_are_sold(listing_with: MakeListing, total: Total) -> None:
    rates = listing_with(prices={"15min": "0.50", "2hour": "3.00", "3day": "20.00"}).rates
    assert [total(rates, hours=hours) for hours in (0.5, 1.75, 24, 72)] == [1, 3, 20, 20]


@pytest.mark.parametrize("duration", ["1year", "1dayWeekend", "day", "overnight", "1hour30min"])
def test_a_product_that_is_not_documented_might_be_cheaper(
    listing_with: MakeListing, quote: MakeQuote, duration: str
) -> None:
    listing = listing_with(prices={"1hour": "2.00", duration: "3.00"})
    assert quote(listing.rates, hours=1).reason is OfferReason.RULE_NOT_UNDERSTOOD
    assert listing.tariff_text == f"1 Stunde 2,00 €; {duration} 3,00 €"
