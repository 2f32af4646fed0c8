"""Cells of the Earth, so that only what stands near is looked at."""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, floor, radians
from typing import Final

from parkgraph.domain.geo import EARTH_RADIUS_M, Coordinates
from parkgraph.graph.matching.evidence import REACH_M

Cell = int
"""A row from the equator, and a column within it from the antimeridian, in one number."""

_ROW: Final = 1 << 18
"""More than the columns of any row."""

_ROW_DEGREES: Final = REACH_M / radians(1) / EARTH_RADIUS_M


def cell(position: Coordinates) -> Cell:
    row = floor(position.latitude / _ROW_DEGREES)
    return row * _ROW + _column(position.longitude, _columns(row))


def around(position: Coordinates) -> Iterator[Cell]:
    """The cells in which everything lies that is within REACH_M of a position. Each once."""
    middle = floor(position.latitude / _ROW_DEGREES)
    for row in range(middle - 1, middle + 2):
        columns = _columns(row)
        column = _column(position.longitude, columns)
        for each in {(column + step) % columns for step in (-1, 0, 1)}:
            yield row * _ROW + each


@lru_cache(maxsize=4_096)
def _columns(row: int) -> int:
    """How many columns a row has; each is REACH_M wide, or wider, wherever in the row or in the next ones."""
    nearest_pole = min(90.0, (max(abs(row), abs(row + 1)) + 1) * _ROW_DEGREES)
    return max(1, floor(360 * cos(radians(nearest_pole)) / _ROW_DEGREES))


def _column(longitude: float, columns: int) -> int:
    return min(columns - 1, floor((longitude + 180) / 360 * columns)) if columns > 1 else 0
