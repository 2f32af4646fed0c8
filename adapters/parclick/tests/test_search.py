"""A search over real HTTP: what is asked by which clock, how it logs in, and every way in which it fails."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from adapters.parclick.tests.stand_in import Parclick

from parkgraph.domain.geo import Area, Bounds, Circle, Coordinates
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.sdk import Batch, Denied, Malformed, NetworkFault, RateLimited, Unavailable
from parkgraph_parclick import Adapter

MADRID = Circle(Coordinates(40.4168, -3.7038), 2_000)
LISBON = Circle(Coordinates(38.7223, -9.1393), 2_000)
BORDER = Circle(Coordinates(38.88, -7.07), 20_000)
STAY = Stay(
    datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Europe/Madrid")),
    datetime(2026, 11, 24, 13, 0, tzinfo=ZoneInfo("Europe/Madrid")),
)
CAR = Vehicle()
PATH = "/v1/parking/list"


def row(number: int, latitude: float = 40.41, longitude: float = -3.7, **fields: object) -> dict[str, Any]:
    sold = [{"id": 49166, "price": 12.3, "price_with_administration_fee": 14.09, "duration": 4, "type": "pass"}]
    return {"id": number, "name": "P", "latitude": latitude, "longitude": longitude, "passes": sold} | fields


async def search(
    adapter: Adapter, area: Area = MADRID, stay: Stay | None = STAY, vehicle: Vehicle = CAR
) -> Batch[Listing]:
    return await adapter.search(area, stay, vehicle)


def ids(batch: Batch[Listing]) -> list[str]:
    return [listing.local_id for listing in batch.items]


async def test_a_circle_is_asked_for_in_kilometres_and_a_stay_on_the_local_clock(
    adapter: Adapter, network: Parclick
) -> None:
    network.add(row(852))
    batch = await search(adapter)
    assert (ids(batch), batch.complete) == (["852"], True)
    assert network.of(PATH) == [
        {
            "locale": "en_GB", "group": "search", "limit": "200", "page": "1", "vehicleType": "1",
            "from": "2026-11-24 09:00", "to": "2026-11-24 13:00",
            "latitude": "40.416800", "longitude": "-3.703800", "radius": "2",
        }
    ]  # fmt: skip


async def test_a_radius_is_rounded_up(adapter: Adapter, network: Parclick) -> None:
    await search(adapter, Circle(MADRID.centre, 2_001))
    await search(adapter, Circle(MADRID.centre, 1))
    await search(adapter, Bounds(40.40, -3.72, 40.44, -3.68))
    assert [asked["radius"] for asked in network.of(PATH)] == ["3", "1", "3"]


async def test_a_wider_area_than_50_km_is_asked_around_its_centre_and_not_complete(
    adapter: Adapter, network: Parclick
) -> None:
    batch = await search(adapter, Bounds(44, 2, 48, 6))
    assert network.of(PATH)[0]["radius"] == "50"
    assert not batch.complete


async def test_in_portugal_the_clock_is_portugals(adapter: Adapter, network: Parclick) -> None:
    network.add(row(7002, 38.7157, -9.1414, country="Portugal"))
    (listing,) = (await search(adapter, LISBON)).items
    assert [(asked["from"], asked["to"]) for asked in network.of(PATH)] == [("2026-11-24 08:00", "2026-11-24 12:00")]
    assert listing.timezone == ZoneInfo("Europe/Lisbon")
    assert listing.offers[0].lines[0].start.isoformat() == "2026-11-24T08:00:00+00:00"


async def test_at_a_border_of_two_clocks_each_car_park_is_priced_by_its_own(
    adapter: Adapter, network: Parclick
) -> None:
    network.add(row(1, 38.8794, -6.9707, country="España"))
    network.add(row(2, 38.8815, -7.1628, country="Portugal"))
    batch = await search(adapter, BORDER)
    assert sorted(asked["from"] for asked in network.of(PATH)) == ["2026-11-24 08:00", "2026-11-24 09:00"]
    assert ids(batch) == ["1", "2"]
    starts = [listing.offers[0].lines[0].start.isoformat() for listing in batch.items]
    assert starts == ["2026-11-24T09:00:00+01:00", "2026-11-24T08:00:00+00:00"]


async def test_a_car_park_of_another_clock_than_was_asked_has_no_offers(adapter: Adapter, network: Parclick) -> None:
    network.add(row(7002, 38.7157, -9.1414, country="Portugal"))
    (listing,) = (await search(adapter)).items
    assert listing.offers == ()


async def test_a_timezone_that_the_network_names_is_believed(adapter: Adapter, network: Parclick) -> None:
    network.add(row(7, _embedded={"city": {"time_zone": "Europe/Lisbon"}}))
    network.add(row(8, _embedded={"city": {"time_zone": "Europe/Paris"}}))
    network.add(row(9, _embedded={"city": {"time_zone": "Europe/Nowhere"}}))
    batch = await search(adapter)
    assert [(str(listing.timezone), len(listing.offers)) for listing in batch.items] == [
        ("Europe/Lisbon", 0),
        ("Europe/Paris", 1),
        ("Europe/Madrid", 1),
    ]


async def test_a_summer_stay_is_asked_by_the_summer_clock(adapter: Adapter, network: Parclick) -> None:
    start = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    await search(adapter, stay=Stay(start, start + timedelta(hours=1)))
    assert network.of(PATH)[0]["from"] == "2026-07-01 09:00"


async def test_a_minute_that_has_begun_is_rounded_up(adapter: Adapter, network: Parclick) -> None:
    start = datetime(2026, 11, 24, 8, 0, 0, 1, tzinfo=UTC)
    await search(adapter, stay=Stay(start, start + timedelta(hours=1)))
    (asked,) = network.of(PATH)
    assert (asked["from"], asked["to"]) == ("2026-11-24 09:01", "2026-11-24 10:01")


@pytest.mark.parametrize(
    ("kind", "vehicle_type"),
    [
        (VehicleKind.CAR, "1"),
        (VehicleKind.VAN, "2"),
        (VehicleKind.CARAVAN, "3"),
        (VehicleKind.COACH, "4"),
        (VehicleKind.TRUCK, "5"),
        (VehicleKind.MOTORCYCLE, "6"),
    ],
)
async def test_each_kind_of_vehicle_is_asked_for_as_the_network_knows_it(
    adapter: Adapter, network: Parclick, kind: VehicleKind, vehicle_type: str
) -> None:
    await search(adapter, vehicle=Vehicle(kind))
    assert network.of(PATH)[0]["vehicleType"] == vehicle_type


async def test_without_a_stay_or_for_a_bicycle_nothing_is_asked(adapter: Adapter, network: Parclick) -> None:
    assert await search(adapter, stay=None) == Batch()
    assert await search(adapter, vehicle=Vehicle(VehicleKind.BICYCLE)) == Batch()
    assert (network.logins, network.asked) == (0, [])


async def test_pages_are_followed_to_the_last(adapter: Adapter, network: Parclick) -> None:
    for number in range(1, 6):
        network.add(row(number))
    network.page_size = 2
    batch = await search(adapter)
    assert (ids(batch), batch.complete) == (["1", "2", "3", "4", "5"], True)
    assert [asked["page"] for asked in network.of(PATH)] == ["1", "2", "3"]


@pytest.mark.parametrize("status", [500, 429, 400])
async def test_a_page_that_fails_leaves_the_others_but_not_complete(
    adapter: Adapter, network: Parclick, status: int
) -> None:
    for number in range(1, 6):
        network.add(row(number))
    network.page_size = 2
    network.failures[PATH] = [None, status]
    batch = await search(adapter)
    assert (ids(batch), batch.complete) == (["1", "2"], False)


async def test_more_than_the_network_answers_at_once_is_not_complete(adapter: Adapter, network: Parclick) -> None:
    network.add(row(1))
    network.total = 500
    batch = await search(adapter)
    assert (ids(batch), batch.rejected, batch.complete) == (["1"], (), False)
    assert [asked["page"] for asked in network.of(PATH)] == ["1", "2"]


async def test_a_stay_that_the_network_does_not_accept_finds_nothing_and_is_no_failure(
    adapter: Adapter, network: Parclick
) -> None:
    network.failures[PATH] = [400]
    assert await search(adapter) == Batch(complete=False)


async def test_searches_at_the_same_time_log_in_once(adapter: Adapter, network: Parclick) -> None:
    network.open.clear()
    searches = asyncio.gather(*(search(adapter) for _ in range(8)))
    while not network.logins:
        await asyncio.sleep(0.01)
    network.open.set()
    await searches
    assert (network.logins, len(network.of(PATH))) == (1, 8)


async def test_a_token_that_has_expired_is_replaced(adapter: Adapter, network: Parclick) -> None:
    await search(adapter)
    network.token = "another"
    network.add(row(1))
    assert ids(await search(adapter)) == ["1"]
    assert network.logins == 2


async def test_a_network_that_refuses_even_a_new_token_denies(adapter: Adapter, network: Parclick) -> None:
    network.failures[PATH] = [401, 401]
    with pytest.raises(Denied):
        await search(adapter)
    assert (network.logins, len(network.of(PATH))) == (2, 2)


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"token": "wrong"}])
async def test_wrong_credentials_are_denied_without_asking(
    new_adapter: Callable[..., Adapter], network: Parclick, wrong: dict[str, str]
) -> None:
    with pytest.raises(Denied):
        await search(new_adapter(**wrong))
    assert (network.logins, network.asked) == (1, [])


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_login_that_fails_is_no_stay_that_is_not_accepted(
    adapter: Adapter, network: Parclick, status: int
) -> None:
    network.login_status = status
    with pytest.raises(Unavailable):
        await search(adapter)


async def test_a_login_without_a_token_is_malformed(adapter: Adapter, network: Parclick) -> None:
    network.login_answer = {"id": 600116}
    with pytest.raises(Malformed):
        await search(adapter)


async def test_without_credentials_there_is_no_login(network: Parclick, new_adapter: Callable[..., Adapter]) -> None:
    adapter = Adapter(Adapter.Settings(base_url=network.base_url), new_adapter().client)
    with pytest.raises(Denied):
        await search(adapter)
    assert network.logins == 0


@pytest.mark.parametrize(
    ("status", "fault"), [(500, Unavailable), (404, Unavailable), (403, Denied), (429, RateLimited)]
)
async def test_a_failure_is_the_fault_that_says_what_to_do_next(
    adapter: Adapter, network: Parclick, status: int, fault: type[NetworkFault]
) -> None:
    network.failures[PATH] = [status, status]
    with pytest.raises(fault):
        await search(adapter)


@pytest.mark.parametrize("document", [None, [], {}, {"items": None}, {"items": {"1": {}}}, "items"])
async def test_a_document_of_another_shape_is_malformed(adapter: Adapter, network: Parclick, document: object) -> None:
    network.answers[PATH] = document
    with pytest.raises(Malformed):
        await search(adapter)


async def test_a_bad_row_is_rejected_by_its_id_and_leaves_the_others(adapter: Adapter, network: Parclick) -> None:
    network.answers[PATH] = {"items": [row(8, name=None), row(7), 5, row(7)], "total": 4}
    batch = await search(adapter)
    assert ids(batch) == ["7"]
    assert [(row.row, row.reason) for row in batch.rejected] == [
        ("8", "name: Field required"),
        ("row 3", "Input should be a valid dictionary or instance of Parking"),
        ("7", "a second row with this id"),
    ]


async def test_a_trial_asks_around_madrid(adapter: Adapter) -> None:
    assert adapter.info.coverage[0].centre.distance_m(MADRID.centre) < 3_000


def test_a_password_belongs_to_a_name() -> None:
    with pytest.raises(ValueError, match="both or none"):
        Adapter.Settings(username="integrator")


def test_secrets_are_not_shown() -> None:
    settings = Adapter.Settings.model_validate({"username": "i", "password": "s3cret", "token": "h4sh"})
    assert "s3cret" not in repr(settings)
    assert "h4sh" not in repr(settings)
