"""What a session costs: nothing within a right's stay, and what is beyond it on the same ladder. Pure."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from parkgraph.domain.civil import Calendar
from parkgraph.domain.money import Money
from parkgraph.domain.pricing import PriceLine, price
from parkgraph.domain.stay import MAX_STAY, Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.gates.rights import EARLY, LATE, Span


class PriceHold(StrEnum):
    """Why a session has no price: a person has to look at it.

    CLOCK: an instant is not to be believed. NO_EXIT: nobody knows when it ended. NO_RATES: nothing says what it costs.
    TOO_LONG: it is longer than any stay.
    """

    CLOCK = "CLOCK"
    NO_EXIT = "NO_EXIT"
    NO_RATES = "NO_RATES"
    TOO_LONG = "TOO_LONG"


@dataclass(frozen=True, slots=True)
class Charge:
    """`total` is None where it is on `hold`. The lines are those of the whole stay, of which `covered` is paid."""

    total: Money | None
    lines: tuple[PriceLine, ...] = ()
    covered: Money | None = None
    hold: PriceHold | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """By what a session is charged. `zone` and `calendar` are the site's own."""

    rates: RateTable | None
    zone: tzinfo
    calendar: Calendar | None = None


def charge(entered: datetime, left: datetime, cover: Span | None, tariff: Tariff) -> Charge:
    """What is due for a session that ended. `cover`: the stay of its right; None: it has none."""
    if left - entered > MAX_STAY:
        return Charge(None, hold=PriceHold.TOO_LONG)
    if cover and cover[1] <= entered:
        cover = None
    if cover and cover[0] - EARLY <= entered and left <= cover[1] + LATE:
        return Charge(Money(Decimal(0), tariff.rates.currency) if tariff.rates else None)
    begins, paid_until = cover or (entered, entered)
    paid = _price(begins, min(left, paid_until), tariff)
    whole = _price(entered if entered < begins - EARLY else begins, left, tariff)
    if whole is None or paid is None:
        return Charge(None, hold=PriceHold.NO_RATES)
    (total, lines), (covered, _) = whole, paid
    return Charge(Money(max(total.amount - covered.amount, Decimal(0)), total.currency), lines, covered)


def _price(begins: datetime, ends: datetime, tariff: Tariff) -> tuple[Money, tuple[PriceLine, ...]] | None:
    if tariff.rates is None:
        return None
    if ends <= begins:
        return Money(Decimal(0), tariff.rates.currency), ()
    if ends - begins > MAX_STAY:
        return None
    quote = price(tariff.rates, Stay(begins, ends), tariff.zone, calendar=tariff.calendar)
    return (quote.total, quote.lines) if quote.total is not None else None
