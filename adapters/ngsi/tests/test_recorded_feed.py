"""Heidelberg's own answer as recorded, where that folder exists."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote
from parkgraph.sdk import Batch
from parkgraph.sdk.replay import ReplayClient
from parkgraph_ngsi import Adapter

MakeQuote = Callable[..., Quote]
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)
FEED = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds" / "heidelberg"
EVENING = datetime(2026, 11, 24, 21, 0, tzinfo=BERLIN)
STAYS = [
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=10),
    timedelta(hours=26),
    timedelta(days=8),
]

pytestmark = pytest.mark.skipif(not FEED.is_dir(), reason="the recorded feeds are not beside the repository")


@pytest.fixture
async def recorded() -> Batch[Listing]:
    return await Adapter(Adapter.Settings(url="file:heidelberg.json"), ReplayClient(FEED)).listings()


async def test_all_but_the_three_without_a_position_are_listings(recorded: Batch[Listing]) -> None:
    assert len(recorded.items) == 22
    assert [(row.row.rpartition(":")[2], row.reason) for row in recorded.rejected] == [
        ("P02", "it has no position"),
        ("P23", "it has no position"),
        ("P24", "it has no position"),
    ]


async def test_21_have_prices_of_which_two_are_not_understood_for_their_texts(
    recorded: Batch[Listing], quote: MakeQuote
) -> None:
    reasons = {listing.local_id.rpartition(":")[2]: quote(listing.rates, hours=1).reason for listing in recorded.items}
    assert Counter(reasons.values())[None] == 19
    assert {garage: reason for garage, reason in reasons.items() if reason} == {
        "P26": OfferReason.NO_STRUCTURE,
        "P04": OfferReason.RULE_NOT_UNDERSTOOD,
        "P20": OfferReason.RULE_NOT_UNDERSTOOD,
    }


@pytest.mark.parametrize("arrive", [MORNING, EVENING], ids=["morning", "evening"])
async def test_a_stay_has_a_price_or_a_reason_and_a_longer_one_costs_no_less(
    recorded: Batch[Listing], quote: MakeQuote, arrive: datetime
) -> None:
    for listing in recorded.items:
        quotes = [quote(listing.rates, arrive=arrive, seconds=stay.total_seconds()) for stay in STAYS]
        assert all((found.total is None) == (found.reason is not None) for found in quotes)
        amounts = [found.total.amount for found in quotes if found.total]
        assert amounts == sorted(amounts)
        assert all(found.status is not OfferStatus.FREE for found in quotes)


async def test_every_count_is_of_its_own_time_and_within_its_capacity(recorded: Batch[Listing]) -> None:
    counts = [listing.occupancy for listing in recorded.items if listing.occupancy]
    assert len(counts) == 21
    for count in counts:
        assert count.observed_at is not None
        assert count.observed_at.year == 2024
        assert count.vacant is not None
        assert count.capacity is not None
        assert count.vacant <= count.capacity
