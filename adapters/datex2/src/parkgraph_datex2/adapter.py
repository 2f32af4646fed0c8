"""The network: a static document with the facilities, and a status document with their occupancy."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import ClassVar

from pydantic import Field, field_validator

from parkgraph.domain.geo import Bounds
from parkgraph.domain.occupancy import OccupancyUpdate
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
from parkgraph_datex2.document import FACILITIES, STATUSES, Document, facility_id
from parkgraph_datex2.facility import to_listing
from parkgraph_datex2.position import Projection, projection
from parkgraph_datex2.status import to_update
from parkgraph_datex2.values import instant


class Datex2Settings(PublisherSettings):
    """One city, or whoever else publishes the two documents."""

    static_url: Url = Field(description="Address of the parking table: names, positions, capacities.")
    status_url: Url | None = Field(None, description="Address of the status document; without it: no live data.")
    crs: str | None = Field(
        None, description="System of positions that are not in degrees, such as EPSG:25832; needs the extra `crs`."
    )
    name: PublisherName = "DATEX II"
    coverage: tuple[Bounds, ...] = Field((), description="Boxes in degrees (south, west, north, east); none: anywhere.")

    @field_validator("crs")
    @classmethod
    def _known(cls, crs: str | None) -> str | None:
        if crs is not None:
            projection(crs)
        return crs


class Adapter(FeedAdapter[Datex2Settings]):
    """`listings` reads the static document only, so that their occupancy is None; `occupancies` reads the status."""

    Settings: ClassVar[type[Datex2Settings]] = Datex2Settings
    demo: ClassVar[Mapping[str, str]] = {
        "static_url": "file:stuttgart-static.xml",
        "status_url": "file:stuttgart-status.xml",
        "crs": "EPSG:25832",
        "name": "Stadt Stuttgart",
        "homepage": "https://www.stuttgart.de",
        "attribution": "Landeshauptstadt Stuttgart",
    }

    @property
    def info(self) -> NetworkInfo:
        settings = self.settings
        live = settings.status_url is not None
        return NetworkInfo(
            name=settings.name,
            timezone=settings.timezone,
            capabilities=frozenset({Capability.LISTINGS} | ({Capability.OCCUPANCY} if live else set())),
            coverage=settings.coverage,
            homepage=settings.homepage,
            attribution=settings.attribution,
            licence=settings.licence,
            occupancies_every=timedelta(minutes=1) if live else None,
        )

    async def listings(self) -> Batch[Listing]:
        response = await self.client.get(self.settings.static_url)
        document = await aside(Document.parse, response.content, FACILITIES)
        batch = await read_feed(
            document.rows, lambda row: to_listing(row, self._projection, self.settings.timezone), facility_id
        )
        return batch.but(as_of=instant(document.published, self.settings.timezone))

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        if self.settings.status_url is None:
            return Batch(complete=False)
        response = await self.client.get(self.settings.status_url)
        document = await aside(Document.parse, response.content, STATUSES)
        batch = await read_feed(document.rows, lambda row: to_update(row, self.settings.timezone), facility_id)
        return batch.but(as_of=instant(document.published, self.settings.timezone))

    @cached_property
    def _projection(self) -> Projection | None:
        return projection(self.settings.crs) if self.settings.crs else None
