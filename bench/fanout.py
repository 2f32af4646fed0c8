"""`python -m bench.fanout`: six networks that answer after 20 ms, asked with every query, beside what others do of it.

Every question is another, so that no answer is served from memory; the rows are those of before, as those of searches
near each other are, and not read again. Beside that, we are asked with networks whose every answer has other prices.
The networks are a process of their own and share its core with what asks; what is measured has the first core.
Mercurius asks by undici and lays the rows together by name; Hive Gateway hands on what its six subgraphs answer, for it
does not lay together.
"""

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count, repeat
from pathlib import Path
from typing import Final

import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.figures import record
from bench.load import Cost, measure, request
from bench.peers import install, peer
from bench.processes import listens, serving, yield_first_core
from bench.slow_networks import CHANGING, NETWORKS
from bench.workload import STAY, VARIABLES

OURS: Final = "parkgraph"
OURS_CHANGING: Final = "changing"
"""Ours, with networks that answer with other prices each time."""
DIRECTLY: Final = "one network"
AT_ONCE: Final = "all networks, bare"
"""All of them asked at once over bare sockets, again when the last has answered: nobody who asks all takes less."""
GET: Final = b"GET /search HTTP/1.1\r\nHost: bench\r\n\r\n"
PEERS: Final = {"fanout": "mercurius", "hive": "hive"}
"""A peer's kind in `node/server.mjs`, and its name."""

ADDRESSES: Final = "networks.json"
CONNECTIONS: Final = (1, 16, 64)
ROUNDS: Final = 3
SECONDS: Final = 3.0
WARM_UP_SECONDS: Final = 2.0

FIELDS: Final = "id name lat lon address operator capacity vacant hours max_height_cm price currency tariff url"
OF_SUBGRAPHS: Final = (
    "query Bench($lat: Float!, $lon: Float!, $from: String, $to: String) {"
    + " ".join(
        f"network{n}(lat: $lat, lon: $lon, r: 5000, from: $from, to: $to) {{ {FIELDS} }}" for n in range(NETWORKS)
    )
    + "}"
)

Costs = Mapping[int, list[Cost]]
"""Of each round, by the number of connections."""


@contextmanager
def slow_networks() -> Iterator[tuple[list[int], psutil.Process]]:
    """The ports of the networks, which run in one process."""
    with ExitStack() as probes:
        sockets = [probes.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(NETWORKS)]
        ports = [probe.getsockname()[1] for probe in sockets]
    process = subprocess.Popen([sys.executable, "-m", "bench.slow_networks", *map(str, ports)])
    try:
        for port in ports:
            _wait_for(port)
        yield ports, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def costs(kinds: Sequence[str], rounds: int = ROUNDS) -> Mapping[str, Costs]:
    """Of every kind, round by round, so that a slow moment of the machine strikes all alike."""
    found: dict[str, dict[int, list[Cost]]] = {kind: {c: [] for c in CONNECTIONS} for kind in kinds}
    found[DIRECTLY] = {1: []}
    found[AT_ONCE] = {1: []}
    with tempfile.TemporaryDirectory() as folder, slow_networks() as (ports, networks):
        same, changing = Path(folder) / "same", Path(folder) / "changing"
        for data_dir, path in ((same, "/search"), (changing, CHANGING)):
            data_dir.mkdir()
            (data_dir / ADDRESSES).write_text(json.dumps([f"http://127.0.0.1:{port}{path}" for port in ports]))
        for _ in track(range(rounds), "Measuring the fan-out", console=Console(stderr=True)):
            found[DIRECTLY][1].append(asyncio.run(measure(ports[0], networks, SECONDS, repeat(GET), 1)))
            found[AT_ONCE][1].append(asyncio.run(measure(ports[0], networks, SECONDS, repeat(GET), 1, ports[1:])))
            for kind in kinds:
                rows = found[kind]
                with (
                    peer(kind, same / ADDRESSES, listens)
                    if kind in PEERS
                    else serving("fanout", same if kind == OURS else changing)
                ) as (port, server):
                    asked = questions(port, kind)
                    asyncio.run(measure(port, server, WARM_UP_SECONDS, asked))
                    for connections, of in rows.items():
                        of.append(asyncio.run(measure(port, server, SECONDS, asked, connections)))
    return found


