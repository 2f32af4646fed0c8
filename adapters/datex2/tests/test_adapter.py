"""The adapter as ParkGraph meets it: settings, both documents, and rows that were damaged on purpose."""

import asyncio
import copy
from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, OccupancyLevel
from parkgraph.domain.place import PlaceKind
from parkgraph.sdk import Capability, Unavailable
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_datex2 import Adapter

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
STATIC = (SAMPLES / "stuttgart-static.xml").read_bytes()
STATUS = (SAMPLES / "stuttgart-status.xml").read_bytes()


def version_3(**more: object) -> Adapter:
    values = {"static_url": "file:v3-static.xml", "status_url": "file:v3-status.xml", **more}
    return Adapter(Adapter.Settings.model_validate(values), ReplayClient(HERE))


async def test_a_table_of_version_3_is_read() -> None:
    batch = await version_3().listings()
    (dom,) = batch.items
    assert dom.local_id == "dom"
    assert dom.name == "Tiefgarage Dom"
    assert dom.location == Coordinates(50.9405, 6.9572)
    assert dom.kind is PlaceKind.UNDERGROUND
    assert dom.capacity == 610
    assert dom.operator == "Kölner Parkbetriebe"
    assert dom.address == "Trankgasse 11, 50667 Köln"
    assert dom.opening_hours == "24/7"
    assert dom.audiences == (AudienceCapacity(Audience.DISABLED, 12), AudienceCapacity(Audience.ELECTRIC, 20))


async def test_a_row_that_is_no_facility_says_which_and_why() -> None:
    batch = await version_3().listings()
    assert [(rejected.row, rejected.reason) for rejected in batch.rejected] == [
        ("zone", "has no position"),
        ("centre", "is a group of sites, not a facility"),
    ]


async def test_a_status_of_version_3_is_read() -> None:
    (update,) = (await version_3().occupancies()).items
    assert update.local_id == "dom"
    assert (update.occupancy.vacant, update.occupancy.capacity) == (48, 600)
    assert update.occupancy.level is OccupancyLevel.FEW


async def test_without_a_status_document_there_is_no_live_data() -> None:
    adapter = version_3(status_url=None)
    assert adapter.info.capabilities == {Capability.LISTINGS}
    assert adapter.info.occupancies_every is None
    assert (await adapter.occupancies()).complete is False


def test_live_data_is_asked_for_every_minute() -> None:
    assert version_3().info.occupancies_every == timedelta(minutes=1)


async def test_a_fault_of_the_client_passes() -> None:
    with pytest.raises(Unavailable):
        await version_3(static_url="file:absent.xml").listings()


def test_settings_read_like_a_config_file() -> None:
    adapter = version_3(timezone="Europe/Vienna", coverage=[{"south": 48, "west": 16, "north": 49, "east": 17}])
    assert adapter.info.timezone.key == "Europe/Vienna"
    assert adapter.info.coverage == (Bounds(48, 16, 49, 17),)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("static_url", "ftp://example.org/static.xml"),
        ("crs", "EPSG:4326"),
        ("crs", "somewhere"),
        ("timezone", "Europe/Stuttgart"),
        ("coverage", [{"south": 49, "west": 9, "north": 48, "east": 10}]),
        ("name", ""),
        ("statik_url", "https://example.org/static.xml"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        version_3(**{key: value})
    assert refused.value.errors()[0]["loc"][0] == key


def test_every_setting_is_described_in_the_readme() -> None:
    readme = (HERE.parent / "README.md").read_text(encoding="utf-8")
    for name, field in Adapter.Settings.model_fields.items():
        assert f"| `{name}` |" in readme
        assert field.description
        assert field.description in readme


def elements(root: Element) -> list[Element]:
    """All but the root."""
    return [child for parent in root.iter() for child in parent]


DAMAGE = st.sampled_from(["drop", "empty", "repeat", "rename", "text", "no attributes", "attribute"])
NONSENSE = st.sampled_from(
    ["", " ", "NaN", "-1", "1e999", "2147483647", "9" * 5000, "\u0669", "true", "\u202e"]
) | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


def damaged(data: st.DataObject, content: bytes) -> bytes:
    """The document after a few random wounds; its rows keep their outer name, so that it still is one."""
    root = copy.deepcopy(fromstring(content))
    for _ in range(data.draw(st.integers(1, 8))):
        parent = data.draw(st.sampled_from([root, *elements(root)]))
        if not len(parent):
            continue
        child = parent[data.draw(st.integers(0, len(parent) - 1))]
        wound, nonsense = data.draw(DAMAGE), data.draw(NONSENSE)
        match wound:
            case "drop":
                parent.remove(child)
            case "empty":
                child.clear()
            case "repeat":
                parent.append(copy.deepcopy(child))
            case "rename":
                child.tag = "unheardOf"
            case "text":
                child.text = nonsense
            case "no attributes":
                child.attrib.clear()
            case "attribute":
                child.set("id", nonsense)
    root.append(fromstring('<parkingFacility xmlns="x"/>'))
    root.append(fromstring('<parkingFacilityStatus xmlns="x"/>'))
    return tostring(root)


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_damaged_rows_are_items_or_rejected(data: st.DataObject) -> None:
    adapter = Adapter(
        Adapter.Settings.model_validate(Adapter.demo),
        AnswerClient(
            answers={
                "file:stuttgart-static.xml": damaged(data, STATIC),
                "file:stuttgart-status.xml": damaged(data, STATUS),
            }
        ),
    )
    listings, occupancies = asyncio.run(adapter.listings()), asyncio.run(adapter.occupancies())
    assert listings.rejected
    assert occupancies.rejected
    assert all(rejected.reason for rejected in (*listings.rejected, *occupancies.rejected))
