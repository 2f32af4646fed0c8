"""The samples, read as the demo reads them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from opening_hours import OpeningHours

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.sdk.replay import ReplayClient
from parkgraph_hongkong import Adapter
from parkgraph_hongkong.values import HONG_KONG

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


class Christmas:
    def is_holiday(self, day: date) -> bool:
        return (day.month, day.day) == (12, 25)


@pytest.fixture
def adapter() -> Adapter:
    return Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))


@pytest.fixture
async def by_name(adapter: Adapter) -> dict[str, Listing]:
    return {listing.name: listing for listing in (await adapter.listings()).items}


@pytest.fixture
async def updates(adapter: Adapter) -> dict[str, OccupancyUpdate]:
    await adapter.listings()
    return {update.local_id: update for update in (await adapter.occupancies()).items}


def quote(listing: Listing, arrive: str, leave: str, vehicle: Vehicle | None = None) -> Quote:
    stay = Stay(*(datetime.fromisoformat(at).replace(tzinfo=HONG_KONG) for at in (arrive, leave)))
    return price(listing.rates, stay, HONG_KONG, vehicle or Vehicle(), Christmas())


def total(quoted: Quote) -> Decimal | None:
    return quoted.total.amount if quoted.total else None


async def test_every_sample_is_a_listing_and_has_a_vacancy(adapter: Adapter) -> None:
    listings, occupancies = await adapter.listings(), await adapter.occupancies()
    assert (len(listings.items), listings.rejected, listings.complete, listings.as_of) == (14, (), True, None)
    assert (len(occupancies.items), occupancies.rejected) == (14, ())


async def test_a_listing_says_what_the_network_says_and_nothing_more(by_name: dict[str, Listing]) -> None:
    rumsey = by_name["Rumsey Street Car Park"]
    assert rumsey.local_id == "tdcp2"
    assert rumsey.location == Coordinates(22.287408, 114.153227)
    assert rumsey.kind is PlaceKind.GARAGE
    assert rumsey.address == "2 Rumsey Street, Sheung Wan, Hong Kong"
    assert rumsey.capacity == 835
    assert rumsey.opening_hours == "24/7"
    assert rumsey.features == {
        Feature.ACCESSIBLE,
        Feature.EV_CHARGING,
        Feature.CASH_PAYMENT,
        Feature.CARD_PAYMENT,
    }
    assert rumsey.tariff_text is not None
    assert rumsey.tariff_text.startswith("Mo-Su,PH 07:00-23:00 HKD 23 per h; Mo-Su,PH 23:00-07:00 HKD 17 per h; ")
    assert rumsey.occupancy is None
    assert rumsey.max_height_cm is None
    assert rumsey.audiences == ()


async def test_where_nothing_is_said_of_spaces_and_prices_nothing_is_known(by_name: dict[str, Listing]) -> None:
    hysan = by_name["Hysan Place Car Park"]
    assert (hysan.capacity, hysan.rates, hysan.tariff_text, hysan.kind) == (None, None, None, PlaceKind.UNKNOWN)


@pytest.mark.parametrize(
    ("name", "arrive", "leave", "amount", "what"),
    [
        ("Rumsey Street Car Park", "2026-11-24T09:00", "2026-11-24T10:01", "46.00", "two started hours"),
        ("Rumsey Street Car Park", "2026-11-24T09:00", "2026-11-24T18:00", "180.00", "the day park of a working day"),
        ("Rumsey Street Car Park", "2026-11-29T09:00", "2026-11-29T18:00", "120.00", "the day park of a Sunday"),
        ("Rumsey Street Car Park", "2026-12-25T09:00", "2026-12-25T18:00", "120.00", "and of a holiday on a Friday"),
        ("Rumsey Street Car Park", "2026-11-24T20:00", "2026-11-25T06:00", "65.00", "the night park"),
        ("Rumsey Street Car Park", "2026-11-24T22:00", "2026-11-25T01:00", "57.00", "hours by the time they begin"),
        ("Rumsey Street Car Park", "2026-11-24T09:00", "2026-11-24T21:00", "276.00", "hours beyond a day park's end"),
        ("Kennedy Town Car Park", "2026-11-24T09:00", "2026-11-25T09:00", "312.00", "hours only"),
        ("Queensway Government Offices", "2026-11-24T20:00", "2026-11-25T06:00", "250.00", "a night in the week"),
        ("Queensway Government Offices", "2026-12-25T09:00", "2026-12-25T11:00", "50.00", "a holiday on a Friday"),
    ],
)
async def test_the_published_charges_price_a_stay(
    by_name: dict[str, Listing], name: str, arrive: str, leave: str, amount: str, what: str
) -> None:
    assert total(quote(by_name[name], arrive, leave)) == Decimal(amount), what


async def test_hours_without_a_charge_have_no_price(by_name: dict[str, Listing]) -> None:
    quoted = quote(by_name["Queensway Government Offices"], "2026-11-24T09:00", "2026-11-24T10:00")
    assert (quoted.status, total(quoted)) == (OfferStatus.NOT_COMPUTABLE, None)


async def test_the_charges_are_those_of_the_instances_vehicle(by_name: dict[str, Listing]) -> None:
    quoted = quote(
        by_name["Rumsey Street Car Park"], "2026-11-24T09:00", "2026-11-24T10:00", Vehicle(kind=VehicleKind.MOTORCYCLE)
    )
    assert (quoted.status, quoted.reason) == (OfferStatus.UNAVAILABLE, OfferReason.NOT_ELIGIBLE)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-24T20:00", True),
        ("2026-11-25T06:59", True),
        ("2026-11-24T12:00", False),
        ("2026-11-28T06:00", True),
        ("2026-11-28T12:00", True),
        ("2026-11-30T06:00", True),
        ("2026-12-25T12:00", True),
    ],
)
async def test_opening_hours_are_osm_syntax_that_knows_nights_weekends_and_holidays(
    by_name: dict[str, Listing], at: str, is_open: bool
) -> None:
    queensway = by_name["Queensway Government Offices"]
    assert queensway.opening_hours == "Mo-Fr 19:00-07:00, Sa-Su,PH 07:00-31:00"
    hours = OpeningHours(queensway.opening_hours, timezone=HONG_KONG, coords=(22.28, 114.17))
    assert hours.is_open(datetime.fromisoformat(at).replace(tzinfo=HONG_KONG)) is is_open


async def test_a_count_is_vacant_spaces_as_of_its_own_time(updates: dict[str, OccupancyUpdate]) -> None:
    occupancy = updates["tdcp2"].occupancy
    assert (occupancy.vacant, occupancy.capacity, occupancy.level) == (312, None, OccupancyLevel.VACANT)
    assert occupancy.observed_at == datetime(2026, 11, 23, 9, 30, tzinfo=HONG_KONG)
    assert occupancy.observed_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("local_id", "vacant", "level"),
    [
        ("tdcp5", 0, OccupancyLevel.FULL),
        ("tdcp10", None, OccupancyLevel.VACANT),
        ("tdcp11", None, OccupancyLevel.FULL),
        ("tdcp3", None, OccupancyLevel.UNKNOWN),
        ("tdc95p1", None, OccupancyLevel.CLOSED),
    ],
)
async def test_a_count_of_zero_a_yes_a_no_nothing_and_closed_are_five_things(
    updates: dict[str, OccupancyUpdate], local_id: str, vacant: int | None, level: OccupancyLevel
) -> None:
    occupancy = updates[local_id].occupancy
    assert (occupancy.vacant, occupancy.level) == (vacant, level)


async def test_spaces_for_some_are_counted_by_themselves(updates: dict[str, OccupancyUpdate]) -> None:
    assert updates["tdcp12"].audiences == (
        AudienceCapacity(Audience.DISABLED, vacant=2),
        AudienceCapacity(Audience.ELECTRIC, vacant=4),
    )


async def test_a_car_park_that_is_not_in_operation_is_closed_until_further_notice(by_name: dict[str, Listing]) -> None:
    listed = by_name["Peak Galleria"].occupancy
    assert listed is not None
    assert listed.out_of_service
