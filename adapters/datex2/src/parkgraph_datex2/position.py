"""Where a facility is. Some publishers write projected metres into `latitude` and `longitude`."""

from collections.abc import Callable
from functools import cache
from typing import Final
from xml.etree.ElementTree import Element

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.sdk import RowRejected
from parkgraph_datex2.values import number, text

Projection = Callable[[float, float], Coordinates]
"""From northing and easting; raises RowRejected outside of the area for which the system is made."""

_POINTS: Final = tuple(
    f"{location}/{point}"
    for location in ("parkingLocation", "facilityLocation")
    for point in ("pointByCoordinates/pointCoordinates", "locationForDisplay", "coordinatesForDisplay")
)


def projection(crs: str) -> Projection:
    """Raises ValueError, in one sentence, where pyproj is missing or does not know the projected system."""
    try:
        import pyproj  # noqa: F401
    except ModuleNotFoundError:
        raise ValueError("needs pyproj: install parkgraph-datex2[crs]") from None
    return _projection(crs)


@cache
def _projection(crs: str) -> Projection:
    """Looked up once: that takes longer than a document."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        raise ValueError("must be a coordinate system that pyproj knows, such as EPSG:25832") from None
    area = system.area_of_use
    if not system.is_projected or area is None:
        raise ValueError("must be a projected coordinate system of a registry, such as EPSG:25832")
    bounds = Bounds(area.south, area.west, area.north, area.east)
    transform = Transformer.from_crs(system, "EPSG:4326", always_xy=True).transform

    def project(northing: float, easting: float) -> Coordinates:
        longitude, latitude = transform(easting, northing)
        try:
            position = Coordinates(latitude, longitude)
        except ValueError:
            raise RowRejected(f"its position is not one of {crs}") from None
        if not bounds.contains(position):
            raise RowRejected(f"its position is outside of the area of {crs}")
        return position

    return project


def position(row: Element, project: Projection | None) -> Coordinates:
    """Degrees are kept; other numbers are projected. Raises RowRejected for all else."""
    for point in _POINTS:
        latitude, longitude = text(row, f"{point}/latitude"), text(row, f"{point}/longitude")
        if latitude is not None and longitude is not None:
            return _position(latitude, longitude, project)
    raise RowRejected("has no position")


def _position(latitude: str, longitude: str, project: Projection | None) -> Coordinates:
    north, east = number(latitude), number(longitude)
    if north is None or east is None:
        raise RowRejected("its position is not a pair of numbers")
    if not north and not east:
        raise RowRejected("has no position (0, 0)")
    if abs(north) <= 90 and abs(east) <= 180:
        return Coordinates(float(north), float(east))
    if project is None:
        raise RowRejected(
            "its position is not in degrees: name the feed's coordinate system in the setting crs, such as EPSG:25832"
        )
    return project(float(north), float(east))
