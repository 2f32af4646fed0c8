"""What is asked of the network, and what becomes of answers that are late, lost or wrong."""

import asyncio
import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch, Denied, Malformed, NetworkFault, RateLimited, Response, Unavailable
from parkgraph_apds import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
AREA = {"base_url": "https://network.test/v1/parking", "latitude": 53.48, "longitude": -2.24}
HOURLY = {"rateLineType": "incrementingRate", "value": 2.5, "incrementPeriod": "PT1H"}
RIGHT = {"id": "r1", "type": "oneTimeUseParking", "rateEligibility": [{"id": "e1", "rate": {"id": "t1"}}]}
TABLE = {
    "id": "t1",
    "rateTableName": {"en": "Day"},
    "rateLineCollections": [{"collectionSequence": 1, "applicableCurrency": "GBP", "rateLines": [HOURLY]}],
}


class Network:
    """A client that answers as a network that speaks APDS, from memory.

    `faults`: what is raised for an address instead; `asked`: addresses and parameters that were asked for.
    """

    def __init__(self, places: list[Any], page_size: int = 200) -> None:
        self.places = places
        self.page_size = page_size
        self.resources: dict[str, Any] = {}
        self.faults: dict[str, NetworkFault] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.headers: list[Mapping[str, str]] = []

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        path, params = url.removeprefix(f"{AREA['base_url']}/"), params or {}
        self.asked.append((path, params))
        self.headers.append(headers or {})
        offset = int(params.get("offset", "0"))
        if fault := self.faults.get(f"{path}@{offset}" if path == "places" else path):
            raise fault
        if path == "places":
            meta = {"referenceInstant": 1_795_420_800, "offset": offset, "total": len(self.places)}
            return _answer({"meta": meta, "data": self.places[offset : offset + self.page_size]})
        if path not in self.resources:
            raise Unavailable("the network answered 404")
        return _answer(self.resources[path])

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        raise Unavailable("this network is only read")

    def adapter(self, **settings: object) -> Adapter:
        return Adapter(Adapter.Settings.model_validate({**AREA, **settings}), self)

    async def listings(self, **settings: object) -> Batch[Listing]:
        return await self.adapter(**settings).listings()


def _answer(document: object) -> Response:
    return Response(200, {}, json.dumps(document).encode())


def place(number: int = 1, **more: object) -> dict[str, Any]:
    """A place with all that a listing needs; None leaves a field out."""
    row = {
        "id": f"p{number}",
        "type": "place",
        "name": {"en": f"Place {number}"},
        "indicativePointLocation": {"type": "Point", "coordinates": [-2.24, 53.48]},
        **more,
    }
    return {key: value for key, value in row.items() if value is not None}


@pytest.fixture
def network() -> Network:
    """One place, one right, one rate table."""
    found = Network([place(rightSpecifications=[{"id": "r1", "version": 1}])])
    found.resources = {"rights/r1": deepcopy(RIGHT), "rates/t1": deepcopy(TABLE)}
    return found


async def test_the_area_is_asked_for_with_the_token(network: Network) -> None:
    await network.listings(token="t0k3n", radius=900)
    path, params = network.asked[0]
    assert path == "places"
    assert params == {"latitude": "53.48", "longitude": "-2.24", "radius": "900", "expand": "all"}
    assert {headers["Authorization"] for headers in network.headers} == {"Bearer t0k3n"}


async def test_without_an_area_all_of_the_server_is_asked_for(network: Network) -> None:
    await network.listings(latitude=None, longitude=None)
    assert network.asked[0] == ("places", {"expand": "all"})
    assert network.adapter(latitude=None, longitude=None).info.coverage == ()


async def test_no_token_is_sent_where_none_is_set(network: Network) -> None:
    await network.listings()
    assert all("Authorization" not in headers for headers in network.headers)


async def test_a_place_leads_to_its_right_and_that_to_its_rate(network: Network) -> None:
    (listing,) = (await network.listings()).items
    assert [path for path, _ in network.asked] == ["places", "rights/r1", "rates/t1"]
    assert listing.rates is not None
    assert listing.tariff_text == "Day"


async def test_the_standard_s_own_path_and_word_for_rates_are_known(network: Network) -> None:
    eligibility = [{"id": "e1", "rateTable": {"id": "t1"}}]
    network.resources = {"rights/specs/r1": RIGHT | {"rateEligibility": eligibility}, "rates/t1": TABLE}
    (listing,) = (await network.listings(rights_path="rights/specs")).items
    assert listing.rates is not None


async def test_what_is_written_out_is_not_asked_for(network: Network) -> None:
    whole = RIGHT | {"rateEligibility": [{"id": "e1", "rate": TABLE}]}
    network.places = [place(rightSpecifications=[whole])]
    (listing,) = (await network.listings()).items
    assert [path for path, _ in network.asked] == ["places"]
    assert listing.rates is not None


async def test_rights_and_rates_that_places_share_are_asked_for_once(network: Network) -> None:
    network.places = [place(number, rightSpecifications=[{"id": "r1"}]) for number in range(30)]
    batch = await network.listings()
    assert len(network.asked) == 3
    assert all(listing.rates for listing in batch.items)


async def test_an_id_cannot_lead_elsewhere(network: Network) -> None:
    network.places = [place(rightSpecifications=[{"id": "../../admin?x#y"}])]
    await network.listings()
    assert network.asked[1][0] == "rights/..%2F..%2Fadmin%3Fx%23y"
    network.places = [place(rightSpecifications=[{"id": ".."}])]
    await network.listings()
    assert len(network.asked) == 3


