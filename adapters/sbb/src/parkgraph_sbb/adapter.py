"""The edge: settings, what the network is, and the one request."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from parkgraph.domain.place import Listing
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, Malformed, NetworkInfo, Url, aside, read_feed
from parkgraph_sbb.facility import COVERAGE, to_listing


class Settings(AdapterSettings):
    """The network is keyless: an address is all it needs."""

    url: Url = Field(
        default="https://data.opentransportdata.swiss/de/dataset/parking-facilities/permalink",
        description="Address of the GeoJSON document. The default leads to the newest one.",
    )


class Adapter(FeedAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {"url": "file:parking-facilities.json"}

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="SBB P+Rail",
            timezone=ZoneInfo("Europe/Zurich"),
            capabilities=frozenset({Capability.LISTINGS, Capability.PRICES}),
            coverage=(COVERAGE,),
            homepage="https://data.opentransportdata.swiss/en/dataset/parking-facilities",
            attribution="SBB and its partners, by opentransportdata.swiss",
            licence="https://opentransportdata.swiss/en/terms-of-use/",
            refresh_every=timedelta(hours=6),
            max_per_minute=6,
        )

    async def listings(self) -> Batch[Listing]:
        response = await self.client.get(self.settings.url, follow=True)
        document = await aside(response.json)
        features = document.get("features") if isinstance(document, dict) else None
        if not isinstance(features, list):
            raise Malformed("the answer is not a GeoJSON FeatureCollection")
        return await read_feed(features, to_listing, lambda feature: feature["id"])
