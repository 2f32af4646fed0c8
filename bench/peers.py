"""`python -m bench.peers`: `nearby` beside other GraphQL servers, in one run: same places, same query, same core.

The peers are Node programs in `node/`, of versions that its lock file pins. Without Node they are left out.
"""

import asyncio
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import httpx
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.figures import record
from bench.load import Cost, ask, measure
from bench.processes import running, serving, yield_first_core
from bench.workload import QUERY, VARIABLES

NODE: Final = Path(__file__).parent / "node"
OURS: Final = ("static", "parkgraph", "cold")
PEERS: Final = ("mercurius", "yoga", "apollo")

FIGURES: Final = {
    "nearby_vs_mercurius_jit": ("parkgraph", "mercurius"),
    "nearby_vs_yoga_jit": ("parkgraph", "yoga"),
    "nearby_vs_apollo": ("cold", "apollo"),
}
"""Which of ours is compared with which peer; `cold` keeps no JSON."""

ROUNDS: Final = 5
SECONDS: Final = 2.0
WARM_UP_SECONDS: Final = 2.0


def install(folder: Path = NODE) -> str | None:
    """Why the peers of this folder cannot be measured here; None where they are in place."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "Node is not on this machine: the peers are not measured."
    locked, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, capture_output=True, check=False
        )
        if done.returncode:
            return "The peers could not be installed by npm: they are not measured."
        installed.touch()
    return None


def peer(
    kind: str, source: object, is_ready: Callable[[int], bool] | None = None
) -> AbstractContextManager[tuple[int, psutil.Process]]:
    """The port and the process of a peer; most serve the places of the answer in `source`."""
    return running(lambda port: ["node", "server.mjs", kind, str(port), str(source)], is_ready or _answers, NODE)


def main() -> None:
    """Measures in turn, round by round, so that a slow moment of the machine strikes all alike."""
    console = Console()
    missing = install()
    if missing:
        console.print(missing)
        return
    yield_first_core()
    costs: dict[str, list[Cost]] = {kind: [] for kind in (*OURS, *PEERS)}
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        answer = data_dir / "answer.json"
        with serving("parkgraph", data_dir) as (port, _):
            answer.write_bytes(asyncio.run(ask(port)))
        for _ in track(range(ROUNDS), "Measuring beside peers", console=Console(stderr=True)):
            for kind, rows in costs.items():
                with serving(kind, data_dir) if kind in OURS else peer(kind, answer) as (port, server):
                    asyncio.run(measure(port, server, WARM_UP_SECONDS))
                    rows.append(asyncio.run(measure(port, server, SECONDS)))
    ratios = {figure: _ratio(costs[peer], costs[ours]) for figure, (ours, peer) in FIGURES.items()}
    console.print(_table(costs))
    for figure, value in ratios.items():
        console.print(f"{figure}: {value:.3f}")
    units = {"parkgraph": "JSON kept", "cold": "no JSON kept"}
    record(
        {
            figure: (value, f"requests a second of CPU, ratio, {units[FIGURES[figure][0]]}")
            for figure, value in ratios.items()
        }
    )


def _ratio(theirs: Sequence[Cost], ours: Sequence[Cost]) -> float:
    """How many times as many requests ParkGraph answers for the same time of the processor."""
    return statistics.median(a.cpu_ms / b.cpu_ms for a, b in zip(theirs, ours, strict=True))


def _table(costs: dict[str, list[Cost]]) -> Table:
    table = Table("Server", "CPU ms a request", "Requests a second", "p50 ms", "p99 ms", "RSS MB", "kB")
    for kind, rows in costs.items():
        of = {name: statistics.median(getattr(row, name) for row in rows) for name in Cost.__slots__}
        table.add_row(
            kind,
            f"{of['cpu_ms']:.3f}",
            f"{of['rate']:.0f}",
            f"{of['p50_ms']:.1f}",
            f"{of['p99_ms']:.1f}",
            f"{of['rss_mb']:.0f}",
            f"{of['bytes'] / 1000:.1f}",
        )
    return table


def _answers(port: int) -> bool:
    try:
        answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": QUERY, "variables": VARIABLES})
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and len(answer.json()["data"]["nearby"]["edges"]) > 0


if __name__ == "__main__":
    main()
