"""How often reads of real plates open for the wrong vehicle, and how often not for the right one.

Reads come as (true plate, plate as read) and the plates of all pairs are a site's. A vehicle with a right should be let
in by its read; one whose right was removed should be let in by none, the rights of all others being there still.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from parkgraph.gates.matching import Known, Look, Match, match
from parkgraph.gates.plates import read

PAIRS: Final = Path(__file__).resolve().parents[1] / ".." / "shared" / "plates" / "read-pairs-dev.tsv"
Z: Final = 1.959963984540054
"""Of 95 %."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`interval`: Wilson's, of 95 %."""

    count: int
    of: int

    @property
    def value(self) -> float:
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        share, n = self.value, self.of
        middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count} of {self.of}, {self.value:.2%} (95 %: {low:.2%} to {high:.2%})"


@dataclass(frozen=True, slots=True)
class Rates:
    """Of vehicles with a right, how many were not let in; of those whose right was removed, how many were."""

    not_open: Rate
    false_open: Rate


def pairs(path: Path = PAIRS) -> list[tuple[str, str]]:
    """(true plate, plate as read)."""
    rows = path.read_text().splitlines()[1:]
    return [(true, seen) for _, true, seen in (row.split("\t") for row in rows)]


def single(rows: Sequence[tuple[str, str]]) -> Rates:
    """Each read by itself."""
    return _rates(((true, [Look(read(seen))]) for true, seen in rows), {true for true, _ in rows})


def repeated(rows: Sequence[tuple[str, str]]) -> Rates:
    """Every two reads of a plate as two looks of one passage."""
    looks: dict[str, list[Look]] = defaultdict(list)
    for true, seen in rows:
        looks[true].append(Look(read(seen)))
    passages = ((true, two) for true, seen in looks.items() for two in combinations(seen, 2))
    return _rates(passages, set(looks))


def _rates(passages: Iterable[tuple[str, Sequence[Look]]], plates: set[str]) -> Rates:
    everybody, without = Known(plates), {plate: Known(plates - {plate}) for plate in plates}
    count = not_open = false_open = 0
    for true, looks in passages:
        count += 1
        not_open += _opens(looks, everybody) != true
        false_open += _opens(looks, without[true]) is not None
    return Rates(Rate(not_open, count), Rate(false_open, count))


def _opens(looks: Sequence[Look], known: Known) -> str | None:
    found = match(looks, known)
    return found.plate if isinstance(found, Match) and found.sure else None
