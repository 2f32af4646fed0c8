"""`python -m bench.scale`: what a place costs, and what searches and refreshes cost, with 10,000 places to a million.

`python -m bench.scale serve COUNT PORT DATA_DIR` is the server that is asked: the towns of `scale_towns`, shared out
among ten networks that stand still, and one that changes every count of its 10,000 listings every ten seconds.
"""

import asyncio
import ctypes
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import httpx
import psutil
import uvicorn
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.figures import record
from bench.load import read_answer
from bench.processes import running, yield_first_core
from bench.scale_towns import IN_A_TOWN, centre, listings
from parkgraph.app import create_app
from parkgraph.domain.place import Listing
from parkgraph.networks import refresh
from parkgraph.networks.network import Network
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, NetworkInfo, read_feed
from parkgraph.sdk.replay import ReplayClient
from parkgraph.settings import load

COUNTS: Final = (10_000, 100_000, 1_000_000)
NETWORKS: Final = 10
CHANGING_TOWNS: Final = 250
EVERY: Final = timedelta(seconds=10)
ROUNDS: Final = 3
ASKED_TOWNS: Final = 250
"""As many of each size, so that what is kept of answers, which is bounded, has the same part in them."""

READY_SECONDS: Final = 900.0
STALL_SECONDS: Final = 180.0
IDLE: Final = 0.05
"""Of a core, for two seconds: what was read at the start is matched and stored by then."""

TICK_SECONDS: Final = 0.001

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


