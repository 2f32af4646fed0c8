"""One quote: the place it speaks of, and its offers."""

import asyncio
import json
from datetime import datetime, timedelta
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
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.sdk import Batch
from parkgraph.sdk.replay import AnswerClient
from parkgraph_parkwhiz import Adapter
from tests.damaged_json import damaged

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
QUOTES: list[dict[str, Any]] = json.loads((SAMPLES / "api" / "quotes").read_bytes())
CAR = Vehicle()
CHICAGO = ZoneInfo("America/Chicago")
STAY = Stay(datetime(2026, 11, 24, 9, 0, tzinfo=CHICAGO), datetime(2026, 11, 24, 17, 0, tzinfo=CHICAGO))


def read(*rows: object, vehicle: Vehicle = CAR) -> Batch[Listing]:
    adapter = Adapter(Adapter.Settings(), AnswerClient(json.dumps(rows).encode()))
    return asyncio.run(adapter.search(Circle(Coordinates(41.88, -87.63), 1_000), STAY, vehicle))


def grant_park(**location: object) -> dict[str, Any]:
    """The first sample, with some fields of its location replaced."""
    return QUOTES[0] | {"_embedded": {"pw:location": QUOTES[0]["_embedded"]["pw:location"] | location}}


def selling(**option: object) -> dict[str, Any]:
    """The first sample, with some fields of its only purchase option replaced."""
    return QUOTES[0] | {"purchase_options": [QUOTES[0]["purchase_options"][0] | option]}


def only_listing(row: object, vehicle: Vehicle = CAR) -> Listing:
    batch = read(row, vehicle=vehicle)
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


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def test_a_listing_says_what_the_network_says_and_nothing_more() -> None:
    listing = only_listing(grant_park())
    assert listing.local_id == "101"
    assert listing.name == "Grant Park North Garage"
    assert listing.location == Coordinates(41.8828, -87.6244)
    assert listing.address == "25 N Michigan Ave., Chicago, IL 60602"
    assert listing.timezone == CHICAGO
    assert listing.url == "https://www.parkwhiz.com/p/chicago-parking/25-n-michigan-ave"
    assert listing.features == {Feature.COVERED, Feature.ACCESSIBLE, Feature.EV_CHARGING}
    assert (listing.occupancy, listing.capacity, listing.opening_hours, listing.rates) == (None, None, None, None)


def test_an_offer_is_the_total_to_pay_with_the_fees_apart() -> None:
    offer = only_offer(grant_park())
    assert (offer.ref, offer.status, offer.total) == ("a1f0c001", OfferStatus.PRICED, dollars("21.00"))
    assert [(line.label, line.amount) for line in offer.lines] == [
        ("Parking", dollars("19.00")),
        ("Fees", dollars("2.00")),
    ]
    assert (offer.lines[0].start, offer.lines[0].end) == (STAY.arrive, STAY.leave)
    assert offer.url == "https://www.parkwhiz.com/purchase?quote=a1f0c001"
    assert (offer.bookable, offer.valid_until) == (False, None)


def test_every_purchase_option_is_an_offer_of_its_own() -> None:
    water_tower = only_listing(QUOTES[8])
    assert [offer.total for offer in water_tower.offers] == [dollars("27.00"), dollars("34.00")]


def test_a_price_without_fees_is_one_line() -> None:
    (line,) = only_offer(selling(base_price={"USD": "21.00"})).lines
    assert (line.label, line.amount) == ("Parking", dollars("21.00"))


@pytest.mark.parametrize("base_price", [None, {}, {"CAD": "19.00"}, {"USD": "25.00"}])
def test_what_does_not_add_up_to_the_price_is_not_itemised(base_price: object) -> None:
    offer = only_offer(selling(base_price=base_price))
    assert (offer.total, offer.lines) == (dollars("21.00"), ())


def test_a_price_of_zero_is_free() -> None:
    offer = only_offer(selling(price={"USD": "0.00"}, base_price={"USD": "0.00"}))
    assert (offer.status, offer.total) == (OfferStatus.FREE, dollars("0.00"))


def test_a_location_in_canada_is_priced_in_its_own_currency_and_time() -> None:
    toronto = only_listing(QUOTES[11])
    assert toronto.offers[0].total == Money(Decimal("22.60"), "CAD")
    assert toronto.offers[0].lines[0].start.isoformat() == "2026-11-24T10:00:00-05:00"


@pytest.mark.parametrize(("currency", "total"), [("CAD", "29.00"), ("USD", "21.00"), ("EUR", "21.00"), (None, "21.00")])
def test_of_prices_in_several_currencies_the_locations_own_is_taken(currency: str | None, total: str) -> None:
    row = selling(price={"USD": "21.00", "CAD": "29.00"}) | {"_embedded": grant_park(currency=currency)["_embedded"]}
    offer = only_offer(row)
    assert offer.total is not None
    assert offer.total.amount == Decimal(total)


@pytest.mark.parametrize("price", [None, {}])
def test_an_option_without_a_price_is_not_free(price: object) -> None:
    offer = only_offer(selling(price=price))
    assert (offer.status, offer.reason, offer.total) == (OfferStatus.NOT_COMPUTABLE, OfferReason.NO_STRUCTURE, None)


@pytest.mark.parametrize(
    "price", ["-1.00", "NaN", "Infinity", "1e3", "1,000.00", "", "12.34567", "9999999", 21.0, True]
)
def test_a_price_that_is_no_plain_amount_rejects_the_row(price: object) -> None:
    assert (
        reason(selling(price={"USD": price}))
        == "purchase_options.0.price.USD: Value error, a price is a string of digits"
    )