async def test_all_pages_are_read() -> None:
    network = Network([place(number) for number in range(5)], page_size=2)
    batch = await network.listings()
    assert [params.get("offset") for _, params in network.asked] == [None, "2", "4"]
    assert len(batch.items) == 5
    assert batch.complete
    assert batch.as_of == datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize("fault", [Unavailable("down"), RateLimited("slow"), Denied("no"), Malformed("what")])
async def test_a_later_page_that_fails_leaves_the_list_incomplete(fault: NetworkFault) -> None:
    network = Network([place(number) for number in range(5)], page_size=2)
    network.faults["places@2"] = fault
    batch = await network.listings()
    assert len(batch.items) == 2
    assert not batch.complete


@pytest.mark.parametrize("fault", [Unavailable("down"), RateLimited("slow"), Denied("no"), Malformed("what")])
async def test_a_first_page_that_fails_is_the_fault_itself(network: Network, fault: NetworkFault) -> None:
    network.faults["places@0"] = fault
    with pytest.raises(type(fault)):
        await network.listings()
    with pytest.raises(type(fault)):
        await network.adapter().occupancies()


async def test_a_network_that_always_answers_with_the_first_page_is_not_asked_for_ever(network: Network) -> None:
    class Deaf(Network):
        async def get(self, url: str, *, params: Mapping[str, str] | None = None, **more: Any) -> Response:
            return await super().get(url, params={}, **more)

    deaf = Deaf([place(number) for number in range(5)], page_size=2)
    batch = await deaf.listings()
    assert len(deaf.asked) == 2
    assert (len(batch.items), batch.complete) == (2, False)


@pytest.mark.parametrize("path", ["rights/r1", "rates/t1"])
@pytest.mark.parametrize("fault", [Unavailable("404"), RateLimited("slow"), Malformed("what")])
async def test_a_place_without_its_tariff_is_better_than_no_place(
    network: Network, path: str, fault: NetworkFault
) -> None:
    network.faults[path] = fault
    batch = await network.listings()
    assert [listing.rates for listing in batch.items] == [None]
    assert not batch.complete


@pytest.mark.parametrize("path", ["rights/r1", "rates/t1"])
async def test_refused_credentials_are_told_wherever_they_are_refused(network: Network, path: str) -> None:
    network.faults[path] = Denied("no")
    with pytest.raises(Denied):
        await network.listings()


@pytest.mark.parametrize("document", [[], {}, {"data": {}}, {"data": None}, 1, None, "data"])
async def test_another_outer_shape_is_malformed(network: Network, document: object) -> None:
    class Other(Network):
        async def get(self, url: str, **more: Any) -> Response:
            return _answer(document)

    with pytest.raises(Malformed):
        await Other([]).listings()


async def test_a_list_without_meta_is_the_whole_list(network: Network) -> None:
    class Bare(Network):
        async def get(self, url: str, **more: Any) -> Response:
            return _answer({"data": [place()]})

    batch = await Bare([]).listings()
    assert (len(batch.items), batch.complete, batch.as_of) == (1, True, None)


FULL = {"supply": {"supplyQuantity": 10}, "demand": {"demandType": [{"count": 10}]}}


async def test_live_data_of_a_list_take_one_request() -> None:
    network = Network([place(1, occupancy=FULL), place(2)])
    batch = await network.adapter().occupancies()
    assert [(path, params["expand"]) for path, params in network.asked] == [("places", "occupancy")]
    assert [update.local_id for update in batch.items] == ["p1"]


async def test_live_data_are_asked_for_place_by_place_where_the_list_has_none() -> None:
    network = Network([place(1), place(2)])
    network.resources = {"places/p1": place(1, occupancy=FULL), "places/p2": place(2)}
    batch = await network.adapter().occupancies()
    assert network.asked[1:] == [("places/p1", {"expand": "occupancy"}), ("places/p2", {"expand": "occupancy"})]
    assert [update.local_id for update in batch.items] == ["p1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": 91},
        {"latitude": None},
        {"radius": 0},
        {"timezone": "Nowhere"},
        {"rights_path": "../x"},
        {"base_url": "ftp://x"},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Adapter.Settings.model_validate(AREA | wrong)


def test_the_token_does_not_show() -> None:
    assert "t0k3n" not in repr(Adapter.Settings.model_validate({**AREA, "token": "t0k3n"}))


def test_the_area_is_the_coverage() -> None:
    (box,) = Network([]).adapter(radius=1000).info.coverage
    assert box.contains(box.centre)
    assert 53.46 < box.south < 53.48 < box.north < 53.50


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from([10**30, -1, "x" * 500, "\x00", "2026-01-01 00:00:00", "PT1H", "place", "GBP"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def spoil(document: Any, value: object, random: Any) -> None:
    """Replace, or drop, something somewhere in it."""
    while True:
        keys = list(document) if isinstance(document, dict) else range(len(document))
        if not keys:
            return
        key = random.choice(keys)
        if not isinstance(document[key], (dict, list)) or random.random() < 0.2:
            if random.random() < 0.3:
                del document[key]
            else:
                document[key] = deepcopy(value)
            return
        document = document[key]


@given(JSON, st.randoms(use_true_random=False), st.integers(1, 4))
def test_whatever_comes_nothing_but_a_fault_leaves_the_adapter(value: object, random: Any, times: int) -> None:
    places: list[Any] = json.loads((SAMPLES / "places.json").read_bytes())["data"]
    network = Network(places)
    for kind in ("rights", "rates"):
        for file in (SAMPLES / kind).glob("*.json"):
            network.resources[f"{kind}/{file.stem}"] = json.loads(file.read_bytes())
    for _ in range(times):
        spoil(random.choice([network.places, *network.resources.values()]), value, random)
    try:
        batch = asyncio.run(network.listings())
        asyncio.run(network.adapter().occupancies())
    except NetworkFault:
        return
    assert len(batch.items) + len(batch.rejected) == len(network.places)
