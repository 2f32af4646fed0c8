"""What one stay costs under one rate table, with the lines that explain it. `docs/pricing.md` has the rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Final

from parkgraph.domain.civil import Calendar
from parkgraph.domain.cover import cheapest_cover
from parkgraph.domain.ladder import MAX_LINES, MAX_STEPS, Ladder, TooComplex, Uncovered
from parkgraph.domain.money import Money, minor_unit
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.receipt import Item, describe, itemise
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    NONE,
    Choice,
    Combination,
    Months,
    Period,
    RateLineCollection,
    RateTable,
    Rounding,
    RoundingMode,
)
from parkgraph.domain.timeline import holds_at
from parkgraph.domain.vehicle import Vehicle

__all__ = ["OfferReason", "OfferStatus", "PriceLine", "Quote", "describe", "price"]

TOO_FINE: Final = "The units of this tariff are too fine for so long a stay."
PREPARED: Final = 4096
"""Collections that are kept prepared."""


class OfferStatus(StrEnum):
    """PRICED and FREE (total 0) have a total; the other two have a reason."""

    PRICED = "PRICED"
    FREE = "FREE"
    NOT_COMPUTABLE = "NOT_COMPUTABLE"
    UNAVAILABLE = "UNAVAILABLE"


class OfferReason(StrEnum):
    """Why there is no price, why it is not compared with others, or why the offer cannot be taken."""

    BEYOND_MAX_STAY = "BEYOND_MAX_STAY"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    CLOSED = "CLOSED"
    FULL = "FULL"
    TOO_HIGH = "TOO_HIGH"
    NO_STRUCTURE = "NO_STRUCTURE"
    RULE_NOT_UNDERSTOOD = "RULE_NOT_UNDERSTOOD"
    TOO_COMPLEX = "TOO_COMPLEX"
    NO_EXCHANGE_RATE = "NO_EXCHANGE_RATE"


@dataclass(frozen=True, slots=True)
class PriceLine:
    """`quantity` equal consecutive units; `start` and `end` bound the part of the stay that they pay for.

    `unit_amount` is None where the amount is not a whole number of units (pro rata, a rounding).
    """

    label: str
    start: datetime
    end: datetime
    quantity: int
    unit_amount: Money | None
    amount: Money


def _no_lines() -> tuple[PriceLine, ...]:
    return ()


@dataclass(frozen=True)
class Quote:
    """The price of one stay. Its lines add up to the total exactly; they are made when they are first asked for."""

    status: OfferStatus
    total: Money | None = None
    reason: OfferReason | None = None
    reason_text: str | None = None
    explain: Callable[[], tuple[PriceLine, ...]] = field(default=_no_lines, repr=False, compare=False)

    @cached_property
    def lines(self) -> tuple[PriceLine, ...]:
        return self.explain()


ANY_CAR: Final = Vehicle()


def price(
    table: RateTable | None, stay: Stay, zone: tzinfo, vehicle: Vehicle = ANY_CAR, calendar: Calendar | None = None
) -> Quote:
    """The price of `stay`; `zone` and `calendar` (public holidays; None: unknown) are the place's own."""
    if table is None:
        return _not_computable(OfferReason.NO_STRUCTURE, "The network publishes no structured rates for this place.")
    if sum(len(collection.lines) for collection in table.collections) > MAX_LINES:
        return _not_computable(OfferReason.TOO_COMPLEX, TOO_FINE)
    if calendar is None and _needs_calendar(table):
        return _not_computable(
            OfferReason.RULE_NOT_UNDERSTOOD, "It depends on public holidays, which are not known here."
        )
    asked = _Asked(stay, zone, vehicle, calendar)
    applying = [collection for collection in table.collections if asked.fits(collection)]
    choices = [collection for collection in applying if not collection.adds and asked.admitted_by(collection.max_time)]
    if not choices:
        return _barred(table, asked)
    if table.known_until is not None and not asked.admitted_by(table.known_until):
        return _not_computable(OfferReason.RULE_NOT_UNDERSTOOD, _not_understood(table.known_until))
    try:
        chosen = _cheapest(choices, asked) if table.choice is Choice.CHEAPEST else _exact(choices[0], asked)
        added = [_exact(c, asked) for c in applying if c.adds and asked.admitted_by(c.max_time)]
    except _NoPrice as why:
        return _not_computable(why.reason, why.text)
    return _quote(table, [chosen, *added], asked)