class Town(FeedAdapter[AdapterSettings]):
    """Of these towns every listing, and of those the few that a second network has. `rounds`: how often it changed."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, first: range, second: range, *, changes: bool = False) -> None:
        super().__init__(AdapterSettings(), ReplayClient(Path()))
        self._first, self._second, self._changes = first, second, changes
        self.rounds = 0

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo("Town", ZONE, frozenset({Capability.LISTINGS, Capability.PRICES}))

    async def listings(self) -> Batch[Listing]:
        self.rounds += self._changes
        first = (one for town in self._first for one in listings(town, second=False, round_=self.rounds))
        second = (one for town in self._second for one in listings(town, second=True))
        return await read_feed(chain(first, second), lambda row: row, lambda row: row.local_id)


def networks(count: int) -> list[Network]:
    """The first towns are those that change."""
    towns = count // IN_A_TOWN
    changing = min(CHANGING_TOWNS, towns // 2)
    standing = [
        Network(f"standing-{n}", Town(range(changing + n, towns, NETWORKS), range((n + 1) % NETWORKS, towns, NETWORKS)))
        for n in range(NETWORKS)
    ]
    moving = Network("changing", Town(range(changing), range(0), changes=True), refresh_every=EVERY)
    return [*standing, moving] if count else []


class Watch:
    """Ticks in the server's own loop; the longest gap between two is how long everybody waited for the server.

    It is told twice: by the clock, and as what the process itself spent of the gap, in all of its threads. While the
    machine runs others, everybody waits too, and that is not the server's doing; what only waits, such as for a disk,
    spends nothing. On a quiet machine both are alike.
    """

    def __init__(self, rounds: Callable[[], int]) -> None:
        self._rounds = rounds
        self._spent = self._clock = 0.0

    async def run(self) -> None:
        last, before = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now, used = time.perf_counter(), time.process_time()
            gap = now - last - TICK_SECONDS
            self._clock, self._spent = max(self._clock, gap), max(self._spent, min(gap, used - before))
            last, before = now, used

    async def told(self, _request: Request) -> JSONResponse:
        """The longest gaps since this was last asked."""
        spent, clock = self._spent, self._clock
        self._spent = self._clock = 0.0
        return JSONResponse({"spent_ms": spent * 1000, "clock_ms": clock * 1000, "rounds": self._rounds()})

    async def memory(self, _request: Request) -> JSONResponse:
        """Bytes of the process, without garbage and what the allocator keeps for later."""
        gc.collect()
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        return JSONResponse({"rss": psutil.Process().memory_info().rss})


def server(count: int, data_dir: Path) -> Starlette:
    vars(refresh)["DEADLINE_S"] = READY_SECONDS  # a million listings are made at once
    environ = {
        "PARKGRAPH_DATA_DIR": str(data_dir),
        "PARKGRAPH_SERVER_ENVIRONMENT": "production",
        "PARKGRAPH_LIMITS_REQUESTS_PER_MINUTE": "1000000",
    }
    shared = networks(count)
    app = create_app(load(None, environ), shared)
    adapters = [network.adapter for network in shared]
    watch = Watch(lambda: sum(adapter.rounds for adapter in adapters if isinstance(adapter, Town)))

    async def ticking(request: Request) -> JSONResponse:
        app.state.ticks = asyncio.create_task(watch.run())
        return await watch.told(request)

    app.router.routes += [
        Route("/bench/start", ticking),
        Route("/bench/stall", watch.told),
        Route("/bench/memory", watch.memory),
    ]
    return app


@dataclass(frozen=True, slots=True)
class Stall:
    """The longest wait of the loop, in ms: what the server spent of it, and by the clock."""

    spent_ms: float = 0.0
    clock_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Scaled:
    """Of one size: the searches, each in ms, the longest wait while a network refreshed, and bytes of memory.

    `first`: the first search in each town, of which nothing is kept.
    """

    count: int
    first: list[float]
    times: list[float]
    stall: Stall
    rss: int

    @property
    def p50_ms(self) -> float:
        return statistics.median(self.times)

    @property
    def row(self) -> tuple[str, ...]:
        p99 = sorted(self.times)[int(len(self.times) * 0.99)]
        figures = (
            statistics.median(self.first),
            self.p50_ms,
            p99,
            max(self.times),
            self.stall.spent_ms,
            self.stall.clock_ms,
        )
        return f"{self.count:,}", *(f"{each:.2f}" for each in figures), f"{self.rss / self.count:.0f}"


def measure(count: int, empty_rss: int, progress: Progress) -> Scaled:
    task = progress.add_task(f"{count:,} places", total=count or None)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(lambda port: [sys.executable, "-m", "bench.scale", "serve", str(count), str(port), folder], _is_up) as (
            port,
            process,
        ),
    ):
        _await_places(port, count, lambda places: progress.update(task, completed=places))
        _await_idle(process)
        rss = int(_get(port, "/bench/memory")["rss"])
        first, times = asyncio.run(_ask(port, count)) if count else ([0.0], [0.0])
        return Scaled(count, first, times, _stall(port) if count else Stall(), rss - empty_rss)


def _stall(port: int) -> Stall:
    """In some refreshes, without any other work."""
    before = int(_get(port, "/bench/start")["rounds"])
    longest, ends = Stall(), time.monotonic() + STALL_SECONDS
    while True:
        time.sleep(0.5)
        told = _get(port, "/bench/stall")
        longest = Stall(max(longest.spent_ms, told["spent_ms"]), max(longest.clock_ms, told["clock_ms"]))
        if told["rounds"] > before + ROUNDS:
            return longest
        if time.monotonic() > ends:
            raise TimeoutError(f"only {told['rounds'] - before} refreshes in {STALL_SECONDS:g} s")


async def _ask(port: int, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of searches, one after the other: once in each town, then in towns by chance for some refreshes."""
    chance = random.Random(9)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)

    async def ask(town: int) -> float:
        near = centre(town)
        variables = {"near": {"latitude": near.latitude, "longitude": near.longitude}, "stay": STAY}
        body = json.dumps({"query": QUERY, "variables": variables}).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        begun = time.perf_counter()
        writer.write(f"{head}\r\n\r\n".encode() + body)
        status, answer = await read_answer(reader)
        took = (time.perf_counter() - begun) * 1000
        found = json.loads(answer)["data"]["nearby"]["totalCount"]
        if status != 200 or found < IN_A_TOWN / 2:
            raise RuntimeError(f"the server answered {status} and {found} places")
        return took

    towns = chance.sample(range(count // IN_A_TOWN), ASKED_TOWNS)
    await ask(towns[0])  # compiles the query
    first = [await ask(town) for town in towns[1:]]
    times: list[float] = []
    ends = time.perf_counter() + ROUNDS * EVERY.total_seconds()
    while time.perf_counter() < ends:
        times.append(await ask(chance.choice(towns)))
    writer.close()
    return first, times


def _await_places(port: int, count: int, tell: Callable[[int], None]) -> None:
    """Until every listing is in an answer. Raises TimeoutError."""
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        page = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
        places = next((line for line in page.splitlines() if line.startswith("parkgraph_places ")), "x 0")
        tell(int(float(places.split()[1])))
        if float(places.split()[1]) >= count:
            return
        time.sleep(0.5)
    raise TimeoutError(f"{count} places were not there after {READY_SECONDS:g} s")


def _await_idle(server: psutil.Process) -> None:
    """Between two refreshes. Raises TimeoutError."""
    ends, idle = time.monotonic() + READY_SECONDS, 0
    while idle < 2:
        if time.monotonic() > ends:
            raise TimeoutError(f"the server still had work after {READY_SECONDS:g} s")
        idle = idle + 1 if server.cpu_percent(interval=1) < 100 * IDLE else 0


def _get(port: int, path: str) -> dict[str, float]:
    answer: dict[str, float] = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=60).json()
    return answer


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def main(counts: tuple[int, ...] = COUNTS) -> None:
    yield_first_core()
    table = Table("Places", "First ms", "p50 ms", "p99 ms", "Worst ms", "Stall ms", "by the clock", "Bytes a place")
    sizes: list[Scaled] = []
    with Progress(console=Console(stderr=True)) as progress:
        empty = measure(0, 0, progress)
        for count in counts:
            sizes.append(measure(count, empty.rss, progress))
            table.add_row(*sizes[-1].row)
            progress.console.print(table)
    Console().print(table)
    if counts != COUNTS:
        return
    small, large = sizes[0], sizes[-1]
    while_ = "while a network of 10,000 listings refreshes, 10,000 to 1,000,000 places"
    record(
        {
            "scale_p50_1m_vs_10k": (large.p50_ms / small.p50_ms, "ratio of the median search, 1,000,000 to 10,000"),
            "place_bytes": (large.rss / large.count, "bytes of the process a place, 1,000,000 of 1.1 listings each"),
            "refresh_stall_ms": (
                max(size.stall.spent_ms for size in sizes),
                f"ms that the server itself spends at most between two turns of its loop {while_}",
            ),
            "refresh_stall_clock_ms": (
                max(size.stall.clock_ms for size in sizes),
                f"ms by the clock between two turns of the loop, at most, {while_}",
            ),
        }
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _, _, size_, port_, folder_ = sys.argv
        uvicorn.run(server(int(size_), Path(folder_)), port=int(port_), log_config=None, access_log=False)
    else:
        main(tuple(map(int, sys.argv[1:])) or COUNTS)
