"""The samples, read as the demo reads them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from parkgraph.domain.geo import Circle, Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk import Capability
from parkgraph.sdk.replay import ReplayClient
from parkgraph_parclick import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ARRIVE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STAY = Stay(ARRIVE, ARRIVE + timedelta(hours=2))


@pytest.fixture
def demo() -> Adapter:
    return Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))


async def test_the_demo_answers_any_search_with_every_sample(demo: Adapter) -> None:
    batch = await demo.search(Circle(Coordinates(40.4168, -3.7038), 2_000), STAY, Vehicle())
    assert (len(batch.items), batch.rejected, batch.complete) == (13, (), True)
    assert Counter(offer.status for listing in batch.items for offer in listing.offers) == {
        OfferStatus.PRICED: 10,
        OfferStatus.UNAVAILABLE: 1,
        OfferStatus.NOT_COMPUTABLE: 1,
    }


async def test_the_demo_prices_lisbon_by_its_own_clock(demo: Adapter) -> None:
    batch = await demo.search(Circle(Coordinates(38.7157, -9.1414), 2_000), STAY, Vehicle())
    assert [listing.name for listing in batch.items if listing.offers] == ["Parque Restauradores"]


async def test_the_demo_quotes_the_car_park_whose_price_is_on_request(demo: Adapter) -> None:
    (offer,) = await demo.quote("1202", STAY, Vehicle())
    assert offer.total == Money(Decimal("9.50"), "EUR")


def test_what_the_network_can_do_is_declared(demo: Adapter) -> None:
    assert demo.info.capabilities == {Capability.SEARCH, Capability.PRICES, Capability.QUOTE, Capability.BOOKING}
    assert demo.info.needs_stay
