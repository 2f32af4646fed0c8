"""Six networks that answer after 20 ms: `python -m bench.slow_networks PORT…` is all of them, `Asked` their adapter.

They share the workload's places out: every place is listed by two networks, each with its own price. Asked at CHANGING
instead of `/search`, every price is another one in each of a thousand answers.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Annotated, Final, cast
from zoneinfo import ZoneInfo

import uvloop
from pydantic import BeforeValidator, Field

from bench.workload import PLACES, spot
from parkgraph.domain.geo import Area, Coordinates, circle_around
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, ListingOffer, PlaceKind
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.network import Network
from parkgraph.sdk import AdapterSettings, Batch, Capability, NetworkInfo, Row, SearchAdapter, Url
from parkgraph.sdk.transport import HttpClient

NETWORKS: Final = 6
LISTED_BY: Final = 2
ANSWERS_AFTER_S: Final = 0.02
FREELY: Final = 10_000_000
CONCURRENT: Final = 64
CHANGING: Final = "/changing"
CENTS: Final = 1_000

STREETS: Final = [
    f"{first}{second}" for first in ("Ahorn", "Birken", "Dom", "Eich", "Fasanen", "Garten", "Hafen", "Juden", "König",
    "Linden") for second in ("allee", "gasse", "platz", "straße", "weg")
]  # fmt: skip


class Facility(Row):
    """A row of their answer."""

    id: str
    name: str
    lat: float
    lon: float
    address: str
    operator: str
    capacity: int = Field(ge=0)
    vacant: int = Field(ge=0)
    hours: str
    max_height_cm: int
    price: Annotated[Decimal, BeforeValidator(Decimal)]
    currency: str
    tariff: str
    url: str

    def to_listing(self) -> Listing:
        total = Money(self.price, self.currency)
        return Listing(
            local_id=self.id,
            name=self.name,
            location=Coordinates(self.lat, self.lon),
            kind=PlaceKind.GARAGE,
            address=self.address,
            operator=self.operator,
            capacity=self.capacity,
            occupancy=Occupancy(self.vacant, self.capacity, OccupancyLevel.VACANT),
            opening_hours=self.hours,
            max_height_cm=self.max_height_cm,
            tariff_text=self.tariff,
            url=self.url,
            offers=(ListingOffer(self.id, OfferStatus.PRICED, total, url=self.url),),
        )


class Settings(AdapterSettings):
    url: Url


class Asked(SearchAdapter[Settings]):
    """One of the networks, asked over HTTP for each search."""

    Settings = Settings

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="Slow",
            timezone=ZoneInfo("Europe/Berlin"),
            capabilities=frozenset({Capability.SEARCH, Capability.PRICES}),
            max_per_minute=FREELY,
        )

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        circle = circle_around(area)
        where = {"lat": str(circle.centre.latitude), "lon": str(circle.centre.longitude), "r": str(circle.radius_m)}
        if stay:
            where |= {"from": stay.arrive.isoformat(), "to": stay.leave.isoformat()}
        answer = await self.client.get(self.settings.url, params=where)
        return self.known_rows.read_answer(
            answer, list, lambda row: Facility.model_validate(row).to_listing(), lambda row: row["id"], asked=None
        )


def network(number: int, url: str) -> Network:
    """One that is configured: with the client and the gateway of any other."""
    client = HttpClient(allow_private=True)
    client.allow(FREELY, CONCURRENT)
    return Network(f"slow{number}", Asked(Settings(url=url), client), client=client, max_concurrent=CONCURRENT)


def rows(network: int) -> list[dict[str, object]]:
    """What this one of the networks answers."""
    every = NETWORKS // LISTED_BY
    listed = (number for number in range(PLACES) if number % every == network % every)
    return [_row(number, network) for number in listed]


def _row(number: int, network: int) -> dict[str, object]:
    at, street = spot(number), STREETS[number]
    return {
        "id": f"{network}-{number}",
        "name": f"Parkhaus {street}",
        "lat": at.latitude,
        "lon": at.longitude,
        "address": f"{street} 1, 70173 Stuttgart",
        "operator": "Beispiel GmbH",
        "capacity": 100 + number,
        "vacant": 40 + number,
        "hours": "24/7",
        "max_height_cm": 200,
        "price": f"{12 + Decimal(network) / 4:.2f}",
        "currency": "EUR",
        "tariff": "EUR 1.50 per started hour, at most EUR 15.00 a day",
        "url": f"https://parking.example/{network}/{number}",
    }


class _Network(asyncio.Protocol):
    """Answers each request of a kept-alive connection with the same rows: bare to GET, as GraphQL data to POST."""

    _numbers = count()

    def __init__(self, network: int) -> None:
        listed = rows(network)
        self._bare = answer(listed)
        self._pieces = self._bare.split(b'"price": "')
        self._as_data = answer({"data": {f"network{network}": listed}})
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        if not end:
            return
        is_changing = head.startswith(b"GET " + CHANGING.encode())
        is_post = head.startswith(b"POST")
        if is_post and len(body) < int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
            return
        self._read = b""
        answer = self._as_data if is_post else self._changed() if is_changing else self._bare
        asyncio.get_running_loop().call_later(ANSWERS_AFTER_S, self._transport.write, answer)

    def _changed(self) -> bytes:
        price = b'"price": "%d.%02d' % divmod(1000 + next(self._numbers) % CENTS, 100)
        first, *rest = self._pieces
        return b"".join([first, *(price + piece[len("12.00") :] for piece in rest)])


def answer(value: object) -> bytes:
    """As HTTP."""
    body = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def _serve(ports: Sequence[int]) -> None:
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(partial(_Network, number), "127.0.0.1", port) for number, port in enumerate(ports)
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    uvloop.run(_serve([int(port) for port in sys.argv[1:]]))
