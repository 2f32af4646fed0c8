"""Booking as a client sees it: through GraphQL, over a real database."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.api import ids, offer_ids
from parkgraph.api.errors import BadUserInputError
from parkgraph.app import create_app
from parkgraph.bookings.wish import Terms
from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingKey, ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.graph.offers import Offer
from parkgraph.networks.network import Network
from parkgraph.sdk.booking import Driver
from parkgraph.settings import load
from tests.bookings.network import (
    ARRIVE,
    BOOKING_INFO,
    EUR_12,
    GATE,
    STAY,
    BookingNetwork,
    Turn,
    booking_network,
    network,
)
from tests.conftest import execute, with_database
from tests.networks.scripted import SEARCH_INFO, batch, feed, listing, search
from tests.signed_in import bearer

READY = ListingOffer("offer-1", OfferStatus.PRICED, EUR_12, bookable=True)
AROUND = """
query ($stay: StayInput!) { nearby(near: {latitude: 48.78, longitude: 9.18}, stay: $stay, vehicle: {heightCm: 190}) {
    edges { node { id } offers { id bookable listing { id } } } } }
"""
BOOK = """
mutation ($offer: ID!, $key: String!, $driver: DriverInput!) {
  bookOffer(offerId: $offer, idempotencyKey: $key, driver: $driver) {
    __typename
    ... on Booking {
      id status reference instructions url cancellableUntil
      network { id } place { id } listing { id } stay { arrive leave } total { amount currency }
    }
    ... on BookingRefused { reason text }
    ... on BookingUnknown { text retryAfterMs }
    ... on NetworkUnavailable { text }
    ... on IdempotencyConflict { text }
    ... on OfferGone { text }
  }
}
"""
CANCEL = """
mutation ($id: ID!) {
  cancelBooking(bookingId: $id) { __typename ... on Booking { id status } ... on BookingRefused { reason } }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { __typename id ... on Booking { status reference } } }"
DRIVER = {"plate": "S-PG 4711", "name": "Ada", "email": "ada@example.org", "phone": "+49 711 4711"}


@dataclass(slots=True)
class Api:
    http: httpx.AsyncClient
    network: BookingNetwork

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        response = await self.http.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, **variables: Any) -> Any:
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    async def edge(self) -> Any:
        stay = {"arrive": STAY.arrive.isoformat(), "leave": STAY.leave.isoformat()}
        (edge,) = (await self.ask(AROUND, stay=stay))["edges"]
        return edge

    async def offer_id(self) -> str:
        return str((await self.edge())["offers"][0]["id"])

    async def book(self, key: str = "one", **driver: Any) -> Any:
        return await self.ask(BOOK, offer=await self.offer_id(), key=key, driver=driver or DRIVER)


@pytest.fixture
async def url(database_url: str, migrated_template: str) -> AsyncIterator[str]:
    name = f"booking_{uuid4().hex}"
    await execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    yield with_database(database_url, name)
    await execute(database_url, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def serving(
    url: str, adapter: BookingNetwork, *others: Network, data_dir: Path | None = None
) -> AsyncIterator[Api]:
    environ = {"PARKGRAPH_DATABASE_URL": url, "PARKGRAPH_DATA_DIR": str(data_dir or "")}
    settings = load(None, environ | {"PARKGRAPH_SERVER_QUERY_DEADLINE_MS": "10000"})
    app = create_app(settings, [network(adapter), *others])
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parkgraph") as http,
    ):
        yield Api(http, adapter)


@pytest.fixture
async def api(url: str) -> AsyncIterator[Api]:
    async with serving(url, booking_network([listing("a", offers=(READY,))])) as served:
        yield served


def parts(**changes: str) -> str:
    """An offer's id, with these parts otherwise."""
    said = {
        "network": "garages", "local_id": "a", "arrive": STAY.arrive.isoformat(), "leave": STAY.leave.isoformat(),
        "vehicle": "CAR,,,,,,", "amount": "12.00", "currency": "EUR", "ref": "offer-1",
    }  # fmt: skip
    return ids.encode(ids.OFFER, *(said | changes).values())


