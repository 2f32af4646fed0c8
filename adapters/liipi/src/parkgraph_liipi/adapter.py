"""The edge: settings, what the network is, and its two documents."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, Malformed, NetworkInfo, Url, aside, read_feed
from parkgraph_liipi.facility import to_listing
from parkgraph_liipi.position import COVERAGE
from parkgraph_liipi.row import Language
from parkgraph_liipi.utilization import grouped, to_update


class Settings(AdapterSettings):
    """The network is keyless."""

    base_url: Url = Field(
        default="https://parking.fintraffic.fi/api/v1",
        description="Address under which /facilities.json and /utilizations.json are.",
    )
    language: Language = Field(default="fi", description="Language of names and texts: fi, sv or en.")


class Adapter(FeedAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {"base_url": "file:."}

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="Fintraffic Liipi",
            timezone=ZoneInfo("Europe/Helsinki"),
            capabilities=frozenset({Capability.LISTINGS, Capability.OCCUPANCY, Capability.PRICES}),
            coverage=(COVERAGE,),
            homepage="https://parking.fintraffic.fi",
            attribution="Fintraffic and the operators of the facilities",
            licence="CC BY 4.0",
            region="FI",
            refresh_every=timedelta(hours=1),
            occupancies_every=timedelta(minutes=5),
            max_per_minute=6,
        )

    async def listings(self) -> Batch[Listing]:
        document = await self._document("facilities")
        facilities = document.get("results") if isinstance(document, dict) else None
        if not isinstance(facilities, list):
            raise Malformed("the answer is not a list of facilities under results")
        batch = await read_feed(facilities, lambda row: to_listing(row, self.settings.language), lambda row: row["id"])
        return batch.but(complete=document.get("hasMore") is not True)

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        rows = await self._document("utilizations")
        if not isinstance(rows, list):
            raise Malformed("the answer is not a list of utilizations")
        return await read_feed(grouped(rows), to_update, lambda group: group[0]["facilityId"])

    async def _document(self, name: str) -> Any:
        address = f"{self.settings.base_url.rstrip('/')}/{name}.json"
        response = await self.client.get(address, headers={"Accept": "application/json"})
        return await aside(response.json)
