"""What one stay costs under one rate table, with the lines that explain it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from math import gcd, lcm
from typing import Final

from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import Combination, Months, Period, RateLine, RateLineCollection, RateTable

ZERO: Final = Decimal(0)
MINUTE: Final = timedelta(minutes=1)
MAX_COVER_STEPS: Final = 60_000
"""A year in steps of ten minutes; a finer table is refused rather than worked on for seconds."""


class OfferStatus(StrEnum):
    """PRICED and FREE (total 0) have a total; the other two have a reason."""

    PRICED = "PRICED"
    FREE = "FREE"
    NOT_COMPUTABLE = "NOT_COMPUTABLE"
    UNAVAILABLE = "UNAVAILABLE"


class OfferReason(StrEnum):
    """Why there is no price, or why the offer cannot be taken."""

    BEYOND_MAX_STAY = "BEYOND_MAX_STAY"
    CLOSED = "CLOSED"
    FULL = "FULL"
    TOO_HIGH = "TOO_HIGH"
    NO_STRUCTURE = "NO_STRUCTURE"
    RULE_NOT_UNDERSTOOD = "RULE_NOT_UNDERSTOOD"
    TOO_COMPLEX = "TOO_COMPLEX"


@dataclass(frozen=True, slots=True)
class PriceLine:
    """`quantity` equal consecutive units; `start` and `end` bound the part of the stay that they pay for."""

    label: str
    start: datetime
    end: datetime
    quantity: int
    unit_amount: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one stay. The lines add up to the total exactly."""

    status: OfferStatus
    total: Money | None = None
    lines: tuple[PriceLine, ...] = ()
    reason: OfferReason | None = None
    reason_text: str | None = None


def price(table: RateTable | None, stay: Stay, zone: tzinfo) -> Quote:
    """The price of `stay`; `zone` is the place's own, in which calendar months are counted."""
    if table is None:
        return _not_computable(OfferReason.NO_STRUCTURE, "The network publishes no structured rates for this place.")
    arrive, leave = stay.arrive.astimezone(zone), stay.leave.astimezone(zone)
    local = Stay(arrive, leave)
    collection = next((c for c in table.collections if _admits(c.max_time, local)), None)
    if collection is None:
        longest = max((c.max_time for c in table.collections if c.max_time), key=lambda p: _end(p, arrive))
        return Quote(
            OfferStatus.UNAVAILABLE,
            reason=OfferReason.BEYOND_MAX_STAY,
            reason_text=f"The longest stay here is {describe(longest)}.",
        )
    if not _admits(table.known_until, local):
        return _not_computable(OfferReason.RULE_NOT_UNDERSTOOD, _not_understood(table.known_until))
    if collection.combination is Combination.LADDER:
        charges = _ladder(collection, local.duration)
    else:
        cover = _cheapest_cover(collection, local)
        if cover is None:
            return _not_computable(OfferReason.TOO_COMPLEX, "The units of this tariff are too fine for so long a stay.")
        charges = iter(cover)
    return _quote(charges, table.currency, local)


def describe(period: Period) -> str:
    """A period in the largest unit that it fills: "15 min", "2 days", "1 month"."""
    if isinstance(period, Months):
        return f"{period.count} month{'s' if period.count > 1 else ''}"
    minutes = period // MINUTE
    for name, size in (("week", 10_080), ("day", 1_440), ("h", 60)):
        if minutes % size == 0 and minutes >= size:
            count = minutes // size
            return f"{count} {name}{'s' if count > 1 and name != 'h' else ''}"
    return f"{minutes} min"


def _not_computable(reason: OfferReason, text: str) -> Quote:
    return Quote(OfferStatus.NOT_COMPUTABLE, reason=reason, reason_text=text)


def _not_understood(known_until: Period | None) -> str:
    text = "the network's rule is text that has no exact reading."
    return f"Beyond {describe(known_until)} {text}" if known_until else text.capitalize()


def _end(period: Period, arrive: datetime) -> datetime:
    return period.after(arrive) if isinstance(period, Months) else arrive + period


def _admits(limit: Period | None, stay: Stay) -> bool:
    if isinstance(limit, Months):
        return stay.leave <= limit.after(stay.arrive)
    return limit is None or stay.duration <= limit


@dataclass(frozen=True, slots=True)
class _Charge:
    """`quantity` units from `start` to `end`, both elapsed since arrival."""

    label: str
    start: timedelta
    end: timedelta
    quantity: int
    value: Decimal


