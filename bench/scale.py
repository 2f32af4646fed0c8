"""`python -m bench.scale`: what a search and a refresh cost with 10,000 places in memory, and with a million.

`python -m bench.scale serve COUNT PORT DATA_DIR` is the server that is asked: towns of forty car parks each, which ten
networks share out, and one more network beside the first town that changes all its listings every second.
"""

import asyncio
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import cos, radians
from pathlib import Path
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from rich.console import Console
from rich.progress import track
from rich.table import Table
from starlette.applications import Starlette

from bench.figures import record
from bench.load import read_answer
from bench.processes import running, yield_first_core
from parkgraph.app import create_app
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.domain.tariff import Cap, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.networks.network import Network
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, NetworkInfo
from parkgraph.sdk.replay import ReplayClient
from parkgraph.settings import load

COUNTS: Final = (10_000, 100_000, 1_000_000)
NETWORKS: Final = 10
IN_A_TOWN: Final = 40
REFRESHED: Final = 300
ASKED: Final = 500
READY_SECONDS: Final = 900.0
BY: Final = timedelta(seconds=1)

QUERY: Final = """
query Scale($near: CoordinatesInput!, $stay: StayInput!) {
  nearby(near: $near, radius: 1000, stay: $stay, first: 20) {
    totalCount
    edges { distance node { id name capacity occupancy { vacant } } cheapest { total { amount currency } } }
  }
}
"""
STAY: Final = {"arrive": "2026-11-24T09:00:00+01:00", "leave": "2026-11-25T09:00:00+01:00"}
ZONE: Final = ZoneInfo("Europe/Berlin")
HOUR: Final = RateLine(RateLineKind.INCREMENTING, Decimal("1.50"), timedelta(hours=1))
RATES: Final = RateTable("EUR", (RateLineCollection((HOUR,), caps=(Cap(Decimal(15)),)),))


def centre(town: int) -> Coordinates:
    """Towns stand some eight kilometres apart, in rows of two hundred."""
    return Coordinates(36 + town // 200 * 0.1, -10 + town % 200 * 0.1)


def facility(number: int) -> Listing:
    """The same whenever it is asked; some 60 m from the next."""
    town, nth = divmod(number, IN_A_TOWN)
    chance = random.Random(number)
    at = centre(town)
    row, column = divmod(nth, 7)
    return Listing(
        local_id=f"{town}-{nth}",
        name=f"Parkhaus {chance.choice('ABCDEFGHIJKLMNOPQRSTUVW')}straße {number}",
        location=Coordinates(
            at.latitude + (row - 3) * 0.002, at.longitude + (column - 3) * 0.002 / cos(radians(at.latitude))
        ),
        kind=PlaceKind.GARAGE,
        address=f"Straße {nth}, Town {town}",
        operator="Beispiel GmbH",
        capacity=50 + number % 500,
        occupancy=Occupancy(number % 50, 50 + number % 500, OccupancyLevel.VACANT, datetime.now(UTC)),
        rates=RATES,
    )


class Standing(FeedAdapter[AdapterSettings]):
    """Every tenth town: no two networks share one, so that every listing is a place."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, first: int, count: int) -> None:
        super().__init__(AdapterSettings(), ReplayClient(Path()))
        self._numbers = [n for n in range(count) if n // IN_A_TOWN % NETWORKS == first]

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo("Standing", ZONE, frozenset({Capability.LISTINGS, Capability.PRICES}))

    async def listings(self) -> Batch[Listing]:
        return await asyncio.to_thread(lambda: Batch(tuple(facility(number) for number in self._numbers)))


class Changing(FeedAdapter[AdapterSettings]):
    """Listings of its own in the first town, whose counts are others each time."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self) -> None:
        super().__init__(AdapterSettings(), ReplayClient(Path()))
        self._rounds = itertools.count()

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo("Changing", ZONE, frozenset({Capability.LISTINGS, Capability.PRICES}))

    async def listings(self) -> Batch[Listing]:
        vacant, at = next(self._rounds) % 50, centre(0)
        return Batch(tuple(self._listing(number, vacant, at) for number in range(REFRESHED)))

    def _listing(self, number: int, vacant: int, at: Coordinates) -> Listing:
        row, column = divmod(number, 20)
        return Listing(
            local_id=str(number),
            name=f"Lot {number}",
            location=Coordinates(at.latitude + 0.02 + row * 0.0005, at.longitude + column * 0.0005),
            kind=PlaceKind.SURFACE,
            capacity=60,
            occupancy=Occupancy(vacant, 60, OccupancyLevel.VACANT, datetime.now(UTC)),
            rates=RATES,
        )


def server(count: int, data_dir: Path) -> Starlette:
    environ = {
        "PARKGRAPH_DATA_DIR": str(data_dir),
        "PARKGRAPH_SERVER_ENVIRONMENT": "production",
        "PARKGRAPH_LIMITS_REQUESTS_PER_MINUTE": "1000000",
    }
    standing = [Network(f"standing-{first}", Standing(first, count)) for first in range(NETWORKS)]
    changing = [Network("changing", Changing(), refresh_every=BY)] if count else []
    return create_app(load(None, environ), [*standing, *changing])


@dataclass(frozen=True, slots=True)
class Scaled:
    """Of one size: milliseconds of a search, the longest while a network refreshed, and bytes of memory a place."""

    count: int
    p50_ms: float
    p99_ms: float
    longest_ms: float
    rss: int


def measure(count: int, empty_rss: int) -> Scaled:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(lambda port: [sys.executable, "-m", "bench.scale", "serve", str(count), str(port), folder], _is_up) as (
            port,
            process,
        ),
    ):
        _await_places(port, count)
        times = asyncio.run(_ask(port, count)) if count else [0.0]
        return Scaled(
            count,
            statistics.median(times),
            sorted(times)[int(len(times) * 0.99)],
            max(times),
            process.memory_info().rss - empty_rss,
        )


