"""What a broker could send one day: nothing but the SDK's faults may leave the adapter."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from parkgraph.domain.geo import Bounds
from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch, Malformed, Response, Unavailable
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_ngsi import Adapter
from tests.damaged_json import anything, damaged

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ENTITIES: list[dict[str, Any]] = json.loads((SAMPLES / "heidelberg.json").read_bytes())
URL = "https://broker.example/v2/entities"


def read(content: bytes, **settings: Any) -> Batch[Listing]:
    return asyncio.run(Adapter(Adapter.Settings(url=URL, **settings), AnswerClient(content)).listings())


def read_entities(*entities: object, **settings: Any) -> Batch[Listing]:
    return read(json.dumps(entities).encode(), **settings)


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"null", b"{}", b'"entities"', b'{"error": "NotFound"}', b"[NaN]"]
)
def test_a_document_of_another_shape_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read(content)


@pytest.mark.parametrize("graph", ["@graph", "features"])
def test_entities_in_a_graph_or_as_features_are_read_like_a_list(graph: str) -> None:
    at = {"type": "Point", "coordinates": [8.68, 49.41]}
    facts = {"type": "OffStreetParking", "name": "P1", "totalSpotNumber": {"type": "Property", "value": 70}}
    entities = {
        "@graph": {"id": "urn:P1", **facts, "location": {"type": "GeoProperty", "value": at}},
        "features": {"type": "Feature", "id": "urn:P1", "geometry": at, "properties": facts},
    }
    batch = read(json.dumps({graph: [entities[graph], None, 7]}).encode())
    assert [(item.local_id, item.capacity, item.location.latitude) for item in batch.items] == [("urn:P1", 70, 49.41)]
    assert len(batch.rejected) == 2


def test_an_entity_that_was_asked_for_by_its_id_is_a_list_of_one() -> None:
    assert len(read(json.dumps(ENTITIES[0]).encode()).items) == 1


def test_so_is_the_feature_of_one() -> None:
    facts = {"type": "OffStreetParking", "name": "P1"}
    feature = {"type": "Feature", "id": "urn:P1", "geometry": {"type": "Point", "coordinates": [8.6, 49.4]}}
    (listing,) = read(json.dumps({**feature, "properties": facts}).encode()).items
    assert (listing.local_id, listing.name) == ("urn:P1", "P1")


async def test_a_fault_of_the_client_passes_through(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await Adapter(Adapter.Settings(url="file:absent.json"), ReplayClient(tmp_path)).listings()


def test_a_bad_row_is_rejected_by_its_id_and_leaves_the_others() -> None:
    batch = read_entities(ENTITIES[0] | {"lat": None}, *ENTITIES[1:])
    assert len(batch.items) == len(ENTITIES) - 1
    assert [(rejected.row, rejected.reason) for rejected in batch.rejected] == [
        (ENTITIES[0]["id"], "it has no position")
    ]


@pytest.mark.parametrize("row", [None, 7, "P0", [], {}, {"id": "P0"}, {"id": [], "type": {}, "location": 5}])
def test_a_row_that_is_no_entity_is_rejected(row: object) -> None:
    batch = read_entities(row)
    assert batch.items == ()
    assert len(batch.rejected) == 1


def test_an_entity_outside_of_the_bounds_is_rejected() -> None:
    heidelberg = (49.3, 8.5, 49.5, 8.8)
    batch = read_entities(ENTITIES[0], ENTITIES[1] | {"lat": 8.69, "lon": 49.41}, bounds=heidelberg)
    assert len(batch.items) == 1
    assert [rejected.reason for rejected in batch.rejected] == [
        "its position is outside of the bounds that are configured"
    ]


class Counting(AnswerClient):
    """A broker that says how many entities there are."""

    def __init__(self, content: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(content)
        self._headers = headers

    async def get(self, url: str, **how: Any) -> Response:
        return Response(200, self._headers, (await super().get(url, **how)).content)


@pytest.mark.parametrize(
    ("headers", "complete"),
    [
        ({"fiware-total-count": "2"}, False),
        ({"ngsild-results-count": "2"}, False),
        ({"fiware-total-count": "1"}, True),
        ({"fiware-total-count": "many"}, True),
        ({}, True),
    ],
    ids=str,
)
async def test_an_answer_with_fewer_entities_than_there_are_is_not_complete(
    headers: dict[str, str], complete: bool
) -> None:
    client = Counting(json.dumps(ENTITIES[:1]).encode(), headers)
    assert (await Adapter(Adapter.Settings(url=URL), client).listings()).complete is complete


async def headers_sent(**settings: Any) -> Mapping[str, str]:
    client = AnswerClient(b"[]")
    await Adapter(Adapter.Settings(url=URL, **settings), client).listings()
    ((url, headers),) = client.asked
    assert url == URL
    return headers


async def test_a_broker_that_asks_for_nothing_is_told_nothing() -> None:
    assert await headers_sent() == {"Accept": "application/json"}


async def test_a_token_and_a_tenant_are_headers() -> None:
    assert await headers_sent(token="s3cret", service="city", service_path="/parking", tenant="t") == {
        "Accept": "application/json",
        "Authorization": "Bearer s3cret",
        "Fiware-Service": "city",
        "Fiware-ServicePath": "/parking",
        "NGSILD-Tenant": "t",
    }


async def test_in_another_header_a_token_is_bare() -> None:
    headers = await headers_sent(token="s3cret", token_header="X-Auth-Token")
    assert headers["X-Auth-Token"] == "s3cret"
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    "settings",
    [
        {"timezone": "Europe/Heidelberg"},
        {"timezone": "../etc/passwd"},
        {"currency": "euro"},
        {"bounds": [49.5, 8.5, 49.3, 8.8]},
        {"service": "two\r\nlines"},
        {"token_header": "X Auth"},
        {"name": ""},
        {"city": "Heidelberg"},
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Adapter.Settings(url=URL, **settings)


def test_what_differs_from_city_to_city_is_configuration() -> None:
    settings = Adapter.Settings(
        url=URL,
        name="Porto",
        timezone="Europe/Lisbon",
        attribution="CM Porto",
        licence="CC BY 4.0",
        homepage="https://porto.example",
        bounds=(41.0, -8.8, 41.3, -8.4),
    )
    info = Adapter(settings, AnswerClient()).info
    assert (info.name, info.timezone.key, info.attribution) == ("Porto", "Europe/Lisbon", "CM Porto")
    assert (info.licence, info.homepage) == ("CC BY 4.0", "https://porto.example")
    assert info.coverage == (Bounds(41.0, -8.8, 41.3, -8.4),)


VALUES = anything("24/7", "Mo-Fr 08:00-20:00", "P1D", "10:00", {"type": "Polygon", "coordinates": [[[8, 49]]]})


@given(st.data())
def test_whatever_one_row_becomes_it_is_a_listing_or_rejected_and_the_other_row_stays(data: st.DataObject) -> None:
    broken, whole = data.draw(st.permutations(ENTITIES))[:2]
    batch = read_entities(data.draw(damaged(broken, VALUES)), whole)
    assert len(batch.items) + len(batch.rejected) == 2
    assert whole["id"] in {listing.local_id for listing in batch.items}
    assert all(rejected.reason for rejected in batch.rejected)
