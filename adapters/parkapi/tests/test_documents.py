"""Which documents are asked for, in what way, and what is a document of another shape."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch, Client, Denied, Malformed, NetworkFault, RateLimited, Response, Unavailable
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_parkapi import Adapter
from parkgraph_parkapi.adapter import MAX_DOCUMENTS
from parkgraph_parkapi.converter import Converter, Part
from parkgraph_parkapi.documents import Answer, Request, RequestHelper, Unanswered

Read = Callable[..., Awaitable[Batch[Listing]]]

STATIC = "https://static.example/sources"
AALEN = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [10.0936, 48.8378]},
                "properties": {"uid": "Rathaus", "name": "Tiefgarage Rathaus", "type": "UNDERGROUND", "capacity": 254},
            }
        ],
    }
).encode()
AALEN_LIVE = json.dumps([{"name": "Rathaus", "status": "geöffnet", "max": 254, "occupied": 200, "free": 54}]).encode()


def aalen(client: Client, **settings: Any) -> Adapter:
    return Adapter(Adapter.Settings(source="aalen", static_geojson_base_url=STATIC, **settings), client)


async def test_static_and_live_data_apart_are_two_documents() -> None:
    client = AnswerClient(AALEN_LIVE, {f"{STATIC}/aalen.geojson": AALEN})
    adapter = aalen(client)
    [listing] = (await adapter.listings()).items
    assert (listing.name, listing.capacity, listing.occupancy) == ("Tiefgarage Rathaus", 254, None)
    [update] = (await adapter.occupancies()).items
    assert (update.local_id, update.occupancy) == ("Rathaus", Occupancy(54, 254, OccupancyLevel.VACANT, None))
    assert [url.rpartition("/")[2] for url, _ in client.asked] == ["aalen.geojson", "parkhausbelegung.json"]


async def test_url_stands_for_every_address_but_that_of_the_static_facts() -> None:
    client = AnswerClient(AALEN_LIVE, {f"{STATIC}/aalen.geojson": AALEN})
    adapter = aalen(client, url="https://mirror.example/live")
    await adapter.listings()
    await adapter.occupancies()
    assert [url for url, _ in client.asked] == [f"{STATIC}/aalen.geojson", "https://mirror.example/live"]


async def test_one_document_with_both_is_asked_for_once(samples: Path) -> None:
    client = AnswerClient((samples / "konstanz.json").read_bytes())
    await Adapter(Adapter.Settings(source="konstanz"), client).listings()
    [(url, _)] = client.asked
    assert url.startswith("https://services.gis.konstanz.digital/")


async def test_a_page_is_read_as_well_as_json() -> None:
    page = """<section class="s_live_counter"><div class="card-container"><a class="stretched-link"
        href="/parkhaus/rathaus"></a><div class="counter-text"><p> 120 / 300 </p></div></div></section>"""
    adapter = Adapter(Adapter.Settings(source="ulm"), AnswerClient(page.encode()))
    [update] = (await adapter.occupancies()).items
    assert (update.local_id, update.occupancy) == ("rathaus", Occupancy(120, 300, OccupancyLevel.VACANT, None))


def test_the_arguments_of_requests_become_a_request() -> None:
    helper = RequestHelper({})
    with pytest.raises(Unanswered) as missing:
        helper.get(url="https://a.example", params={"limit": 50, "none": None}, auth=("me", "s3cret"), timeout=30)
    basic = "Basic bWU6czNjcmV0"
    assert missing.value.request == Request(
        "https://a.example", params=(("limit", "50"),), headers=(("Authorization", basic),)
    )
    assert basic not in repr(missing.value.request)


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [({"json": {"ids": [1]}}, ({"ids": [1]}, None)), ({"data": {"user": "me"}}, (None, {"user": "me"}))],
)
async def test_a_post_is_sent_with_its_body(arguments: dict[str, Any], sent: tuple[object, object]) -> None:
    class Posted(AnswerClient):
        async def post(
            self,
            url: str,
            *,
            json: object = None,
            form: Mapping[str, str] | None = None,
            headers: Mapping[str, str] | None = None,
        ) -> Response:
            assert (url, json, form) == ("https://b.example", *sent)
            return Response(200, {}, b"[]")

    with pytest.raises(Unanswered) as missing:
        RequestHelper({}).post(url="https://a.example", **arguments)
    assert (await missing.value.request.send(Posted(), "https://b.example")).json() == []


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/html; charset=iso-8859-1", "Döbele".encode("latin-1")),
        ("text/html", "Döbele".encode()),
        ("text/html; charset=klingon", "Döbele".encode()),
    ],
)
def test_text_is_decoded_as_its_header_says_or_as_utf_8(content_type: str, content: bytes) -> None:
    assert Answer(Response(200, {"content-type": content_type}, content)).text == "Döbele"


@pytest.mark.parametrize("fault", [Unavailable("x"), RateLimited("x"), Denied("x"), Malformed("x")])
async def test_a_fault_of_the_client_is_the_adapter_s(fault: NetworkFault) -> None:
    class Failing(AnswerClient):
        async def get(
            self,
            url: str,
            *,
            params: Mapping[str, str] | None = None,
            headers: Mapping[str, str] | None = None,
            follow: bool = False,
        ) -> Response:
            raise fault

    with pytest.raises(type(fault)):
        await Adapter(Adapter.Settings(source="karlsruhe"), Failing()).listings()


@pytest.mark.parametrize("source", ["karlsruhe", "konstanz", "herrenberg", "vrn_p_r", "bfrk_bw_car", "ulm"])
@pytest.mark.parametrize("document", [b"", b"<html>", b"[NaN]", 7, None, "text", {"error": "no"}, {"features": None}])
async def test_a_document_of_another_shape_is_malformed(read: Read, source: str, document: object) -> None:
    with pytest.raises(Malformed):
        await read(source, document)


async def test_a_document_without_rows_has_no_listings(read: Read) -> None:
    batch = await read("karlsruhe", {"type": "FeatureCollection", "features": []})
    assert (batch.items, batch.rejected) == ((), ())


async def test_a_converter_that_never_has_enough_is_stopped() -> None:
    class Insatiable:
        """A converter class as the library would have it."""

        def __init__(self, config_helper: object, request_helper: RequestHelper) -> None:
            self._helper = request_helper

        def get_static_parking_sites(self) -> tuple[list[object], list[object]]:
            for page in range(10 * MAX_DOCUMENTS):
                self._helper.get(url=f"https://a.example/{page}")
            return [], []

    adapter = Adapter(Adapter.Settings(source="konstanz"), AnswerClient(b"[]"))
    adapter._converter = Converter(Insatiable, {})
    with pytest.raises(Malformed, match="documents"):
        await adapter.listings()


async def test_a_reading_that_is_cancelled_leaves_nothing_waiting(samples: Path) -> None:
    class Silent(AnswerClient):
        async def get(
            self,
            url: str,
            *,
            params: Mapping[str, str] | None = None,
            headers: Mapping[str, str] | None = None,
            follow: bool = False,
        ) -> Response:
            waiting.set()
            await asyncio.Event().wait()
            raise AssertionError

    waiting = asyncio.Event()
    adapter = Adapter(Adapter.Settings(source="konstanz", url="file:konstanz.json"), Silent())
    reading = asyncio.create_task(adapter.listings())
    await waiting.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    adapter.client = ReplayClient(samples)
    assert len((await adapter.listings()).items) == 10


async def test_the_loop_goes_on_while_a_converter_computes() -> None:
    class Slow:
        """Computes until the loop has turned."""

        def __init__(self, config_helper: object, request_helper: RequestHelper) -> None:
            self._helper = request_helper

        def get_static_parking_sites(self) -> tuple[list[object], list[object]]:
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(timeout=10)
            return [], []

    loop = asyncio.get_running_loop()
    adapter = aalen(AnswerClient())
    adapter._converter = Converter(Slow, {})
    assert (await adapter.listings()).items == ()


def test_nothing_is_sent_to_learn_what_a_converter_asks_for_first() -> None:
    adapter = Adapter(Adapter.Settings(source="konstanz"), client := AnswerClient())
    assert adapter._converter.read(Part.STATIC, {}) == adapter._converter.read(Part.LIVE, {})
    assert client.asked == []
