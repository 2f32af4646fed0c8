"""What the cities really published; runs where the recorded feeds are."""

from datetime import datetime
from pathlib import Path

import pytest

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import PlaceKind
from parkgraph.sdk.replay import ReplayClient
from parkgraph_datex2 import Adapter

FEEDS = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds" / "datex2"
pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="the recorded feeds are not beside the repository")


def recorded(city: str, crs: str | None = None) -> Adapter:
    settings = {"static_url": f"file:{city}-static.xml", "status_url": f"file:{city}-realtime.xml", "crs": crs}
    return Adapter(Adapter.Settings.model_validate(settings), ReplayClient(FEEDS))


async def occupancies(adapter: Adapter) -> dict[str, Occupancy]:
    return {update.local_id: update.occupancy for update in (await adapter.occupancies()).items}


async def test_all_49_facilities_of_stuttgart_are_listings_with_the_citys_coordinate_system() -> None:
    batch = await recorded("stuttgart", "EPSG:25832").listings()
    assert len(batch.items) == 49
    assert batch.rejected == ()
    assert batch.as_of == datetime.fromisoformat("2023-12-03T01:51:54.549+01:00")
    assert all(48.7 < item.location.latitude < 48.85 and 9.1 < item.location.longitude < 9.3 for item in batch.items)


async def test_without_it_the_48_in_metres_are_rejected_and_told_the_setting() -> None:
    batch = await recorded("stuttgart").listings()
    assert [item.name for item in batch.items] == ["Neue Brücke"]
    assert len(batch.rejected) == 48
    assert all("crs" in rejected.reason and "EPSG:25832" in rejected.reason for rejected in batch.rejected)


async def test_opening_periods_that_repeat_are_round_the_clock() -> None:
    batch = await recorded("stuttgart", "EPSG:25832").listings()
    hours = [item.opening_hours for item in batch.items]
    assert hours.count("24/7") == 39
    assert hours.count(None) == 10


async def test_ten_facilities_of_stuttgart_have_no_known_capacity() -> None:
    batch = await recorded("stuttgart", "EPSG:25832").listings()
    assert sum(item.capacity is None for item in batch.items) == 10


async def test_all_49_statuses_of_stuttgart_are_read() -> None:
    batch = await recorded("stuttgart").occupancies()
    assert len(batch.items) == 49
    assert batch.rejected == ()
    assert batch.as_of == datetime.fromisoformat("2023-10-07T03:45:31.582+02:00")


async def test_statuses_given_twice_are_one_level() -> None:
    levels = [occupancy.level for occupancy in (await occupancies(recorded("stuttgart"))).values()]
    assert levels.count(OccupancyLevel.CLOSED) == 4
    assert levels.count(OccupancyLevel.FULL) == 1
    assert levels.count(OccupancyLevel.UNKNOWN) == 11


async def test_a_vacancy_belongs_to_the_spaces_that_were_counted_not_to_those_of_the_table() -> None:
    milaneo = (await occupancies(recorded("stuttgart")))["12718764"]
    assert (milaneo.vacant, milaneo.capacity) == (1022, 1174)


async def test_all_17_facilities_of_aachen_are_listings() -> None:
    batch = await recorded("aachen").listings()
    assert len(batch.items) == 17
    assert batch.rejected == ()
    assert batch.as_of == datetime.fromisoformat("2024-11-15T00:00:00.263+00:00")
    assert {item.kind for item in batch.items} == {PlaceKind.GARAGE}
    assert {item.opening_hours for item in batch.items} == {"24/7"}


async def test_aachen_counts_over_its_own_override() -> None:
    found = await occupancies(recorded("aachen"))
    assert len(found) == 17
    assert (found["P10"].vacant, found["P10"].capacity) == (42, 319)


async def test_0_of_0_in_a_closed_garage_is_not_a_full_one() -> None:
    rathaus = (await occupancies(recorded("aachen")))["P5"]
    assert (rathaus.vacant, rathaus.capacity, rathaus.level) == (None, None, OccupancyLevel.CLOSED)