def main() -> None:
    console = Console()
    missing = install()
    if missing:
        console.print(missing)
    yield_first_core()
    found = costs([OURS, OURS_CHANGING, *(PEERS if not missing else ())])
    console.print(_table(found))
    figures = _figures(found)
    for name, (value, unit) in figures.items():
        console.print(f"{name}: {value:.3f} ({unit})")
    record(figures)


def _figures(found: Mapping[str, Costs]) -> Mapping[str, tuple[float, str]]:
    ours = found[OURS]
    added = statistics.median(a.p50_ms - b.p50_ms for a, b in zip(ours[1], found[DIRECTLY][1], strict=True))
    bare = statistics.median(a.p50_ms - b.p50_ms for a, b in zip(found[AT_ONCE][1], found[DIRECTLY][1], strict=True))
    figures = {
        "fanout_added_ms": (added, "ms, median, beyond what one of the networks takes by itself; one connection"),
        "fanout_bare_added_ms": (bare, "ms, the same of a bare client that asks all six at once and does nothing else"),
    }
    if OURS_CHANGING in found:
        ratio = _ratio(found[OURS_CHANGING][64], ours[64])
        figures["fanout_changing_cost"] = (
            ratio,
            "times the CPU where every price is another one with each answer, at 64",
        )
    if "hive" in found:
        unit = "requests a second of CPU, ratio to Hive Gateway at {} connections"
        for connections in (16, 64):
            ratio = _ratio(found["hive"][connections], ours[connections])
            figures[f"fanout_vs_hive_{connections}"] = ratio, unit.format(connections)
    if "fanout" in found:
        theirs = found["fanout"][64]
        unit = "requests a second of CPU, ratio to mercurius with JIT and undici at 64 connections"
        figures["fanout_vs_mercurius_64"] = _ratio(theirs, ours[64]), unit
        if OURS_CHANGING in found:
            ratio = _ratio(theirs, found[OURS_CHANGING][64])
            figures["fanout_changing_vs_mercurius_64"] = ratio, f"{unit}, every price another one with each answer"
        rss = statistics.median(a.rss_mb / b.rss_mb for a, b in zip(ours[64], theirs, strict=True))
        figures["fanout_rss_vs_mercurius"] = rss, "RSS, ratio to mercurius with JIT and undici after 64 connections"
    return figures


def _ratio(theirs: Sequence[Cost], ours: Sequence[Cost]) -> float:
    return statistics.median(a.cpu_ms / b.cpu_ms for a, b in zip(theirs, ours, strict=True))


def _table(found: Mapping[str, Costs]) -> Table:
    table = Table("Server", "Connections", "CPU ms a request", "Requests a second", "p50 ms", "p99 ms", "RSS MB", "kB")
    for kind, by_connections in found.items():
        for connections, rows in by_connections.items():
            of = {name: statistics.median(getattr(row, name) for row in rows) for name in Cost.__slots__}
            table.add_row(
                PEERS.get(kind, kind), str(connections), f"{of['cpu_ms']:.3f}", f"{of['rate']:.0f}",
                f"{of['p50_ms']:.1f}", f"{of['p99_ms']:.1f}", f"{of['rss_mb']:.0f}", f"{of['bytes'] / 1000:.1f}",
            )  # fmt: skip
    return table


def questions(port: int, kind: str) -> Iterator[bytes]:
    """Each a millimetre from the last."""
    for step in count():
        latitude, longitude = 48.78 + step * 1e-8, 9.18
        if kind == "hive":
            stay = {"from": STAY["arrive"], "to": STAY["leave"]}
            yield request(port, {"lat": latitude, "lon": longitude, **stay}, OF_SUBGRAPHS)
        else:
            yield request(port, {**VARIABLES, "near": {"latitude": latitude, "longitude": longitude}})


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 30
    while not listens(port):
        if time.monotonic() > ends:
            raise RuntimeError("the slow networks did not get ready")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
