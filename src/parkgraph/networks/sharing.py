"""What is as it was before is the object of before."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.alike import Alike

Item = TypeVar("Item", Listing, OccupancyUpdate)


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
    """Equal parts of these listings become one object, that of a listing before where it has it."""
    alike = Alike()
    for listing in (*before, *listings):
        alike.share(listing)
