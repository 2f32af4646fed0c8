"""The whole answer: its outer shape, its good and its bad rows, and the request for it."""

import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch, Capability, Malformed, RowRejected, read_rows
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_bahn import Adapter
from parkgraph_bahn.facility import to_listing

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ReadDocument = Callable[[object], Awaitable[Batch[Listing]]]


NO_FACILITY = b'{"_embedded": []}'


async def test_the_demo_replays_the_samples(samples: dict[str, Listing]) -> None:
    batch = await Adapter(Adapter.Settings(**Adapter.demo), ReplayClient(SAMPLES)).listings()
    assert {listing.local_id for listing in batch.items} == samples.keys()


async def test_the_credentials_are_sent_in_the_headers_of_the_marketplace() -> None:
    client = AnswerClient(NO_FACILITY)
    await Adapter(Adapter.Settings(client_id="me", client_secret=SecretStr("s3cret")), client).listings()
    [(url, headers)] = client.asked
    assert url == (
        "https://apis.deutschebahn.com/db-api-marketplace/apis/parking-information/db-bahnpark/v2/parking-facilities"
    )
    assert (headers["DB-Client-Id"], headers["DB-Api-Key"]) == ("me", "s3cret")


async def test_without_credentials_no_header_names_them() -> None:
    client = AnswerClient(NO_FACILITY)
    await Adapter(Adapter.Settings(), client).listings()
    [(_, headers)] = client.asked
    assert not any(name.startswith("DB-") for name in headers)


def test_a_client_id_without_its_secret_is_a_wrong_setting() -> None:
    with pytest.raises(ValidationError, match="give both or none"):
        Adapter.Settings(client_id="me")


def test_the_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(Adapter.Settings(client_id="me", client_secret=SecretStr("s3cret")))


def test_every_setting_is_described_here_and_in_the_readme() -> None:
    readme = (SAMPLES.parent / "README.md").read_text(encoding="utf-8")
    for name, field in Adapter.Settings.model_fields.items():
        assert field.description
        assert f"| `{name}` |" in readme


def test_the_network_has_listings_and_prices_but_no_live_data() -> None:
    info = Adapter(Adapter.Settings(), AnswerClient(NO_FACILITY)).info
    assert info.capabilities == {Capability.LISTINGS, Capability.PRICES}
    assert info.occupancies_every is None


@pytest.mark.parametrize("document", [[], {}, None, {"_embedded": None}, {"_embedded": {}}, "<html>", "[NaN]", ""])
async def test_a_document_of_another_shape_is_malformed(read_document: ReadDocument, document: object) -> None:
    with pytest.raises(Malformed):
        await read_document(document)


async def test_a_document_says_no_time_of_its_data(read_document: ReadDocument, row: dict[str, Any]) -> None:
    row["tariff"] = {}
    batch = await read_document({"_embedded": [row]})
    assert (len(batch.items), batch.complete, batch.as_of) == (1, True, None)


async def test_a_bad_row_is_rejected_beside_the_good(read_document: ReadDocument, row: dict[str, Any]) -> None:
    row["tariff"] = {}
    nowhere = {**row, "id": "nowhere", "address": {"location": None}}
    batch = await read_document({"_embedded": [nowhere, row, None, 7, "text", [row]]})
    assert [listing.local_id for listing in batch.items] == ["100001"]
    assert [rejected.row for rejected in batch.rejected] == ["nowhere", "row 3", "row 4", "row 5", "row 6"]
    assert all(rejected.reason for rejected in batch.rejected)


async def test_a_second_row_of_an_id_is_rejected(read_document: ReadDocument, row: dict[str, Any]) -> None:
    row["tariff"] = {}
    batch = await read_document({"_embedded": [row, row]})
    assert (len(batch.items), len(batch.rejected)) == (1, 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), 100001),
        (("id",), ""),
        (("id",), "1\n2"),
        (("id",), "x" * 101),
        (("name",), []),
        (("name",), [{"name": " ", "context": "NAME"}]),
        (("name", 0, "name"), "x" * 5000),
        (("address", "location"), None),
        (("address", "location", "latitude"), None),
        (("address", "location", "latitude"), "48.8"),
        (("address", "location", "latitude"), float("nan")),
        (("address", "location", "latitude"), 1e300),
        (("address", "location", "latitude"), 0.0),
        (("address", "location", "longitude"), True),
        (("capacity",), {"PARKING": "55"}),
        (("capacity", 0, "total"), 55.5),
        (("tariff", "prices", 1, "price"), -1),
        (("tariff", "prices", 1, "price"), float("inf")),
        (("tariff", "prices", 1, "price"), 10**30),
        (("tariff", "prices", 1, "price"), "0.80"),
        (("tariff", "prices", 1, "price"), True),
        (("tariff", "prices", 1, "duration"), "1hour"),
        (("tariff", "information", "dynamic", "tariffSpecial"), ["frei"]),
        (("access", "outOfService", "isOutOfService"), "nein"),
    ],
)
def test_a_hostile_value_rejects_its_row(row: dict[str, Any], path: tuple[str | int, ...], value: object) -> None:
    *parents, last = path
    part: Any = row
    for key in parents:
        part = part[key]
    part[last] = value
    batch = read_rows([row], to_listing, lambda facility: facility["id"])
    assert not batch.items
    assert "x" * 200 not in batch.rejected[0].reason


def test_two_standard_prices_of_one_product_reject_the_row(row: dict[str, Any]) -> None:
    row["tariff"]["prices"] += [dict(entry) for entry in row["tariff"]["prices"]]
    with pytest.raises(RowRejected, match="two prices"):
        to_listing(row)


def _rows() -> list[dict[str, Any]]:
    document = orjson.loads((SAMPLES / "facilities.json").read_bytes())
    return list(document["_embedded"])


def _paths(part: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value inside."""
    pairs: list[tuple[str | int, object]] = []
    if isinstance(part, dict):
        pairs = list(part.items())
    elif isinstance(part, list):
        pairs = list(enumerate(part))
    return [found for key, value in pairs for found in ((*path, key), *_paths(value, (*path, key)))]


ROWS = _rows()
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
DROP = object()


@st.composite
def damaged_rows(draw: st.DrawFn) -> dict[str, Any]:
    """A true row of which some values are dropped or replaced by any JSON."""
    row: dict[str, Any] = deepcopy(draw(st.sampled_from(ROWS)))
    for path in draw(st.lists(st.sampled_from(_paths(row)), min_size=1, max_size=5)):
        part: Any = row
        try:
            for key in path[:-1]:
                part = part[key]
            value = draw(st.just(DROP) | JSON)
            if value is DROP:
                del part[path[-1]]
            else:
                part[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    return row


@given(damaged=st.lists(damaged_rows() | JSON, max_size=3))
async def test_every_row_is_an_item_or_is_rejected_with_a_reason(damaged: list[Any]) -> None:
    batch = await Adapter(Adapter.Settings(), AnswerClient(json.dumps({"_embedded": damaged}).encode())).listings()
    assert len(batch.items) + len(batch.rejected) == len(damaged)
    assert all(rejected.row and rejected.reason for rejected in batch.rejected)
