"""Spatial index over places: which of them lie in an area, and how far from its centre."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from math import floor
from typing import Final, TypeVar
from uuid import UUID

from parkgraph.domain.geo import Area, Bounds, Circle, Coordinates
from parkgraph.domain.place import Place

TILES_PER_DEGREE: Final = 128
"""A tile is some 870 m high: a walk looks into a dozen of them, and a dense centre has some hundred places in one."""

Tile = tuple[int, int]
"""Its row, from the equator to the north, and its column, from Greenwich to the east."""

Row = Mapping[int, tuple[Place, ...]]
"""The places in tiles of one latitude, by column."""

Found = tuple[float, int, Place]
"""Metres from the centre of the area, the number of the place's id, and the place: so they are in order."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SpatialIndex:
    """Immutable: rows of tiles. What changes makes new tiles and rows where it lies, and shares all the others."""

    _rows: Mapping[int, Row] = field(default_factory=dict)

    def within(self, area: Area) -> list[Found]:
        """Every place in the area, the nearest to its centre first."""
        if isinstance(area, Circle):
            return sorted(self._around(area))
        distance_m = area.centre.distances()
        return sorted(each for box in area.split() for each in self._inside(box, distance_m))

    def tile(self, tile: Tile) -> Sequence[Place]:
        """The places in one tile."""
        row, column = tile
        return self._rows.get(row, {}).get(column, ())

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

    def _around(self, area: Circle) -> list[Found]:
        distance_m, radius_m = area.centre.distances(), area.radius_m
        return [
            (metres, place.id.int, place)
            for box in area.bounds.split()
            for tile in self._tiles(box)
            for place in tile
            if (metres := distance_m(place.location)) <= radius_m
        ]

    def _inside(self, box: Bounds, distance_m: Callable[[Coordinates], float]) -> list[Found]:
        """Of a box that does not cross the antimeridian."""
        south, west, north, east = box.south, box.west, box.north, box.east
        return [
            (distance_m(at), place.id.int, place)
            for tile in self._tiles(box)
            for place in tile
            if south <= (at := place.location).latitude <= north and west <= at.longitude <= east
        ]

    def _tiles(self, box: Bounds) -> Iterator[Sequence[Place]]:
        south, west = tile_of(Coordinates(box.south, box.west))
        north, east = tile_of(Coordinates(box.north, box.east))
        for columns in _among(self._rows, south, north):
            yield from _among(columns, west, east)


def tile_of(position: Coordinates) -> Tile:
    return floor(position.latitude * TILES_PER_DEGREE), floor(position.longitude * TILES_PER_DEGREE)


def _by_tile(
    before: Mapping[UUID, Place], after: Mapping[UUID, Place], changed: Iterable[UUID]
) -> dict[int, dict[int, list[Place]]]:
    """Each tile that a changed place left, or is in now, with those that are in it now."""
    found: dict[int, dict[int, list[Place]]] = {}
    for place_id in changed:
        if old := before.get(place_id):
            row, column = tile_of(old.location)
            found.setdefault(row, {}).setdefault(column, [])
        if new := after.get(place_id):
            row, column = tile_of(new.location)
            found.setdefault(row, {}).setdefault(column, []).append(new)
    return found


def _put(into: dict[int, T], key: int, value: T) -> None:
    """Nothing is kept of what is empty."""
    if value:
        into[key] = value
    else:
        into.pop(key, None)


def _among(values: Mapping[int, T], first: int, last: int) -> Iterable[T]:
    """Those whose keys lie between, both ends included: the fewer of the two are looked at. None of them is empty."""
    if last - first < len(values):
        return filter(None, map(values.get, range(first, last + 1)))
    return [value for key, value in values.items() if first <= key <= last]
