"""What `nearby` costs, beside the same bytes from memory and strawberry's own view: `python -m bench.nearby`.

`parkgraph` is asked the same question again and again, as the one of a station is; `moving` a new one each time, over
the same places; `cold` keeps no JSON. Figures are ratios of CPU within one round.
"""

import asyncio
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count, repeat
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.load import Cost, ask, measure, request
from bench.processes import serving, yield_first_core
from bench.workload import VARIABLES

KINDS: Final = ("static", "lean", "parkgraph", "moving", "cold", "stock")
ROUNDS: Final = 5
SECONDS: Final = 2.0
WARM_UP_SECONDS: Final = 0.5

RATIOS: Final[Mapping[str, tuple[str, str, str]]] = {
    "nearby_vs_static_warm": ("static", "parkgraph", "ratio to static bytes, JSON kept"),
    "nearby_vs_static_moving": ("static", "moving", "ratio to static bytes, JSON kept, no question asked twice"),
    "nearby_vs_static_cold": ("static", "cold", "ratio to static bytes, no JSON kept"),
    "nearby_vs_lean_static_warm": ("lean", "parkgraph", "ratio to static bytes on our own connection, JSON kept"),
    "nearby_vs_lean_static_cold": ("lean", "cold", "ratio to static bytes on our own connection, no JSON kept"),
    "nearby_vs_strawberry": ("stock", "parkgraph", "ratio to stock strawberry execution"),
}
"""Whose CPU is divided by whose."""

Costs = Mapping[str, Sequence[Cost]]


def costs(rounds: int = ROUNDS) -> Costs:
    """Of every kind in each round. The servers are started once; while one is asked, the others have nothing to do."""
    found: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = {kind: stack.enter_context(serving(kind, _data_dir(folder, kind))) for kind in ("parkgraph", "cold")}
        answer = asyncio.run(ask(servers["parkgraph"][0]))
        for kind in ("static", "lean"):
            (_data_dir(folder, kind) / "answer.json").write_bytes(answer)
        for kind in ("static", "lean", "stock"):
            servers[kind] = stack.enter_context(serving(kind, _data_dir(folder, kind)))
        servers["moving"] = servers["parkgraph"]
        asked = {
            kind: moving(port) if kind == "moving" else repeat(request(port)) for kind, (port, _) in servers.items()
        }
        for _ in track(range(rounds), "Measuring nearby", console=Console(stderr=True)):
            for kind, rows in found.items():
                port, server = servers[kind]
                asyncio.run(measure(port, server, WARM_UP_SECONDS, asked[kind]))
                rows.append(asyncio.run(measure(port, server, SECONDS, asked[kind])))
    return found


def _data_dir(folder: str, kind: str) -> Path:
    found = Path(folder) / kind
    found.mkdir(exist_ok=True)
    return found


def ratios(found: Costs) -> Mapping[str, tuple[float, str]]:
    return {
        name: (statistics.median(a.cpu_ms / b.cpu_ms for a, b in zip(found[one], found[other], strict=True)), unit)
        for name, (one, other, unit) in RATIOS.items()
    }


def show(found: Costs) -> None:
    table = Table("Server", "CPU ms a request", "Requests a second", "p50 ms", "p99 ms", "RSS MB", "Bytes")
    for kind, rows in found.items():
        of = {name: statistics.median(getattr(row, name) for row in rows) for name in Cost.__slots__}
        table.add_row(
            kind, f"{of['cpu_ms']:.3f}", f"{of['rate']:.0f}", f"{of['p50_ms']:.1f}", f"{of['p99_ms']:.1f}",
            f"{of['rss_mb']:.0f}", f"{of['bytes']:.0f}",
        )  # fmt: skip
    console = Console()
    console.print(table)
    for name, (value, unit) in ratios(found).items():
        console.print(f"{name}: {value:.3f} ({unit})")


def moving(port: int) -> Iterator[bytes]:
    """Questions that differ by a millimetre."""
    for step in count():
        near = {"latitude": 48.78 + step * 1e-8, "longitude": 9.18}
        yield request(port, {**VARIABLES, "near": near})


if __name__ == "__main__":
    yield_first_core()
    show(costs())
