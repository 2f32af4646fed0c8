"""The samples, read as the demo reads them."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.sdk.replay import ReplayClient
from parkgraph_rdw import Adapter
from parkgraph_rdw.values import AMSTERDAM

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


@pytest.fixture
def adapter() -> Adapter:
    return Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))


@pytest.fixture
async def by_name(adapter: Adapter) -> dict[str, Listing]:
    return {listing.name: listing for listing in (await adapter.listings()).items}


@pytest.fixture
async def updates(adapter: Adapter, by_name: dict[str, Listing]) -> dict[str, OccupancyUpdate]:
    by_id = {update.local_id: update for update in (await adapter.occupancies()).items}
    return {name: by_id[listing.local_id] for name, listing in by_name.items() if listing.local_id in by_id}


def quote(listing: Listing, arrive: str, leave: str) -> Quote:
    stay = Stay(*(datetime.fromisoformat(at).replace(tzinfo=AMSTERDAM) for at in (arrive, leave)))
    return price(listing.rates, stay, AMSTERDAM)


async def test_every_sample_is_a_listing_and_those_with_live_data_have_them(adapter: Adapter) -> None:
    listings, occupancies = await adapter.listings(), await adapter.occupancies()
    assert (len(listings.items), listings.rejected, listings.complete, listings.as_of) == (12, (), True, None)
    assert (len(occupancies.items), occupancies.rejected, occupancies.complete) == (4, (), True)


async def test_a_listing_says_what_the_network_says_and_nothing_more(by_name: dict[str, Listing]) -> None:
    beekstraat = by_name["Q-Park Beekstraat"]
    assert beekstraat.local_id == "cea4cffe-158c-4b08-b940-5d5eefeba089"
    assert beekstraat.location == Coordinates(52.2095, 5.9678)
    assert beekstraat.kind is PlaceKind.GARAGE
    assert beekstraat.address == "Beekstraat, Apeldoorn"
    assert beekstraat.operator == "Q-Park"
    assert beekstraat.capacity == 350
    assert beekstraat.max_height_cm == 190
    assert beekstraat.opening_hours == "24/7"
    assert beekstraat.updated_at == datetime(2024, 12, 12, 4, 22, 27, tzinfo=AMSTERDAM)
    assert (beekstraat.rates, beekstraat.tariff_text, beekstraat.occupancy) == (None, None, None)
    assert beekstraat.features == frozenset()


async def test_a_capacity_or_height_of_zero_is_unknown(by_name: dict[str, Listing]) -> None:
    piet_hein = by_name["Piet Heingarage"]
    assert (piet_hein.capacity, piet_hein.max_height_cm, piet_hein.opening_hours) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "leave", "amount"),
    [
        ("P1 Parking Waterlooplein", "2026-11-24T10:00", "5.00"),
        ("P1 Parking Waterlooplein", "2026-11-24T10:05", "10.00"),
        ("Eiermarktgarage", "2026-11-24T12:00", "8.10"),
        ("Q-Park Wandelpad", "2026-11-25T09:00", "40.32"),
    ],
)
async def test_the_published_rates_price_a_stay(
    by_name: dict[str, Listing], name: str, leave: str, amount: str
) -> None:
    quoted = quote(by_name[name], "2026-11-24T09:00", leave)
    assert quoted.total is not None
    assert quoted.total.amount == Decimal(amount)


async def test_a_charge_of_nothing_is_free_and_no_tariff_is_unknown(by_name: dict[str, Listing]) -> None:
    park_and_ride = by_name["P+R Station Appingedam"]
    assert (park_and_ride.kind, park_and_ride.capacity) == (PlaceKind.PARK_AND_RIDE, 22)
    assert quote(park_and_ride, "2026-11-24T09:00", "2026-11-26T09:00").status is OfferStatus.FREE
    unknown = quote(by_name["Zaailand"], "2026-11-24T09:00", "2026-11-24T10:00")
    assert (unknown.status, unknown.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.NO_STRUCTURE)


async def test_live_data_are_counts_as_of_their_own_time(updates: dict[str, OccupancyUpdate]) -> None:
    occupancy = updates["Q-Park Beekstraat"].occupancy
    assert (occupancy.vacant, occupancy.capacity, occupancy.level) == (35, 350, OccupancyLevel.VACANT)
    assert occupancy.observed_at == datetime(2026, 11, 23, 3, 0, tzinfo=AMSTERDAM)
    assert updates["Zaailand"].occupancy.level is OccupancyLevel.FULL


async def test_zero_of_zero_is_a_counter_that_is_off(updates: dict[str, OccupancyUpdate]) -> None:
    occupancy = updates["Parkeergarage Stadhuisplein"].occupancy
    assert (occupancy.vacant, occupancy.capacity, occupancy.level) == (None, None, OccupancyLevel.UNKNOWN)
