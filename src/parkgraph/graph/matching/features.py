"""What matching looks at in a listing."""

from dataclasses import dataclass
from typing import Final

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.graph.matching import addresses, names
from parkgraph.graph.matching.addresses import Address
from parkgraph.graph.matching.lexicon import GARAGE, LOT, STREET
from parkgraph.graph.matching.names import Name

_STRUCTURES: Final = {
    PlaceKind.GARAGE: GARAGE,
    PlaceKind.UNDERGROUND: GARAGE,
    PlaceKind.SURFACE: LOT,
    PlaceKind.ON_STREET: STREET,
}


@dataclass(frozen=True, slots=True)
class Features:
    """What matching looks at; a change of anything else never moves a listing to another place.

    `brand` are the words of its operator; `structure` is garage, lot or street; `users` the only ones that it is for.
    None is unknown.
    """

    location: Coordinates
    name: Name
    address: Address
    codes: frozenset[str]
    streets: frozenset[str]
    operator: str | None
    brand: frozenset[str]
    structure: str | None
    users: str | None
    capacity: int | None
    external_ids: frozenset[str]
    may_merge: bool


def features(listing: Listing, *, may_merge: bool = True) -> Features:
    name, address = names.parse(listing.name), addresses.parse(listing.address)
    structure = _STRUCTURES.get(listing.kind)
    return Features(
        location=listing.location,
        name=name,
        address=address,
        codes=name.codes | {address.code} if address.code else name.codes,
        streets=name.streets | address.streets,
        operator=names.plain(listing.operator) if listing.operator else None,
        brand=names.brand(listing.operator) if listing.operator else names.NOTHING,
        structure=structure if structure == STREET else name.structure or structure,
        users=name.users or _only_users(listing),
        capacity=listing.capacity or None,
        external_ids=listing.external_ids,
        may_merge=may_merge,
    )


def look_alike(a: Listing, b: Listing) -> bool:
    """Whether all is the same that features are made of."""
    return (
        (a.name, a.location, a.address, a.kind, a.operator, a.capacity)
        == (b.name, b.location, b.address, b.kind, b.operator, b.capacity)
        and a.external_ids == b.external_ids
        and _only_users(a) == _only_users(b)
    )


def forget() -> None:
    """Give back what names and addresses were read as."""
    names.parse.cache_clear()
    addresses.parse.cache_clear()


def _only_users(listing: Listing) -> str | None:
    if not listing.audiences:
        return None
    audiences = {each.audience for each in listing.audiences}
    return next(iter(audiences)).value if len(audiences) == 1 and Audience.GENERAL not in audiences else None
