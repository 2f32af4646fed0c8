"""What one stay costs under one rate table, with the lines that explain it. `docs/pricing.md` has the rules."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from fractions import Fraction
from typing import Final

from parkgraph.domain.asked import Asked
from parkgraph.domain.budget import TooComplex
from parkgraph.domain.civil import Calendar
from parkgraph.domain.cover import cheapest_cover
from parkgraph.domain.ladder import MAX_LINES, Ladder
from parkgraph.domain.quote import OfferReason, OfferStatus, PriceLine, Quote
from parkgraph.domain.receipt import Item, describe, itemise
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import NONE, Choice, Combination, Months, Period, RateLineCollection, RateTable
from parkgraph.domain.total import Exact, free_time, quoted
from parkgraph.domain.vehicle import Vehicle
from parkgraph.domain.walk import Uncovered, walk

__all__ = ["OfferReason", "OfferStatus", "PriceLine", "Quote", "describe", "price"]

TOO_FINE: Final = "The units of this tariff are too fine for so long a stay."
MAX_COLLECTIONS: Final = 200
PREPARED: Final = 4096
"""Collections that are kept prepared."""

ANY_CAR: Final = Vehicle()


def price(
    table: RateTable | None, stay: Stay, zone: tzinfo, vehicle: Vehicle = ANY_CAR, calendar: Calendar | None = None
) -> Quote:
    """The price of `stay`; `zone` and `calendar` (public holidays; None: unknown) are the place's own."""
    if table is None:
        return _not_computable(OfferReason.NO_STRUCTURE, "The network publishes no structured rates for this place.")
    is_too_long, needs_calendar = _looked_at(table)
    if is_too_long:
        return _not_computable(OfferReason.TOO_COMPLEX, TOO_FINE)
    if calendar is None and needs_calendar:
        return _not_computable(
            OfferReason.RULE_NOT_UNDERSTOOD, "It depends on public holidays, which are not known here."
        )
    asked = Asked(stay, zone, vehicle, calendar)
    applying = [collection for collection in table.collections if asked.fits(collection)]
    choices = [collection for collection in applying if not collection.adds and asked.admitted_by(collection.max_time)]
    if not choices:
        return _barred(table, asked)
    if table.known_until is not None and not asked.admitted_by(table.known_until):
        return _not_computable(OfferReason.RULE_NOT_UNDERSTOOD, _not_understood(table.known_until))
    try:
        chosen = _cheapest(choices, asked) if table.choice is Choice.CHEAPEST else _exact(choices[0], asked)
        added = [_exact(c, asked) for c in applying if c.adds and asked.admitted_by(c.max_time)]
    except _NotCovered as why:
        return _not_computable(OfferReason.NO_STRUCTURE, str(why))
    except TooComplex:
        return _not_computable(OfferReason.TOO_COMPLEX, TOO_FINE)
    return quoted(table, [chosen, *added], asked)


class _NotCovered(Exception):
    """No line of a collection says what some of the time costs."""


def _exact(collection: RateLineCollection, asked: Asked) -> Exact:
    """What one collection that applies asks for the stay. Raises _NotCovered and TooComplex."""
    if asked.duration <= collection.grace:
        return Exact(0, 1, lambda: [free_time(asked.begins, asked.ends)])
    if collection.combination is Combination.CHEAPEST_COVER:
        return _covered(collection, asked)
    return _walked(collection, asked)


def _walked(collection: RateLineCollection, asked: Asked) -> Exact:
    begins = asked.begins
    ladder = _prepared(collection)
    until = max(asked.ends - ladder.grace_at_end, begins + ladder.minimum)
    try:
        walked = walk(ladder, begins, until, asked.ends, asked.arrive, asked.calendar, asked.budget)
    except Uncovered as time:
        text = f"No rate is known for the time from {datetime.fromtimestamp(time.at, asked.zone):%d %B %H:%M} on."
        raise _NotCovered(text) from None

    def explain() -> Sequence[Item]:
        items = itemise(ladder, walked, begins, asked.ends, asked.zone)
        charged_from = min(begins + ladder.free, asked.ends)
        return [free_time(begins, charged_from), *items] if charged_from > begins else items

    return Exact(walked.total, walked.scale, explain)


def _covered(collection: RateLineCollection, asked: Asked) -> Exact:
    cover = cheapest_cover(collection, Stay(asked.arrive, asked.leave), asked.budget)
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
    return Exact(total.numerator, total.denominator, lambda: items)


def _cheapest(choices: Sequence[RateLineCollection], asked: Asked) -> Exact:
    """Among those that cover the stay. Raises _NotCovered where none does, and TooComplex where one of them is."""
    found: list[Exact] = []
    failed: list[_NotCovered] = []
    for collection in choices:
        try:
            found.append(_exact(collection, asked))
        except _NotCovered as why:
            failed.append(why)
    if not found:
        raise failed[0]
    return min(found, key=lambda exact: exact.amount)


_tables: dict[int, tuple[RateTable, tuple[bool, bool]]] = {}
_ladders: dict[int, Ladder] = {}


def _looked_at(table: RateTable) -> tuple[bool, bool]:
    """Whether it has too many parts, and whether it needs a calendar. Kept by identity, as what is prepared below."""
    kept = _tables.get(id(table))
    if kept is None or kept[0] is not table:
        if len(_tables) >= PREPARED:
            _tables.clear()
        is_too_long = (
            len(table.collections) > MAX_COLLECTIONS
            or sum(len(collection.lines) for collection in table.collections) > MAX_LINES
        )
        needs_calendar = not is_too_long and any(collection.needs_calendar for collection in table.collections)
        kept = _tables[id(table)] = table, (is_too_long, needs_calendar)
    return kept[1]


def _prepared(collection: RateLineCollection) -> Ladder:
    """Kept by identity: to compare two big tables costs more than to price a stay."""
    ladder = _ladders.get(id(collection))
    if ladder is None or ladder.collection is not collection:
        if len(_ladders) >= PREPARED:
            _ladders.clear()
        ladder = _ladders[id(collection)] = Ladder(collection)
    return ladder


def _barred(table: RateTable, asked: Asked) -> Quote:
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
