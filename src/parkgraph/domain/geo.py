"""Positions and areas on the WGS 84 ellipsoid; degrees in, metres out."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, degrees, isfinite, pi, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""

_RADIAN: Final = pi / 180
"""Radians in a degree."""


def _check(latitude: float, longitude: float) -> None:
    """Raises ValueError where there is no such position, nor for what is no number."""
    if not -90 <= latitude <= 90:
        raise ValueError(f"latitude must be between -90 and 90 degrees, not {latitude}")
    if not -180 <= longitude <= 180:
        raise ValueError(f"longitude must be between -180 and 180 degrees, not {longitude}")


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A WGS 84 position in decimal degrees. Raises ValueError when it is not on Earth."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        _check(self.latitude, self.longitude)

    def distance_m(self, other: "Coordinates") -> float:
        """Great-circle distance in metres (haversine)."""
        phi, psi = radians(self.latitude), radians(other.latitude)
        half_latitude = sin((psi - phi) / 2)
        half_longitude = sin(radians(other.longitude - self.longitude) / 2)
        chord = half_latitude * half_latitude + cos(phi) * cos(psi) * (half_longitude * half_longitude)
        return 2 * EARTH_RADIUS_M * asin(sqrt(chord if chord < 1.0 else 1.0))  # noqa: FURB136  (a call takes as long)

    def distances_m(self, latitudes: Iterable[float], longitudes: Iterable[float]) -> list[float]:
        """The very same to many positions: what `radians` does is done without a call."""
        phi, here, diameter = radians(self.latitude), self.longitude, 2 * EARTH_RADIUS_M
        cos_phi = cos(phi)
        return [
            diameter * asin(sqrt(chord if chord < 1.0 else 1.0))  # noqa: FURB136
            for latitude, longitude in zip(latitudes, longitudes, strict=True)
            for psi in [latitude * _RADIAN]
            for half_latitude in [sin((psi - phi) / 2)]
            for half_longitude in [sin((longitude - here) * _RADIAN / 2)]
            for chord in [half_latitude * half_latitude + cos_phi * cos(psi) * (half_longitude * half_longitude)]
        ]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in degrees. `west > east` means that it crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        _check(self.south, self.west)
        _check(self.north, self.east)
        if self.south > self.north:
            raise ValueError(f"south ({self.south}) must not be north of north ({self.north})")

    def contains(self, position: Coordinates) -> bool:
        if not self.south <= position.latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= position.longitude <= self.east
        return position.longitude >= self.west or position.longitude <= self.east

    def split(self) -> tuple["Bounds", ...]:
        """The same area as one box, or as two that do not cross the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return (
            Bounds(self.south, self.west, self.north, 180.0),
            Bounds(self.south, -180.0, self.north, self.east),
        )

    def intersects(self, other: "Bounds") -> bool:
        return any(
            a.south <= b.north and b.south <= a.north and a.west <= b.east and b.west <= a.east
            for a in self.split()
            for b in other.split()
        )

    def widened(self, metres: float) -> "Bounds":
        """With so much more on every side, as far as there is an Earth."""
        south, north = (Circle(Coordinates(edge, 0.0), metres).bounds for edge in (self.south, self.north))
        sideways = max(south.east, north.east)
        if (self.east - self.west) % 360 + 2 * sideways >= 360 or self.east - self.west >= 360:
            return Bounds(south.south, -180.0, north.north, 180.0)
        west, east = self.west - sideways, self.east + sideways
        return Bounds(south.south, west + 360 if west < -180 else west, north.north, east - 360 if east > 180 else east)

    @property
    def centre(self) -> Coordinates:
        width = (self.east - self.west) % 360 if self.west > self.east else self.east - self.west
        longitude = self.west + width / 2
        return Coordinates((self.south + self.north) / 2, longitude - 360 if longitude > 180 else longitude)


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `radius_m` metres of `centre`."""

    centre: Coordinates
    radius_m: float

    def __post_init__(self) -> None:
        if not (isfinite(self.radius_m) and self.radius_m > 0):
            raise ValueError(f"a radius must be a positive number of metres, not {self.radius_m}")

    def contains(self, position: Coordinates) -> bool:
        return self.centre.distance_m(position) <= self.radius_m

    @property
    def bounds(self) -> Bounds:
        """The smallest box around the circle."""
        angle = self.radius_m / EARTH_RADIUS_M
        latitude = radians(self.centre.latitude)
        south, north = degrees(latitude - angle), degrees(latitude + angle)
        if south <= -90 or north >= 90:
            return Bounds(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
        width = degrees(asin(min(1.0, sin(angle) / cos(latitude))))
        west, east = self.centre.longitude - width, self.centre.longitude + width
        return Bounds(south, west + 360 if west < -180 else west, north, east - 360 if east > 180 else east)


Area = Circle | Bounds
"""Where a question is asked: around a point, or inside a box."""


def bounds_around(positions: Iterable[Coordinates]) -> Bounds | None:
    """The smallest box around these that does not cross the antimeridian; None where there are none."""
    found = list(positions)
    if not found:
        return None
    latitudes, longitudes = [at.latitude for at in found], [at.longitude for at in found]
    return Bounds(min(latitudes), min(longitudes), max(latitudes), max(longitudes))


def bounds_of(area: Area) -> Bounds:
    """The smallest box around an area."""
    return area.bounds if isinstance(area, Circle) else area


def circle_around(area: Area) -> Circle:
    """A circle that holds an area: of a box, from its centre to its farthest corner."""
    if isinstance(area, Circle):
        return area
    corners = [Coordinates(lat, lon) for lat in (area.south, area.north) for lon in (area.west, area.east)]
    return Circle(area.centre, max(1.0, *(area.centre.distance_m(corner) for corner in corners)))
