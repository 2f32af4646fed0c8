"""The rate engine against its oracle, over all cores: `python -m bench.oracle`; with numbers, those seeds alone."""

import os
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from rich.console import Console
from rich.progress import track

from bench.figures import record
from parkgraph.domain.tariff import RateTable
from tests.domain.tariffs import STAYS_PER_TABLE, Asked, tables_with_questions
from tests.domain.test_oracle import agree

SEEDS: Final = 200
PAIRS_PER_SEED: Final = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one seed: how many pairs agree, and the least one that does not."""

    number: int
    agreeing: int
    difference: str | None


def compare(number: int) -> Outcome:
    """The same pairs whenever it is asked."""
    agreeing = 0

    @seed(number)
    @settings(
        max_examples=PAIRS_PER_SEED // STAYS_PER_TABLE,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(tables_with_questions())
    def pairs(asked_of: tuple[RateTable, list[Asked]]) -> None:
        nonlocal agreeing
        table, several = asked_of
        for asked in several:
            agree(table, asked)
            agreeing += 1

    try:
        pairs()
    except AssertionError as error:
        return Outcome(number, 0, "".join(traceback.format_exception_only(error)))
    return Outcome(number, agreeing, None)


def main(seeds: Sequence[int] = range(SEEDS)) -> None:
    """Exits with 1 where the two differ, and says on what."""
    agreeing, differences = 0, []
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        outcomes = track(workers.map(compare, seeds), "Pricing", total=len(seeds), console=Console(stderr=True))
        for outcome in outcomes:
            agreeing += outcome.agreeing
            if outcome.difference:
                differences.append(outcome.number)
                print(f"Seed {outcome.number}: {outcome.difference}")
    print(f"{agreeing} pairs of a tariff and a stay agree; seeds that differ: {differences or 'none'}")
    if seeds == range(SEEDS):
        record({"oracle_pairs_agreeing": (agreeing, f"of {SEEDS * PAIRS_PER_SEED} random (tariff, stay) pairs")})
    if differences:
        sys.exit(1)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or range(SEEDS))
