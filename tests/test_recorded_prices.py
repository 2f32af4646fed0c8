"""Every priced facility of the recorded feeds has a price for any stay, or a reason why not."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import OfferStatus, price
from parkgraph.domain.stay import Stay
from parkgraph.graph.calendars import calendar_of
from parkgraph.networks import registry
from parkgraph.networks.trial import try_network
from parkgraph.settings import load
from tests.recorded import FEEDS, configuration, more_configuration, needs_feeds, serving

HOUR = timedelta(hours=1)
STAYS = (timedelta(minutes=10), HOUR, 3 * HOUR, 10 * HOUR, 26 * HOUR, timedelta(days=8))
ARRIVALS = (datetime(2026, 11, 24, 9, 17), datetime(2026, 11, 28, 21, 40), datetime(2026, 10, 24, 18, 5))  # noqa: DTZ001
"""A Tuesday morning, a Saturday night, and the evening before the clocks go back."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with serving(FEEDS) as url:
        path = tmp_path_factory.mktemp("config") / "parkgraph.toml"
        path.write_text(configuration(url) + more_configuration(url))
        yield path


async def listings(config: Path, instance: str) -> tuple[tuple[Listing, ...], ZoneInfo, str | None]:
    (network,) = registry.build(load(config, {}), only=instance)
    trial = await try_network(network, lambda _: None)
    return trial.listings, network.info.timezone, network.info.region


@needs_feeds
@pytest.mark.parametrize(
    ("instance", "priced", "for_an_hour"),
    [("bahn", 289, 267), ("sbb", 622, 622), ("heidelberg", 21, 19), ("liipi", 2, 2)],
)
async def test_every_priced_facility_has_a_price_or_says_why_not(
    config: Path, instance: str, priced: int, for_an_hour: int
) -> None:
    found, zone, region = await listings(config, instance)
    rated = [listing for listing in found if listing.rates]
    statuses: Counter[OfferStatus] = Counter()
    for listing in rated:
        for arrive in ARRIVALS:
            for length in STAYS:
                arrives = arrive.replace(tzinfo=listing.timezone or zone)
                leaves = datetime.fromtimestamp(arrives.timestamp() + length.total_seconds(), arrives.tzinfo)
                quote = price(listing.rates, Stay(arrives, leaves), zone, calendar=calendar_of(region))
                if quote.total is None:
                    assert quote.reason
                    assert quote.reason_text
                else:
                    assert quote.total.amount == sum((line.amount.amount for line in quote.lines), Decimal(0))
                if length == HOUR and arrive == ARRIVALS[0]:
                    statuses[quote.status] += 1
    assert len(rated) == priced
    assert statuses[OfferStatus.PRICED] + statuses[OfferStatus.FREE] == for_an_hour
