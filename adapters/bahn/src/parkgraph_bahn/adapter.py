"""The edge: settings, what the network is, and the one request."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator

from parkgraph.domain.place import Listing
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, Malformed, NetworkInfo, Url, aside, read_feed
from parkgraph_bahn.facility import COVERAGE, to_listing


class Settings(AdapterSettings):
    """The official address asks for both credentials; another server of the same document may need none."""

    url: Url = Field(
        default="https://apis.deutschebahn.com/db-api-marketplace/apis/parking-information/db-bahnpark/v2/parking-facilities",
        description="Address of the document of all facilities.",
    )
    client_id: str | None = Field(default=None, description="Client id of an application in the DB API Marketplace.")
    client_secret: SecretStr | None = Field(default=None, description="The application's client secret (API key).")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret belong together: give both or none")
        return self


class Adapter(FeedAdapter[Settings]):
    Settings = Settings
    demo: ClassVar[Mapping[str, str]] = {"url": "file:facilities.json"}

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="DB BahnPark",
            timezone=ZoneInfo("Europe/Berlin"),
            capabilities=frozenset({Capability.LISTINGS, Capability.PRICES}),
            coverage=(COVERAGE,),
            homepage="https://www.dbbahnpark.de",
            attribution="DB BahnPark GmbH",
            licence="dl-de/by-2-0 with the terms of the DB API Marketplace",
            refresh_every=timedelta(hours=6),
            max_per_minute=6,
        )

    async def listings(self) -> Batch[Listing]:
        response = await self.client.get(self.settings.url, headers=self._headers())
        document = await aside(response.json, exact=True)
        facilities = document.get("_embedded") if isinstance(document, dict) else None
        if not isinstance(facilities, list):
            raise Malformed("the answer is not a list of facilities under _embedded")
        return await read_feed(facilities, to_listing, lambda facility: facility["id"])

    def _headers(self) -> Mapping[str, str]:
        headers = {"Accept": "application/json"}
        if self.settings.client_id is not None and self.settings.client_secret is not None:
            headers["DB-Client-Id"] = self.settings.client_id
            headers["DB-Api-Key"] = self.settings.client_secret.get_secret_value()
        return headers
