"""What a search asks for."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from parkgraph.domain.geo import Area, Circle, Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph import cursors
from parkgraph.graph.quotes import asked


class PlaceSort(StrEnum):
    DISTANCE = "DISTANCE"
    PRICE = "PRICE"
    VACANCY = "VACANCY"


@dataclass(frozen=True, slots=True)
class PlaceFilter:
    """Every part that is set must hold. `fits` drops what is excluded instead of explaining it."""

    networks: frozenset[str] | None = None
    kinds: frozenset[PlaceKind] | None = None
    features: frozenset[Feature] | None = None
    open_during_stay: bool | None = None
    vacant: bool | None = None
    bookable: bool | None = None
    max_price: Money | None = None
    fits: bool = False


NO_FILTER: Final = PlaceFilter()


class _Key:
    """These parts; to work out their hash takes as long as all else that finds a page again, so it is done once."""

    __slots__ = ("_hash", "_parts")

    def __init__(self, *parts: Hashable) -> None:
        self._parts = parts
        self._hash = hash(parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._parts == other._parts


@dataclass(frozen=True)
class Question:
    """One search. Places are sorted, first or last, by distance from the centre of its area."""

    area: Area
    stay: Stay | None = None
    vehicle: Vehicle = field(default_factory=Vehicle)
    filter: PlaceFilter = field(default_factory=PlaceFilter)
    sort: PlaceSort = PlaceSort.DISTANCE

    @property
    def near(self) -> Coordinates | None:
        """From where distances are told; None for a box."""
        return self.area.centre if isinstance(self.area, Circle) else None

    @property
    def distance_decides(self) -> bool:
        """Whether nothing else decides what is on the page."""
        return self.sort is PlaceSort.DISTANCE and self.filter == NO_FILTER

    @property
    def room_decides(self) -> bool:
        """Whether what is left for the stay decides what is on the page, or where."""
        wanted = self.filter
        decides = wanted.fits or wanted.bookable is not None or wanted.max_price is not None
        return self.stay is not None and (decides or self.sort is PlaceSort.PRICE)

    @property
    def looks_at_all(self) -> bool:
        """Whether what is on the page is decided by prices, or by what is in the way."""
        return self.room_decides or self.filter.fits

    @property
    def looks_at_the_clock(self) -> bool:
        """Whether what is on the page is decided by what is open now."""
        return self.filter.open_during_stay is not None and self.stay is None

    @cached_property
    def key(self) -> Hashable:
        """By which answers are kept."""
        return _Key(self.area, asked(self.stay, self.vehicle), self.filter, self.sort)

    @cached_property
    def fingerprint(self) -> str:
        """To which cursors are bound."""
        f = self.filter
        sets = [sorted(s) if s is not None else None for s in (f.networks, f.kinds, f.features)]
        rest = (f.open_during_stay, f.vacant, f.bookable, f.max_price, f.fits)
        return cursors.fingerprint(self.area, self.near, self.stay, self.vehicle, sets, rest, self.sort)
