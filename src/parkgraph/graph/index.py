"""Spatial index over places: which of them lie in an area."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from math import floor
from typing import Final, TypeVar
from uuid import UUID

from parkgraph.domain.geo import Area, Bounds, Coordinates, bounds_of
from parkgraph.domain.place import Place

TILES_PER_DEGREE: Final = 128
"""A tile is some 870 m high: a walk looks into a dozen of them, and a dense centre has some hundred places in one."""

Tile = tuple[Place, ...]
Row = Mapping[int, Tile]
"""Tiles of one latitude, by column."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SpatialIndex:
    """Immutable: rows of tiles. What changes makes new tiles and rows where it lies, and shares all the others."""

    _rows: Mapping[int, Row] = field(default_factory=dict)

    def within(self, area: Area) -> list[Place]:
        """Every place in the area, in no order that means anything."""
        tiles = (tile for box in bounds_of(area).split() for tile in self._tiles(box))
        contains = area.contains
        return [place for tile in tiles for place in tile if contains(place.location)]

    def over(self, before: Mapping[UUID, Place], after: Mapping[UUID, Place], changed: Set[UUID]) -> "SpatialIndex":
        """The index over the places after; from those before, over which this one is, they differ in the changed."""
        rows = dict(self._rows)
        for row, columns in _by_tile(before, after, changed).items():
            tiles = dict(rows.get(row, {}))
            for column, come in columns.items():
                stayed = (place for place in tiles.get(column, ()) if place.id not in changed)
                _put(tiles, column, (*stayed, *come))
            _put(rows, row, tiles)
        return SpatialIndex(rows)

    def _tiles(self, box: Bounds) -> Iterator[Tile]:
        (south, west), (north, east) = _tile(Coordinates(box.south, box.west)), _tile(Coordinates(box.north, box.east))
        for row in _among(self._rows, south, north):
            columns = self._rows[row]
            for column in _among(columns, west, east):
                yield columns[column]


def _tile(position: Coordinates) -> tuple[int, int]:
    return floor(position.latitude * TILES_PER_DEGREE), floor(position.longitude * TILES_PER_DEGREE)


def _by_tile(
    before: Mapping[UUID, Place], after: Mapping[UUID, Place], changed: Iterable[UUID]
) -> dict[int, dict[int, list[Place]]]:
    """Each tile that a changed place left, or is in now, with those that are in it now."""
    found: dict[int, dict[int, list[Place]]] = {}
    for place_id in changed:
        if old := before.get(place_id):
            row, column = _tile(old.location)
            found.setdefault(row, {}).setdefault(column, [])
        if new := after.get(place_id):
            row, column = _tile(new.location)
            found.setdefault(row, {}).setdefault(column, []).append(new)
    return found


def _put(into: dict[int, T], key: int, value: T) -> None:
    """Nothing is kept of what is empty."""
    if value:
        into[key] = value
    else:
        into.pop(key, None)


def _among(keys: Mapping[int, object], first: int, last: int) -> Iterable[int]:
    """Which of the keys lie between, both ends included: the fewer of the two are looked at."""
    if last - first < len(keys):
        return (key for key in range(first, last + 1) if key in keys)
    return (key for key in keys if first <= key <= last)
