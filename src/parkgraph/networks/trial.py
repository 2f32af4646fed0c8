"""One network, asked once and to the end: what `parkgraph adapter try` and `quote` stand on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from parkgraph.domain.geo import Bounds, Circle
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.network import Network
from parkgraph.networks.snapshots import apply, with_occupancies
from parkgraph.sdk.batch import Rejected
from parkgraph.sdk.contract import SearchAdapter

RADIUS_M: Final = 5_000
_LISTING: Final = TypeAdapter(Listing)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the network answered."""

    listings: tuple[Listing, ...]
    rejected: tuple[Rejected, ...]


async def try_network(network: Network, say: Callable[[str], None]) -> Trial:
    """The network's answer, live data applied. `say` is told each step. Raises the faults of the SDK.

    A search network is asked around the middle of its coverage, for two hours of tomorrow.
    """
    try:
        now = datetime.now(UTC)
        if isinstance(network.adapter, SearchAdapter):
            say("asking for a search")
            box = network.info.coverage[0] if network.info.coverage else Bounds(-1, -1, 1, 1)
            tomorrow = (now + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
            stay = Stay(tomorrow, tomorrow + timedelta(hours=2))
            batch = await network.adapter.search(Circle(box.centre, RADIUS_M), stay, Vehicle())
            return Trial(batch.items, batch.rejected)
        say("asking for listings")
        snapshot, _ = apply(None, await network.adapter.listings(), now)
        if network.info.occupancies_every:
            say("asking for live data")
            snapshot = with_occupancies(snapshot, await network.adapter.occupancies(), now)
        return Trial(tuple(snapshot.listings.values()), snapshot.rejected)
    finally:
        await network.aclose()


def as_json(listing: Listing) -> str:
    """One line; exact decimals are strings, what is unknown is left out."""
    return _LISTING.dump_json(listing, exclude_none=True).decode()
