"""`make bench`: measures, and writes `results.json`, `README.md` and `nearby.svg` beside this file."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench import fanout, faults, gates, hanging, nearby, peers, pricing, scale, stored, yard_calendar, yards
from bench.load import measure
from bench.overload import TIMES_CAPACITY, overload
from bench.processes import serving, yield_first_core
from bench.report import write

SECONDS = 2.0
WARM_UP_SECONDS = 1.0
HERE = Path(__file__).parent


def main() -> None:
    """The page comes last, with the figures of all that were before it."""
    for each in (pricing, faults, yard_calendar, yards, gates):
        each.main()
    yield_first_core()
    for other in (peers, fanout, hanging, stored, scale):
        other.main()
    costs = nearby.costs()
    with tempfile.TemporaryDirectory() as folder, serving("parkgraph", Path(folder)) as (port, server):
        asyncio.run(measure(port, server, WARM_UP_SECONDS))
        peak = asyncio.run(measure(port, server, SECONDS)).rate
        shed = asyncio.run(overload(port, peak))
    write(HERE, costs, nearby.ratios(costs), shed, datetime.now(UTC))
    nearby.show(costs)
    Console().print(
        f"At {TIMES_CAPACITY} times its capacity: goodput {shed.goodput:.2f} of the peak; {shed.refused} refusals, "
        f"p50 {shed.refusal_p50_ms:.1f} ms, p99 {shed.refusal_p99_ms:.1f} ms"
    )


if __name__ == "__main__":
    main()
