"""The cheapest set of started units that covers a stay (`docs/pricing.md`, CHEAPEST_COVER)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import gcd, lcm
from typing import Final

from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import MINUTE, NONE, ZERO, Months, Period, RateLineCollection

MAX_LINES: Final = 1_000
MAX_STEPS: Final = 60_000
"""Units looked at, one by one for each possible length; a finer table is refused rather than worked on for seconds."""


@dataclass(frozen=True, slots=True)
class Units:
    """`count` equal units for `value` each; `start` and `end` are elapsed since arrival."""

    length: Period
    start: timedelta
    end: timedelta
    count: int
    value: Decimal


def cheapest_cover(collection: RateLineCollection, stay: Stay) -> list[Units] | None:
    """Whole months first, the largest units first; None where the units are too fine. `stay` is in local time."""
    if len(collection.lines) > MAX_LINES:
        return None
    month: tuple[Months, Decimal] | None = None
    lengths: dict[int, Decimal] = {}
    for line in collection.lines:
        if isinstance(line.increment, Months):
            if month is None or line.value < month[1]:
                month = (line.increment, line.value)
        else:
            assert line.increment is not None
            minutes = line.increment // MINUTE
            lengths[minutes] = min(line.value, lengths.get(minutes, line.value))
    units = tuple(sorted(lengths.items(), reverse=True))
    charged = max(stay.duration, collection.minimum)

    best: tuple[Decimal, list[Units]] | None = None
    for months in range(13 if month else 1):
        covered = Months(months * month[0].count).after(stay.arrive) if month and months else stay.arrive
        paid = _elapsed(stay.arrive, covered)
        bought = [Units(month[0], NONE, paid, months, month[1])] if month and months else []
        rest = -(-max(charged - paid, NONE) // MINUTE)
        if rest and not units:
            continue
        counts = _cover(units, rest) if rest else ()
        if counts is None:
            return None
        for minutes, count, value in counts:
            end = paid + count * timedelta(minutes=minutes)
            bought.append(Units(timedelta(minutes=minutes), paid, end, count, value))
            paid = end
        total = sum((one.count * one.value for one in bought), ZERO)
        if best is None or total < best[0]:
            best = (total, bought)
        if not rest:
            break
    return best[1] if best else None


def _elapsed(start: datetime, end: datetime) -> timedelta:
    """Elapsed time between two instants of one zone, across changes of its clocks."""
    return timedelta(seconds=end.timestamp() - start.timestamp())


@lru_cache(maxsize=4096)
def _cover(units: tuple[tuple[int, Decimal], ...], minutes: int) -> tuple[tuple[int, int, Decimal], ...] | None:
    """(length, count, value) of the cheapest units that together last `minutes` or more; None if too fine.

    B is the units' common multiple. Where n units last n · B or more, one of them lasts B or more by itself
    (pigeonhole), and so do the cheapest copies of one unit: whole Bs come out first, the short rest is searched.
    """
    step = gcd(*(length for length, _ in units))
    common = lcm(*(length for length, _ in units))
    whole = max(0, minutes // common - len(units) + 1)
    slots = -(-(minutes - whole * common) // step)
    if slots * len(units) > MAX_STEPS:
        return None
    counts = _fewest_at_least(units, slots, step)
    if whole:
        cheapest, _ = min(units, key=lambda unit: (unit[1] * (common // unit[0]), -unit[0]))
        counts[cheapest] = counts.get(cheapest, 0) + whole * (common // cheapest)
    return tuple((length, counts[length], value) for length, value in units if length in counts)


def _fewest_at_least(units: tuple[tuple[int, Decimal], ...], slots: int, step: int) -> dict[int, int]:
    """How often each length occurs in the cheapest set that fills `slots`; of equal prices, the fewest units."""
    best: list[tuple[Decimal, int]] = [(ZERO, 0)]
    chosen: list[int] = [0]
    for slot in range(1, slots + 1):
        cost, count, length = min(
            (best[max(0, slot - length // step)][0] + value, best[max(0, slot - length // step)][1] + 1, length)
            for length, value in units
        )
        best.append((cost, count))
        chosen.append(length)
    counts: dict[int, int] = {}
    while slots > 0:
        length = chosen[slots]
        counts[length] = counts.get(length, 0) + 1
        slots -= length // step
    return counts