async def _ask(port: int, count: int) -> list[float]:
    """Milliseconds of each search, one after the other, in towns by chance; it goes on for ten refreshes at least."""
    chance = random.Random(9)
    times: list[float] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    ends = time.perf_counter() + 10 * BY.total_seconds()
    while len(times) < ASKED or time.perf_counter() < ends:
        near = centre(chance.randrange(count // IN_A_TOWN))
        variables = {"near": {"latitude": near.latitude, "longitude": near.longitude}, "stay": STAY}
        body = json.dumps({"query": QUERY, "variables": variables}).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        begun = time.perf_counter()
        writer.write(f"{head}\r\n\r\n".encode() + body)
        status, answer = await read_answer(reader)
        times.append((time.perf_counter() - begun) * 1000)
        found = json.loads(answer)["data"]["nearby"]["totalCount"]
        if status != 200 or found < IN_A_TOWN / 2:
            raise RuntimeError(f"the server answered {status} and {found} places")
    writer.close()
    return times


def _await_places(port: int, count: int) -> None:
    """Until every listing is in an answer. Raises TimeoutError."""
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        page = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
        places = next((line for line in page.splitlines() if line.startswith("parkgraph_places ")), "x 0")
        if float(places.split()[1]) >= count:
            return
        time.sleep(1)
    raise TimeoutError(f"{count} places were not there after {READY_SECONDS:g} s")


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def main(counts: tuple[int, ...] = COUNTS) -> None:
    yield_first_core()
    empty = measure(0, 0)
    sizes = [measure(count, empty.rss) for count in track(counts, "Measuring sizes", console=Console(stderr=True))]
    table = Table("Places", "p50 ms", "p99 ms", "Longest ms", "Bytes a place")
    for size in sizes:
        table.add_row(
            f"{size.count:,}",
            f"{size.p50_ms:.2f}",
            f"{size.p99_ms:.2f}",
            f"{size.longest_ms:.1f}",
            f"{size.rss / size.count:.0f}",
        )
    Console().print(table)
    small, large = sizes[0], sizes[-1]
    record(
        {
            "scale_p50_1m_vs_10k": (large.p50_ms / small.p50_ms, "ratio of the median search, 1,000,000 to 10,000"),
            "place_bytes": (large.rss / large.count, "bytes of the process a place, 1,000,000 places"),
            "refresh_stall_ms": (
                large.longest_ms - large.p50_ms,
                "ms beyond the median, the longest search while a network refreshes",
            ),
        }
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _, _, size, port_, folder_ = sys.argv
        uvicorn.run(server(int(size), Path(folder_)), port=int(port_), log_config=None, access_log=False)
    else:
        main(tuple(map(int, sys.argv[1:])) or COUNTS)