def _ladder(collection: RateLineCollection, duration: timedelta) -> Iterator[_Charge]:
    """Each line charges its own part; in each period of the cap a dearer sum gives way to the cap."""
    charged = max(duration, collection.minimum)
    if collection.cap is None:
        yield from _units(collection.lines, timedelta(0), charged, charged)
        return
    start = timedelta(0)
    while start < charged:
        end = min(start + collection.cap.period, charged)
        units = list(_units(collection.lines, start, end, charged))
        if sum(unit.quantity * unit.value for unit in units) > collection.cap.amount:
            yield _Charge(f"Maximum for {describe(collection.cap.period)}", start, end, 1, collection.cap.amount)
        else:
            yield from units
        start = end


def _units(lines: Iterable[RateLine], start: timedelta, end: timedelta, charged: timedelta) -> Iterator[_Charge]:
    """The units that begin within [start, end) of a stay that is charged for `charged`."""
    for line in lines:
        last = charged if line.end is None else min(line.end, charged)
        if line.increment is None:
            if start <= line.start < end:
                yield _Charge("Flat rate", line.start, last, 1, line.value)
            continue
        assert isinstance(line.increment, timedelta)
        first_unit = _started(max(start, line.start) - line.start, line.increment)
        past_unit = _started(min(end, last) - line.start, line.increment)
        if past_unit > first_unit:
            yield _Charge(
                describe(line.increment),
                line.start + first_unit * line.increment,
                min(line.start + past_unit * line.increment, last),
                past_unit - first_unit,
                line.value,
            )


def _started(elapsed: timedelta, increment: timedelta) -> int:
    """How many increments have started before `elapsed`."""
    return max(0, -(-elapsed // increment))


def _cheapest_cover(collection: RateLineCollection, stay: Stay) -> list[_Charge] | None:
    """The cheapest set of units that covers the stay: whole months first, the largest units first."""
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

    best: tuple[Decimal, list[_Charge]] | None = None
    for months in range(13 if month else 1):
        covered = _end(Months(months * month[0].count), stay.arrive) if month and months else stay.arrive
        paid = _elapsed(stay.arrive, covered)
        charges = [_Charge(describe(month[0]), timedelta(0), paid, months, month[1])] if month and months else []
        rest = -(-max(charged - paid, timedelta(0)) // MINUTE)
        if rest and not units:
            continue
        counts = _cover(units, rest) if rest else ()
        if counts is None:
            return None
        for minutes, count, value in counts:
            end = paid + count * timedelta(minutes=minutes)
            charges.append(_Charge(describe(timedelta(minutes=minutes)), paid, end, count, value))
            paid = end
        total = sum((charge.quantity * charge.value for charge in charges), ZERO)
        if best is None or total < best[0]:
            best = (total, charges)
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
    if slots > MAX_COVER_STEPS:
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


def _quote(charges: Iterable[_Charge], currency: str, stay: Stay) -> Quote:
    """Lines in the order of the stay; equal consecutive units are one line with a quantity."""
    merged: list[_Charge] = []
    for charge in sorted(charges, key=lambda c: c.start):
        last = merged[-1] if merged else None
        if last and (last.label, last.value, last.end) == (charge.label, charge.value, charge.start):
            merged[-1] = _Charge(last.label, last.start, charge.end, last.quantity + charge.quantity, last.value)
        else:
            merged.append(charge)
    lines = tuple(_line(charge, currency, stay) for charge in merged)
    total = Money(sum((line.amount.amount for line in lines), ZERO), currency).rounded()
    return Quote(OfferStatus.PRICED if total.amount else OfferStatus.FREE, total, lines)


def _line(charge: _Charge, currency: str, stay: Stay) -> PriceLine:
    unit = Money(charge.value, currency).rounded()
    return PriceLine(
        label=charge.label,
        start=_at(stay, charge.start),
        end=_at(stay, charge.end),
        quantity=charge.quantity,
        unit_amount=unit,
        amount=Money(unit.amount * charge.quantity, currency),
    )


def _at(stay: Stay, elapsed: timedelta) -> datetime:
    """The instant that long after arrival, in the place's zone, and not after departure."""
    instant = (stay.arrive.astimezone(UTC) + elapsed).astimezone(stay.arrive.tzinfo)
    return min(instant, stay.leave)
