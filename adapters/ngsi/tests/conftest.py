"""An entity in the network's true format, and ways to read entities and to price stays."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.sdk.replay import ReplayClient
from parkgraph_ngsi import Adapter
from parkgraph_ngsi.facility import to_listing

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)

MakeListing = Callable[..., Listing]
MakeQuote = Callable[..., Quote]
Total = Callable[..., Decimal | None]


@pytest.fixture
async def samples() -> dict[str, Listing]:
    """The sample entities by the last part of their ids; none is rejected."""
    adapter = Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))
    batch = await adapter.listings()
    assert not batch.rejected
    return {listing.local_id.rpartition(":")[2]: listing for listing in batch.items}


@pytest.fixture
def listing_with() -> MakeListing:
    """A plain car park as key-values, with these attributes added or changed; as the client's exact JSON gives them."""

    def make(**attributes: Any) -> Listing:
        entity = {
            "id": "urn:ngsi-ld:OffStreetParking:plain",
            "type": "OffStreetParking",
            "name": "Plain",
            "location": {"type": "Point", "coordinates": [8.69, 49.41]},
        }
        exact = json.loads(json.dumps(entity | attributes), parse_float=Decimal)
        return to_listing(exact, "EUR")

    return make


@pytest.fixture(name="quote")
def quote_fixture() -> MakeQuote:
    """The quote for a stay of that length, such as `hours=2`, from a Tuesday morning on."""

    def quote(rates: RateTable | None, *, arrive: datetime = MORNING, **stay: float) -> Quote:
        return price(rates, Stay(arrive, arrive + timedelta(**stay)), BERLIN)

    return quote


@pytest.fixture
def total(quote: MakeQuote) -> Total:
    """The amount of the quote; None where there is no price."""

    def amount(rates: RateTable | None, **stay: Any) -> Decimal | None:
        money = quote(rates, **stay).total
        return money.amount if money else None

    return amount
