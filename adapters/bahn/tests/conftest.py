"""A facility in the network's true format, and ways to read facilities and to price stays."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.sdk import Batch
from parkgraph.sdk.replay import ReplayClient
from parkgraph_bahn import Adapter
from parkgraph_bahn.facility import to_listing

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
RECORDED = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds" / "bahn"
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)

ReadDocument = Callable[[object], Awaitable[Batch[Listing]]]


async def _read(folder: Path, name: str) -> Batch[Listing]:
    return await Adapter(Adapter.Settings(url=f"file:{name}"), ReplayClient(folder)).listings()


@pytest.fixture
async def samples() -> dict[str, Listing]:
    """The sample facilities by id; none is rejected."""
    batch = await _read(SAMPLES, "facilities.json")
    assert not batch.rejected
    return {listing.local_id: listing for listing in batch.items}


@pytest.fixture
async def recorded() -> Batch[Listing]:
    """The recorded answer of the real network."""
    if not RECORDED.is_dir():
        pytest.skip("the recorded feeds (../shared/feeds beside the repository) are not here")
    return await _read(RECORDED, "bahn_v2.json")


@pytest.fixture
def read_document(tmp_path: Path) -> ReadDocument:
    """What the adapter makes of a document; text is sent as it is, anything else as JSON."""

    async def read(document: object) -> Batch[Listing]:
        (tmp_path / "answer.json").write_bytes(
            document.encode() if isinstance(document, str) else orjson.dumps(document)
        )
        return await _read(tmp_path, "answer.json")

    return read


@pytest.fixture
def row() -> dict[str, Any]:
    """A facility of the samples as the document has it, to change."""
    document = orjson.loads((SAMPLES / "facilities.json").read_bytes())
    found: dict[str, Any] = next(row for row in document["_embedded"] if row["id"] == "100001")
    for entry in found["tariff"]["prices"]:
        entry["price"] = None if entry["price"] is None else Decimal(str(entry["price"]))
    return found


@pytest.fixture
def listing_with(row: dict[str, Any]) -> Callable[..., Listing]:
    """The facility with other texts or prices in its tariff."""

    def make(*, prices: dict[str, str] | None = None, **texts: str) -> Listing:
        row["tariff"]["information"]["dynamic"] = texts
        if prices is not None:
            row["tariff"]["prices"] = [
                {"duration": duration, "price": Decimal(value)} for duration, value in prices.items()
            ]
        return to_listing(row)

    return make


def quote(rates: RateTable | None, *, arrive: datetime = MORNING, **stay: float) -> Quote:
    """The quote for a stay of that length, such as `hours=2`, from a Tuesday morning on."""
    return price(rates, Stay(arrive, arrive + timedelta(**stay)), BERLIN)


@pytest.fixture(name="quote")
def quote_fixture() -> Callable[..., Quote]:
    return quote


@pytest.fixture
def total() -> Callable[..., Decimal | None]:
    """The amount of the quote; None where there is no price."""

    def amount(rates: RateTable | None, **stay: Any) -> Decimal | None:
        money = quote(rates, **stay).total
        return money.amount if money else None

    return amount
