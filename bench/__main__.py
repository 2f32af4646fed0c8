"""`make bench`: measures, and writes `results.json`, `README.md` and `nearby.svg` beside this file."""

import asyncio
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import faults, peers, pricing, yard_calendar, yards
from bench.load import Cost, ask, measure
from bench.overload import TIMES_CAPACITY, overload
from bench.processes import serving, yield_first_core
from bench.report import write

KINDS = ("static", "parkgraph", "stock")
ROUNDS = 5
SECONDS = 2.0
WARM_UP_SECONDS = 1.0
HERE = Path(__file__).parent


def main() -> None:
    pricing.main()
    faults.main()
    yard_calendar.main()
    yards.main()
    yield_first_core()
    costs: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        with serving("parkgraph", data_dir) as (port, _):
            (data_dir / "answer.json").write_bytes(asyncio.run(ask(port)))
        for _ in track(range(ROUNDS), "Measuring", console=Console(stderr=True)):
            for kind in KINDS:
                with serving(kind, data_dir) as (port, server):
                    asyncio.run(measure(port, server, WARM_UP_SECONDS))
                    costs[kind].append(asyncio.run(measure(port, server, SECONDS)))
        with serving("parkgraph", data_dir) as (port, server):
            asyncio.run(measure(port, server, WARM_UP_SECONDS))
            peak = asyncio.run(measure(port, server, SECONDS)).rate
            shed = asyncio.run(overload(port, peak))
    ratios = {
        "nearby_vs_static": [a.cpu_ms / b.cpu_ms for a, b in zip(costs["static"], costs["parkgraph"], strict=True)],
        "nearby_vs_stock": [a.cpu_ms / b.cpu_ms for a, b in zip(costs["stock"], costs["parkgraph"], strict=True)],
    }
    write(HERE, costs, {name: statistics.median(values) for name, values in ratios.items()}, shed, datetime.now(UTC))
    show(costs, ratios)
    Console().print(
        f"At {TIMES_CAPACITY} times its capacity: goodput {shed.goodput:.2f} of the peak; {shed.refused} refusals, "
        f"p50 {shed.refusal_p50_ms:.1f} ms, p99 {shed.refusal_p99_ms:.1f} ms"
    )
    peers.main()


def show(costs: dict[str, list[Cost]], ratios: dict[str, list[float]]) -> None:
    table = Table("Server", "CPU ms a request", "Requests a second", "p50 ms", "p99 ms", "RSS MB", "Bytes")
    for kind, rows in costs.items():
        of = {name: statistics.median(getattr(row, name) for row in rows) for name in Cost.__slots__}
        table.add_row(
            kind, f"{of['cpu_ms']:.3f}", f"{of['rate']:.0f}", f"{of['p50_ms']:.1f}", f"{of['p99_ms']:.1f}",
            f"{of['rss_mb']:.0f}", f"{of['bytes']:.0f}",
        )  # fmt: skip
    console = Console()
    console.print(table)
    for name, values in ratios.items():
        console.print(f"{name}: {statistics.median(values):.4f} (from {min(values):.4f} to {max(values):.4f})")


if __name__ == "__main__":
    main()
