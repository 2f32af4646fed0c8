"""One car park of a search: the place it is, and its offer."""

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Circle, Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.place import Feature, Listing, ListingOffer
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk import Batch, NetworkFault
from parkgraph.sdk.replay import AnswerClient
from parkgraph_parclick import Adapter
from tests.damaged_json import ANYTHING, damaged

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "api" / "v1"
ROWS: list[dict[str, Any]] = json.loads((SAMPLES / "parking" / "list").read_bytes())["items"]
BEST_PASS: list[dict[str, Any]] = json.loads((SAMPLES / "pass" / "details").read_bytes())
MADRID = ZoneInfo("Europe/Madrid")
STAY = Stay(datetime(2026, 11, 24, 9, 0, tzinfo=MADRID), datetime(2026, 11, 24, 13, 0, tzinfo=MADRID))
CENTRE = Circle(Coordinates(40.4168, -3.7038), 2_000)


def read(*rows: object, currency: str = "EUR") -> Batch[Listing]:
    client = AnswerClient(json.dumps({"items": rows}).encode())
    return asyncio.run(Adapter(Adapter.Settings(currency=currency), client).search(CENTRE, STAY, Vehicle()))


def benavente(**fields: object) -> dict[str, Any]:
    """The first sample, with some of its fields replaced."""
    return ROWS[0] | fields


def selling(**fields: object) -> dict[str, Any]:
    """The first sample, with some fields of its only pass replaced."""
    return ROWS[0] | {"passes": [ROWS[0]["passes"][0] | fields]}


def only_listing(row: object) -> Listing:
    batch = read(row)
    assert batch.rejected == ()
    (listing,) = batch.items
    return listing


def only_offer(row: object) -> ListingOffer:
    (offer,) = only_listing(row).offers
    return offer


def reason(row: object) -> str:
    batch = read(row)
    assert batch.items == ()
    (rejected,) = batch.rejected
    return rejected.reason


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_a_listing_says_what_the_network_says_and_nothing_more() -> None:
    listing = only_listing(benavente())
    assert listing.local_id == "260"
    assert listing.name == "EMT Jacinto Benavente"
    assert listing.location == Coordinates(40.41434, -3.70343)
    assert listing.address == "Plaza Jacinto Benavente, S/N, 28012 Madrid"
    assert listing.operator == "EMT"
    assert listing.max_height_cm == 180
    assert listing.opening_hours == "24/7"
    assert listing.timezone == MADRID
    assert listing.features == {Feature.COVERED, Feature.ACCESSIBLE, Feature.GUARDED}
    assert (listing.occupancy, listing.capacity, listing.rates, listing.url) == (None, None, None, None)


def test_an_offer_is_the_total_to_pay_with_the_fee_apart() -> None:
    offer = only_offer(benavente())
    assert (offer.ref, offer.status, offer.total) == ("45439", OfferStatus.PRICED, euros("21.19"))
    assert [(line.label, line.amount) for line in offer.lines] == [
        ("Parking", euros("18.50")),
        ("Administration fee", euros("2.69")),
    ]
    assert (offer.lines[0].start, offer.lines[0].end) == (STAY.arrive, STAY.leave)
    assert (offer.bookable, offer.valid_until) == (True, None)


def test_of_several_passes_the_first_is_the_closest_to_the_stay() -> None:
    passes = [{"id": 1, "price": 5}, {"id": 2, "price": 3}]
    offer = only_offer(benavente(passes=passes))
    assert (offer.ref, offer.total) == ("1", euros("5.00"))


@pytest.mark.parametrize(
    ("fields", "total", "lines"),
    [
        ({"price": 12, "price_with_administration_fee": None}, "12.00", ["12.00"]),
        ({"price": 12, "price_with_administration_fee": None, "administration_fee": 1.5}, "13.50", ["12.00", "1.50"]),
        ({"price": 12, "price_with_administration_fee": 12}, "12.00", ["12.00"]),
        ({"price": 12, "price_with_administration_fee": 11}, "11.00", []),
        ({"price": 5.8, "price_with_administration_fee": 5.8000000000000007}, "5.80", ["5.80"]),
    ],
)
def test_a_total_has_the_fee_that_is_named_and_lines_that_add_up(
    fields: dict[str, object], total: str, lines: list[str]
) -> None:
    offer = only_offer(selling(**fields))
    assert offer.total == euros(total)
    assert [line.amount for line in offer.lines] == [euros(line) for line in lines]


def test_a_price_of_zero_is_free() -> None:
    offer = only_offer(selling(price=0, price_with_administration_fee=0))
    assert (offer.status, offer.total) == (OfferStatus.FREE, euros("0.00"))


@pytest.mark.parametrize("price", [-127, -127.0, None])
def test_a_price_on_request_is_neither_free_nor_negative(price: object) -> None:
    offer = only_offer(selling(price=price))
    assert (offer.status, offer.reason, offer.total) == (OfferStatus.NOT_COMPUTABLE, OfferReason.NO_STRUCTURE, None)
    assert not offer.bookable


@pytest.mark.parametrize("passes", [[], None])
def test_a_car_park_without_a_pass_is_unavailable(passes: object) -> None:
    offer = only_offer(benavente(passes=passes))
    assert (offer.ref, offer.status, offer.reason) == ("260", OfferStatus.UNAVAILABLE, OfferReason.FULL)
    assert not offer.bookable


@pytest.mark.parametrize("price", [-1, -126.99, 100_001, 1e300, "12.30", True, [5]])
def test_a_price_that_cannot_be_rejects_the_row(price: object) -> None:
    assert reason(selling(price=price)).startswith("passes.0.price: ")


