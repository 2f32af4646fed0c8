"""A facility in the network's true format, and ways to read facilities and to price stays."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
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
from parkgraph_liipi import Adapter
from parkgraph_liipi.facility import to_listing

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
HELSINKI = ZoneInfo("Europe/Helsinki")
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=HELSINKI)

MakeListing = Callable[..., Listing]
MakeQuote = Callable[..., Quote]
Total = Callable[..., Decimal | None]
Row = dict[str, Any]


class IndependenceDay:
    """A calendar of which 6 December is the only public holiday."""

    def is_holiday(self, day: date) -> bool:
        return (day.month, day.day) == (12, 6)


@pytest.fixture
def adapter() -> Adapter:
    return Adapter(Adapter.Settings.model_validate(Adapter.demo), ReplayClient(SAMPLES))


@pytest.fixture
async def samples(adapter: Adapter) -> dict[str, Listing]:
    """The sample facilities by id; none is rejected."""
    batch = await adapter.listings()
    assert not batch.rejected
    return {listing.local_id: listing for listing in batch.items}


@pytest.fixture
def row() -> Row:
    """Hertsi as the document has it, to change."""
    document = json.loads((SAMPLES / "facilities.json").read_bytes())
    found: Row = next(row for row in document["results"] if row["id"] == 1091)
    return found


@pytest.fixture
def listing_with(row: Row) -> MakeListing:
    """The facility with other values."""
    return lambda **changes: to_listing(row | changes, "fi")


@pytest.fixture(name="quote")
def quote_fixture() -> MakeQuote:
    """The quote for a stay of that length, such as `hours=2`, from a Tuesday morning on."""

    def quote(rates: RateTable | None, *, arrive: datetime = MORNING, **stay: float) -> Quote:
        return price(rates, Stay(arrive, arrive + timedelta(**stay)), HELSINKI, calendar=IndependenceDay())

    return quote


@pytest.fixture
def total(quote: MakeQuote) -> Total:
    """The amount of the quote; None where there is no price."""

    def amount(rates: RateTable | None, **stay: Any) -> Decimal | None:
        money = quote(rates, **stay).total
        return money.amount if money else None

    return amount
