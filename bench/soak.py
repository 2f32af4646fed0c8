"""The overload campaign of `make soak`: fails where a full server gives up what it promises."""

import sys
import tempfile
from pathlib import Path
from typing import Final

import uvloop

from bench.overload import TIMES_CAPACITY, overload
from bench.processes import serving, yield_first_core

GOODPUT: Final = 0.8
REFUSAL_P99_MS: Final = 50.0


def main() -> None:
    """Exits with 1 where goodput or refusals are out of bounds at TIMES_CAPACITY times the capacity."""
    yield_first_core()
    with tempfile.TemporaryDirectory() as folder, serving("parkgraph", Path(folder)) as (port, server):
        shed = uvloop.run(overload(port, server))
    print(f"{TIMES_CAPACITY} times the peak: {shed}")
    if shed.goodput < GOODPUT or shed.refusal_p99_ms >= REFUSAL_P99_MS or shed.failed:
        sys.exit(
            f"goodput must be at least {GOODPUT} of the peak, refusals take less than {REFUSAL_P99_MS:g} ms,"
            " and nothing else be said"
        )


if __name__ == "__main__":
    main()
