"""What is equal is one object: many listings of a network have the same tariff, hours or operator, each read anew."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.domain.tariff import RateTable
from parkgraph.networks.stored_form import text

Item = TypeVar("Item", Listing, OccupancyUpdate)

SHARED: Final = ("operator", "audiences", "opening_hours", "features", "tariff_text", "external_ids")


def kept(items: Mapping[str, Item], before: Mapping[str, Item]) -> Mapping[str, Item]:
    """These items, by their local id; those that are as before are the objects of before, and so is the mapping."""
    found: dict[str, Item] = {}
    order, same = iter(before), len(items) == len(before)
    for local_id, item in items.items():
        old = before.get(local_id)
        if old is not None and (old is item or old == item):
            found[local_id] = old
        else:
            found[local_id] = item
            same = False
        same = same and next(order, None) == local_id
    return before if same else found


def share(listings: Iterable[Listing], before: Iterable[Listing] = ()) -> None:
    """Parts of these listings that are written alike become one object, that of a listing before where it has it.

    The listings stay what they are, to whoever looks; only less memory holds them.
    """
    pool = _Pool()
    tables: dict[int, RateTable] = {}
    for listing in before:
        for name in SHARED:
            pool.one(name, getattr(listing, name))
        if listing.rates:
            tables[id(listing.rates)] = listing.rates
    for table in tables.values():
        pool.table(table)
    for listing in listings:
        for name in SHARED:
            part = getattr(listing, name)
            if (one := pool.one(name, part)) is not part:
                object.__setattr__(listing, name, one)
        if listing.rates and (table := pool.table(listing.rates)) is not listing.rates:
            object.__setattr__(listing, "rates", table)


class _Pool:
    """The first of each kind of equals."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[Any, Any]] = {name: {} for name in SHARED}
        self._tables: dict[bytes, RateTable] = {}

    def one(self, name: str, part: object) -> object:
        return self._parts[name].setdefault(part, part)

    def table(self, table: RateTable) -> RateTable:
        """By how it is written: 1.5 and 1.50 are equal, and not the same on a bill."""
        with suppress(TypeError):  # what has no written form is not shared
            return self._tables.setdefault(text(table), table)
        return table
