"""What is asked, in the network's units."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import Final, NamedTuple

from parkgraph.domain.geo import Circle
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import VehicleKind

WIDEST_M: Final = 50_000.0
"""The widest radius that is asked: a wider area is asked around its centre only."""

VEHICLE_TYPES: Final[Mapping[VehicleKind, str]] = {
    VehicleKind.CAR: "1",
    VehicleKind.VAN: "2",
    VehicleKind.CARAVAN: "3",
    VehicleKind.COACH: "4",
    VehicleKind.TRUCK: "5",
    VehicleKind.MOTORCYCLE: "6",
}
"""The network's `vehicleType`; it knows no bicycles."""


class Clock(NamedTuple):
    """A stay on the wall clock of a zone, "2026-11-24 09:00": the parameters `from` and `to`."""

    start: str
    end: str

    @classmethod
    def of(cls, stay: Stay, zone: tzinfo) -> "Clock":
        return cls(_wall(stay.arrive, zone), _wall(stay.leave, zone))

    @property
    def parameters(self) -> Mapping[str, str]:
        return {"from": self.start, "to": self.end}


def local(stay: Stay, zone: tzinfo) -> Stay:
    """The same stay on a zone's clock."""
    return Stay(stay.arrive.astimezone(zone), stay.leave.astimezone(zone))


def place_parameters(circle: Circle) -> Mapping[str, str]:
    """Of `GET /v1/parking/list`: the radius in whole kilometres, rounded up."""
    return {
        "latitude": f"{circle.centre.latitude:.6f}",
        "longitude": f"{circle.centre.longitude:.6f}",
        "radius": str(ceil(min(circle.radius_m, WIDEST_M) / 1000)),
    }


def _wall(instant: datetime, zone: tzinfo) -> str:
    """In whole minutes, rounded up: the network refuses a minute that has begun."""
    local = instant.astimezone(zone)
    if local.second or local.microsecond:
        local = (instant + timedelta(minutes=1)).astimezone(zone)
    return local.strftime("%Y-%m-%d %H:%M")
