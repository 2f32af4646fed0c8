"""The samples, read as the demo reads them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from parkgraph.domain.geo import Circle, Coordinates
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk import Capability
from parkgraph.sdk.replay import ReplayClient
from parkgraph_parkwhiz import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ARRIVE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


async def test_the_demo_answers_any_search_with_every_sample() -> None:
    adapter = Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))
    area = Circle(Coordinates(41.88, -87.63), 1_000)
    batch = await adapter.search(area, Stay(ARRIVE, ARRIVE + timedelta(hours=2)), Vehicle())
    assert (len(batch.items), batch.rejected) == (12, ())
    statuses = Counter(offer.status for listing in batch.items for offer in listing.offers)
    assert statuses == {OfferStatus.PRICED: 11, OfferStatus.UNAVAILABLE: 2}
    assert {str(listing.timezone) for listing in batch.items} == {
        "America/Chicago", "America/New_York", "America/Toronto"
    }  # fmt: skip


def test_what_the_network_can_do_is_declared() -> None:
    info = Adapter(Adapter.Settings(), ReplayClient(SAMPLES)).info
    assert info.capabilities == {Capability.SEARCH, Capability.PRICES}
    assert info.needs_stay
    assert info.coverage[0].centre.distance_m(Coordinates(41.8819, -87.6278)) < 3_000
    assert all(info.coverage[0].contains(Coordinates(*where)) for where in [(41.88, -87.63), (43.64, -79.39)])
