"""The network's own answer as recorded, where that folder exists."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parkgraph.domain.pricing import OfferStatus, price
from parkgraph.domain.stay import Stay
from parkgraph.sdk.replay import ReplayClient
from parkgraph_sbb import Adapter

FEED = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds" / "sbb"

pytestmark = pytest.mark.skipif(not FEED.is_dir(), reason="the recorded feeds are not beside the repository")


@pytest.fixture
def adapter() -> Adapter:
    return Adapter(Adapter.Settings(url="file:opendata_swiss.json"), ReplayClient(FEED))


async def test_all_649_facilities_are_listings(adapter: Adapter) -> None:
    batch = await adapter.listings()
    assert len(batch.items) == 649
    assert batch.rejected == ()
    assert batch.complete


async def test_all_but_the_27_placeholders_have_rates_and_their_text(adapter: Adapter) -> None:
    listings = (await adapter.listings()).items
    assert Counter(listing.rates is None for listing in listings) == {False: 622, True: 27}
    assert all((listing.rates is None) == (listing.tariff_text is None) for listing in listings)


async def test_an_hour_and_a_working_day_have_a_price_wherever_there_are_rates(adapter: Adapter) -> None:
    arrive = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    for listing in (await adapter.listings()).items:
        if listing.rates is None:
            continue
        hour, day = (
            price(listing.rates, Stay(arrive, arrive + timedelta(hours=hours)), adapter.info.timezone)
            for hours in (1, 9)
        )
        assert hour.total is not None
        assert day.status is OfferStatus.PRICED
        assert day.total is not None
        assert hour.total.amount <= day.total.amount


async def test_every_facility_has_a_capacity_hours_and_an_address(adapter: Adapter) -> None:
    for listing in (await adapter.listings()).items:
        assert listing.capacity is not None
        assert listing.opening_hours is not None
        assert listing.address is not None


async def test_nothing_of_it_is_live(adapter: Adapter) -> None:
    batch = await adapter.listings()
    assert batch.as_of is None
    assert all(listing.occupancy is None and listing.updated_at is None for listing in batch.items)
    assert adapter.info.occupancies_every is None
