"""One bad row never kills a feed, whatever its converter does about it."""

import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch, Malformed
from parkgraph.sdk.replay import AnswerClient
from parkgraph_parkapi import Adapter
from tests.damaged_json import anything, damaged

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
Read = Callable[..., Awaitable[Batch[Listing]]]


async def test_a_row_that_the_converter_refuses_is_rejected_by_its_id(read: Read, karlsruhe: dict[str, Any]) -> None:
    bad = deepcopy(karlsruhe["features"][0])
    bad["properties"] |= {"id": 900, "gesamte_parkplaetze": None}
    batch = await read("karlsruhe", {**karlsruhe, "features": [bad, *karlsruhe["features"]]})
    assert [listing.local_id for listing in batch.items] == ["63"]
    [rejected] = batch.rejected
    assert (rejected.row, rejected.reason) == ("900", "its converter refuses gesamte_parkplaetze (required value)")


@pytest.mark.parametrize("bad", [{"max_hei": "hoch m"}, {"opening_h": None}])
async def test_a_row_that_breaks_the_converter_is_rejected_by_its_number(
    read: Read, konstanz: dict[str, Any], bad: dict[str, object]
) -> None:
    [lago] = konstanz["features"]
    broken = {"attributes": {**lago["attributes"], "id": 900, **bad}}
    batch = await read("konstanz", {**konstanz, "features": [broken, lago, broken]})
    assert [listing.local_id for listing in batch.items] == ["4"]
    assert [(rejected.row, rejected.reason) for rejected in batch.rejected] == [
        ("row 1", "its converter breaks on it"),
        ("row 3", "its converter breaks on it"),
    ]


@pytest.mark.parametrize("bad", [None, 7, "text", [], {}, {"properties": None}, {"properties": [], "type": "Feature"}])
async def test_what_is_no_row_at_all_is_rejected(read: Read, karlsruhe: dict[str, Any], bad: object) -> None:
    batch = await read("karlsruhe", {**karlsruhe, "features": [*karlsruhe["features"], bad]})
    assert (len(batch.items), len(batch.rejected)) == (1, 1)


async def test_rows_of_a_list_are_told_apart_too(read: Read) -> None:
    good = {"objektid": 1, "infraid": "a", "lat": 48.5, "lon": 9.1, "stellplaetzegesamt": 40, "hst_dhid": "de:08115:1"}
    good |= {"koordinatenqualitaet": "validierte-Position"}
    batch = await read("bfrk_bw_car", [good, "nonsense", {**good, "infraid": "b", "lat": None}])
    assert [listing.local_id for listing in batch.items] == ["a"]
    assert {rejected.row for rejected in batch.rejected} == {"row 2", "b"}


async def test_a_second_row_of_an_id_is_rejected(read: Read, konstanz: dict[str, Any]) -> None:
    batch = await read("konstanz", {**konstanz, "features": konstanz["features"] * 2})
    assert (len(batch.items), len(batch.rejected)) == (1, 1)


async def test_a_reason_quotes_nothing_of_the_row(read: Read, konstanz: dict[str, Any]) -> None:
    konstanz["features"][0]["attributes"] |= {"name": "s3cret <b>", "type": "s3cret"}
    [rejected] = (await read("konstanz", konstanz)).rejected
    assert rejected.row == "unnamed row 1"
    assert rejected.reason == "its converter refuses type (value not allowed)"


def _rows(source: str) -> list[dict[str, Any]]:
    return list(json.loads((SAMPLES / f"{source}.json").read_bytes())["features"])


ROWS = {source: _rows(source) for source in ("konstanz", "karlsruhe")}
NUMBERS = anything(-1, 0, 10**6, 10**18, 10**30, -(10**30), 1e308, -1e308, 1e-300)


@pytest.mark.parametrize("source", ROWS)
@settings(max_examples=60)
@given(data=st.data())
async def test_every_row_is_an_item_or_is_rejected_with_a_reason(source: str, data: st.DataObject) -> None:
    row = st.sampled_from(ROWS[source]).flatmap(lambda row: damaged(row, NUMBERS))
    rows = data.draw(st.lists(row | NUMBERS, max_size=4))
    document = {"type": "FeatureCollection", "features": rows}
    client = AnswerClient(json.dumps(document).encode())
    batch = await Adapter(Adapter.Settings(source=source), client).listings()
    assert len(batch.items) + len(batch.rejected) == len(rows)
    assert all(rejected.row and rejected.reason for rejected in batch.rejected)


@given(document=NUMBERS)
@settings(max_examples=100)
async def test_any_json_at_all_is_read_or_malformed(document: object) -> None:
    client = AnswerClient(json.dumps(document).encode())
    for source in ("konstanz", "karlsruhe", "bfrk_bw_car"):
        try:
            batch = await Adapter(Adapter.Settings(source=source), client).listings()
        except Malformed:
            continue
        assert batch.items == ()
