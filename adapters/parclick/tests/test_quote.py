"""The best pass of one car park, over real HTTP."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from adapters.parclick.tests.stand_in import Parclick

from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingOffer
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.sdk import Malformed, Unavailable
from parkgraph_parclick import Adapter

PATH = "/v1/pass/details"
DETAILS = "/v1/parking/852/details"
START = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Europe/Madrid"))
STAY = Stay(START, START + timedelta(hours=4))
ROW: dict[str, Any] = {"id": 852, "name": "Garaje Centro", "latitude": 40.41297, "longitude": -3.7033}
LISBON: dict[str, Any] = {"id": 852, "name": "P", "latitude": 38.7157, "longitude": -9.1414, "country": "Portugal"}


async def quote(adapter: Adapter, local_id: str = "852") -> tuple[ListingOffer, ...]:
    return await adapter.quote(local_id, STAY, Vehicle())


async def test_a_quote_is_the_best_pass_with_its_fee(adapter: Adapter, network: Parclick) -> None:
    network.add(ROW)
    (offer,) = await quote(adapter)
    assert (offer.ref, offer.status, offer.bookable) == ("49166", OfferStatus.PRICED, True)
    assert offer.total == Money(Decimal("14.09"), "EUR")
    assert [(line.label, line.amount.amount) for line in offer.lines] == [
        ("Parking", Decimal("12.30")),
        ("Administration fee", Decimal("1.79")),
    ]
    assert network.of(PATH) == [
        {
            "group": "bestpass", "locale": "en_GB", "parking": "852", "vehicleType": "1",
            "from": "2026-11-24 09:00", "to": "2026-11-24 13:00",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(("zone", "start"), [("Europe/Madrid", "09:00"), ("Europe/Lisbon", "08:00"), (None, "08:00")])
async def test_the_clock_is_the_car_parks_own_by_its_details_else_by_its_position(
    adapter: Adapter, network: Parclick, zone: str | None, start: str
) -> None:
    network.add(LISBON).time_zone = zone
    await quote(adapter)
    assert network.of(PATH)[0]["from"] == f"2026-11-24 {start}"


async def test_what_is_not_available_is_answered_400(adapter: Adapter, network: Parclick) -> None:
    network.add(ROW, price=None)
    (offer,) = await quote(adapter)
    assert (offer.ref, offer.status, offer.reason) == ("852", OfferStatus.UNAVAILABLE, OfferReason.FULL)


@pytest.mark.parametrize("document", [[], {"items": [], "total": 0}])
async def test_an_empty_answer_is_not_available_either(adapter: Adapter, network: Parclick, document: object) -> None:
    network.add(ROW)
    network.answers[PATH] = document
    (offer,) = await quote(adapter)
    assert offer.status is OfferStatus.UNAVAILABLE


async def test_one_product_or_a_page_of_them_is_read_too(adapter: Adapter, network: Parclick) -> None:
    car_park = network.add(ROW)
    for document in (car_park.best_pass, {"items": [car_park.best_pass], "page": 1}):
        network.answers[PATH] = document
        (offer,) = await quote(adapter)
        assert offer.total == Money(Decimal("14.09"), "EUR")


async def test_a_best_pass_whose_price_is_on_request_has_none(adapter: Adapter, network: Parclick) -> None:
    network.add(ROW, price=-127)
    (offer,) = await quote(adapter)
    assert (offer.status, offer.bookable) == (OfferStatus.NOT_COMPUTABLE, False)


async def test_the_best_pass_of_another_car_park_is_not_taken(adapter: Adapter, network: Parclick) -> None:
    car_park = network.add(ROW)
    network.answers[PATH] = [car_park.best_pass | {"parking": {"id": 7}}]
    (offer,) = await quote(adapter)
    assert offer.status is OfferStatus.UNAVAILABLE


@pytest.mark.parametrize("local_id", ["4711", "../booking/list", "", "٣", "852?x=1"])
async def test_an_unknown_car_park_sells_nothing(adapter: Adapter, network: Parclick, local_id: str) -> None:
    (offer,) = await quote(adapter, local_id)
    assert (offer.ref, offer.status) == (local_id, OfferStatus.UNAVAILABLE)
    assert all("booking" not in path for path, _ in network.asked)


async def test_a_bicycle_has_no_quote(adapter: Adapter, network: Parclick) -> None:
    assert await adapter.quote("852", STAY, Vehicle(VehicleKind.BICYCLE)) == ()
    assert network.asked == []


@pytest.mark.parametrize("path", [PATH, DETAILS])
async def test_a_failure_is_no_unavailable_car_park(adapter: Adapter, network: Parclick, path: str) -> None:
    network.add(ROW)
    network.failures[path] = [500]
    with pytest.raises(Unavailable):
        await quote(adapter)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (PATH, "x"),
        (PATH, [5]),
        (PATH, [{"id": None}]),
        (PATH, {"id": 1, "price": -1}),
        (DETAILS, []),
        (DETAILS, ROW | {"name": 5}),
    ],
)
async def test_a_document_of_another_shape_is_malformed(
    adapter: Adapter, network: Parclick, path: str, document: object
) -> None:
    network.add(ROW)
    network.answers[path] = document
    with pytest.raises(Malformed):
        await quote(adapter)
