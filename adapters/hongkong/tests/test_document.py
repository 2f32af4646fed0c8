"""What the network could send one day: nothing but the SDK's faults may leave the adapter."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from parkgraph.domain.occupancy import Audience, AudienceCapacity, OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import Batch, Malformed, Response, Unavailable
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_hongkong import Adapter
from parkgraph_hongkong.values import HONG_KONG
from tests.damaged_json import damaged

HERE = Path(__file__).resolve().parents[1]
SAMPLES = HERE / "samples" / "v1"
PARKS: list[dict[str, Any]] = json.loads((SAMPLES / "carpark-info-vacancy@data=info.json").read_bytes())["results"]
VACANCIES: list[dict[str, Any]] = json.loads((SAMPLES / "carpark-info-vacancy@data=vacancy.json").read_bytes())[
    "results"
]


def adapter(content: bytes, **settings: object) -> Adapter:
    return Adapter(Adapter.Settings.model_validate(settings), AnswerClient(content))


def document(*rows: object) -> bytes:
    return json.dumps({"results": rows}).encode()


def read(*rows: object, **settings: object) -> Batch[Listing]:
    return asyncio.run(adapter(document(*rows), **settings).listings())


def read_vacancy(*rows: object, **settings: object) -> Batch[OccupancyUpdate]:
    return asyncio.run(adapter(document(*rows), **settings).occupancies())


def park(**changes: object) -> dict[str, Any]:
    """The first sample, with some of its values replaced."""
    return PARKS[0] | changes


def only_listing(row: object, **settings: object) -> Listing:
    batch = read(row, **settings)
    assert batch.rejected == ()
    (listing,) = batch.items
    return listing


def only_update(**vacancy: object) -> OccupancyUpdate:
    batch = read_vacancy({"park_Id": "1", "privateCar": [vacancy]})
    assert batch.rejected == ()
    (update,) = batch.items
    return update


@pytest.mark.parametrize(
    "content",
    [b"", b"<html></html>", b"null", b"[]", b"{}", b'"results"', b'{"results": null}', b'{"results": {}}'],
)
async def test_a_document_of_another_shape_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        await adapter(content).listings()
    with pytest.raises(Malformed):
        await adapter(content).occupancies()


def test_a_number_that_is_not_finite_is_malformed() -> None:
    with pytest.raises(Malformed):
        read(park(latitude=float("nan")))


async def test_a_fault_of_the_client_passes_through(tmp_path: Path) -> None:
    absent = Adapter(Adapter.Settings(base_url="file:absent"), ReplayClient(tmp_path))
    with pytest.raises(Unavailable):
        await absent.listings()
    with pytest.raises(Unavailable):
        await absent.occupancies()


def test_a_bad_row_is_rejected_by_its_id_and_leaves_the_others() -> None:
    batch = read(park(name=None), *PARKS[1:])
    assert len(batch.items) == len(PARKS) - 1
    assert [rejected.row for rejected in batch.rejected] == ["tdcp2"]


@pytest.mark.parametrize("row", [None, 7, "x", [], {}, {"park_Id": "x"}, {"park_Id": [], "name": {}}])
def test_a_row_that_is_no_car_park_is_rejected(row: object) -> None:
    for batch in (read(row), read_vacancy(row)):
        assert batch.items == ()
        assert batch.rejected[0].reason


@pytest.mark.parametrize(
    "changes",
    [
        {"park_Id": None},
        {"park_Id": " "},
        {"name": "x" * 1_000_000},
        {"latitude": None},
        {"latitude": "22.28"},
        {"latitude": 0, "longitude": 0},
        {"latitude": 114.15, "longitude": 22.28},
        {"latitude": 1e308},
        {"longitude": True},
    ],
    ids=lambda changes: json.dumps(changes)[:60],
)
def test_a_row_without_an_id_a_name_or_a_position_in_hong_kong_is_rejected(changes: dict[str, object]) -> None:
    assert read(park(**changes)).items == ()


@pytest.mark.parametrize(
    ("changes", "field", "unknown"),
    [
        ({"privateCar": {"space": -5}}, "capacity", None),
        ({"privateCar": {"space": 0}}, "capacity", None),
        ({"privateCar": {"space": 2**31 - 1}}, "capacity", None),
        ({"privateCar": {"space": 5.5}}, "capacity", None),
        ({"privateCar": {"space": "5"}}, "capacity", None),
        ({"privateCar": None}, "capacity", None),
        ({"privateCar": []}, "capacity", None),
        ({"privateCar": 7}, "rates", None),
        ({"privateCar": {"hourlyCharges": "free"}}, "rates", None),
        ({"displayAddress": 7.5}, "address", None),
        ({"website": "javascript:alert(1)"}, "url", None),
        ({"carpark_Type": "off-street"}, "kind", PlaceKind.UNKNOWN),
        ({"opening_status": None}, "occupancy", None),
        ({"openingHours": None}, "opening_hours", None),
        ({"openingHours": [{}]}, "opening_hours", None),
        ({"openingHours": "24 hours"}, "opening_hours", None),
        ({"heightLimits": [{"height": 0}, {"height": 99}, {"height": "2.1"}, None]}, "max_height_cm", None),
        ({"heightLimits": 2.1}, "max_height_cm", None),
        ({"facilities": [7, None, "helipad"], "paymentMethods": "cash"}, "features", frozenset()),
        ({"modifiedDate": "yesterday"}, "updated_at", None),
        ({"modifiedDate": "2026-13-01 00:00:00"}, "updated_at", None),
    ],
    ids=lambda value: json.dumps(value, default=str)[:60],
)
def test_a_value_that_cannot_be_one_is_unknown_and_spoils_nothing_else(
    changes: dict[str, object], field: str, unknown: object
) -> None:
    assert getattr(only_listing(park(**changes)), field) == unknown


@pytest.mark.parametrize(
    ("limits", "height"),
    [
        ([{"height": 2}], 200),
        ([{"height": 2.299999}], 229),
        ([{"height": 2.4}, {"height": 1.9}], 190),
        ([{"height": 1.9, "remark": "Lorry"}, {"height": 2.1, "remark": "Private Car/Van"}], 210),
        ([{"height": 1.9, "remark": "貨車"}, {"height": 2.1, "remark": "私家車"}], 210),
    ],
)
def test_the_lowest_limit_for_cars_counts(limits: object, height: int) -> None:
    assert only_listing(park(heightLimits=limits)).max_height_cm == height


def test_spaces_for_some_are_audiences_where_there_are_any() -> None:
    listing = only_listing(park(privateCar={"space": 100, "spaceDIS": 3, "spaceEV": 0}))
    assert (listing.capacity, listing.audiences) == (100, (AudienceCapacity(Audience.DISABLED, 3),))


def test_another_vehicle_has_its_own_block() -> None:
    row = park(motorCycle={"space": 40})
    assert only_listing(row, vehicle="motorCycle").capacity == 40
    assert only_listing(row).capacity == 835


def test_blanks_and_control_characters_are_tidied_away() -> None:
    assert only_listing(park(name=" Rumsey\r\n\x00Street ")).name == "Rumsey Street"


def test_the_time_of_the_row_is_hong_kongs() -> None:
    listing = only_listing(park(modifiedDate="2024-01-03 13:28:25"))
    assert listing.updated_at == datetime(2024, 1, 3, 13, 28, 25, tzinfo=HONG_KONG)


@pytest.mark.parametrize(
    ("vacancy", "vacant", "level"),
    [
        ({"vacancy_type": "A", "vacancy": 3}, 3, OccupancyLevel.FEW),
        ({"vacancy_type": "A", "vacancy": -1}, None, OccupancyLevel.UNKNOWN),
        ({"vacancy_type": "A", "vacancy": None}, None, OccupancyLevel.UNKNOWN),
        ({"vacancy_type": "A", "vacancy": 10**12}, None, OccupancyLevel.UNKNOWN),
        ({"vacancy_type": "A"}, None, OccupancyLevel.UNKNOWN),
        ({"vacancy_type": "B", "vacancy": -1}, None, OccupancyLevel.UNKNOWN),
        ({"vacancy_type": "Z", "vacancy": 3}, None, OccupancyLevel.UNKNOWN),
        ({"vacancy": 3}, None, OccupancyLevel.UNKNOWN),
        ({"vacancy_type": "C", "vacancy": 0}, None, OccupancyLevel.CLOSED),
    ],
    ids=str,
)
def test_what_is_not_known_is_not_zero(vacancy: dict[str, object], vacant: int | None, level: OccupancyLevel) -> None:
    occupancy = only_update(**vacancy).occupancy
    assert (occupancy.vacant, occupancy.level, occupancy.observed_at) == (vacant, level, None)


def test_of_several_categories_the_hourly_one_counts() -> None:
    entries = [{"vacancy_type": "A", "vacancy": n, "category": c} for n, c in ((1, "MONTHLY"), (2, "HOURLY"))]
    (update,) = read_vacancy({"park_Id": 7, "privateCar": entries}).items
    assert (update.local_id, update.occupancy.vacant) == ("7", 2)


@pytest.mark.parametrize(
    "entries", [None, [], [7], [{"vacancy_type": "A", "category": "MONTHLY"}], [{"vacancy_type": "A"}] * 2]
)
def test_a_row_without_exactly_one_count_is_rejected(entries: object) -> None:
    assert read_vacancy({"park_Id": "1", "privateCar": entries}).items == ()


class ParameterClient(AnswerClient):
    """Keeps the parameters of each request."""

    def __init__(self) -> None:
        super().__init__(document())
        self.parameters: list[Mapping[str, str]] = []

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        self.parameters.append(params or {})
        return await super().get(url, params=params, headers=headers, follow=follow)


@pytest.mark.parametrize("base_url", ["http://hk/v1", "http://hk/v1/", "http://hk/v1/carpark-info-vacancy"])
async def test_both_documents_are_at_one_address_and_differ_by_a_parameter(base_url: str) -> None:
    client = ParameterClient()
    asking = Adapter(Adapter.Settings(base_url=base_url, language="zh_TW", vehicle="LGV"), client)
    await asking.listings()
    await asking.occupancies()
    assert [url for url, _ in client.asked] == ["http://hk/v1/carpark-info-vacancy"] * 2
    assert client.parameters == [{"data": data, "vehicleTypes": "LGV", "lang": "zh_TW"} for data in ("info", "vacancy")]


@pytest.mark.parametrize(("key", "value"), [("language", "fr"), ("vehicle", "boat"), ("base_url", "x"), ("url", "x")])
def test_a_wrong_setting_is_refused_by_its_name(key: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Adapter.Settings.model_validate({key: value})
    assert refused.value.errors()[0]["loc"] == (key,)


def test_every_setting_is_described_in_the_readme() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for name, setting in Adapter.Settings.model_fields.items():
        assert f"| `{name}` |" in readme
        assert setting.description
        assert setting.description in readme


@given(st.data())
def test_whatever_one_row_becomes_it_is_an_item_or_rejected_and_the_other_row_stays(data: st.DataObject) -> None:
    first, whole = data.draw(st.permutations(PARKS))[:2]
    live, whole_live = data.draw(st.permutations(VACANCIES))[:2]
    listings, updates = read(data.draw(damaged(first)), whole), read_vacancy(data.draw(damaged(live)), whole_live)
    assert whole["park_Id"] in {listing.local_id for listing in listings.items}
    assert whole_live["park_Id"] in {update.local_id for update in updates.items}
    for items, rejected in ((listings.items, listings.rejected), (updates.items, updates.rejected)):
        assert len(items) + len(rejected) == 2
        assert all(row.reason for row in rejected)
