"""The cheapest set of started units that covers a stay (`docs/pricing.md`, CHEAPEST_COVER)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from math import ceil, gcd, lcm

from parkgraph.domain.budget import Budget
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import NONE, ZERO, Months, Period, RateLineCollection


@dataclass(frozen=True, slots=True)
class Units:
    """`count` equal units for `value` each; `start` and `end` are elapsed since arrival."""

    length: Period
    start: timedelta
    end: timedelta
    count: int
    value: Decimal


def cheapest_cover(collection: RateLineCollection, stay: Stay, budget: Budget) -> list[Units]:
    """Months first, the largest units first. `stay` is in local time. Raises TooComplex."""
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

    bundles = [_bought_months(bundle, months, stay.arrive) for bundle in _month_bundles(months, charged, stay.arrive)]
    paid_until = [bought[-1].end if bought else NONE for bought in bundles]
    rests = tuple(ceil(max(charged - paid, NONE).total_seconds()) for paid in paid_until)
    if not units:
        return min((bought for bought, rest in zip(bundles, rests, strict=True) if not rest), key=_total)
    scale = _Scale(units)
    budget.take_units(max(map(scale.slots, rests)) * len(units))
    for bought, paid, counts in zip(bundles, paid_until, _covers(scale, rests), strict=True):
        for seconds, count, value in counts:
            end = paid + count * timedelta(seconds=seconds)
            bought.append(Units(timedelta(seconds=seconds), paid, end, count, value))
            paid = end
    return min(bundles, key=_total)


def _total(bought: Sequence[Units]) -> Decimal:
    return sum((units.count * units.value for units in bought), ZERO)


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


@dataclass(frozen=True)
class _Scale:
    """Units of (length in seconds, value), and what is common to their lengths.

    B is the units' common multiple. Where n units last n · B or more, one of them lasts B or more by itself
    (pigeonhole), and so do the cheapest copies of one unit: whole Bs come out first, the short rest is searched.
    """

    units: tuple[tuple[int, Decimal], ...]

    @cached_property
    def step(self) -> int:
        return gcd(*(length for length, _ in self.units))

    @cached_property
    def common(self) -> int:
        return lcm(*(length for length, _ in self.units))

    def wholes(self, seconds: int) -> int:
        """How many Bs come out first."""
        return max(0, seconds // self.common - len(self.units) + 1)

    def slots(self, seconds: int) -> int:
        """Steps in the rest that is searched."""
        return -(-(seconds - self.wholes(seconds) * self.common) // self.step)


Counts = tuple[tuple[int, int, Decimal], ...]
"""(length, count, value) of some units."""


@lru_cache(maxsize=4096)
def _covers(scale: _Scale, rests: tuple[int, ...]) -> tuple[Counts, ...]:
    """The cheapest units that together last so many seconds or more, for each rest."""
    units, common = scale.units, scale.common
    chosen = _chosen(units, max(map(scale.slots, rests)), scale.step)
    cheapest, _ = min(units, key=lambda unit: (unit[1] * (common // unit[0]), -unit[0]))
    covers: list[Counts] = []
    for rest in rests:
        counts = Counter({cheapest: scale.wholes(rest) * (common // cheapest)})
        slots = scale.slots(rest)
        while slots > 0:
            counts[chosen[slots]] += 1
            slots -= chosen[slots] // scale.step
        covers.append(tuple((length, counts[length], value) for length, value in units if counts[length]))
    return tuple(covers)


def _chosen(units: tuple[tuple[int, Decimal], ...], slots: int, step: int) -> list[int]:
    """The last unit of the cheapest set that fills each number of slots; of equal prices, of the fewest units."""
    best: list[tuple[Decimal, int]] = [(ZERO, 0)]
    chosen: list[int] = [0]
    for slot in range(1, slots + 1):
        cost, count, length = min(
            (best[max(0, slot - length // step)][0] + value, best[max(0, slot - length // step)][1] + 1, length)
            for length, value in units
        )
        best.append((cost, count))
        chosen.append(length)
    return chosen
