"""A small network of one facility, over the SDK's real client: as one that publishes, and as one that is asked."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, FiniteFloat

from parkgraph.domain.geo import Area, Coordinates
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.network import Network
from parkgraph.sdk import (
    AdapterSettings,
    Batch,
    Capability,
    FeedAdapter,
    Malformed,
    NetworkInfo,
    Response,
    SearchAdapter,
)
from parkgraph.sdk.batch import read_rows
from parkgraph.sdk.transport import HttpClient, HttpLimits
from tests.sdk.server import Exchange, answer

INFO: Final = NetworkInfo(
    "Facility", ZoneInfo("Europe/Berlin"), frozenset({Capability.LISTINGS}), max_per_minute=100_000
)
STATION: Final = Coordinates(48.78, 9.18)


class Row(BaseModel):
    id: str
    name: str
    latitude: FiniteFloat
    longitude: FiniteFloat

    def to_domain(self) -> Listing:
        return Listing(self.id, self.name, Coordinates(self.latitude, self.longitude))


def facility(network_id: str) -> dict[str, Any]:
    """Each network's own, at a place of its own."""
    north = int(network_id[-1]) * 0.003
    latitude, longitude = STATION.latitude + north, STATION.longitude
    return {"id": "1", "name": f"Facility of {network_id}", "latitude": latitude, "longitude": longitude}


async def well(exchange: Exchange) -> None:
    """What a network answers that is well: the facility of the network that the path names."""
    network_id = urlsplit(exchange.request.target).path.strip("/")
    await answer(200, json.dumps({"facilities": [facility(network_id)]}).encode())(exchange)


def _batch(response: Response) -> Batch[Listing]:
    document = response.json()
    if "bug" in document:
        raise ZeroDivisionError
    if not isinstance(document["facilities"], list):
        raise Malformed("the facilities are no list")
    return read_rows(document["facilities"], lambda row: Row.model_validate(row).to_domain(), lambda row: row["id"])


class Published(FeedAdapter[AdapterSettings]):
    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, url: str, client: HttpClient, refresh_every: timedelta) -> None:
        super().__init__(AdapterSettings(), client)
        self.url = url
        self._info = replace(INFO, refresh_every=refresh_every)

    @property
    def info(self) -> NetworkInfo:
        return self._info

    async def listings(self) -> Batch[Listing]:
        return _batch(await self.client.get(self.url))


class Asked(SearchAdapter[AdapterSettings]):
    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, url: str, client: HttpClient) -> None:
        super().__init__(AdapterSettings(), client)
        self.url = url

    @property
    def info(self) -> NetworkInfo:
        return INFO

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        return _batch(await self.client.get(self.url))


def network(
    network_id: str,
    url: str,
    *,
    feed: bool,
    every: timedelta = timedelta(hours=1),
    seconds: float = 5,
    allow_private: bool = True,
) -> Network:
    """`every`: the cadence of one that publishes. `seconds`: its client's deadline."""
    client = HttpClient(HttpLimits(timedelta(seconds=seconds), max_per_minute=100_000), allow_private=allow_private)
    adapter = Published(url, client, every) if feed else Asked(url, client)
    return Network(network_id, adapter, client=client)
