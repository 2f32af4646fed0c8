"""The cheapest set of started units that covers a stay (`docs/pricing.md`, CHEAPEST_COVER)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import ceil, gcd, lcm
from typing import Final

from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import NONE, ZERO, Months, Period, RateLineCollection

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
    """Months first, the largest units first; None where the units are too fine. `stay` is in local time."""
    if len(collection.lines) > MAX_LINES:
        return None
    months: dict[int, Decimal] = {}
    lengths: dict[int, Decimal] = {}
    for line in collection.lines:
        if isinstance(line.increment, Months):
            months[line.increment.count] = min(line.value, months.get(line.increment.count, line.value))
        elif line.increment is not None:
            seconds = int(line.increment.total_seconds())
            lengths[seconds] = min(line.value, lengths.get(seconds, line.value))
    units = tuple(sorted(lengths.items(), reverse=True))
    charged = max(stay.duration, collection.minimum)

    best: tuple[Decimal, list[Units]] | None = None
    for bundle in _month_bundles(months, charged, stay.arrive):
        bought = _bought_months(bundle, months, stay.arrive)
        paid = bought[-1].end if bought else NONE
        rest = ceil(max(charged - paid, NONE).total_seconds())
        if rest and not units:
            continue
        counts = _cover(units, rest) if rest else ()
        if counts is None:
            return None
        for seconds, count, value in counts:
            end = paid + count * timedelta(seconds=seconds)
            bought.append(Units(timedelta(seconds=seconds), paid, end, count, value))
            paid = end
        total = sum((one.count * one.value for one in bought), ZERO)
        if best is None or total < best[0]:
            best = (total, bought)
    return best[1] if best else None


def _month_bundles(months: Mapping[int, Decimal], charged: timedelta, arrive: datetime) -> Iterator[Counter[int]]:
    """For each number of months up to what is charged for, the cheapest units that last so long or longer."""
    cheapest: list[tuple[Decimal, Counter[int]]] = [(ZERO, Counter())]
    yield cheapest[0][1]
    number = 0
    while months and _elapsed(arrive, Months(number).after(arrive) if number else arrive) < charged:
        number += 1
        cost, count = min((cheapest[max(0, number - count)][0] + value, count) for count, value in months.items())
        cheapest.append((cost, cheapest[max(0, number - count)][1] + Counter([count])))
        yield cheapest[-1][1]


def _bought_months(bundle: Counter[int], months: Mapping[int, Decimal], arrive: datetime) -> list[Units]:
    bought: list[Units] = []
    number = 0
    for count, times in sorted(bundle.items(), reverse=True):
        start = bought[-1].end if bought else NONE
        number += count * times
        end = _elapsed(arrive, Months(number).after(arrive))
        bought.append(Units(Months(count), start, end, times, months[count]))
    return bought


def _elapsed(start: datetime, end: datetime) -> timedelta:
    """Elapsed time between two instants of one zone, across changes of its clocks."""
    return timedelta(seconds=end.timestamp() - start.timestamp())


@lru_cache(maxsize=4096)
def _cover(units: tuple[tuple[int, Decimal], ...], seconds: int) -> tuple[tuple[int, int, Decimal], ...] | None:
    """(length, count, value) of the cheapest units that together last `seconds` or more; None if too fine.

    B is the units' common multiple. Where n units last n · B or more, one of them lasts B or more by itself
    (pigeonhole), and so do the cheapest copies of one unit: whole Bs come out first, the short rest is searched.
    """
    step = gcd(*(length for length, _ in units))
    common = lcm(*(length for length, _ in units))
    whole = max(0, seconds // common - len(units) + 1)
    slots = -(-(seconds - whole * common) // step)
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