async def test_an_offer_is_booked_and_found_again(api: Api) -> None:
    edge = await api.edge()
    (offer,) = edge["offers"]
    assert offer["bookable"]
    booked = await api.ask(BOOK, offer=offer["id"], key="one", driver=DRIVER)
    booking_id = booked.pop("id")
    assert booked == {
        "__typename": "Booking",
        "status": "CONFIRMED",
        "reference": "R1",
        "instructions": GATE,
        "url": None,
        "cancellableUntil": None,
        "network": {"id": "garages"},
        "place": {"id": edge["node"]["id"]},
        "listing": {"id": offer["listing"]["id"]},
        "stay": {"arrive": STAY.arrive.isoformat(), "leave": STAY.leave.isoformat()},
        "total": {"amount": "12.00", "currency": "EUR"},
    }
    assert await api.ask(NODE, id=booking_id) == {
        "__typename": "Booking",
        "id": booking_id,
        "status": "CONFIRMED",
        "reference": "R1",
    }
    (request,) = api.network.requests
    assert (request.offer_ref, request.local_id, request.total) == ("offer-1", "a", EUR_12)
    assert (request.stay, request.vehicle) == (STAY, Vehicle(height_cm=190))
    assert request.driver == Driver("S-PG 4711", "Ada", "ada@example.org", "+49 711 4711")


async def test_the_same_key_again_is_the_same_booking_and_another_wish_a_conflict(api: Api) -> None:
    first, again = await api.book(), await api.book()
    assert first == again
    assert (await api.book(plate="S-XX 1"))["__typename"] == "IdempotencyConflict"
    assert len(api.network.requests) == 1


async def test_a_booking_is_cancelled_by_whoever_has_its_id(api: Api) -> None:
    booking_id = (await api.book())["id"]
    cancelled = {"__typename": "Booking", "id": booking_id, "status": "CANCELLED"}
    assert await api.ask(CANCEL, id=booking_id) == cancelled
    assert await api.ask(CANCEL, id=booking_id) == cancelled
    assert (await api.ask(NODE, id=booking_id))["status"] == "CANCELLED"


async def test_a_booking_with_a_token_is_its_accounts_alone(url: str, tmp_path: Path) -> None:
    async with serving(url, booking_network([listing("a", offers=(READY,))]), data_dir=tmp_path) as api:
        api.http.headers = httpx.Headers(bearer(tmp_path, subject="anna"))
        booking_id = (await api.book())["id"]
        api.http.headers = httpx.Headers(bearer(tmp_path, subject="berta"))
        assert await api.ask(NODE, id=booking_id) is None
        assert await api.ask(CANCEL, id=booking_id) == {"__typename": "BookingRefused", "reason": "UNKNOWN_BOOKING"}
        api.http.headers = httpx.Headers()
        assert await api.ask(NODE, id=booking_id) is None
        api.http.headers = httpx.Headers(bearer(tmp_path, subject="anna"))
        assert (await api.ask(NODE, id=booking_id))["status"] == "CONFIRMED"
        assert (await api.ask(CANCEL, id=booking_id))["status"] == "CANCELLED"


async def test_refusals_are_data(api: Api) -> None:
    api.network.next(Turn.REFUSES)
    refused = await api.book()
    assert refused == {
        "__typename": "BookingRefused",
        "reason": "SOLD_OUT",
        "text": "The garage is sold out for this stay.",
    }
    unknown = ids.encode(ids.BOOKING, uuid4().hex)
    assert await api.ask(CANCEL, id=unknown) == {"__typename": "BookingRefused", "reason": "UNKNOWN_BOOKING"}
    assert await api.ask(NODE, id=unknown) is None


async def test_a_lost_reply_is_unknown_and_says_when_to_ask_again(api: Api) -> None:
    offer_id = await api.offer_id()
    api.network.next(Turn.LATE)
    unknown = await api.ask(BOOK, offer=offer_id, key="one", driver=DRIVER)
    assert unknown["__typename"] == "BookingUnknown"
    assert unknown["retryAfterMs"] > 0
    api.network.catch_up()
    assert (await api.ask(BOOK, offer=offer_id, key="one", driver=DRIVER))["status"] == "CONFIRMED"


@pytest.mark.parametrize(
    "changes",
    [
        {"network": "elsewhere"},
        {"network": "lister"},
        {"ref": ""},
        {"arrive": (ARRIVE - timedelta(days=9)).isoformat(), "leave": (ARRIVE - timedelta(days=8)).isoformat()},
    ],
    ids=["no such network", "takes no bookings", "no reference", "over"],
)
async def test_an_offer_that_cannot_be_booked_any_more_is_gone(url: str, changes: dict[str, str]) -> None:
    async with serving(url, booking_network(), feed("lister", batch("a"))) as api:
        gone = await api.ask(BOOK, offer=parts(**changes), key="one", driver=DRIVER)
        assert gone["__typename"] == "OfferGone"
        assert api.network.requests == []


