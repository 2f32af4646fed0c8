"""The charges of a walk as a person would list them: equal units together, a cap that took effect as one line."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction

from parkgraph.domain.ladder import NO_LINE, Ladder
from parkgraph.domain.tariff import Cap, Months, Period, RateLine, RateLineKind, Span, TariffDay
from parkgraph.domain.walk import NO_CAP, Charge, Walk

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """`quantity` times `unit` (None: not a whole number of units) for `amount`; times in POSIX seconds."""

    label: str
    start: int
    end: int
    quantity: int
    unit: Decimal | None
    amount: Fraction


def itemise(ladder: Ladder, walk: Walk, arrive: int, leave: int, zone: tzinfo) -> list[Item]:
    """In the order of the stay, and what is of the whole stay last. The amounts add up to the walk's total exactly."""
    charges = [(midnight, charge) for midnight, day in walk.days for charge in day]
    capped = {
        (charge.capped, _window(ladder, charge.capped, midnight, charge, arrive, zone))
        for midnight, charge in charges
        if charge.capped != NO_CAP
    }
    folded: dict[Key, Item] = {}
    items: list[Item] = []
    for midnight, charge in charges:
        item = _item(ladder, midnight, charge)
        key, label = _fold(ladder, midnight, charge, capped, arrive, zone) or (None, item.label)
        if key is None:
            items.append(item)
        elif key in folded:
            earlier = folded[key]
            folded[key] = replace(
                earlier, label=label, end=max(earlier.end, item.end), amount=earlier.amount + item.amount
            )
        else:
            folded[key] = replace(item, label=label, quantity=1, unit=None)
    items = _joined([*items, *(replace(item, unit=_decimal(item.amount)) for item in folded.values())])
    missing = Fraction(walk.total, walk.scale) - sum((item.amount for item in items), Fraction(0))
    if missing and items:
        amount = _decimal(missing)
        items.append(Item("Minimum charge", arrive, leave, 1, amount, missing))
    return items


def describe(period: Period) -> str:
    """A period in the largest unit that it fills: "15 min", "2 days", "1 month"."""
    if isinstance(period, Months):
        return f"{period.count} month{'s' if period.count > 1 else ''}"
    seconds = int(period.total_seconds())
    for name, size in (("week", 604_800), ("day", 86_400), ("h", 3_600)):
        if seconds % size == 0 and seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 and name != 'h' else ''}"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"


def _item(ladder: Ladder, midnight: int, charge: Charge) -> Item:
    amount = Fraction(charge.amount, ladder.scale)
    start, end = midnight + charge.start, midnight + charge.end
    if charge.line == NO_LINE:
        return Item("Free", start, end, 1, Decimal(0), amount)
    line = ladder.collection.lines[charge.line]
    whole = amount == charge.quantity * Fraction(line.value) and not line.pro_rata
    label = _label(ladder, line, whole=whole)
    return Item(label, start, end, charge.quantity, line.value if whole else None, amount)


def _label(ladder: Ladder, line: RateLine, *, whole: bool = True) -> str:
    name = line.band.name or ladder.collection.name
    match line.kind:
        case RateLineKind.INCREMENTING:
            assert line.increment is not None
            unit = describe(line.increment)
            if line.pro_rata:
                unit = f"{line.value:f} per {unit.removeprefix('1 ')}, to the second"
            elif not whole:
                unit = f"{unit} at {line.value:f}, the last one in part"
            return f"{name}: {unit}" if name else unit
        case RateLineKind.TIER:
            step = f"up to {describe(line.end)}" if line.end else f"from {describe(line.start)} on"
            return f"{name}: {step}" if name else step.capitalize()
        case RateLineKind.FLAT:
            return name or "Flat rate"


def _joined(items: Iterable[Item]) -> list[Item]:
    """Equal consecutive units are one item."""
    joined: list[Item] = []
    for item in sorted(items, key=lambda item: item.start):
        last = joined[-1] if joined else None
        if last is None or (last.label, last.unit) != (item.label, item.unit) or item.start > last.end:
            joined.append(item)
        else:
            quantity = last.quantity + item.quantity if item.unit else last.quantity
            end, amount = max(last.end, item.end), last.amount + item.amount
            joined[-1] = replace(last, end=end, quantity=quantity, amount=amount)
    return joined


def _fold(
    ladder: Ladder, midnight: int, charge: Charge, capped: set[tuple[int, int]], arrive: int, zone: tzinfo
) -> tuple[Key, str] | None:
    """What the charge is listed under, where not by itself: the widest cap that took effect, or its tiers."""
    if charge.line == NO_LINE:
        return None
    line = ladder.collection.lines[charge.line]
    for index in ladder.widest_first:
        cap, _ = ladder.caps[index]
        if ladder.counted[index].counts(charge.segment):
            window = _window(ladder, index, midnight, charge, arrive, zone)
            if (index, window) in capped:
                return (index, window), f"Maximum for {_of(cap)}"
    if line.kind is RateLineKind.TIER:
        return ("tiers", line.band, midnight + charge.since, midnight + charge.segment.visit), _label(ladder, line)
    return None


def _window(ladder: Ladder, index: int, midnight: int, charge: Charge, arrive: int, zone: tzinfo) -> int:
    """Which of the cap's windows the charge counts in."""
    begins, cap = midnight + charge.start, ladder.caps[index][0]
    match cap.period:
        case timedelta():
            return (begins - arrive) // int(cap.period.total_seconds())
        case TariffDay(start=start):
            local = datetime.fromtimestamp(begins, zone)
            return local.toordinal() - (local.time() < start)
        case Span.VISIT:
            return midnight + ladder.counted[index].visit(charge.segment)
        case Span.STAY:
            return 0


def _of(cap: Cap) -> str:
    match cap.period:
        case timedelta():
            period = describe(cap.period)
        case TariffDay():
            period = "the day"
        case Span.VISIT:
            return cap.band.name if cap.band and cap.band.name else "this part of the day"
        case Span.STAY:
            period = "the stay"
    return f"{period}, {cap.band.name}" if cap.band and cap.band.name else period


def _decimal(amount: Fraction) -> Decimal | None:
    """The exact amount, where it has one in decimals."""
    quotient = Decimal(amount.numerator) / Decimal(amount.denominator)
    return quotient if Fraction(quotient) == amount else None
