"""What networks that misbehave cost the others, themselves and us: `python -m bench.faults`, part of `make bench`."""

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
from rich.console import Console
from rich.table import Table
from sqlmodel import delete

from bench.figures import record
from parkgraph.database import open_database
from parkgraph.db.engine import Database
from parkgraph.networks.breaker import USUAL, BreakerPolicy
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.tables import SnapshotRow
from parkgraph.sdk.faults import NetworkFault
from parkgraph.sdk.transport import HttpClient, HttpLimits
from parkgraph.settings import load
from tests.faults.adapters import well
from tests.faults.catalogue import FAULTS, Fault
from tests.faults.sites import WELL
from tests.faults.stack import OTHERS, Stack, ten_networks
from tests.sdk.server import Exchange, answer, hang, serving

DEADLINE_S: Final = 0.8
QUERIES: Final = 3
STAMPEDE: Final = 500
PROBES: Final = 50
REQUESTS: Final = 100
HUGE: Final = ("50 MB, announced", "50 MB, not announced", "gzip bomb")

UNITS: Final = {
    "fault_worst_overrun_ms": "ms beyond the deadline, 1 of 10 networks in any fault, the other 9 in the answer",
    "breaker_calls_until_open": "calls of a network that fails or hangs, until its circuit opens",
    "halfopen_probes_of_50": "calls of 50 at once that reach a network whose circuit is half open",
    "retry_amplification": "requests a call, of a network that always fails",
    "stampede_calls_of_500": "calls to the network of 500 equal queries at once",
    "fault_memory_mb": "MB that a body of 50 MB or a gzip bomb adds to the peak",
}


async def measure() -> dict[str, float]:
    """Every figure of UNITS."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, sites() as urls:
        async with open_database(load(None, {"PARKGRAPH_DATA_DIR": folder})) as database:
            figures["fault_worst_overrun_ms"] = await worst_overrun_ms(database, urls)
            figures["stampede_calls_of_500"] = await stampede(database)
        figures["fault_memory_mb"] = max(peak_mb(urls[WELL] + "/network1", urls[name]) for name in HUGE)
    figures["breaker_calls_until_open"] = await calls_until_open()
    figures["halfopen_probes_of_50"] = await half_open_probes()
    figures["retry_amplification"] = await retry_amplification()
    return figures


@contextmanager
def sites() -> Iterator[dict[str, str]]:
    """Where networks misbehave, by the name of the fault: in another process, whose work is not to be ours."""
    command = [sys.executable, "-m", "tests.faults.sites"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())
        process.communicate("")


@asynccontextmanager
async def ten(database: Database, good: str, url: str, fault: Fault, *, feed: bool) -> AsyncIterator[Stack]:
    async with ten_networks(
        database, good, url, feed=feed, deadline=DEADLINE_S, allow_private=fault.allow_private
    ) as stack:
        yield stack


async def worst_overrun_ms(database: Database, urls: dict[str, str]) -> float:
    """Over all faults, of networks that publish and of such that are asked."""
    worst = 0.0
    for fault in FAULTS:
        for feed in (False, True):
            async with AsyncExitStack() as stack:
                local = await stack.enter_async_context(fault.site()) if fault.local else None
                url = local.url if local else urls[fault.name]
                await _forget(database)
                it = await stack.enter_async_context(ten(database, urls[WELL], url, fault, feed=feed))
                for _ in range(QUERIES):
                    began = time.perf_counter()
                    found = await it.ask()
                    took = time.perf_counter() - began
                    if not found.shown >= OTHERS or any(found.of(name) != ("FRESH", None) for name in OTHERS):
                        raise RuntimeError(f"{fault}: the other nine are not in the answer")
                    worst = max(worst, (took - DEADLINE_S) * 1000)
    return worst


async def _forget(database: Database) -> None:
    """What a stack before this one stored."""
    async with database.session() as session:
        await session.exec(delete(SnapshotRow))
        await session.commit()


async def stampede(database: Database) -> int:
    """Through the whole stack."""
    async with serving(well) as good, serving(_slow) as slow:
        async with ten_networks(database, good.url, f"{slow.url}/network0", feed=False, deadline=10) as it:
            answers = await asyncio.gather(*(it.ask(question=1) for _ in range(STAMPEDE)))
        if any(found.of() != ("FRESH", None) for found in answers):
            raise RuntimeError("all of a stampede get the network's answer")
        return len(slow.requests)


async def _slow(exchange: Exchange) -> None:
    await asyncio.sleep(0.5)
    await well(exchange)


async def calls_until_open() -> int:
    """The worst of a network that answers 503 and one that hangs."""
    calls = []
    for behaviour in (answer(503), hang()):
        async with serving(behaviour) as server, _client(5) as client:
            gateway = Gateway("bench")
            while not gateway.is_open:
                await gateway.call(lambda: client.get(server.url), 0.1)
            calls.append(len(server.requests))
    return max(calls)


async def half_open_probes() -> int:
    pause = timedelta(milliseconds=50)
    async with serving(*[answer(503)] * USUAL.in_a_row, _slow) as server, _client(5) as client:
        gateway = Gateway("bench", policy=BreakerPolicy(first_pause=pause), concurrent=PROBES)
        for _ in range(USUAL.in_a_row):
            await gateway.call(lambda: client.get(f"{server.url}/network0"), 5)
        await asyncio.sleep(pause.total_seconds())
        before = len(server.requests)
        await asyncio.gather(*(gateway.call(lambda: client.get(f"{server.url}/network0"), 5) for _ in range(PROBES)))
        return len(server.requests) - before


async def retry_amplification() -> float:
    """The worst over the first REQUESTS calls of the client, from the first on, without a breaker before it."""
    worst = 0.0
    async with serving(answer(503)) as server, _client(5) as client:
        for number in range(1, REQUESTS + 1):
            try:
                await client.get(server.url)
            except NetworkFault:
                worst = max(worst, len(server.requests) / number)
    return worst


@asynccontextmanager
async def _client(seconds: float) -> AsyncIterator[HttpClient]:
    client = HttpClient(HttpLimits(timedelta(seconds=seconds), max_per_minute=100_000), allow_private=True)
    try:
        yield client
    finally:
        await client.aclose()


def peak_mb(good: str, bad: str) -> float:
    """What asking `bad` adds to the peak of a process that asked `good` before."""
    command = [sys.executable, "-m", "bench.faults", good, bad]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def _grow(good: str, bad: str) -> float:
    async with _client(10) as client:
        await client.get(good)
        before = _peak_kb()
        try:
            await client.get(bad)
        except NetworkFault:
            return (_peak_kb() - before) / 1000
    raise RuntimeError("this must not be answered well")


def _peak_kb() -> int:
    """Of this process alone: the peak that getrusage tells is its parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def main() -> None:
    figures = asyncio.run(measure())
    record({name: (value, UNITS[name]) for name, value in figures.items()})
    table = Table("Figure", "Value", "")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}", UNITS[name])
    Console().print(table)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(asyncio.run(_grow(*sys.argv[1:])))
    else:
        main()