@pytest.mark.parametrize("bookable", [True, False])
async def test_places_can_be_searched_by_whether_they_can_be_booked(api: Api, bookable: bool) -> None:
    query = AROUND.replace("vehicle:", f"filter: {{bookable: {json.dumps(bookable)}}}, vehicle:")
    stay = {"arrive": STAY.arrive.isoformat(), "leave": STAY.leave.isoformat()}
    assert len((await api.ask(query, stay=stay))["edges"]) == bookable


async def test_offers_of_a_network_that_takes_no_bookings_are_not_bookable(url: str) -> None:
    declares = search("declares", batch(listing("a", offers=(READY,))), capabilities=BOOKING_INFO.capabilities)
    implements = BookingNetwork(replace(BOOKING_INFO, capabilities=SEARCH_INFO.capabilities))
    implements.script.next(batch(listing("b", offers=(READY,))))
    async with serving(url, implements, declares) as api:
        stay = {"arrive": STAY.arrive.isoformat(), "leave": STAY.leave.isoformat()}
        edges = (await api.ask(AROUND, stay=stay))["edges"]
        capabilities = await api.ask("{ networks { id capabilities } }")
    offers = [offer for edge in edges for offer in edge["offers"]]
    assert [offer["bookable"] for offer in offers] == [False, False]
    assert [row["id"] for row in capabilities if "BOOKING" in row["capabilities"]] == ["yards"]


@pytest.mark.parametrize("offer", [replace(READY, bookable=False), replace(READY, total=None)])
async def test_an_offer_is_bookable_only_with_a_price_and_where_its_network_says_so(
    url: str, offer: ListingOffer
) -> None:
    async with serving(url, booking_network([listing("a", offers=(offer,))])) as api:
        assert [each["bookable"] for each in (await api.edge())["offers"]] == [False]


BAD_OFFERS = {
    "no id": "?",
    "another kind": ids.encode(ids.LISTING, "garages", "a"),
    "too few parts": ids.encode(ids.OFFER, "garages", "a"),
    "no price": parts(amount="", currency=""),
    "a price that is none": parts(amount="NaN"),
    "less than nothing": parts(amount="-1.00"),
    "a currency that is none": parts(currency="euro"),
    "no instant": parts(arrive="tomorrow"),
    "no offset": parts(arrive="2026-11-24T09:00:00"),
    "leaves before it arrives": parts(leave=STAY.arrive.isoformat()),
    "no vehicle": parts(vehicle="TANK,,,,,,"),
    "half a vehicle": parts(vehicle="CAR"),
    "a vehicle otherwise": parts(vehicle="CAR,+190,,,,,"),
    "a reference that no database holds": parts(ref="offer\x00"),
    "too long": parts(ref="x" * 10_000),
}


@pytest.mark.parametrize("offer", BAD_OFFERS.values(), ids=BAD_OFFERS)
async def test_a_malformed_offer_id_is_bad_input_that_names_the_argument(offer: str) -> None:
    with pytest.raises(BadUserInputError, match=r"^offerId: "):
        offer_ids.decode(offer)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"offer": "?"}, "offerId: "),
        ({"key": ""}, "idempotencyKey: "),
        ({"key": "x" * 201}, "idempotencyKey: "),
        ({"key": "a\nb"}, "idempotencyKey: "),
        ({"key": "schlüssel"}, "idempotencyKey: "),
        ({"driver": {"plate": " "}}, "driver.plate: "),
        ({"driver": {"plate": "S" * 21}}, "driver.plate: "),
        ({"driver": {"name": "Ada\u0000"}}, "driver.name: "),
        ({"driver": {"email": "a" * 255}}, "driver.email: "),
        ({"driver": {"phone": "1\r\n2"}}, "driver.phone: "),
    ],
)
async def test_bad_input_names_its_argument(api: Api, changes: dict[str, Any], where: str) -> None:
    answer = await api.answer(BOOK, **({"offer": parts(), "key": "one", "driver": DRIVER} | changes))
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith(where)


