"""What the network could send one day: nothing but the SDK's faults may leave the adapter."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import Batch, Malformed, Unavailable
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_sbb import Adapter
from tests.damaged_json import damaged

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FACILITIES: list[dict[str, Any]] = json.loads((SAMPLES / "parking-facilities.json").read_bytes())["features"]


def read(content: bytes) -> Batch[Listing]:
    return asyncio.run(Adapter(Adapter.Settings(), AnswerClient(content)).listings())


def read_features(*features: object) -> Batch[Listing]:
    return read(json.dumps({"type": "FeatureCollection", "features": features}).encode())


def suhr(**properties: object) -> dict[str, Any]:
    """The first sample, with some of its properties replaced."""
    return FACILITIES[0] | {"properties": FACILITIES[0]["properties"] | properties}


def without(property_name: str) -> dict[str, Any]:
    kept = {name: value for name, value in FACILITIES[0]["properties"].items() if name != property_name}
    return FACILITIES[0] | {"properties": kept}


def only_listing(feature: object) -> Listing:
    batch = read_features(feature)
    assert batch.rejected == ()
    (listing,) = batch.items
    return listing


def reason(feature: object) -> str:
    batch = read_features(feature)
    assert batch.items == ()
    (rejected,) = batch.rejected
    return rejected.reason


@pytest.mark.parametrize(
    "content",
    [b"", b"<html></html>", b"null", b"[]", b"{}", b'"features"', b'{"features": null}', b'{"features": {}}'],
)
def test_a_document_of_another_shape_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read(content)


def test_a_number_that_is_not_finite_is_malformed() -> None:
    with pytest.raises(Malformed):
        read(json.dumps({"features": [suhr(poiLevel=float("nan"))]}).encode())


async def test_a_fault_of_the_client_passes_through(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await Adapter(Adapter.Settings(url="file:absent.json"), ReplayClient(tmp_path)).listings()


def test_a_bad_row_is_rejected_by_its_id_and_leaves_the_others() -> None:
    batch = read_features(suhr(displayName=None), *FACILITIES[1:])
    assert len(batch.items) == len(FACILITIES) - 1
    assert [rejected.row for rejected in batch.rejected] == [FACILITIES[0]["id"]]


def test_the_second_row_of_an_id_is_rejected() -> None:
    batch = read_features(suhr(), suhr(displayName="Suhr again"))
    assert [listing.name for listing in batch.items] == ["Suhr"]
    assert len(batch.rejected) == 1


@pytest.mark.parametrize("row", [None, 7, "Suhr", [], {}, {"id": "x"}, {"id": [], "properties": {}, "geometry": {}}])
def test_a_row_that_is_no_feature_is_rejected(row: object) -> None:
    assert reason(row)


@pytest.mark.parametrize(
    "properties",
    [
        {"displayName": "  "},
        {"displayName": "x" * 1_000_000},
        {"operator": 7},
        {"publicAccess": "yes"},
        {"address": "Bahnhofstrasse 3, Suhr"},
        {"address": {"city": {"name": None}}},
        {"capacities": {"STANDARD": 5}},
        {"capacities": [{"categoryType": "STANDARD", "total": -1}]},
        {"capacities": [{"categoryType": "STANDARD", "total": 2**31 - 1}]},
        {"capacities": [{"categoryType": "STANDARD", "total": 5.5}]},
        {"capacities": [{"categoryType": "STANDARD", "total": True}]},
        {"capacities": [{"categoryType": "STANDARD", "total": "5"}]},
        {"capacities": [{"categoryType": "STANDARD", "total": 5}, {"categoryType": "STANDARD", "total": 6}]},
        {"operationTime": [None]},
        {"operationTime": {"daysOfWeek": [[None]]}},
        {"pricingModel": {"viableIncrement": -60}},
        {"pricingModel": {"maximumDayPrice": 1e300}},
        {"pricingModel": {"priceSegments": [{"startingFrom": 0, "price": -100}]}},
        {"pricingModel": {"priceSegments": [{"startingFrom": 0}]}},
    ],
    ids=lambda properties: json.dumps(properties)[:70],
)
def test_a_property_of_the_wrong_type_or_size_rejects_the_row(properties: dict[str, object]) -> None:
    assert reason(suhr(**properties))


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": None},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": [8.0]},
        {"type": "Point", "coordinates": ["8.0", "47.3"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "LineString", "coordinates": [[8.0, 47.3], [8.1, 47.3]]},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Point", "coordinates": [47.37058, 8.08055]},
        {"type": "Point", "coordinates": [2_648_000.0, 1_246_000.0]},
    ],
    ids=str,
)
def test_a_position_that_is_missing_or_far_away_rejects_the_row(geometry: object) -> None:
    assert reason(FACILITIES[0] | {"geometry": geometry})


def test_a_facility_for_bicycles_is_rejected() -> None:
    assert reason(suhr(parkingFacilityCategory="BIKE")) == "it is not for cars"


def test_a_facility_that_is_closed_to_the_public_is_rejected() -> None:
    assert reason(suhr(publicAccess=False)) == "it is not open to the public"


def test_a_reason_quotes_nothing_of_the_row() -> None:
    assert "secret" not in reason(suhr(operator={"secret": 1}, publicAccess="secret"))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("operator", "operator"),
        ("address", "address"),
        ("capacities", "capacity"),
        ("operationTime", "opening_hours"),
        ("pricingModel", "rates"),
    ],
)
def test_what_is_null_or_missing_is_unknown(name: str, field: str) -> None:
    assert getattr(only_listing(suhr(**{name: None})), field) is None
    assert getattr(only_listing(without(name)), field) is None


def test_a_capacity_of_zero_is_zero_and_one_of_null_is_unknown() -> None:
    assert only_listing(suhr(capacities=[{"categoryType": "STANDARD", "total": 0}])).capacity == 0
    assert only_listing(suhr(capacities=[{"categoryType": "STANDARD", "total": None}])).capacity is None


def test_a_category_that_is_new_is_not_counted() -> None:
    listing = only_listing(suhr(capacities=[{"categoryType": "MOONBUGGY", "total": 3}]))
    assert (listing.capacity, listing.audiences) == (None, ())


def test_a_facility_that_is_no_park_and_rail_is_of_unknown_kind() -> None:
    assert only_listing(suhr(parkingFacilityType="PARKING")).kind is PlaceKind.UNKNOWN


def test_others_is_no_operator() -> None:
    assert only_listing(suhr(operator="Sonstige")).operator is None


def test_blanks_and_control_characters_are_tidied_away() -> None:
    listing = only_listing(
        suhr(
            displayName=" Suhr\r\n\x00SBB ",
            address={"addressLine": " Bahnhofplatz", "postalCode": "5034  ", "city": "Suhr"},
        )
    )
    assert listing.name == "Suhr SBB"
    assert listing.address == "Bahnhofplatz, 5034 Suhr"


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ({"addressLine": None, "postalCode": "5034", "city": "Suhr"}, "5034 Suhr"),
        ({"addressLine": "Bahnhofplatz", "postalCode": None, "city": None}, "Bahnhofplatz"),
        ({"addressLine": "", "postalCode": " ", "city": None}, None),
    ],
)
def test_an_address_is_made_of_the_parts_that_there_are(address: dict[str, str | None], line: str | None) -> None:
    assert only_listing(suhr(address=address)).address == line


@given(st.data())
def test_whatever_one_row_becomes_it_is_a_listing_or_rejected_and_the_other_row_stays(data: st.DataObject) -> None:
    broken, whole = data.draw(st.permutations(FACILITIES))[:2]
    batch = read_features(data.draw(damaged(broken)), whole)
    assert len(batch.items) + len(batch.rejected) == 2
    assert whole["id"] in {listing.local_id for listing in batch.items}
    assert all(rejected.reason for rejected in batch.rejected)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_feature_collection_are_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read(content)
