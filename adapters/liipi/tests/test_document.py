"""What the network could send one day: nothing but the SDK's faults may leave the adapter."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.occupancy import Audience, AudienceCapacity, OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch, Malformed, Unavailable
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_liipi import Adapter
from tests.damaged_json import anything, damaged

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FACILITIES: list[dict[str, Any]] = json.loads((SAMPLES / "facilities.json").read_bytes())["results"]
UTILIZATIONS: list[dict[str, Any]] = json.loads((SAMPLES / "utilizations.json").read_bytes())


def read(content: bytes) -> Batch[Listing]:
    return asyncio.run(Adapter(Adapter.Settings(), AnswerClient(content)).listings())


def read_facilities(*facilities: object, **more: object) -> Batch[Listing]:
    return read(json.dumps({"results": facilities} | more).encode())


def read_counts(*counts: object) -> Batch[OccupancyUpdate]:
    return asyncio.run(Adapter(Adapter.Settings(), AnswerClient(json.dumps(counts).encode())).occupancies())


def count(**changes: object) -> dict[str, object]:
    return UTILIZATIONS[0] | changes


def only_update(*counts: object) -> OccupancyUpdate:
    batch = read_counts(*counts)
    assert batch.rejected == ()
    (update,) = batch.items
    return update


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"null", b"[]", b"{}", b'{"results": {}}', b'{"results": [NaN]}']
)
def test_a_document_of_another_shape_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read(content)


@pytest.mark.parametrize("content", [b"", b"null", b"{}", b'{"results": []}'])
async def test_counts_of_another_shape_are_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        await Adapter(Adapter.Settings(), AnswerClient(content)).occupancies()


async def test_a_fault_of_the_client_passes_through(tmp_path: Path) -> None:
    adapter = Adapter(Adapter.Settings(base_url="file:."), ReplayClient(tmp_path))
    with pytest.raises(Unavailable):
        await adapter.listings()
    with pytest.raises(Unavailable):
        await adapter.occupancies()


@pytest.mark.parametrize("base_url", ["https://parking.example/api", "https://parking.example/api/"])
async def test_both_documents_are_under_one_address(base_url: str) -> None:
    client = AnswerClient(
        answers={
            "https://parking.example/api/facilities.json": b'{"results": []}',
            "https://parking.example/api/utilizations.json": b"[]",
        }
    )
    adapter = Adapter(Adapter.Settings(base_url=base_url), client)
    assert (await adapter.listings()).items == ()
    assert (await adapter.occupancies()).items == ()


def test_an_answer_that_says_there_is_more_is_not_complete() -> None:
    assert not read_facilities(FACILITIES[0], hasMore=True).complete
    assert read_facilities(FACILITIES[0], hasMore=False).complete
    assert read_facilities(FACILITIES[0]).complete


def test_a_bad_row_is_rejected_by_its_id_and_leaves_the_others() -> None:
    batch = read_facilities(FACILITIES[0] | {"location": None}, *FACILITIES[1:])
    assert len(batch.items) == len(FACILITIES) - 1
    assert [(rejected.row, rejected.reason) for rejected in batch.rejected] == [("990", "it has no position")]


@pytest.mark.parametrize("row", [None, 7, "Tapiola", [], {}, {"id": "990"}, {"id": True, "name": {}}, {"id": -1}])
def test_a_row_that_is_no_facility_is_rejected(row: object) -> None:
    batch = read_facilities(row)
    assert batch.items == ()
    assert len(batch.rejected) == 1


def test_a_reason_quotes_nothing_of_the_row() -> None:
    (rejected,) = read_facilities(FACILITIES[0] | {"usages": "secret", "services": ["secret", 1]}).rejected
    assert "secret" not in rejected.reason


@pytest.mark.parametrize(
    "name", ["pricing", "paymentInfo", "openingHours", "services", "usages", "builtCapacity", "status", "type", "ports"]
)
def test_what_is_null_or_missing_is_unknown(name: str) -> None:
    without = {key: value for key, value in FACILITIES[0].items() if key != name}
    assert read_facilities(FACILITIES[0] | {name: None}).rejected == ()
    assert read_facilities(without).rejected == ()


@pytest.mark.parametrize("row", [None, 7, [], {}, {"facilityId": "990"}, {"facilityId": None, "capacityType": "CAR"}])
def test_a_count_of_no_facility_is_rejected(row: object) -> None:
    batch = read_counts(row, UTILIZATIONS[0])
    assert [update.local_id for update in batch.items] == ["990"]
    assert len(batch.rejected) == 1


def test_counts_of_bicycles_alone_are_rejected() -> None:
    (rejected,) = read_counts(count(facilityId=894, capacityType="BICYCLE")).rejected
    assert (rejected.row, rejected.reason) == ("894", "it counts bicycles only")


def test_the_same_spaces_counted_twice_are_rejected() -> None:
    (rejected,) = read_counts(count(), count(spacesAvailable=7)).rejected
    assert rejected.reason == "it counts the same spaces twice"


def test_park_and_ride_and_commercial_spaces_are_two_populations_that_are_not_added() -> None:
    update = only_update(
        count(usage="COMMERCIAL", spacesAvailable=700, capacity=1003), count(spacesAvailable=5, capacity=362)
    )
    assert (update.occupancy.vacant, update.occupancy.capacity) == (5, 362)
    update = only_update(count(usage="COMMERCIAL", spacesAvailable=700, capacity=1003))
    assert (update.occupancy.vacant, update.occupancy.capacity) == (700, 1003)


def test_spaces_for_some_are_no_count_of_the_general_ones() -> None:
    update = only_update(count(capacityType="DISABLED", spacesAvailable=1, capacity=2))
    assert update.occupancy.vacant is None
    assert update.audiences == (AudienceCapacity(Audience.DISABLED, 2, 1),)


@pytest.mark.parametrize(
    "changes",
    [
        {"spacesAvailable": None},
        {"spacesAvailable": -1},
        {"spacesAvailable": 2**31 - 1},
        {"spacesAvailable": 4.5},
        {"spacesAvailable": "600"},
        {"spacesAvailable": 1366},
        {"usage": "HSL_TRAVEL_CARD"},
    ],
    ids=str,
)
def test_what_cannot_be_a_count_is_unknown(changes: dict[str, object]) -> None:
    occupancy = only_update(count(**changes)).occupancy
    assert (occupancy.vacant, occupancy.level) == (None, OccupancyLevel.UNKNOWN)


def test_no_vacant_space_is_zero_and_a_closed_facility_is_closed() -> None:
    assert only_update(count(spacesAvailable=0)).occupancy.level is OccupancyLevel.FULL
    assert only_update(count(openNow=False)).occupancy.level is OccupancyLevel.CLOSED


@pytest.mark.parametrize("timestamp", [None, "", "2021-12-21T08:42:39", 1640068959, "now"])
def test_a_time_without_an_offset_says_nothing(timestamp: object) -> None:
    assert only_update(count(timestamp=timestamp)).occupancy.observed_at is None


VALUES = anything("CUSTOM", "PAID_12H", "SUNDAY", "HOLIDAY", "12", "24", "2 €/h", "5 €/16 h")


@given(st.data())
def test_whatever_one_row_becomes_it_is_a_listing_or_rejected_and_the_other_row_stays(data: st.DataObject) -> None:
    hurt, whole = data.draw(st.permutations(FACILITIES))[:2]
    batch = read_facilities(data.draw(damaged(hurt, VALUES)), whole)
    assert len(batch.items) + len(batch.rejected) == 2
    assert str(whole["id"]) in {listing.local_id for listing in batch.items}
    assert all(rejected.reason for rejected in batch.rejected)


@given(st.data())
def test_whatever_one_count_becomes_it_is_an_update_or_rejected(data: st.DataObject) -> None:
    batch = read_counts(data.draw(damaged(UTILIZATIONS[0], VALUES)), UTILIZATIONS[-1])
    assert 1 <= len(batch.items) + len(batch.rejected) <= 2
    assert all(rejected.reason for rejected in batch.rejected)
