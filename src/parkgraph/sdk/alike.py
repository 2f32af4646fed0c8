"""Parts of listings that are written alike are one object: a thousand rows have one tariff, and each is read anew."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.domain.tariff import RateTable

SHARED: Final = ("operator", "audiences", "opening_hours", "features", "tariff_text", "external_ids")
_parts: Final = attrgetter(*SHARED)


class Alike:
    """The first of each kind of equals. Listings stay what they are, to whoever looks; only less memory holds them."""

    def __init__(self) -> None:
        self._known_parts: list[tuple[str, dict[Any, Any]]] = [(name, {}) for name in SHARED]
        self._tables: dict[tuple[Any, ...], RateTable] = {}
        self._known: set[int] = set()

    def share(self, listing: Listing | OccupancyUpdate) -> None:
        """Give a listing the parts of those before it where its own are equal, and keep the others for those after.

        An update has no such parts. A part of a kind that has no hash can change: it is not shared, nor are those after
        it, and it breaks the contract elsewhere.
        """
        if not isinstance(listing, Listing):
            return
        try:
            for (name, known), part in zip(self._known_parts, _parts(listing), strict=True):
                if part and (one := known.setdefault(part, part)) is not part:
                    object.__setattr__(listing, name, one)
            if listing.rates and (table := self._table(listing.rates)) is not listing.rates:
                object.__setattr__(listing, "rates", table)
        except TypeError:
            return

    def _table(self, table: RateTable) -> RateTable:
        """1.5 and 1.50 are equal, and not the same on a bill."""
        if id(table) in self._known:
            return table
        with suppress(TypeError, AttributeError):  # one of a wrong kind is found elsewhere
            table = self._tables.setdefault((table, *map(str, amounts(table))), table)
            self._known.add(id(table))
        return table


def amounts(table: RateTable) -> Iterator[Decimal | None]:
    """Every amount of a table, always in the same order."""
    yield table.added_tax
    yield table.rounding.unit
    for collection in table.collections:
        yield collection.minimum_charge
        for line in collection.lines:
            yield line.value
        for cap in collection.caps:
            yield cap.amount
