"""The compiled executor against graphql-core, over all cores: `python -m bench.differential`; with numbers, those.

Each seed makes one operation over the awkward schema of the tests, whose resolvers do whatever resolvers may do.
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from hypothesis.errors import UnsatisfiedAssumption
from rich.console import Console
from rich.progress import track

from bench.figures import record
from tests.api.execution.test_differential import KNOWN, agree

OPERATIONS: Final = 20_000
AT_ONCE: Final = 100


def compare(seeds: Sequence[int]) -> tuple[int, list[int]]:
    """How many operations of these seeds are executed alike, and the seeds of the others. Some seeds make none."""
    alike, different = 0, []
    for seed in seeds:
        kind = "mutation" if seed % 5 == 0 else "query"
        try:
            agree(seed, 1 + seed % 40, (0, 5, 20, 50)[seed % 4], kind, KNOWN[seed % 3])
            alike += 1
        except UnsatisfiedAssumption:
            pass
        except AssertionError:
            different.append(seed)
    return alike, different


def main(seeds: Sequence[int] = range(OPERATIONS + OPERATIONS // 20)) -> None:
    """Exits with 1 where the two differ, and says on which seeds."""
    batches = [seeds[start : start + AT_ONCE] for start in range(0, len(seeds), AT_ONCE)]
    alike, different = 0, []
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        outcomes = track(workers.map(compare, batches), "Executing", total=len(batches), console=Console(stderr=True))
        for good, bad in outcomes:
            alike += good
            different += bad
    print(f"{alike} operations are executed as graphql-core does; seeds that differ: {different or 'none'}")
    if different:
        sys.exit(1)
    if len(seeds) >= OPERATIONS:
        record({"differential_operations": (alike, "random operations with graphql-core's answer, errors and order")})


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or range(OPERATIONS + OPERATIONS // 20))