async def test_a_malformed_booking_id_is_bad_input_that_names_the_argument(api: Api) -> None:
    for value in ("?", parts(), ids.encode(ids.BOOKING, "7"), ids.encode(ids.PLACE, uuid4().hex)):
        (error,) = (await api.answer(CANCEL, id=value))["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["message"].startswith("bookingId: ")


PLANTED = "S-PG 4711"


@pytest.mark.parametrize(
    "driver",
    [
        {"plate": PLANTED * 10},
        {"plate": PLANTED + "\u0000"},
        {"plate": [PLANTED]},
        {"plate": {"value": PLANTED}},
        {"plate": PLANTED, "colour": "blue"},
        PLANTED,
        [PLANTED, PLANTED],
    ],
    ids=str,
)
async def test_no_error_repeats_what_it_was_told_of_the_driver(api: Api, driver: object) -> None:
    answer = await api.answer(BOOK, offer=parts(), key="one", driver=driver)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    in_text = json.dumps(driver).replace('"plate"', "plate").replace('"value"', "value").replace('"colour"', "colour")
    literal = f'mutation {{ bookOffer(offerId: "x", idempotencyKey: "one", driver: {in_text}) {{ __typename }} }}'
    also = await api.answer(literal)
    assert also["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "4711" not in json.dumps(answer) + json.dumps(also)


async def test_a_mutation_is_never_carried_out_by_get(api: Api) -> None:
    query = f'mutation {{ bookOffer(offerId: "{parts()}", idempotencyKey: "k", driver: {{}}) {{ __typename }} }}'
    persisted = {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}
    body = {"query": query, "extensions": {"persistedQuery": persisted}}
    assert (await api.http.post("/graphql", json=body)).json()["data"]["bookOffer"]["__typename"] == "Booking"
    extensions = json.dumps({"persistedQuery": persisted})
    assert (await api.http.get("/graphql", params={"extensions": extensions})).status_code == 405
    assert len(api.network.requests) == 1


async def test_one_request_books_once(api: Api) -> None:
    field = f'bookOffer(offerId: "{parts()}", driver: {{}}, idempotencyKey: '
    query = f'mutation {{ a: {field}"a") {{ __typename }} b: {field}"b") {{ __typename }} }}'
    (error,) = (await api.answer(query))["errors"]
    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"


async def test_without_a_database_bookings_are_unavailable_and_places_are_not(api: Api, url: str) -> None:
    booking_id = (await api.book())["id"]
    await execute(url, "ALTER TABLE network_bookings RENAME TO away")
    for query, variables in (
        (BOOK, {"offer": parts(), "key": "two", "driver": DRIVER}),
        (CANCEL, {"id": booking_id}),
        (NODE, {"id": booking_id}),
    ):
        (error,) = (await api.answer(query, **variables))["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE"
    assert (await api.edge())["offers"][0]["bookable"]


async def test_bookings_are_told_by_network_and_outcome(api: Api) -> None:
    booking_id = (await api.book())["id"]
    await api.book()
    await api.ask(CANCEL, id=booking_id)
    await api.ask(BOOK, offer=parts(network="invented"), key="two", driver=DRIVER)
    metrics = (await api.http.get("/metrics")).text
    told = sorted(line for line in metrics.splitlines() if line.startswith("parkgraph_bookings_total"))
    assert told == [
        'parkgraph_bookings_total{action="book",network="garages",outcome="confirmed"} 2.0',
        'parkgraph_bookings_total{action="cancel",network="garages",outcome="cancelled"} 1.0',
    ]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\x00"), min_size=1)
SIZES = st.none() | st.integers(1, 5_000)
VEHICLES = st.builds(Vehicle, st.sampled_from(VehicleKind), SIZES, SIZES, SIZES, SIZES, st.booleans(), st.booleans())
TOTALS = st.builds(Money, st.decimals(0, 10**9, places=2), st.sampled_from(["EUR", "CHF", "JPY"]))
REFS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


@given(TEXT, TEXT, REFS, VEHICLES, TOTALS)
def test_an_offer_s_id_says_all_that_was_offered(
    network_id: str, local_id: str, ref: str, vehicle: Vehicle, total: Money
) -> None:
    key = ListingKey(network_id, local_id)
    offer = Offer(key, listing(local_id), STAY, vehicle, OfferStatus.PRICED, ref=ref, total=total)
    terms = offer_ids.decode(offer_ids.encode(offer))
    assert terms == Terms(network_id, local_id, ref, STAY, vehicle, total)
