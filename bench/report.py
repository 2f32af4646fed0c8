"""The figures as files: JSON for programs, a page with a table and a plot for people."""

import statistics
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bench.figures import record, recorded
from bench.load import CONNECTIONS, Cost
from bench.nearby import Costs
from bench.overload import TIMES_CAPACITY
from bench.workload import PLACES


def write(folder: Path, costs: Costs, ratios: Mapping[str, tuple[float, str]], at: datetime) -> None:
    stamp = at.isoformat(timespec="seconds")
    record(ratios)
    medians = {kind: statistics.median(row.cpu_ms for row in rows) for kind, rows in costs.items()}
    (folder / "nearby.svg").write_text(_plot(medians))
    (folder / "README.md").write_text(_page(costs, stamp))


def _page(costs: Costs, stamp: str) -> str:
    rows = "\n".join(
        f"| {kind} | {_median(of, 'cpu_ms'):.3f} | {_median(of, 'rate'):.0f} | {_median(of, 'p50_ms'):.1f} "
        f"| {_median(of, 'p99_ms'):.1f} | {_median(of, 'rss_mb'):.0f} |"
        for kind, of in costs.items()
    )
    figures = "\n".join(f"| `{name}` | {value:.4f} | {unit} |" for name, (value, unit) in recorded().items())
    return f"""# Benchmarks

Written by `make bench` at {stamp}. Machines differ and are noisy: what carries over are
the ratios, each the median of ratios within one round of one run.

`nearby` of {PLACES} places with 12 fields, 2 offers of 6 fields each for a stay of 24 hours, {CONNECTIONS} kept-alive
connections, one worker on a core of its own. `static` is Starlette on uvicorn, which answers the same bytes from
memory, and `lean` the same on ParkGraph's own connection; `parkgraph` is asked the same question again and again,
`moving` one that differs each time, and `cold` keeps no JSON; `stock` is the same schema and data on strawberry's own
view. CPU is that of the server's process, so that the client cannot be the limit.

![CPU per request](nearby.svg)

| server | CPU ms a request | requests a second | p50 ms | p99 ms | RSS MB |
|---|---|---|---|---|---|
{rows}

| figure | value | |
|---|---|---|
{figures}

Under overload questions of a map that is moved come at {TIMES_CAPACITY} times the rate that the server reached at its
peak, whether or not earlier ones were answered; those that it cannot take are refused with 503. `overload_sent` says
how many times the peak really got on their way, over a thousand connections.

`fanout_…`: six networks that answer after 20 ms are asked with every query, for {PLACES} places that two of them list
each. Mercurius asks them by undici and lays rows of one name together; Hive Gateway hands on what six subgraphs answer.
ParkGraph does more: it checks every row against the contract, finds which listings are one place by name, position and
address, keeps what it saw, and guards each network by deadline, breaker and pace. Every question is for the same stay
and gets the same rows, as a map that is moved a little does: rows and offers that were the same before are not made
again, and an answer of the same bytes is not even parsed. Where every price is another one with each answer, that saves
nothing: `fanout_changing_…` says what a request takes then.

What it would take to be as fast as mercurius with undici, which checks no row, matches nothing and keeps nothing: of a
request's CPU, three tenths are the bookkeeping of six calls (single flight, breaker, deadlines, memory, reports), a
quarter the client, an eighth each the places and their prices, GraphQL and JSON, and the server, and a twentieth the
rows. No part is large, and none can be left out: a quarter of all would have to go, which is half of what bookkeeping
and client take, so these would have to be compiled. With changing prices far more would have to go: rows would have to
be decoded by one compiled decoder straight into listings, and offers written without objects in between.

`hanging_…`: one of those six hangs, always or every other time, while 64 connections ask as fast as the server answers.
`stored_…`: boxes with 50 of 100,000 places. PostGraphile asks PostgreSQL for them, ParkGraph has them in memory.
Both are asked for the same fields, in answers of 12 kB; ParkGraph sorts them by distance besides. `stored_…_flat`:
PostGraphile has its rows in plain columns with numbers as ids, and answers 8 kB.
"""


def _median(rows: Sequence[Cost], name: str) -> float:
    return float(statistics.median(getattr(row, name) for row in rows))


def _plot(cpu_ms: dict[str, float]) -> str:
    """Horizontal bars of CPU per request."""
    longest = max(cpu_ms.values())
    bars = []
    for number, (kind, value) in enumerate(cpu_ms.items()):
        y, width = 20 + number * 40, max(1.0, 480 * value / longest)
        bars.append(
            f'<text x="90" y="{y + 18}" text-anchor="end">{kind}</text>'
            f'<rect x="100" y="{y}" width="{width:.1f}" height="26" rx="3" fill="#0969da"/>'
            f'<text x="{106 + width:.1f}" y="{y + 18}">{value:.2f} ms</text>'
        )
    height = 20 + 40 * len(cpu_ms)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 {height}" font-family="sans-serif" font-size="14">'
        f'<rect width="680" height="{height}" fill="#fff"/>{"".join(bars)}</svg>\n'
    )
