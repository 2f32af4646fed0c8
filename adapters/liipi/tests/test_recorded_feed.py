"""The network's own answers as recorded, where that folder exists."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.domain.pricing import Quote
from parkgraph.sdk.replay import ReplayClient
from parkgraph_liipi import Adapter
from parkgraph_liipi.position import COVERAGE

MakeQuote = Callable[..., Quote]
Total = Callable[..., Decimal | None]
HELSINKI = ZoneInfo("Europe/Helsinki")
FEED = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds" / "liipi"

pytestmark = pytest.mark.skipif(not FEED.is_dir(), reason="the recorded feeds are not beside the repository")


@pytest.fixture
def adapter() -> Adapter:
    return Adapter(Adapter.Settings(base_url="file:.", language="en"), ReplayClient(FEED))


async def test_all_but_the_one_for_bicycles_are_listings_in_finland(adapter: Adapter) -> None:
    batch = await adapter.listings()
    assert [listing.name for listing in batch.items] == [
        "Tapiola Park",
        "Kalasatama (Shopping mall REDI)",
        "Pallaksentie",
    ]
    assert [(row.row, row.reason) for row in batch.rejected] == [("894", "it is for bicycles only")]
    assert all(COVERAGE.contains(listing.location) for listing in batch.items)


async def test_each_has_the_price_that_it_says_or_none(adapter: Adapter, total: Total, quote: MakeQuote) -> None:
    tapiola, kalasatama, pallaksentie = (await adapter.listings()).items
    assert total(tapiola.rates, hours=2) == Decimal("4.00")
    assert quote(kalasatama.rates, hours=2).reason is not None
    assert kalasatama.tariff_text is not None
    assert total(pallaksentie.rates, hours=2) == Decimal("0.00")
    assert quote(pallaksentie.rates, hours=13).reason is not None


async def test_cars_are_counted_and_bicycles_rejected(adapter: Adapter) -> None:
    batch = await adapter.occupancies()
    (tapiola,) = batch.items
    assert (tapiola.local_id, tapiola.occupancy.vacant, tapiola.occupancy.capacity) == ("990", 600, 1365)
    assert tapiola.occupancy.level is OccupancyLevel.VACANT
    assert tapiola.occupancy.observed_at == datetime(2021, 12, 21, 8, 42, 39, tzinfo=HELSINKI)
    assert [row.row for row in batch.rejected] == ["894"]
