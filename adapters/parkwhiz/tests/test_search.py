"""A search over real HTTP: what is asked, how it logs in, and every way in which it fails."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from adapters.parkwhiz.tests.stand_in import ParkWhiz
from aiohttp import web

from parkgraph.domain.geo import Area, Bounds, Circle, Coordinates
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk import Batch, Denied, Malformed, NetworkFault, RateLimited, Unavailable
from parkgraph_parkwhiz import Adapter

LOOP = Circle(Coordinates(41.8819, -87.6278), 1_000)
CENTRAL = timezone(timedelta(hours=-6))
STAY = Stay(datetime(2026, 11, 24, 9, 0, tzinfo=CENTRAL), datetime(2026, 11, 24, 17, 30, tzinfo=CENTRAL))
QUOTE = {
    "location_id": "7",
    "purchase_options": [{"id": "a", "price": {"USD": "21.00"}}],
    "_embedded": {
        "pw:location": {
            "name": "Garage",
            "entrances": [{"coordinates": [41.88, -87.62]}],
            "timezone": "America/Chicago",
        }
    },
}


async def search(adapter: Adapter, area: Area = LOOP, stay: Stay | None = STAY) -> Batch[Listing]:
    return await adapter.search(area, stay, Vehicle())


async def test_a_circle_is_asked_for_in_miles_and_a_stay_with_its_offset(adapter: Adapter, network: ParkWhiz) -> None:
    network.quotes = [QUOTE]
    batch = await search(adapter)
    assert [listing.local_id for listing in batch.items] == ["7"]
    assert batch.complete
    (asked,) = network.asked
    assert asked["q"] == "coordinates:41.881900,-87.627800 distance:0.63"
    assert asked["start_time"] == "2026-11-24T09:00:00-06:00"
    assert asked["end_time"] == "2026-11-24T17:30:00-06:00"


async def test_a_stay_in_utc_keeps_its_offset_too(adapter: Adapter, network: ParkWhiz) -> None:
    start = datetime(2026, 11, 24, 15, 0, 0, 123, tzinfo=UTC)
    await search(adapter, stay=Stay(start, start + timedelta(hours=2)))
    assert network.asked[0]["start_time"] == "2026-11-24T15:00:00+00:00"


async def test_a_box_is_asked_for_by_the_circle_around_it(adapter: Adapter, network: ParkWhiz) -> None:
    await search(adapter, Bounds(41.87, -87.64, 41.89, -87.62))
    assert network.asked[0]["q"] == "coordinates:41.880000,-87.630000 distance:0.87"


async def test_a_wider_area_than_50_km_is_asked_around_its_centre_and_not_complete(
    adapter: Adapter, network: ParkWhiz
) -> None:
    batch = await search(adapter, Bounds(40, -90, 44, -84))
    assert network.asked[0]["q"] == "coordinates:42.000000,-87.000000 distance:31.07"
    assert not batch.complete


async def test_without_a_stay_nothing_is_asked(adapter: Adapter, network: ParkWhiz) -> None:
    assert await search(adapter, stay=None) == Batch()
    assert (network.logins, network.asked) == (0, [])


async def test_an_answer_without_quotes_is_an_empty_batch(adapter: Adapter) -> None:
    assert await search(adapter) == Batch()


async def test_searches_at_the_same_time_log_in_once(adapter: Adapter, network: ParkWhiz) -> None:
    network.open.clear()
    searches = asyncio.gather(*(search(adapter) for _ in range(8)))
    while not network.logins:
        await asyncio.sleep(0.01)
    network.open.set()
    await searches
    assert (network.logins, len(network.asked)) == (1, 8)


async def test_a_token_that_holds_no_more_is_replaced(adapter: Adapter, network: ParkWhiz) -> None:
    await search(adapter)
    network.forget()
    network.quotes = [QUOTE]
    assert len((await search(adapter)).items) == 1
    assert network.logins == 2


async def test_a_network_that_refuses_even_a_new_token_denies(adapter: Adapter, network: ParkWhiz) -> None:
    network.failures = [web.Response(status=401), web.Response(status=401)]
    with pytest.raises(Denied):
        await search(adapter)
    assert (network.logins, len(network.asked)) == (2, 2)


async def test_wrong_credentials_are_denied_without_asking(
    new_adapter: Callable[..., Adapter], network: ParkWhiz
) -> None:
    with pytest.raises(Denied):
        await search(new_adapter(client_secret="wrong"))
    assert (network.logins, network.asked) == (1, [])


@pytest.mark.parametrize("answer", [{"access_token": ""}, {"access_token": "a b"}, {"access_token": 7},
                                    {"expires_in": 0}, {"expires_in": "3600"}])  # fmt: skip
async def test_a_login_without_a_usable_token_is_malformed(
    adapter: Adapter, network: ParkWhiz, answer: dict[str, object]
) -> None:
    network.login_answer = answer
    with pytest.raises(Malformed):
        await search(adapter)


async def test_without_credentials_there_is_no_login(network: ParkWhiz, new_adapter: Callable[..., Adapter]) -> None:
    client = new_adapter().client
    adapter = Adapter(Adapter.Settings(base_url=network.base_url), client)
    with pytest.raises(Denied):
        await search(adapter)
    assert network.logins == 0


@pytest.mark.parametrize(
    ("status", "headers", "fault"),
    [(500, {}, Unavailable), (400, {}, Unavailable), (403, {}, Denied), (429, {"Retry-After": "7"}, RateLimited)],
)
async def test_a_failure_is_the_fault_that_says_what_to_do_next(
    adapter: Adapter, network: ParkWhiz, status: int, headers: dict[str, str], fault: type[NetworkFault]
) -> None:
    network.failures = [web.Response(status=status, headers=headers) for _ in range(3)]
    with pytest.raises(fault):
        await search(adapter)


@pytest.mark.parametrize("quotes", [None, {}, {"data": [QUOTE]}, "quotes", 7])
async def test_a_document_of_another_shape_is_malformed(adapter: Adapter, network: ParkWhiz, quotes: object) -> None:
    network.quotes = quotes
    with pytest.raises(Malformed):
        await search(adapter)


async def test_a_bad_row_is_rejected_by_its_id_and_leaves_the_others(adapter: Adapter, network: ParkWhiz) -> None:
    network.quotes = [QUOTE | {"location_id": "8", "_embedded": {}}, QUOTE, 5]
    batch = await search(adapter)
    assert [listing.local_id for listing in batch.items] == ["7"]
    assert [(row.row, row.reason) for row in batch.rejected] == [
        ("8", "_embedded.pw:location: Field required"),
        ("row 3", "Input should be a valid dictionary or instance of Quote"),
    ]


def test_a_secret_belongs_to_an_id() -> None:
    with pytest.raises(ValueError, match="both or none"):
        Adapter.Settings(client_id="partner")


def test_the_secret_is_not_shown() -> None:
    settings = Adapter.Settings.model_validate({"client_id": "partner", "client_secret": "s3cret"})
    assert "s3cret" not in repr(settings)
