"""The overload campaign of `make soak`: fails where a full server gives up what it promises."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.__main__ import SECONDS, WARM_UP_SECONDS
from bench.load import measure
from bench.overload import TIMES_CAPACITY, overload
from bench.processes import serving, yield_first_core

GOODPUT: Final = 0.8
REFUSAL_P99_MS: Final = 50.0


def main() -> None:
    """Exits with 1 where goodput or refusals are out of bounds at TIMES_CAPACITY times the capacity."""
    yield_first_core()
    with tempfile.TemporaryDirectory() as folder, serving("parkgraph", Path(folder)) as (port, server):
        asyncio.run(measure(port, server, WARM_UP_SECONDS))
        peak = asyncio.run(measure(port, server, SECONDS)).rate
        shed = asyncio.run(overload(port, peak))
    print(f"{TIMES_CAPACITY} times {peak:.0f} requests a second: {shed}")
    if shed.goodput < GOODPUT or shed.refusal_p99_ms >= REFUSAL_P99_MS:
        sys.exit(f"goodput must be at least {GOODPUT} of the peak, and refusals take less than {REFUSAL_P99_MS:g} ms")


if __name__ == "__main__":
    main()
