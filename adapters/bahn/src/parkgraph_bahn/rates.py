"""The units that a casual stay can buy, and the texts beside them, as a rate table."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from parkgraph.domain.tariff import Combination, Months, Period, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph_bahn.terms import MaxStay, NotUnderstood, Special, read_free_time, read_max_stay, read_special

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
FREE: Final = Decimal(0)

Units = dict[Period, Decimal]
"""The price of each unit in euros."""


def rate_table(units: Units, special_text: str, free_time_text: str, max_stay_text: str) -> RateTable:
    """The cheapest started units that cover a stay, as far as the texts are understood.

    Collections in order: the free time; the first hour, where only whole hours follow it; the units; and the ticket
    for a stay beyond the units' limit.
    """
    try:
        special = read_special(special_text)
        units = _with_special_units(units, special)
        free_time = read_free_time(free_time_text)
    except NotUnderstood:
        return RateTable("EUR", (_collection(units),), known_until=timedelta(0))
    known_until = _known_until(units, special)
    try:
        longest = read_max_stay(max_stay_text)
    except NotUnderstood:
        longest, known_until = MaxStay(), _earlier(known_until, DAY)
    if longest.ticket is not None and longest.ticket not in units:
        known_until = _earlier(known_until, longest.limit)
        longest = MaxStay()

    collections: list[RateLineCollection] = []
    if free_time is not None:
        collections.append(_collection({free_time: FREE}, free_time))
    if special.whole_hours:
        collections.append(_collection(units, HOUR))
        units = {unit: price for unit, price in units.items() if isinstance(unit, Months) or unit >= HOUR}
    collections.append(_collection(units, longest.limit))
    if longest.ticket is not None:
        collections.append(_collection({longest.ticket: units[longest.ticket]}, longest.ticket))
    return RateTable("EUR", tuple(collections), known_until)


def _with_special_units(units: Units, special: Special) -> Units:
    """All units, where the text agrees with the prices and with itself."""
    if special.whole_hours and HOUR not in units:
        raise NotUnderstood
    if special.next_hour is not None and special.next_hour != units[HOUR]:
        raise NotUnderstood
    all_units = units | dict(special.units)
    if len(all_units) < len(units) + len(special.units):
        raise NotUnderstood
    return all_units


def _known_until(units: Units, special: Special) -> timedelta | None:
    """A maximum, or a day of other than 24 hours, changes nothing as long as hours alone cost no more than it."""
    maxima = list(special.caps)
    if special.calendar_days:
        maxima += [price for unit, price in units.items() if isinstance(unit, Months) or unit >= DAY]
    if not maxima:
        return None
    hour = units.get(HOUR)
    return int(min(maxima) // hour) * HOUR if hour else timedelta(0)


def _earlier(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _collection(units: Units, max_time: Period | None = None) -> RateLineCollection:
    lines = tuple(RateLine(RateLineKind.INCREMENTING, price, unit) for unit, price in units.items())
    return RateLineCollection(lines, Combination.CHEAPEST_COVER, max_time)
