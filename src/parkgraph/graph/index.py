"""Spatial index over places: which of them lie in an area, and how far from its centre."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from math import floor, inf
from typing import Final, TypeVar
from uuid import UUID

from parkgraph.domain.geo import Area, Circle, Coordinates
from parkgraph.domain.place import Place

ROWS_PER_DEGREE: Final = 64
"""A row is some 1.7 km high. A power of two, as that of tiles, so that edges are exact."""

TILES_PER_DEGREE: Final = 128
"""A tile is some 870 m high."""

Tile = tuple[int, int]
"""Its row, from the equator to the north, and its column, from Greenwich to the east."""

Found = tuple[float, int, Place]
"""Metres from the centre of the area, the number that the place's id is, and the place. No two are equal, and their
order is that of answers.
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """The places of one band of latitude, from west to east and by their ids, and where each of them is: apart from the
    places, so that to look for some touches no others. `numbers`: their ids.
    """

    longitudes: "array[float]"
    latitudes: "array[float]"
    numbers: list[int]
    places: list[Place]

    def between(self, west: float, east: float) -> slice:
        """Which of them are, both edges included."""
        return slice(bisect_left(self.longitudes, west), bisect_right(self.longitudes, east))

    def over(self, changed: Iterable[tuple[Place | None, Place | None]]) -> "Row":
        """The row with these as they are after instead of as they were before. None: not in this row."""
        row = Row(self.longitudes[:], self.latitudes[:], self.numbers[:], self.places[:])
        for before, after in changed:
            if before and after and before.location == after.location:
                row.places[row._position(before)] = after
                continue
            if before:
                at = row._position(before)
                del row.longitudes[at], row.latitudes[at], row.numbers[at], row.places[at]
            if after:
                at = row._position(after)
                row.longitudes.insert(at, after.location.longitude)
                row.latitudes.insert(at, after.location.latitude)
                row.numbers.insert(at, after.id.int)
                row.places.insert(at, after)
        return row

    def _position(self, place: Place) -> int:
        """Where it is, or belongs."""
        same = self.between(place.location.longitude, place.location.longitude)
        return bisect_left(self.numbers, place.id.int, same.start, same.stop)


@dataclass(frozen=True, slots=True)
class SpatialIndex:
    """Immutable. What changes makes new rows where it lies, and shares all the others."""

    _rows: Mapping[int, Row] = field(default_factory=dict)

    def within(self, area: Area) -> list[Found]:
        """Every place in the area, the nearest to its centre first, and those equally far from it by their ids."""
        box, radius_m = (area.bounds, area.radius_m) if isinstance(area, Circle) else (area, inf)
        latitudes, longitudes, numbers, places = array("d"), array("d"), list[int](), list[Place]()
        for part in box.split():
            for row in _among(self._rows, _row_of(part.south), _row_of(part.north)):
                some = row.between(part.west, part.east)
                latitudes += row.latitudes[some]
                longitudes += row.longitudes[some]
                numbers += row.numbers[some]
                places += row.places[some]
        south, north = box.south, box.north
        distances = area.centre.distances_m(latitudes, longitudes)
        found = [
            (metres, number, place)
            for metres, latitude, number, place in zip(distances, latitudes, numbers, places, strict=True)
            if south <= latitude <= north and metres <= radius_m
        ]
        found.sort()
        return found

    def tile(self, tile: Tile) -> Sequence[Place]:
        """The places in one tile."""
        south, west = (edge / TILES_PER_DEGREE for edge in tile)
        row = self._rows.get(_row_of(south), EMPTY)
        begin, end = (bisect_left(row.longitudes, edge) for edge in (west, west + 1 / TILES_PER_DEGREE))
        return [place for place in row.places[begin:end] if tile_of(place.location) == tile]

    def over(self, before: Mapping[UUID, Place], after: Mapping[UUID, Place], changed: Set[UUID]) -> "SpatialIndex":
        """The index over the places after; from those before, over which this one is, they differ in the changed."""
        rows = dict(self._rows)
        for number, moves in _by_row(before, after, changed).items():
            row = rows.get(number, EMPTY).over(moves)
            if row.places:
                rows[number] = row
            else:
                rows.pop(number, None)
        return SpatialIndex(rows)

    def not_in(self, other: "SpatialIndex") -> list[object]:
        """The rows that the other index does not share."""
        return [row for number, row in self._rows.items() if other._rows.get(number) is not row]


EMPTY: Final = Row(array("d"), array("d"), [], [])


def tile_of(position: Coordinates) -> Tile:
    return floor(position.latitude * TILES_PER_DEGREE), floor(position.longitude * TILES_PER_DEGREE)


def _row_of(latitude: float) -> int:
    return floor(latitude * ROWS_PER_DEGREE)


def _by_row(
    before: Mapping[UUID, Place], after: Mapping[UUID, Place], changed: Iterable[UUID]
) -> dict[int, list[tuple[Place | None, Place | None]]]:
    """Of each row the places that changed in it, as they were there before and as they are there now."""
    found: dict[int, list[tuple[Place | None, Place | None]]] = {}
    for place_id in changed:
        old, new = before.get(place_id), after.get(place_id)
        left = _row_of(old.location.latitude) if old else None
        entered = _row_of(new.location.latitude) if new else None
        if left is not None:
            found.setdefault(left, []).append((old, new if entered == left else None))
        if entered is not None and entered != left:
            found.setdefault(entered, []).append((None, new))
    return found


def _among(values: Mapping[int, T], first: int, last: int) -> Iterable[T]:
    """Those whose keys lie between, both ends included: the fewer of the two are looked at."""
    if last - first < len(values):
        return (value for key in range(first, last + 1) if (value := values.get(key)) is not None)
    return [value for key, value in values.items() if first <= key <= last]
