"""Which space a vehicle gets. Pure."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from parkgraph.domain.occupancy import Audience
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.yards.yard import Space, Yard

_NO_LIMIT: Final = 10**6


class WayIn(NamedTuple):
    """The largest sizes that pass, in centimetres and kilograms; None: no limit is known."""

    height_cm: int | None
    width_cm: int | None
    length_cm: int | None
    weight_kg: int | None


def way_in(yard: Yard) -> WayIn:
    return WayIn(yard.max_height_cm, yard.max_width_cm, yard.max_length_cm, yard.max_weight_kg)


def passes(way: WayIn, vehicle: Vehicle) -> bool:
    """Whether the vehicle gets through. A size that is not known is no obstacle."""
    sizes = WayIn(vehicle.height_cm, vehicle.width_cm, vehicle.length_cm, vehicle.weight_kg)
    return all(_within(size, limit) for size, limit in zip(sizes, way, strict=True))


def fits(space: Space, vehicle: Vehicle) -> bool:
    """Whether the vehicle fits the space and belongs to those it is set aside for.

    Spaces of residents, staff and the like are not booked by the stay: their owner gives them away by permits.
    """
    return (
        space.audience in _audiences(vehicle)
        and _within(vehicle.height_cm, space.max_height_cm)
        and _within(vehicle.width_cm, space.max_width_cm)
        and _within(vehicle.length_cm, space.max_length_cm)
    )


def choose(free: Iterable[Space], vehicle: Vehicle) -> Space | None:
    """The smallest that fits. What is set aside for such vehicles comes first, and what others need more, last."""
    return min((space for space in free if fits(space, vehicle)), key=lambda space: _rank(space, vehicle), default=None)


def _rank(space: Space, vehicle: Vehicle) -> tuple[int, ...]:
    return (
        space.audience is Audience.GENERAL and len(_audiences(vehicle)) > 1,
        space.ev and not vehicle.electric,
        space.accessible and not vehicle.disabled_permit,
        space.max_height_cm or _NO_LIMIT,
        space.max_length_cm or _NO_LIMIT,
        space.max_width_cm or _NO_LIMIT,
        space.id or 0,
    )


def _audiences(vehicle: Vehicle) -> set[Audience]:
    found = {Audience.GENERAL}
    if vehicle.disabled_permit:
        found.add(Audience.DISABLED)
    if vehicle.electric:
        found.add(Audience.ELECTRIC)
    if vehicle.kind is VehicleKind.MOTORCYCLE:
        found.add(Audience.MOTORCYCLE)
    if vehicle.kind is VehicleKind.BICYCLE:
        found.add(Audience.BICYCLE)
    return found


def _within(size: int | None, limit: int | None) -> bool:
    return size is None or limit is None or size <= limit
