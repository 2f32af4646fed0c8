"""Where an entity is: GeoJSON, NGSI-v2's `geo:point`, or two attributes of their own."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from parkgraph.domain.geo import Coordinates
from parkgraph.sdk import RowRejected
from parkgraph_ngsi import values
from parkgraph_ngsi.entity import Entity

NULL_ISLAND_DEG: Final = 0.01
"""Both of them below: a position that was never filled in."""

Point = tuple[float, float]
"""GeoJSON's order: longitude, latitude."""


def position(entity: Entity) -> Coordinates:
    """Raises RowRejected where there is none."""
    location = entity.value("location")
    longitude, latitude = entity.number("lon"), entity.number("lat")
    try:
        if location in (None, "") and longitude is not None and latitude is not None:
            point = (float(longitude), float(latitude))
        else:
            point = _from_text(location) if isinstance(location, str) else centre(location)
        at = Coordinates(point[1], point[0])
    except (ValueError, RecursionError):
        raise RowRejected("it has no position") from None
    if abs(at.latitude) < NULL_ISLAND_DEG and abs(at.longitude) < NULL_ISLAND_DEG:
        raise RowRejected("it has no position")
    return at


def _from_text(text: str) -> Point:
    """GeoJSON in a text, or "latitude, longitude"."""
    if text.lstrip().startswith("{"):
        return centre(json.loads(text))
    latitude, longitude = (_finite(part) for part in text.split(","))
    return longitude, latitude


def centre(geometry: object) -> Point:
    """One position for a GeoJSON geometry: a point's own, the centre of gravity of the (largest) polygon's outside,
    or the middle of what else there is. Raises ValueError.
    """
    kind, coordinates = (
        (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, dict) else (None, None)
    )
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError("no coordinates")
    if kind == "Polygon":
        return _centroid([*_points(coordinates[0])])[1]
    if kind == "MultiPolygon":
        rings = [[*_points(polygon[0])] for polygon in coordinates if isinstance(polygon, list) and polygon]
        return max(map(_centroid, rings))[1]
    return _middle([*_points(coordinates)])


def _points(nested: object) -> Iterator[Point]:
    """The positions in GeoJSON coordinates of any depth."""
    if not isinstance(nested, list) or not nested:
        raise ValueError("not coordinates")
    if isinstance(nested[0], list):
        for part in nested:
            yield from _points(part)
    else:
        longitude, latitude, *_ = (_finite(part) for part in nested)
        yield longitude, latitude


def _centroid(ring: Sequence[Point]) -> tuple[float, Point]:
    """Twice the area in square degrees, and the centre of gravity (the shoelace formula, about the first corner)."""
    west, south = ring[0]
    area = x = y = 0.0
    corners = [(longitude - west, latitude - south) for longitude, latitude in (*ring, ring[0])]
    for (ax, ay), (bx, by) in pairwise(corners):
        cross = ax * by - bx * ay
        area += cross
        x += (ax + bx) * cross
        y += (ay + by) * cross
    middle = _middle(ring)
    if not area:
        return 0.0, middle
    found = (west + x / (3 * area), south + y / (3 * area))
    return abs(area), found if _within(found, ring) else middle


def _within(point: Point, ring: Sequence[Point]) -> bool:
    """Whether it lies in the ring's box: of a ring that crosses itself it may not."""
    return all(min(axis) <= part <= max(axis) for part, axis in zip(point, zip(*ring, strict=True), strict=True))


def _middle(points: Sequence[Point]) -> Point:
    longitudes, latitudes = zip(*points, strict=True)
    return (min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2


def _finite(value: object) -> float:
    found = values.number(value)
    if found is None or abs(found) > 180:
        raise ValueError("not a number of degrees")
    return float(found)
