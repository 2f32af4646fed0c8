"""Yards in the graph: what is left of them for a stay, and booking them as every other offer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from parkgraph.db.engine import Database
from parkgraph.domain.geo import Coordinates
from parkgraph.settings import Settings
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.yard import Yard
from tests.signed_in import subject_of
from tests.yards.reservations.stage import HOUR, spaces
from tests.yards.reservations.test_api import BOOK as BOOK_QUOTE
from tests.yards.reservations.test_api import QUOTE
from tests.yards.serving import Api, serving
from tests.yards.yards import RATES, change, yard

DRIVER = ("dora", Role.DRIVER)
TOMORROW: Final = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
NEARBY: Final = """
query ($stay: StayInput!, $filter: PlaceFilter, $sort: PlaceSort! = DISTANCE) {
  nearby(near: { latitude: 48.78, longitude: 9.18 }, stay: $stay, filter: $filter, sort: $sort) {
    edges {
      node { name }
      excluded { code }
      offers { id status reason vacant bookable total { amount } }
    }
  }
}
"""
BOOK: Final = """
mutation ($offer: ID!, $key: String!, $plate: String) {
  bookOffer(offerId: $offer, idempotencyKey: $key, driver: { plate: $plate }) {
    __typename
    ... on Booking { id status reference total { amount } cancellableUntil }
    ... on BookingRefused { reason }
    ... on OfferGone { text }
  }
}
"""
CANCEL: Final = """
mutation ($id: ID!) { cancelBooking(bookingId: $id) { __typename ... on Booking { status } } }
"""
MINE: Final = "{ viewer { yardBookings { nodes { id status plate } } } }"


def stay(first: float, last: float) -> dict[str, str]:
    return {"arrive": (TOMORROW + first * HOUR).isoformat(), "leave": (TOMORROW + last * HOUR).isoformat()}


@pytest.fixture
async def yards(settings: Settings) -> tuple[Yard, ...]:
    """Two published yards near each other, of one and of three spaces, there before the server starts."""
    assert settings.database.url
    database = Database(settings.database.url.get_secret_value())
    small = yard(name="small", rates=RATES, owner=subject_of("olga"))
    large = yard(
        name="large", rates=RATES, owner=subject_of("olga"), spaces=spaces(3), location=Coordinates(48.782, 9.18)
    )
    for each in (small, large):
        await YardRepository(database).add(each)
    await database.close()
    return small, large


@pytest.fixture
async def api(settings: Settings, tmp_path: Path, yards: tuple[Yard, ...]) -> AsyncIterator[Api]:
    assert settings.database.url
    async with serving(settings.database.url.get_secret_value(), tmp_path) as api:
        while not (await api.ask(None, NEARBY, stay=stay(0, 2)))["edges"]:
            await asyncio.sleep(0.02)
        yield api


async def take(api: Api, of: Yard, first: float, last: float) -> None:
    quote = await api.ask(DRIVER, QUOTE, yard=ids.encode(ids.YARD, of.id.hex), stay=stay(first, last))
    booked = await api.ask(DRIVER, BOOK_QUOTE, quote=quote["id"], key=uuid4().hex, plate="S-AB 1")
    assert booked["__typename"] == "YardBooking"


async def found(api: Api, first: float, last: float, **more: Any) -> dict[str, dict[str, Any]]:
    answer = await api.ask(None, NEARBY, stay=stay(first, last), **more)
    return {edge["node"]["name"]: {"excluded": edge["excluded"], **edge["offers"][0]} for edge in answer["edges"]}


async def test_an_offer_says_how_many_spaces_are_left_for_the_stay(api: Api, yards: tuple[Yard, ...]) -> None:
    await take(api, yards[1], 0, 2)
    for hours, left in (((0, 2), 2), ((1, 3), 2), ((2, 4), 3)):
        offers = await found(api, *hours)
        assert {name: (offer["vacant"], offer["bookable"]) for name, offer in offers.items()} == {
            "small": (1, True),
            "large": (left, True),
        }


async def test_a_yard_that_is_full_for_the_stay_is_excluded_and_says_so(api: Api, yards: tuple[Yard, ...]) -> None:
    await take(api, yards[0], 0, 2)
    full = (await found(api, 1, 3))["small"]
    assert (full["status"], full["reason"], full["vacant"], full["bookable"]) == ("UNAVAILABLE", "FULL", 0, False)
    assert full["excluded"] == [{"code": "FULL"}]
    assert (await found(api, 2, 3))["small"]["bookable"] is True


@pytest.mark.parametrize(
    "more",
    [
        {"filter": {"bookable": True}},
        {"filter": {"fits": True}},
        {"filter": {"maxPrice": {"amount": "9", "currency": "EUR"}}},
    ],
)
async def test_a_search_for_what_can_be_had_leaves_full_yards_out(
    api: Api, yards: tuple[Yard, ...], more: dict[str, Any]
) -> None:
    await take(api, yards[0], 0, 2)
    assert set(await found(api, 0, 2, **more)) == {"large"}
    assert set(await found(api, 2, 4, **more)) == {"small", "large"}


async def test_full_yards_come_last_by_price(api: Api, yards: tuple[Yard, ...]) -> None:
    await take(api, yards[0], 0, 2)
    assert list(await found(api, 0, 2, sort="PRICE")) == ["large", "small"]


async def test_an_offer_of_a_yard_is_booked_as_every_other(api: Api, yards: tuple[Yard, ...]) -> None:
    offer = (await found(api, 0, 2))["small"]["id"]
    key = uuid4().hex
    booking = await api.ask(DRIVER, BOOK, offer=offer, key=key, plate="S-AB 1")
    assert (booking["__typename"], booking["status"], booking["total"]) == ("Booking", "CONFIRMED", {"amount": "2.40"})
    assert await api.ask(DRIVER, BOOK, offer=offer, key=key, plate="S-AB 1") == booking
    (mine,) = (await api.ask(DRIVER, MINE))["yardBookings"]["nodes"]
    assert (mine["status"], mine["plate"]) == ("CONFIRMED", "S-AB 1")
    late = await api.ask(DRIVER, BOOK, offer=offer, key=uuid4().hex, plate="S-AB 1")
    assert (late["__typename"], late["reason"]) == ("BookingRefused", "SOLD_OUT")
    assert await api.ask(DRIVER, CANCEL, id=booking["id"]) == {"__typename": "Booking", "status": "CANCELLED"}
    (mine,) = (await api.ask(DRIVER, MINE))["yardBookings"]["nodes"]
    assert mine["status"] == "CANCELLED"
    assert (await found(api, 0, 2))["small"]["vacant"] == 1


async def test_nobody_and_no_plate_book_no_yard(api: Api) -> None:
    offer = (await found(api, 0, 2))["small"]["id"]
    for who, plate in ((None, "S-AB 1"), (DRIVER, None)):
        refused = await api.ask(who, BOOK, offer=offer, key=uuid4().hex, plate=plate)
        assert (refused["__typename"], refused["reason"]) == ("BookingRefused", "DRIVER_INCOMPLETE")


async def test_an_offer_that_has_become_dearer_is_not_booked(
    api: Api, settings: Settings, yards: tuple[Yard, ...]
) -> None:
    offer = (await found(api, 0, 2))["small"]["id"]
    assert settings.database.url
    database = Database(settings.database.url.get_secret_value())
    dearer = """jsonb_set(rates, '{collections,0,lines,0,value}', '"9.00"')"""
    await change(database, yards[0].id, "rates", dearer)
    await database.close()
    refused = await api.ask(DRIVER, BOOK, offer=offer, key=uuid4().hex, plate="S-AB 1")
    assert refused == {"__typename": "BookingRefused", "reason": "PRICE_CHANGED"}


async def test_without_its_bookings_a_yard_is_listed_and_not_bookable(
    api: Api, settings: Settings, yards: tuple[Yard, ...]
) -> None:
    assert settings.database.url
    database = Database(settings.database.url.get_secret_value())
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE yard_occupations RENAME TO away")
    offers = await found(api, 0, 2)
    await database.close()
    assert {name: (offer["vacant"], offer["bookable"]) for name, offer in offers.items()} == {
        "small": (None, False),
        "large": (None, False),
    }
