"""`make bench`: measures, and writes `results.json`, `README.md` and `nearby.svg` beside this file."""

from datetime import UTC, datetime
from pathlib import Path

from bench import (
    fanout,
    faults,
    gates,
    hanging,
    nearby,
    overload,
    peers,
    pricing,
    scale,
    stored,
    yard_calendar,
    yards,
)
from bench.processes import yield_first_core
from bench.report import write

HERE = Path(__file__).parent


def main() -> None:
    """The page comes last, with the figures of all that were before it."""
    for each in (pricing, faults, yard_calendar, yards, gates):
        each.main()
    yield_first_core()
    for other in (peers, fanout, hanging, stored, scale, overload):
        other.main()
    costs = nearby.costs()
    write(HERE, costs, nearby.ratios(costs), datetime.now(UTC))
    nearby.show(costs)


if __name__ == "__main__":
    main()