class _NoPrice(Exception):
    """A collection that applies gives no price for this stay."""

    def __init__(self, reason: OfferReason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class _NotCovered(_NoPrice):
    """No line of it says what some of the time costs."""


class _Asked:
    """The question: the stay in local time and in POSIX seconds, who asks, and how many steps it may take."""

    def __init__(self, stay: Stay, zone: tzinfo, vehicle: Vehicle, calendar: Calendar | None) -> None:
        self.steps = MAX_STEPS
        self.zone = zone
        self.calendar = calendar
        self.vehicle = vehicle.kind
        self.arrive = stay.arrive.astimezone(zone)
        self.leave = stay.leave.astimezone(zone)
        self.begins = floor(self.arrive.timestamp())
        self.ends = ceil(self.leave.timestamp())
        self.last_instant = stay.last_instant
        self.duration = timedelta(seconds=self.ends - self.begins)
        self.audiences = {Audience.GENERAL}
        if vehicle.disabled_permit:
            self.audiences.add(Audience.DISABLED)
        if vehicle.electric:
            self.audiences.add(Audience.ELECTRIC)

    def fits(self, collection: RateLineCollection) -> bool:
        """Whether the collection is for this vehicle, driver and time, but for the longest stay."""
        return (
            (not collection.vehicles or self.vehicle in collection.vehicles)
            and (not collection.audiences or not self.audiences.isdisjoint(collection.audiences))
            and self.duration >= collection.min_time
            and (collection.arrive is None or holds_at(collection.arrive, self.arrive, self.calendar))
            and (
                collection.leave is None
                or holds_at(collection.leave, self.last_instant.astimezone(self.zone), self.calendar)
            )
        )

    def admitted_by(self, limit: Period | None) -> bool:
        if isinstance(limit, Months):
            return self.leave <= limit.after(self.arrive)
        return limit is None or self.duration <= limit


@dataclass(frozen=True, slots=True)
class _Exact:
    """`numerator` / `denominator` of the currency, and what it consists of."""

    numerator: int
    denominator: int
    explain: Callable[[], Sequence[Item]]

    @property
    def amount(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


def _exact(collection: RateLineCollection, asked: _Asked) -> _Exact:
    """What one collection that applies asks for the stay. Raises _NoPrice."""
    if asked.duration <= collection.grace:
        return _Exact(0, 1, lambda: [_free(asked.begins, asked.ends)])
    if collection.combination is Combination.CHEAPEST_COVER:
        return _covered(collection, asked)
    return _walked(collection, asked)


def _walked(collection: RateLineCollection, asked: _Asked) -> _Exact:
    begins = asked.begins
    until = asked.ends - int(collection.grace_at_end.total_seconds())
    until = max(until, begins + int(collection.minimum.total_seconds()))
    try:
        ladder = _prepared(collection)
        first = asked.arrive.date()
        walk = ladder.walk(begins, until, asked.ends, asked.zone, first, asked.calendar, asked.steps)
        asked.steps -= walk.steps
    except Uncovered as time:
        text = f"No rate is known for the time from {datetime.fromtimestamp(time.at, asked.zone):%d %B %H:%M} on."
        raise _NotCovered(OfferReason.NO_STRUCTURE, text) from None
    except TooComplex:
        raise _too_complex() from None

    def explain() -> Sequence[Item]:
        items = itemise(ladder, walk, begins, asked.ends, asked.zone)
        free = min(begins + int(collection.free.total_seconds()), asked.ends)
        return [_free(begins, free), *items] if free > begins else items

    return _Exact(walk.total, walk.scale, explain)


def _covered(collection: RateLineCollection, asked: _Asked) -> _Exact:
    cover = cheapest_cover(collection, Stay(asked.arrive, asked.leave))
    if cover is None:
        raise _too_complex()
    items = [
        Item(
            describe(units.length),
            asked.begins + int(units.start.total_seconds()),
            asked.begins + int(units.end.total_seconds()),
            units.count,
            units.value,
            Fraction(units.value) * units.count,
        )
        for units in cover
    ]
    total = sum((item.amount for item in items), Fraction(0))
    return _Exact(total.numerator, total.denominator, lambda: items)


def _cheapest(choices: Sequence[RateLineCollection], asked: _Asked) -> _Exact:
    """Among those that cover the stay. Raises _NoPrice where none does, or one of them has no price."""
    found: list[_Exact] = []
    failed: list[_NotCovered] = []
    for collection in choices:
        try:
            found.append(_exact(collection, asked))
        except _NotCovered as why:
            failed.append(why)
    if not found:
        raise failed[0]
    return min(found, key=lambda exact: exact.amount)


_tables: dict[int, tuple[RateTable, bool]] = {}
_ladders: dict[int, Ladder] = {}


def _needs_calendar(table: RateTable) -> bool:
    """Kept by identity, as what is prepared below."""
    kept = _tables.get(id(table))
    if kept is None or kept[0] is not table:
        if len(_tables) >= PREPARED:
            _tables.clear()
        kept = _tables[id(table)] = table, any(collection.needs_calendar for collection in table.collections)
    return kept[1]


def _prepared(collection: RateLineCollection) -> Ladder:
    """Kept by identity: to compare two big tables costs more than to price a stay."""
    ladder = _ladders.get(id(collection))
    if ladder is None or ladder.collection is not collection:
        if len(_ladders) >= PREPARED:
            _ladders.clear()
        ladder = _ladders[id(collection)] = Ladder(collection)
    return ladder


def _barred(table: RateTable, asked: _Asked) -> Quote:
    """Why no collection applies: only the length of the stay, or more than that."""
    fitting = [c.max_time for c in table.collections if not c.adds and c.max_time is not None and asked.fits(c)]
    if fitting:
        longest = max(fitting, key=lambda period: _end(period, asked.arrive))
        text = f"The longest stay here is {describe(longest)}."
        return Quote(OfferStatus.UNAVAILABLE, reason=OfferReason.BEYOND_MAX_STAY, reason_text=text)
    text = "No rate here is for this vehicle at this time."
    return Quote(OfferStatus.UNAVAILABLE, reason=OfferReason.NOT_ELIGIBLE, reason_text=text)


def _end(period: Period, arrive: datetime) -> datetime:
    return period.after(arrive) if isinstance(period, Months) else arrive + period


def _not_computable(reason: OfferReason, text: str) -> Quote:
    return Quote(OfferStatus.NOT_COMPUTABLE, reason=reason, reason_text=text)


def _not_understood(known_until: Period) -> str:
    text = "the network's rule is text that has no exact reading."
    return text.capitalize() if known_until == NONE else f"Beyond {describe(known_until)} {text}"


def _too_complex() -> _NoPrice:
    return _NoPrice(OfferReason.TOO_COMPLEX, TOO_FINE)


def _free(start: int, end: int) -> Item:
    return Item("Free", start, end, 1, Decimal(0), Fraction(0))


def _quote(table: RateTable, parts: Sequence[_Exact], asked: _Asked) -> Quote:
    if len(parts) == 1 and table.added_tax is None:
        amount = _rounded(parts[0].numerator, parts[0].denominator, table.rounding, table.currency)
    else:
        exact = sum((part.amount for part in parts), Fraction(0)) * (1 + Fraction(table.added_tax or 0))
        amount = _rounded(exact.numerator, exact.denominator, table.rounding, table.currency)
    total = Money(amount, table.currency)
    status = OfferStatus.PRICED if amount else OfferStatus.FREE
    return Quote(status, total, explain=lambda: _lines(table, parts, asked, total))


def _lines(table: RateTable, parts: Sequence[_Exact], asked: _Asked, total: Money) -> tuple[PriceLine, ...]:
    items = [item for part in parts for item in part.explain()]
    if table.added_tax:
        net = sum((item.amount for item in items), Fraction(0))
        label = f"Tax {(table.added_tax * 100).normalize():f} %"
        items.append(Item(label, asked.begins, asked.ends, 1, None, net * Fraction(table.added_tax)))
    lines = [_line(item, table.currency, asked) for item in items]
    missing = total.amount - sum((line.amount.amount for line in lines), Decimal(0))
    if missing:
        rounding = Money(missing, table.currency)
        lines.append(PriceLine("Rounding", asked.arrive, asked.leave, 1, None, rounding))
    return tuple(lines)


def _line(item: Item, currency: str, asked: _Asked) -> PriceLine:
    amount = _rounded(item.amount.numerator, item.amount.denominator, Rounding(), currency)
    unit = None if item.unit is None else Money(_padded(item.unit, currency), currency)
    return PriceLine(
        item.label, _at(item.start, asked), _at(item.end, asked), item.quantity, unit, Money(amount, currency)
    )


def _padded(amount: Decimal, currency: str) -> Decimal:
    """With as many digits as the currency has, or more where it needs them."""
    in_minor_units = amount.quantize(minor_unit(currency))
    return in_minor_units if in_minor_units == amount else amount.normalize()


def _rounded(numerator: int, denominator: int, rounding: Rounding, currency: str) -> Decimal:
    smallest = minor_unit(currency)
    unit = rounding.unit or smallest
    top, bottom = unit.as_integer_ratio()
    above, below = numerator * bottom, denominator * top
    match rounding.mode:
        case RoundingMode.HALF_UP:
            count = (2 * above + below) // (2 * below)
        case RoundingMode.UP:
            count = -(-above // below)
        case RoundingMode.DOWN:
            count = above // below
    amount = count * unit
    return amount if rounding.unit is None else _padded(amount, currency)


def _at(stamp: int, asked: _Asked) -> datetime:
    """In the place's zone, and within the stay."""
    if stamp <= asked.begins:
        return asked.arrive
    return asked.leave if stamp >= asked.ends else datetime.fromtimestamp(stamp, UTC).astimezone(asked.zone)
