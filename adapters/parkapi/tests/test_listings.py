"""What becomes of the documents of Konstanz and Karlsruhe."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import Batch
from parkgraph.sdk.replay import ReplayClient
from parkgraph_parkapi import Adapter
from parkgraph_parkapi.site import osm_hours

Read = Callable[..., Awaitable[Batch[Listing]]]


async def test_the_demo_replays_the_samples(samples: Path) -> None:
    batch = await Adapter(Adapter.Settings(**Adapter.demo), ReplayClient(samples)).listings()
    assert (len(batch.items), batch.rejected, batch.complete, batch.as_of) == (10, (), True, None)


async def test_a_site_is_mapped_field_by_field(read: Read, konstanz: dict[str, Any]) -> None:
    [lago] = (await read("konstanz", konstanz)).items
    observed = datetime(2024, 9, 9, 8, 0, 5, tzinfo=UTC)
    assert lago == Listing(
        local_id="4",
        name="Parkhaus LAGO",
        location=Coordinates(47.65615688, 9.17639495),
        kind=PlaceKind.GARAGE,
        address="Lago Shopping Center, Hafenstraße 31, 78462 Konstanz",
        operator="Girlan Immobilien GmbH",
        capacity=930,
        occupancy=Occupancy(412, 930, OccupancyLevel.VACANT, observed),
        audiences=(AudienceCapacity(Audience.DISABLED, 4), AudienceCapacity(Audience.WOMEN, 46)),
        opening_hours="Mo-Fr 07:00-01:30, Sa 07:00-01:30, Su 07:00-01:30",
        max_height_cm=190,
        features=frozenset({Feature.ACCESSIBLE}),
        tariff_text="Tageshöchstsatz: 24,00 €, Nachttarif: 1,00 €/h",
        url="https://www.konstanz.de/site/Konstanz/node/107856/Parkhaus.html",
        updated_at=observed,
    )


async def test_karlsruhe_says_where_is_room_and_where_nothing_is_known(replay: Read, samples: Path) -> None:
    batch = await replay("karlsruhe", samples)
    found = {listing.local_id: listing.occupancy for listing in batch.items}
    observed = datetime(2024, 9, 9, 8, 5, tzinfo=UTC)
    assert len(found) == 12
    assert not batch.rejected
    assert found["61"] == Occupancy(371, 912, OccupancyLevel.VACANT, observed)
    assert found["62"] == Occupancy(0, 52, OccupancyLevel.FULL, observed)
    assert found["71"] == Occupancy(None, 493, OccupancyLevel.UNKNOWN, observed)
    assert found["73"] == Occupancy(161, 273, OccupancyLevel.CLOSED, observed)
    assert found["51"] is None


async def test_live_data_of_a_site_that_has_none_are_not_believed(read: Read, karlsruhe: dict[str, Any]) -> None:
    karlsruhe["features"][0]["properties"]["echtzeit_belegung"] = "F"
    [listing] = (await read("karlsruhe", karlsruhe)).items
    assert listing.occupancy is None


@pytest.mark.parametrize("vacant", [-1, -3, 10**9])
async def test_an_absurd_vacancy_is_unknown(read: Read, karlsruhe: dict[str, Any], vacant: int) -> None:
    karlsruhe["features"][0]["properties"]["freie_parkplaetze"] = vacant
    [listing] = (await read("karlsruhe", karlsruhe)).items
    assert listing.occupancy is not None
    assert (listing.occupancy.vacant, listing.occupancy.level) == (None, OccupancyLevel.UNKNOWN)


async def test_more_vacant_than_there_are_is_not_divided_by_them(read: Read, karlsruhe: dict[str, Any]) -> None:
    karlsruhe["features"][0]["properties"]["freie_parkplaetze"] = 700
    [listing] = (await read("karlsruhe", karlsruhe)).items
    assert listing.occupancy is not None
    assert (listing.occupancy.vacant, listing.occupancy.capacity) == (700, None)


async def test_none_vacant_of_none_is_a_counter_that_is_off(read: Read, konstanz: dict[str, Any]) -> None:
    konstanz["features"][0]["attributes"] |= {"real_capa": 0, "real_fcap": 0}
    [listing] = (await read("konstanz", konstanz)).items
    assert listing.occupancy is not None
    assert (listing.occupancy.vacant, listing.occupancy.capacity) == (None, None)


async def test_a_day_that_was_made_an_instant_is_no_time(read: Read, karlsruhe: dict[str, Any]) -> None:
    [listing] = (await read("karlsruhe", karlsruhe)).items
    assert listing.updated_at is None


async def test_a_live_time_without_an_offset_is_unknown(read: Read, karlsruhe: dict[str, Any]) -> None:
    karlsruhe["features"][0]["properties"]["stand_freieparkplaetze"] = "2024-09-09T08:05:00"
    [listing] = (await read("karlsruhe", karlsruhe)).items
    assert listing.occupancy is not None
    assert (listing.occupancy.vacant, listing.occupancy.observed_at) == (402, None)


async def test_the_clearance_of_nothing_is_unknown(read: Read, konstanz: dict[str, Any]) -> None:
    konstanz["features"][0]["attributes"]["max_hei"] = "0,19 m"
    [listing] = (await read("konstanz", konstanz)).items
    assert listing.max_height_cm is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mo-Fr 07:00-01:30,Sa 08:00-01:30", "Mo-Fr 07:00-01:30, Sa 08:00-01:30"),
        ("Mo,We 07:00-12:00,13:00-18:00", "Mo,We 07:00-12:00,13:00-18:00"),
        ("Mo-Fr 07:00-01:30; Sa 08:00-01:30", "Mo-Fr 07:00-01:30; Sa 08:00-01:30"),
        ("24/7", "24/7"),
    ],
)
def test_a_rule_after_a_time_gets_its_blank(written: str, meant: str) -> None:
    assert osm_hours(written) == meant
