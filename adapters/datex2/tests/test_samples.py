"""The demo's settings against the demo's samples."""

from datetime import datetime
from pathlib import Path

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing
from parkgraph.sdk import Capability
from parkgraph.sdk.replay import ReplayClient
from parkgraph_datex2 import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


@pytest.fixture
def stuttgart() -> Adapter:
    return Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))


async def listings(adapter: Adapter) -> dict[str, Listing]:
    return {listing.name: listing for listing in (await adapter.listings()).items}


async def occupancies(adapter: Adapter) -> dict[str, Occupancy]:
    return {update.local_id: update.occupancy for update in (await adapter.occupancies()).items}


def test_the_network_is_described_by_its_settings(stuttgart: Adapter) -> None:
    info = stuttgart.info
    assert info.name == "Stadt Stuttgart"
    assert info.timezone.key == "Europe/Berlin"
    assert info.capabilities == {Capability.LISTINGS, Capability.OCCUPANCY}


async def test_every_facility_is_a_listing(stuttgart: Adapter) -> None:
    batch = await stuttgart.listings()
    assert len(batch.items) == 17
    assert batch.rejected == ()
    assert batch.complete
    assert batch.as_of == datetime.fromisoformat("2026-11-22T04:00:12+01:00")


async def test_a_listing_has_what_the_city_says(stuttgart: Adapter) -> None:
    lbbw = (await listings(stuttgart))["LBBW (Hbf.)"]
    assert lbbw.local_id == "12717441"
    assert lbbw.operator == "Contipark"
    assert lbbw.capacity == 870
    assert lbbw.audiences == (AudienceCapacity(Audience.GENERAL, 870),)
    assert lbbw.max_height_cm == 210
    assert lbbw.opening_hours == "24/7"
    assert lbbw.updated_at == datetime.fromisoformat("2026-11-22T04:00:12+01:00")


async def test_the_garage_at_the_main_station_lies_12_metres_from_where_db_bahnpark_puts_it(stuttgart: Adapter) -> None:
    lbbw = (await listings(stuttgart))["LBBW (Hbf.)"]
    assert lbbw.location.distance_m(Coordinates(48.786446, 9.18133)) == pytest.approx(12, abs=0.5)


async def test_metres_are_projected_and_degrees_are_kept(stuttgart: Adapter) -> None:
    found = await listings(stuttgart)
    assert found["Neue Brücke"].location == Coordinates(48.775013, 9.175955)
    centre = Coordinates(48.7785, 9.1800)
    assert all(listing.location.distance_m(centre) < 1500 for listing in found.values())


async def test_a_listing_waits_for_its_occupancy(stuttgart: Adapter) -> None:
    assert all(listing.occupancy is None for listing in (await listings(stuttgart)).values())


async def test_a_capacity_of_0_is_unknown(stuttgart: Adapter) -> None:
    hotel = (await listings(stuttgart))["Le Méridien"]
    assert hotel.capacity is None
    assert hotel.audiences == ()


async def test_an_occupancy_has_the_capacity_that_its_count_belongs_to(stuttgart: Adapter) -> None:
    assert (await occupancies(stuttgart))["12717441"] == Occupancy(
        vacant=358,
        capacity=870,
        level=OccupancyLevel.VACANT,
        observed_at=datetime.fromisoformat("2026-11-20T09:29:15+01:00"),
    )


async def test_closed_wins_over_spaces_available(stuttgart: Adapter) -> None:
    breuninger = (await occupancies(stuttgart))["12717229"]
    assert breuninger.level is OccupancyLevel.CLOSED
    assert breuninger.vacant == 568


async def test_a_true_0_stays_0(stuttgart: Adapter) -> None:
    friedrichsbau = (await occupancies(stuttgart))["12717345"]
    assert friedrichsbau.vacant == 0
    assert friedrichsbau.level is OccupancyLevel.FULL


async def test_a_status_of_years_ago_keeps_its_time(stuttgart: Adapter) -> None:
    landtag = (await occupancies(stuttgart))["12717384"]
    assert landtag.observed_at == datetime.fromisoformat("2023-09-23T18:04:00+02:00")


async def test_a_status_of_a_facility_that_is_not_in_the_table_and_a_facility_without_status_are_no_fault(
    stuttgart: Adapter,
) -> None:
    facilities = {listing.local_id for listing in (await stuttgart.listings()).items}
    batch = await stuttgart.occupancies()
    assert {update.local_id for update in batch.items} ^ facilities == {"12717450", "78357206"}
    assert batch.rejected == ()
    assert batch.as_of == datetime.fromisoformat("2026-11-20T09:29:30+01:00")
