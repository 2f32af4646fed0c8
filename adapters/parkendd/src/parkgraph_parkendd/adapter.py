"""The edge: settings, what the network is, and its one or two requests."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from parkgraph.domain.place import Listing
from parkgraph.sdk import (
    Batch,
    Capability,
    FeedAdapter,
    NetworkInfo,
    PublisherName,
    PublisherSettings,
    Url,
    aside,
    read_feed,
)
from parkgraph_parkendd.document import parse
from parkgraph_parkendd.facts import Facts


class Settings(PublisherSettings):
    """Of one city."""

    url: Url = Field(description="Address of a city's document: https://api.parkendd.de/Dresden, or the city's own.")
    geojson_url: Url | None = Field(
        default=None, description="Positions, addresses and capacities that the document lacks: ParkAPI's city.geojson."
    )
    name: PublisherName = "ParkenDD"


class Adapter(FeedAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {
        "url": "file:dresden.json",
        "name": "Parken in Dresden",
        "homepage": "https://www.dresden.de/parken",
        "attribution": "Landeshauptstadt Dresden, by ParkenDD",
        "licence": "Datenlizenz Deutschland – Namensnennung – 2.0",
    }

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name=self.settings.name,
            timezone=self.settings.timezone,
            capabilities=frozenset({Capability.LISTINGS, Capability.OCCUPANCY}),
            coverage=(),
            homepage=self.settings.homepage,
            attribution=self.settings.attribution,
            licence=self.settings.licence,
            refresh_every=timedelta(minutes=5),
            max_per_minute=6,
        )

    async def listings(self) -> Batch[Listing]:
        facts = Facts({})
        if self.settings.geojson_url is not None:
            geojson = await self.client.get(self.settings.geojson_url, follow=True)
            facts = Facts.of(await aside(geojson.json))
        response = await self.client.get(self.settings.url, follow=True)
        document = await aside(parse, response, self.settings.timezone)
        batch = await read_feed(document.rows, lambda row: document.read(row).to_listing(facts), document.id_of)
        return batch.but(as_of=document.as_of, complete=document.complete)
