"""Documents of cities in the forms of their own servers."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import Batch, Malformed

Read = Callable[..., Awaitable[Batch[Listing]]]

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FEEDS = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds"
needs_feeds = pytest.mark.skipif(not FEEDS.is_dir(), reason="the recorded feeds are not beside the repository")


async def test_koeln_says_what_is_free_and_when_by_its_own_clock(replay: Read) -> None:
    found = {listing.local_id: listing for listing in (await replay("koeln.json")).items}
    at = datetime(2026, 3, 3, 10, 5, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    assert found["PH02"].occupancy == Occupancy(310, None, OccupancyLevel.VACANT, at)
    assert found["PH11"].occupancy is not None
    assert found["PH11"].occupancy.level is OccupancyLevel.FULL
    assert (found["PH08"].name, found["PH08"].occupancy) == ("PH08", None)
    assert found["PH36"].kind is PlaceKind.PARK_AND_RIDE


async def test_aarhus_counts_vehicles_and_has_no_positions_of_its_own(replay: Read) -> None:
    batch = await replay("aarhus.json")
    assert {rejected.reason for rejected in batch.rejected} == {"it has no position, here or in geojson_url"}
    batch = await replay("aarhus.json", zone="Europe/Copenhagen", geojson_url="file:aarhus.geojson")
    found = {listing.local_id: listing for listing in batch.items}
    assert [rejected.row for rejected in batch.rejected] == ["BUSGADEHUSET"]
    at = datetime(2026, 3, 3, 10, 0, 4, tzinfo=ZoneInfo("Europe/Copenhagen"))
    assert (found["NORREPORT"].name, found["NORREPORT"].address) == ("Nørreport", "Nørreport 14")
    assert found["NORREPORT"].occupancy == Occupancy(24, 80, OccupancyLevel.VACANT, at)
    assert (found["DOKK1"].capacity, found["DOKK1"].occupancy) == (980, None)


async def test_zuerich_writes_a_sentence_a_car_park(replay: Read) -> None:
    batch = await replay("zuerich.xml", zone="Europe/Zurich", geojson_url="file:zuerich.geojson")
    found = {listing.local_id: listing for listing in batch.items}
    accu = found["accu"]
    assert (accu.name, accu.address, accu.kind) == ("Parkhaus Accu", "Otto-Schütz-Weg", PlaceKind.GARAGE)
    at = datetime(2026, 3, 3, 9, 1, 50, tzinfo=UTC)
    assert accu.occupancy == Occupancy(131, 194, OccupancyLevel.VACANT, at)
    assert found["hardau2"].occupancy is None
    assert found["bienen"].occupancy == Occupancy(12, 110, OccupancyLevel.CLOSED, at)


@pytest.mark.parametrize("description", ["", "open", "open / many", "12 / open", "open / 12 / 13"])
async def test_a_sentence_of_another_form_rejects_its_row(read: Read, description: str) -> None:
    feed = (SAMPLES / "zuerich.xml").read_text().replace("open /  131", description)
    batch = await read(feed.encode())
    reason = {rejected.row: rejected.reason for rejected in batch.rejected}["accu"]
    assert reason == "its description is not of the form open / 12"


@pytest.mark.parametrize("system", [25832, [4326], "4326", None])
async def test_positions_that_are_not_in_degrees_are_refused_as_a_whole(read: Read, system: object) -> None:
    document = json.loads((SAMPLES / "koeln.json").read_bytes()) | {"spatialReference": {"wkid": system}}
    with pytest.raises(Malformed, match="outSR=4326"):
        await read(document)


@pytest.mark.parametrize(("file", "more"), [("koeln.json", {"exceededTransferLimit": True}), ("aarhus.json", {})])
async def test_an_answer_that_has_more_is_not_complete(read: Read, file: str, more: dict[str, object]) -> None:
    document = json.loads((SAMPLES / file).read_bytes())
    assert (await read(document)).complete
    if "result" in document:
        document["result"]["total"] = 5
    assert not (await read(document | more)).complete


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"lots": 1}', b'{"result": {"records": {}}}', b"<html/>", b"<rss/>", b"<rss", b"\xff\xfe"],
)
async def test_what_is_no_document_of_a_city_is_malformed(read: Read, content: bytes) -> None:
    with pytest.raises(Malformed):
        await read(content)


@needs_feeds
@pytest.mark.parametrize(
    ("file", "listings", "rejected", "counted"),
    [
        ("parkapi_v1/parkapi-reutlingen.json", 30, 0, 0),
        ("parkendd_v1/koeln.json", 52, 0, 50),
        ("parkendd_v1/aarhus.json", 0, 13, 0),
        ("parkendd_v1/zuerich.xml", 0, 37, 0),
    ],
)
async def test_recorded_documents_are_read_to_the_last_row(
    replay: Read, file: str, listings: int, rejected: int, counted: int
) -> None:
    batch = await replay(Path(file).name, folder=FEEDS / Path(file).parent)
    assert (len(batch.items), len(batch.rejected)) == (listings, rejected)
    assert sum(listing.occupancy is not None for listing in batch.items) == counted
