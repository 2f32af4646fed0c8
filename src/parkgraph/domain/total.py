"""The sum of what the collections ask (`docs/pricing.md`, The sum): exact, then taxed, and rounded once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from parkgraph.domain.asked import Asked
from parkgraph.domain.money import Money, minor_unit
from parkgraph.domain.quote import OfferStatus, PriceLine, Quote
from parkgraph.domain.receipt import Item
from parkgraph.domain.tariff import RateTable, Rounding, RoundingMode

EXACT: Final = Context(prec=100)
"""Enough digits for any sum of amounts that a table may have."""


@dataclass(frozen=True, slots=True)
class Exact:
    """`numerator` / `denominator` of the currency, and what it consists of."""

    numerator: int
    denominator: int
    explain: Callable[[], Sequence[Item]]

    @property
    def amount(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


def free_time(start: int, end: int) -> Item:
    return Item("Free", start, end, 1, Decimal(0), Fraction(0))


def quoted(table: RateTable, parts: Sequence[Exact], asked: Asked) -> Quote:
    """Their sum in the table's currency."""
    if len(parts) == 1 and table.added_tax is None:
        amount = _rounded(parts[0].numerator, parts[0].denominator, table.rounding, table.currency)
    else:
        exact = sum((part.amount for part in parts), Fraction(0)) * (1 + Fraction(table.added_tax or 0))
        amount = _rounded(exact.numerator, exact.denominator, table.rounding, table.currency)
    total = Money(amount, table.currency)
    status = OfferStatus.PRICED if amount else OfferStatus.FREE
    return Quote(status, total, explain=lambda: _lines(table, parts, asked, total))


def _lines(table: RateTable, parts: Sequence[Exact], asked: Asked, total: Money) -> tuple[PriceLine, ...]:
    told = (item for part in parts for item in part.explain())
    items = [item for item in told if item.amount or item.start < min(item.end, asked.ends)]
    items = items or [free_time(asked.begins, asked.ends)]
    if table.added_tax:
        net = sum((item.amount for item in items), Fraction(0))
        label = f"Tax {(table.added_tax * 100).normalize():f} %"
        items.append(Item(label, asked.begins, asked.ends, 1, None, net * Fraction(table.added_tax)))
    lines = [_line(item, table.currency, asked) for item in items]
    missing = EXACT.subtract(total.amount, sum((line.amount.amount for line in lines), Decimal(0)))
    if missing:
        rounding = Money(missing, table.currency)
        lines.append(PriceLine("Rounding", asked.arrive, asked.leave, 1, None, rounding))
    return tuple(lines)


def _line(item: Item, currency: str, asked: Asked) -> PriceLine:
    amount = _rounded(item.amount.numerator, item.amount.denominator, Rounding(), currency)
    unit = None if item.unit is None else Money(_padded(item.unit, currency), currency)
    return PriceLine(
        item.label, _at(item.start, asked), _at(item.end, asked), item.quantity, unit, Money(amount, currency)
    )


def _padded(amount: Decimal, currency: str) -> Decimal:
    """With as many digits as the currency has, or more where it needs them."""
    in_minor_units = amount.quantize(minor_unit(currency), context=EXACT)
    return in_minor_units if in_minor_units == amount else amount.normalize(EXACT)


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
    amount = EXACT.multiply(count, unit)
    return amount if rounding.unit is None else _padded(amount, currency)


def _at(stamp: int, asked: Asked) -> datetime:
    """In the place's zone, and within the stay."""
    if stamp <= asked.begins:
        return asked.arrive
    return asked.leave if stamp >= asked.ends else datetime.fromtimestamp(stamp, UTC).astimezone(asked.zone)
