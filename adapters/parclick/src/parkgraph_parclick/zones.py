"""Which clock a car park lives by. The network takes and gives local times, and in a search it does not name the zone.

Continental Europe has one clock, so that only its exceptions are listed. Most of their boxes lie in one country; in the
strip along the border of Spain and Portugal the row's own country decides.
"""

from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parkgraph.domain.geo import Bounds, Coordinates

CENTRAL: Final = ZoneInfo("Europe/Madrid")
"""The clock of Spain, France, Italy, Germany and their neighbours."""

COVERAGE: Final = (
    Bounds(south=35.9, west=-11.8, north=44.9, east=4.4),
    Bounds(south=41.3, west=-5.2, north=55.1, east=15.1),
    Bounds(south=36.6, west=12.0, north=47.1, east=18.6),
    Bounds(south=49.95, west=-10.7, north=60.9, east=1.77),
    Bounds(south=27.4, west=-18.4, north=29.6, east=-13.2),
    Bounds(south=32.3, west=-17.5, north=33.3, east=-16.1),
    Bounds(south=36.8, west=-31.5, north=39.9, east=-24.8),
)
"""Iberia, around Madrid (a trial asks in the middle of the first box); France to Germany, with the Alps and Sardinia;
Italy; the British Isles; the Canaries; Madeira; the Azores.
"""


class Region(NamedTuple):
    """`countries`: names, casefolded, of those whose clock it is; empty where the box lies in one country."""

    zone: ZoneInfo
    box: Bounds
    countries: frozenset[str] = frozenset()


_LISBON: Final = ZoneInfo("Europe/Lisbon")
_LONDON: Final = ZoneInfo("Europe/London")
_REGIONS: Final = (
    Region(_LISBON, Bounds(36.8, -9.7, 41.8, -7.55)),
    Region(_LISBON, Bounds(36.9, -8.95, 42.2, -6.1), frozenset({"portugal", "portogallo", "португалия"})),
    Region(_LONDON, Bounds(51.0, -10.7, 60.9, 1.77)),
    Region(_LONDON, Bounds(49.95, -6.5, 51.0, 0.98)),
    Region(ZoneInfo("Atlantic/Canary"), Bounds(27.4, -18.4, 29.6, -13.2)),
    Region(ZoneInfo("Atlantic/Madeira"), Bounds(32.3, -17.5, 33.3, -16.1)),
    Region(ZoneInfo("Atlantic/Azores"), Bounds(36.8, -31.5, 39.9, -24.8)),
)


def zones_in(bounds: Bounds) -> tuple[ZoneInfo, ...]:
    """Every zone that a car park in here may have."""
    touched = [region for region in _REGIONS if region.box.intersects(bounds)]
    if any(not region.countries and _within(bounds, region.box) for region in touched):
        touched = [region for region in touched if not region.countries]
        return tuple({region.zone: None for region in touched})
    return tuple({CENTRAL: None} | {region.zone: None for region in touched})


def zone_at(position: Coordinates, country: str | None) -> ZoneInfo:
    """The zone of a car park whose own is not named. `country`: its name in any of the network's languages."""
    for region in _REGIONS:
        if region.box.contains(position) and (not region.countries or (country or "").casefold() in region.countries):
            return region.zone
    return CENTRAL


def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of this IANA name; None where there is no such."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _within(inner: Bounds, outer: Bounds) -> bool:
    return (
        outer.south <= inner.south <= inner.north <= outer.north
        and outer.west <= inner.west <= inner.east <= outer.east
    )
