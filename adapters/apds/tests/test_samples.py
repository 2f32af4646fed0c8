"""The samples, read as the demo reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.domain.pricing import OfferStatus, price
from parkgraph.domain.stay import Stay
from parkgraph.sdk.replay import ReplayClient
from parkgraph_apds import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ARRIVE = datetime(2026, 11, 24, 8, 21, tzinfo=UTC)


@pytest.fixture
def adapter() -> Adapter:
    return Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))


@pytest.fixture
async def by_name(adapter: Adapter) -> dict[str, Listing]:
    return {listing.name: listing for listing in (await adapter.listings()).items}


async def test_every_public_place_is_a_listing(adapter: Adapter) -> None:
    batch = await adapter.listings()
    assert len(batch.items) == 9
    assert {row.row: row.reason for row in batch.rejected} == {
        "805428": "it is not open to the public",
        "805432-entry": "it is not a place, but a part of one or an area around it",
    }
    assert batch.complete
    assert batch.as_of == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


async def test_a_listing_says_what_the_network_says_and_nothing_more(by_name: dict[str, Listing]) -> None:
    arndale, hall = by_name["Arndale"], by_name["Bridgewater Hall"]
    assert arndale.local_id == "805432"
    assert arndale.location == Coordinates(53.484133, -2.238739)
    assert arndale.kind is PlaceKind.GARAGE
    assert arndale.address == "High Street, M4 1QB Manchester"
    assert arndale.operator == "Manchester City Council"
    assert (arndale.capacity, arndale.opening_hours) == (1382, "24/7")
    assert hall.kind is PlaceKind.UNDERGROUND
    assert (hall.capacity, hall.occupancy, hall.opening_hours, hall.rates, hall.tariff_text) == (None,) * 5


async def test_what_is_vacant_is_what_is_not_occupied(by_name: dict[str, Listing]) -> None:
    observed = datetime(2026, 11, 23, 7, 57, 30, tzinfo=UTC)
    assert by_name["Arndale"].occupancy == Occupancy(471, 1382, OccupancyLevel.VACANT, observed)
    assert by_name["Northern Quarter"].occupancy == Occupancy(
        12, 700, OccupancyLevel.FEW, datetime(2026, 11, 23, 7, 58, tzinfo=UTC)
    )


async def test_live_data_come_in_the_same_form(adapter: Adapter) -> None:
    batch = await adapter.occupancies()
    assert [update.local_id for update in batch.items] == ["805432", "805430", "QP_GB_G7HRF7Y"]
    assert batch.rejected == ()


@pytest.mark.parametrize(
    ("name", "minutes", "total"),
    [
        ("Northern Quarter", 1, "3.20"),
        ("Northern Quarter", 60, "3.20"),
        ("Northern Quarter", 120, "6.70"),
        ("Northern Quarter", 121, "9.70"),
        ("Northern Quarter", 24 * 60, "20.50"),
        ("Arndale", 120, "6.70"),
        ("Arndale", 121, "9.20"),
        ("Arndale", 301, "20.50"),
    ],
)
async def test_a_stay_costs_what_the_tier_says_that_it_ends_in(
    adapter: Adapter, by_name: dict[str, Listing], name: str, minutes: int, total: str
) -> None:
    stay = Stay(ARRIVE, ARRIVE + timedelta(minutes=minutes))
    quote = price(by_name[name].rates, stay, adapter.info.timezone)
    assert quote.total is not None
    assert quote.total.amount == Decimal(total)


async def test_beyond_the_last_tier_there_is_no_price(adapter: Adapter, by_name: dict[str, Listing]) -> None:
    stay = Stay(ARRIVE, ARRIVE + timedelta(hours=25))
    assert price(by_name["Arndale"].rates, stay, adapter.info.timezone).status is OfferStatus.NOT_COMPUTABLE


async def test_a_place_with_several_casual_rights_has_no_certain_price(by_name: dict[str, Listing]) -> None:
    assert by_name["Piazza"].rates is None


async def test_the_tariff_is_told_in_the_words_of_the_network(by_name: dict[str, Listing]) -> None:
    text = by_name["Northern Quarter"].tariff_text or ""
    assert text.startswith("Northern Quarter, general public; Up to 1 hour: 3.20 GBP; Up to 2 hours: 6.70 GBP;")
