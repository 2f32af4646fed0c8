"""The samples, read as the demo reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.sdk.replay import ReplayClient
from parkgraph_sbb import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ARRIVE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def adapter() -> Adapter:
    return Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))


@pytest.fixture
async def by_name(adapter: Adapter) -> dict[str, Listing]:
    return {listing.name: listing for listing in (await adapter.listings()).items}


def quote(adapter: Adapter, listing: Listing, stay: timedelta) -> Quote:
    return price(listing.rates, Stay(ARRIVE, ARRIVE + stay), adapter.info.timezone)


def total(quoted: Quote) -> Decimal | None:
    return quoted.total.amount if quoted.total else None


async def test_every_sample_is_a_listing_and_the_document_has_no_time_of_its_own(adapter: Adapter) -> None:
    batch = await adapter.listings()
    assert len(batch.items) == 18
    assert batch.rejected == ()
    assert batch.complete
    assert batch.as_of is None


async def test_a_listing_says_what_the_network_says_and_nothing_more(by_name: dict[str, Listing]) -> None:
    suhr = by_name["Suhr"]
    assert suhr.local_id == "bdbf1675-67b8-41f7-8d5c-4fdda127d0d9"
    assert suhr.location == Coordinates(47.37058, 8.08055)
    assert suhr.kind is PlaceKind.PARK_AND_RIDE
    assert suhr.address == "Bahnhofstrasse 3, 5034 Suhr"
    assert suhr.operator == "SBB"
    assert suhr.opening_hours == "24/7"
    assert suhr.tariff_text == (
        "free, from 15 min on CHF 0.25 per 15 min, at most CHF 5.00 in 24 h, longest stay 1 day"
    )
    assert suhr.occupancy is None
    assert suhr.updated_at is None
    assert suhr.max_height_cm is None


async def test_reservable_disabled_and_charging_spaces_are_no_part_of_the_general_capacity(
    by_name: dict[str, Listing],
) -> None:
    lenzburg = by_name["Lenzburg"]
    assert lenzburg.capacity == 264
    assert lenzburg.audiences == (
        AudienceCapacity(Audience.DISABLED, 5),
        AudienceCapacity(Audience.ELECTRIC, 0),
    )
    assert by_name["Mellingen-Heitersberg"].features == {Feature.ACCESSIBLE, Feature.EV_CHARGING}
    assert by_name["Rudolfstetten (AVA)"].features == frozenset()


@pytest.mark.parametrize(
    ("stay", "status", "amount"),
    [
        (timedelta(minutes=15), OfferStatus.FREE, "0.00"),
        (timedelta(minutes=16), OfferStatus.PRICED, "0.25"),
        (timedelta(hours=4), OfferStatus.PRICED, "3.75"),
        (timedelta(hours=9), OfferStatus.PRICED, "5.00"),
        (timedelta(hours=24), OfferStatus.PRICED, "5.00"),
    ],
)
async def test_suhr_is_free_at_first_then_paid_by_the_quarter_of_an_hour_up_to_the_day_price(
    adapter: Adapter, by_name: dict[str, Listing], stay: timedelta, status: OfferStatus, amount: str
) -> None:
    quoted = quote(adapter, by_name["Suhr"], stay)
    assert quoted.status is status
    assert total(quoted) == Decimal(amount)


async def test_a_stay_beyond_the_longest_is_not_sold(adapter: Adapter, by_name: dict[str, Listing]) -> None:
    quoted = quote(adapter, by_name["Suhr"], timedelta(hours=48))
    assert (quoted.status, quoted.reason) == (OfferStatus.UNAVAILABLE, OfferReason.BEYOND_MAX_STAY)


@pytest.mark.parametrize(
    ("name", "hours", "amount"),
    [
        ("Effretikon", 1, "4.00"),
        ("Effretikon", 5, "5.00"),
        ("Rudolfstetten (AVA)", 1, "0.50"),
        ("Rudolfstetten (AVA)", 3, "1.00"),
        ("Kloten", 2, "3.00"),
        ("Kloten", 3, "3.50"),
        ("Uster", 1, "3.00"),
        ("Uster", 2, "4.00"),
        ("Uster", 24, "8.00"),
        ("Uster", 25, "9.00"),
        ("Uster", 7 * 24, "56.00"),
    ],
)
async def test_the_published_tariffs_price_a_stay(
    adapter: Adapter, by_name: dict[str, Listing], name: str, hours: int, amount: str
) -> None:
    assert total(quote(adapter, by_name[name], timedelta(hours=hours))) == Decimal(amount)


async def test_a_placeholder_of_a_price_is_not_free(adapter: Adapter, by_name: dict[str, Listing]) -> None:
    secheron = by_name["P+R Sécheron Autos"]
    assert secheron.tariff_text is None
    quoted = quote(adapter, secheron, timedelta(hours=1))
    assert (quoted.status, quoted.reason) == (OfferStatus.NOT_COMPUTABLE, OfferReason.NO_STRUCTURE)


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Bonstetten-Wettswil", "Mo-Sa 07:00-19:00"),
        ("Glattfelden", "Mo-Fr 00:00-24:00"),
        ("Wetzikon Nord (Rapperswilerstrasse)", "Mo-Su 06:00-24:00"),
    ],
)
async def test_hours_of_operation_come_as_osm_opening_hours(by_name: dict[str, Listing], name: str, hours: str) -> None:
    assert by_name[name].opening_hours == hours