@pytest.mark.parametrize("extra_info", [None, [], {}])
def test_a_price_without_a_currency_has_the_one_that_the_operator_says(extra_info: object) -> None:
    (listing,) = read(benavente(extra_info=extra_info), currency="CHF").items
    assert listing.offers[0].total == Money(Decimal("21.19"), "CHF")


def test_a_price_has_the_currency_that_the_network_says() -> None:
    assert only_offer(benavente(extra_info={"code": "GBP"})).total == Money(Decimal("21.19"), "GBP")


@pytest.mark.parametrize("height", [None, 0, -5, 1001, 10**12, "190", 190.5, True])
def test_a_clearance_that_cannot_be_is_unknown(height: object) -> None:
    assert only_listing(benavente(max_height=height)).max_height_cm is None


@pytest.mark.parametrize(
    ("fields", "hours"),
    [
        ({"open_24h": True, "schedule": []}, "24/7"),
        ({"open_24h": True, "schedule": [{"type": {"id": 1, "name": "PERSONAL"}}]}, "24/7"),
        ({"open_24h": True, "schedule": [{"type": {"id": 2, "name": "PARKING"}}]}, None),
        ({"open_24h": False}, None),
        ({"open_24h": None}, None),
    ],
)
def test_opening_hours_are_known_only_where_it_is_always_open(fields: dict[str, object], hours: str | None) -> None:
    assert only_listing(benavente(**fields)).opening_hours == hours


def test_what_is_absent_is_unknown() -> None:
    row = {name: ROWS[0][name] for name in ("id", "name", "latitude", "longitude")}
    listing = only_listing(row)
    assert (listing.address, listing.operator, listing.max_height_cm, listing.opening_hours) == (None,) * 4
    assert listing.features == frozenset()


def test_an_empty_object_may_come_as_an_empty_list() -> None:
    listing = only_listing(benavente(_embedded=[], provider=[], extra_info=[]))
    assert listing.operator is None
    assert listing.offers[0].total == euros("21.19")


def test_a_name_is_one_line_of_printable_text() -> None:
    assert only_listing(benavente(name=" EMT\r\n\tBenavente\x00 ")).name == "EMT Benavente"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (benavente(name=None), "name: Field required"),
        (benavente(name=" "), "a listing needs an id and a name"),
        (benavente(name="x" * 201), "name: String should have at most 200 characters"),
        (benavente(id="26 0"), "id: String should match"),
        (benavente(id=-1), "id: String should match"),
        (benavente(latitude=None), "latitude: Field required"),
        (benavente(latitude=0, longitude=0), "Value error, its position is far from the countries"),
        (benavente(latitude=-3.7, longitude=40.4), "Value error, its position is far from the countries"),
        (benavente(latitude=1e300), "Value error, latitude must be between"),
        (benavente(extra_info={"code": "euro"}), "extra_info.code: String should match"),
    ],
)
def test_a_row_without_its_essentials_is_rejected(row: object, why: str) -> None:
    assert reason(row).startswith(why)


@given(st.lists(st.sampled_from(ROWS).flatmap(damaged), max_size=3))
def test_whatever_a_row_holds_it_is_a_listing_or_rejected(rows: list[object]) -> None:
    batch = read(*rows)
    assert len(batch.items) + len(batch.rejected) == len(rows)
    for listing in batch.items:
        for offer in listing.offers:
            assert (offer.total is not None) == (offer.status in (OfferStatus.PRICED, OfferStatus.FREE))
            if offer.total:
                assert offer.total.amount >= 0
                assert not offer.lines or sum(line.amount.amount for line in offer.lines) == offer.total.amount


API = "https://api.parclick.com/v1"
BOOKING: dict[str, Any] = {
    "id": 974998,
    "booking_code": "L7N6EP6",
    "last_name": "Doe [ref]",
    "voucher_id": 855325,
    "state": "CONFIRMED",
}


def answering(**documents: object) -> Adapter:
    answers = {
        f"{API}/parking/1202/details": (SAMPLES / "parking" / "1202" / "details").read_bytes(),
        f"{API}/pass/details": json.dumps(documents.get("best_pass")).encode(),
        f"{API}/booking/list": json.dumps(documents.get("bookings")).encode(),
    }
    return Adapter(Adapter.Settings(), AnswerClient(json.dumps(documents.get("voucher")).encode(), answers))


def test_the_best_pass_that_is_damaged_next_is_an_offer() -> None:
    (offer,) = asyncio.run(answering(best_pass=BEST_PASS).quote("1202", STAY, Vehicle()))
    assert offer.status is OfferStatus.PRICED


@given(st.lists(st.sampled_from(BEST_PASS).flatmap(damaged), max_size=2) | ANYTHING)
def test_whatever_a_best_pass_holds_it_is_an_offer_or_a_fault(document: object) -> None:
    try:
        offers = asyncio.run(answering(best_pass=document).quote("1202", STAY, Vehicle()))
    except NetworkFault:
        return
    assert offers


@given(st.lists(damaged(BOOKING) | ANYTHING, max_size=2), ANYTHING)
def test_whatever_a_list_of_bookings_holds_it_is_a_booking_or_none_or_a_fault(rows: object, voucher: object) -> None:
    try:
        found = asyncio.run(answering(bookings={"items": rows}, voucher=voucher).find("ref"))
    except NetworkFault:
        return
    assert found is None or found.reference