@pytest.mark.parametrize("space", [{"status": "unavailable"}, {"status": "available", "spaces_remaining": 0}])
def test_no_space_left_is_unavailable_whatever_the_price(space: dict[str, object]) -> None:
    offer = only_offer(selling(space_availability=space))
    assert (offer.status, offer.reason, offer.total) == (OfferStatus.UNAVAILABLE, OfferReason.FULL, None)


@pytest.mark.parametrize("space", [None, {}, {"status": "limited", "spaces_remaining": 3}, {"status": "some new word"}])
def test_any_other_availability_leaves_the_price(space: object) -> None:
    assert only_offer(selling(space_availability=space)).status is OfferStatus.PRICED


def test_empty_purchase_options_are_unavailable() -> None:
    offer = only_offer(QUOTES[0] | {"purchase_options": []})
    assert (offer.ref, offer.status, offer.reason) == ("101", OfferStatus.UNAVAILABLE, OfferReason.FULL)


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        ({"min_start": "2026-11-24T09:00:00.000-06:00", "max_end": "2026-11-24T23:00:00Z"}, OfferStatus.PRICED),
        ({"min_start": "2026-11-24T09:00:01.000-06:00"}, OfferStatus.UNAVAILABLE),
        ({"max_end": "2026-11-24T16:59:59.000-06:00"}, OfferStatus.UNAVAILABLE),
    ],
)
def test_a_price_for_other_hours_is_no_price_of_this_stay(limits: dict[str, str], status: OfferStatus) -> None:
    assert only_offer(selling(**limits)).status is status


@pytest.mark.parametrize("kind", [kind for kind in VehicleKind if kind is not VehicleKind.CAR])
def test_prices_are_a_cars_so_that_other_vehicles_see_none(kind: VehicleKind) -> None:
    assert only_listing(grant_park(), Vehicle(kind)).offers == ()


@pytest.mark.parametrize("timezone", [None, "Middle-earth/Shire", "../../etc/passwd", ""])
def test_an_unknown_timezone_is_the_networks(timezone: object) -> None:
    listing = only_listing(grant_park(timezone=timezone))
    assert listing.timezone is None
    assert listing.offers[0].status is OfferStatus.PRICED


@pytest.mark.parametrize(
    ("site_url", "url"),
    [
        ("/p/one", "https://www.parkwhiz.com/p/one"),
        ("https://www.parkwhiz.com/p/one", "https://www.parkwhiz.com/p/one"),
        ("https://elsewhere.example/p", None),
        ("//elsewhere.example/p", "https://www.parkwhiz.com//elsewhere.example/p"),
        ("javascript:alert(1)", None),
        ("/p/one two", None),
        (None, None),
    ],
)
def test_a_link_stays_on_the_networks_own_site(site_url: object, url: str | None) -> None:
    assert only_listing(grant_park(site_url=site_url)).url == url


def test_a_name_is_one_line_of_printable_text() -> None:
    assert only_listing(grant_park(name=" Grant\n\tPark\x00 ")).name == "Grant Park"


def test_an_id_may_be_a_number_and_may_stand_in_the_location_only() -> None:
    assert only_listing(QUOTES[0] | {"location_id": 101}).local_id == "101"
    assert only_listing(QUOTES[0] | {"location_id": None}).local_id == "101"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (grant_park(name=None), "it has no name"),
        (grant_park(id=None) | {"location_id": None}, "it has no id"),
        (grant_park(entrances=[]), "it has no position"),
        (grant_park(entrances=[{"coordinates": [-87.6244, 41.8828]}]), "its position is far from the United States"),
        (grant_park(entrances=[{"coordinates": [0, 0]}]), "its position is far from the United States"),
        (grant_park(entrances=[{"coordinates": [1e308, 0]}]), "latitude must be between"),
        (grant_park(name="x" * 201), "_embedded.pw:location.name: String should have at most 200 characters"),
        (QUOTES[0] | {"location_id": "a b"}, "location_id: String should match"),
        (QUOTES[0] | {"_embedded": None}, "_embedded: Field required"),
    ],
)
def test_a_row_without_its_essentials_is_rejected(row: object, why: str) -> None:
    assert reason(row).startswith(why)


def test_the_second_quote_of_a_location_is_rejected() -> None:
    batch = read(QUOTES[0], QUOTES[0])
    assert (len(batch.items), batch.rejected[0].reason) == (1, "a second row with this id")


@given(st.lists(st.sampled_from(QUOTES).flatmap(damaged), max_size=3))
def test_whatever_a_row_holds_it_is_a_listing_or_rejected(rows: list[object]) -> None:
    batch = read(*rows)
    assert len(batch.items) + len(batch.rejected) == len(rows)
    for listing in batch.items:
        for offer in listing.offers:
            assert (offer.total is not None) == (offer.status in (OfferStatus.PRICED, OfferStatus.FREE))
            if offer.lines and offer.total:
                assert sum((line.amount.amount for line in offer.lines), Decimal(0)) == offer.total.amount


def test_lines_are_on_the_places_own_clock() -> None:
    eastern = ZoneInfo("America/New_York")
    line = only_listing(QUOTES[10]).offers[0].lines[0]
    assert line.start.tzinfo == eastern
    assert line.end - line.start == timedelta(hours=8)
