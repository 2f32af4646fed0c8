"""Quotes that were made already: a rate table's price for one stay and vehicle is always the same."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from parkgraph.domain.civil import Calendar
from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import Vehicle

KEPT_QUOTES: Final = 20_000
"""Of all questions together; those of the question that was asked longest ago go first."""


def asked(stay: Stay | None, vehicle: Vehicle) -> Hashable:
    """What is asked, as a key. The same instants with other offsets are other words in the answer."""
    return stay, stay and (stay.arrive.utcoffset(), stay.leave.utcoffset()), vehicle


@dataclass(frozen=True, slots=True)
class _Made:
    table: RateTable
    zone: tzinfo
    calendar: Calendar | None
    quote: Quote


class Quotes:
    """By the identity of tables, which are kept with their quotes."""

    def __init__(self, limit: int = KEPT_QUOTES) -> None:
        self._limit = limit
        self._number = 0
        self._made: OrderedDict[Hashable, dict[int, _Made]] = OrderedDict()
        self._last: tuple[Stay, Vehicle] | None = None
        self._of_last: dict[int, _Made] = {}

    def __len__(self) -> int:
        return self._number

    def of(
        self, table: RateTable | None, stay: Stay, zone: tzinfo, vehicle: Vehicle, calendar: Calendar | None
    ) -> Quote:
        """As `pricing.price`."""
        if table is None:
            return price(table, stay, zone, vehicle, calendar)
        made = self._for(stay, vehicle)
        known = made.get(id(table))
        if known is None or known.zone is not zone or known.calendar is not calendar:
            self._number += known is None
            known = made[id(table)] = _Made(table, zone, calendar, price(table, stay, zone, vehicle, calendar))
            while self._number > self._limit:
                _, gone = self._made.popitem(last=False)
                self._number -= len(gone)
                if gone is self._of_last:
                    self._last = None
        return known.quote

    def _for(self, stay: Stay, vehicle: Vehicle) -> dict[int, _Made]:
        last = self._last
        if last is None or last[0] is not stay or last[1] is not vehicle:
            self._last, key = (stay, vehicle), asked(stay, vehicle)
            self._of_last = self._made.setdefault(key, {})
            self._made.move_to_end(key)
        return self._of_last
