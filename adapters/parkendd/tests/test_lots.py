"""A document of ParkAPI v1."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import Batch

Read = Callable[..., Awaitable[Batch[Listing]]]

ALTMARKT = {
    "coords": {"lat": 51.05031, "lng": 13.73754}, "free": 286, "id": "dresdenaltmarkt", "lot_type": "Tiefgarage",
    "name": "Altmarkt", "state": "open", "total": 400,
}  # fmt: skip
AT_TEN = datetime(2026, 3, 3, 9, 0, 30, tzinfo=UTC)


@pytest.fixture
async def dresden(replay: Read) -> dict[str, Listing]:
    return {listing.local_id: listing for listing in (await replay("dresden.json")).items}


async def test_a_document_of_a_city_is_read(replay: Read) -> None:
    batch = await replay("dresden.json")
    assert len(batch.items) == 12
    assert [(row.row, row.reason) for row in batch.rejected] == [("dresdenterrassenuferbus", "it is not for cars")]
    assert batch.as_of == AT_TEN


async def test_counts_are_of_the_document_s_time_which_is_utc(dresden: dict[str, Listing]) -> None:
    altmarkt = dresden["dresdenaltmarkt"]
    assert (altmarkt.name, altmarkt.kind, altmarkt.capacity) == ("Altmarkt", PlaceKind.UNDERGROUND, 400)
    assert altmarkt.occupancy == Occupancy(286, 400, OccupancyLevel.VACANT, AT_TEN)


async def test_nothing_is_full_that_is_not_said(dresden: dict[str, Listing]) -> None:
    levels = {key: listing.occupancy and listing.occupancy.level for key, listing in dresden.items()}
    assert levels["dresdenanderfrauenkirche"] is OccupancyLevel.FULL
    assert levels["dresdenferdinandplatz"] is OccupancyLevel.CLOSED
    assert levels["dresdenreitbahnstrasse"] is None
    assert levels["dresdenpirnaischerplatz"] is None
    assert dresden["dresdenpirnaischerplatz"].capacity is None


async def test_hours_become_osm_syntax_and_the_disabled_have_spaces_of_their_own(dresden: dict[str, Listing]) -> None:
    centrum = dresden["dresdencentrumgalerie"]
    assert centrum.opening_hours == "Mo-Sa 07:00-23:00; PH off"
    assert centrum.audiences == (AudienceCapacity(Audience.DISABLED, 12, None),)


@pytest.mark.parametrize(
    ("changed", "occupancy"),
    [
        ({"state": "unknown"}, Occupancy(286, 400, OccupancyLevel.VACANT)),
        ({"state": "unknown", "free": 0}, None),
        ({"state": "many"}, Occupancy(286, 400, OccupancyLevel.VACANT)),
        ({"state": "nodata"}, None),
        ({"state": None, "free": None}, None),
        ({"free": -1}, None),
        ({"free": "286"}, Occupancy(286, 400, OccupancyLevel.VACANT)),
        ({"free": 0, "total": 0}, None),
        ({"free": 401}, Occupancy(401, None, OccupancyLevel.VACANT)),
        ({"state": "closed", "free": None}, Occupancy(None, 400, OccupancyLevel.CLOSED)),
    ],
)
async def test_what_is_vacant(read: Read, changed: dict[str, object], occupancy: Occupancy | None) -> None:
    (listing,) = (await read({"lots": [{**ALTMARKT, **changed}]})).items
    assert listing.occupancy == occupancy


async def test_the_first_servers_wrote_other_words(read: Read) -> None:
    lot = {"name": "Altmarkt", "coords": {"lat": 51.05031, "lon": 13.73754}, "count": 400, "free": 235, "state": "many"}
    (listing,) = (await read({"last_updated": "2015-06-15T12:31:00", "lots": [lot]})).items
    assert listing.local_id == "Altmarkt 51.050310 13.737540"
    assert listing.occupancy == Occupancy(235, 400, OccupancyLevel.VACANT, datetime(2015, 6, 15, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"coords": None}, "it has no position, here or in geojson_url"),
        ({"coords": {"lat": 0, "lng": 0}}, "it has no position, here or in geojson_url"),
        ({"coords": {"lat": 151.0, "lng": 5}}, "it has no position, here or in geojson_url"),
        ({"coords": [51, 13]}, None),
        ({"name": " "}, None),
        ({"name": 7}, None),
    ],
)
async def test_a_lot_that_cannot_be_is_rejected_alone(
    read: Read, changed: dict[str, object], reason: str | None
) -> None:
    batch = await read({"lots": [{**ALTMARKT, **changed, "id": "other"}, ALTMARKT]})
    assert [listing.local_id for listing in batch.items] == ["dresdenaltmarkt"]
    (rejected,) = batch.rejected
    assert rejected.row == "other"
    assert reason in (None, rejected.reason)
