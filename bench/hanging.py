"""`python -m bench.hanging`: one of six networks hangs, always or every other time; 64 connections ask without a pause.

The server is at its limit meanwhile. What counts is the latest answer of all, before the circuit opens and after it.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final

import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.fanout import OURS, questions, slow_networks
from bench.figures import record
from bench.load import Cost, measure
from bench.processes import serving, yield_first_core
from bench.slow_networks import ANSWERS_AFTER_S, answer

DEADLINE_MS: Final = 800
"""That of a server whose configuration names none."""

CONNECTIONS: Final = 64
SECONDS: Final = 10.0
ROUNDS: Final = 3
NOTHING: Final = answer([])
HANGS: Final[dict[str, Callable[[int], bool]]] = {"always": lambda _: True, "every other time": lambda n: n % 2 == 1}
"""Whether it does at its n-th request."""


@asynccontextmanager
async def hanging(hangs: Callable[[int], bool]) -> AsyncIterator[int]:
    """The port of a network that does."""
    requests, talks = count(), list[asyncio.Task[None]]()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # it is gone, or we are
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(3600 if hangs(next(requests)) else ANSWERS_AFTER_S)
                writer.write(NOTHING)

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(talk(reader, writer)))

    async with await asyncio.start_server(begin, "127.0.0.1", 0, backlog=1024) as server:
        yield server.sockets[0].getsockname()[1]
        for each in talks:
            each.cancel()


async def _late(ports: list[int], hangs: Callable[[int], bool]) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        async with hanging(hangs) as port:
            addresses = [f"http://127.0.0.1:{each}/search" for each in (*ports[:-1], port)]
            (Path(folder) / "networks.json").write_text(json.dumps(addresses))
            with serving("hanging", Path(folder)) as (server_port, server):
                return await _load(server_port, server)


async def _load(port: int, server: psutil.Process) -> Cost:
    asked = questions(port, OURS)
    await measure(port, server, 1.0, asked, 1)
    return await measure(port, server, SECONDS, asked, CONNECTIONS)


def main() -> None:
    console = Console()
    yield_first_core()
    table = Table("Hangs", "Requests a second", "p50 ms", "p99 ms", "worst ms")
    worst = 0.0
    with slow_networks() as (ports, _):
        for _ in track(range(ROUNDS), "One network hangs", console=Console(stderr=True)):
            for name, hangs in HANGS.items():
                cost = asyncio.run(_late(ports, hangs))
                worst = max(worst, cost.worst_ms - DEADLINE_MS)
                figures = (f"{each:.0f}" for each in (cost.rate, cost.p50_ms, cost.p99_ms, cost.worst_ms))
                table.add_row(name, *figures)
    console.print(table)
    unit = "ms beyond the deadline of the latest answer, one of six networks hangs, 64 connections ask without a pause"
    console.print(f"hanging_worst_overrun_ms: {worst:.1f} ({unit})")
    record({"hanging_worst_overrun_ms": (worst, unit)})


if __name__ == "__main__":
    main()
