"""One position for a facility, whose location is a GeoJSON polygon or point."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.sdk import RowRejected

COVERAGE: Final = Bounds(south=59.4, west=19.0, north=70.2, east=31.7)
"""Finland; a position outside is a mistake of the row."""

Point = tuple[float, float]
"""GeoJSON's order: longitude, latitude."""


def position(geometry: object) -> Coordinates:
    """The centre of gravity of a polygon's outside. Raises RowRejected where there is none, or not in Finland."""
    if not isinstance(geometry, dict):
        raise RowRejected("it has no position")
    try:
        coordinates = geometry.get("coordinates")
        longitude, latitude = _point(coordinates) if geometry.get("type") == "Point" else _centroid(_ring(coordinates))
        at = Coordinates(latitude, longitude)
    except ValueError:
        raise RowRejected("it has no position") from None
    if not COVERAGE.contains(at):
        raise RowRejected("its position is not in Finland")
    return at


def _ring(coordinates: object) -> Sequence[Point]:
    """The outside of a polygon: the first of its rings."""
    if not isinstance(coordinates, list) or not coordinates or not isinstance(coordinates[0], list):
        raise ValueError("not a polygon")
    ring = [_point(corner) for corner in coordinates[0]]
    if not ring:
        raise ValueError("a polygon without corners")
    return ring


def _point(coordinates: object) -> Point:
    numbers = coordinates[:2] if isinstance(coordinates, list) else []
    if len(numbers) < 2 or any(type(part) not in (int, float) or not -180 <= part <= 180 for part in numbers):
        raise ValueError("not a position")
    return float(numbers[0]), float(numbers[1])


def _centroid(ring: Sequence[Point]) -> Point:
    """The shoelace formula about the first corner; the middle of the box of a ring that has no area."""
    west, south = ring[0]
    area = x = y = 0.0
    corners = [(longitude - west, latitude - south) for longitude, latitude in (*ring, ring[0])]
    for (ax, ay), (bx, by) in pairwise(corners):
        cross = ax * by - bx * ay
        area += cross
        x += (ax + bx) * cross
        y += (ay + by) * cross
    box = [(min(axis), max(axis)) for axis in zip(*ring, strict=True)]
    found = (west + x / (3 * area), south + y / (3 * area)) if area else None
    if found and all(low <= part <= high for part, (low, high) in zip(found, box, strict=True)):
        return found
    (left, right), (bottom, top) = box
    return (left + right) / 2, (bottom + top) / 2
