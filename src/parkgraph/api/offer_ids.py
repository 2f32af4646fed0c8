"""An offer's id says all that booking it takes, so that any server can, also after a restart.

Nothing is signed: whoever changes an id asks the network for something else, and the network has the last word on what
it sells and at what price. docs/decisions/0007.
"""

from typing import Final

from parkgraph.api import ids
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.scalars import parse_date_time, parse_decimal
from parkgraph.bookings.wish import Terms
from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.graph.offers import Offer

MAX_CHARS: Final = 10_000
"""Of an id: the network's own reference, which is part of it, has no length of its own."""


def encode(offer: Offer) -> str:
    total, stay = offer.total, offer.stay
    return ids.encode(
        ids.OFFER,
        *offer.key,
        stay.arrive.isoformat(),
        stay.leave.isoformat(),
        _vehicle_parts(offer.vehicle),
        f"{total.amount:f}" if total else "",
        total.currency if total else "",
        offer.ref or "",
    )


def decode(value: str) -> Terms:
    """What the offer of this id was. Raises BadUserInputError."""
    if len(value) > MAX_CHARS:
        raise BadUserInputError(f"offerId: at most {MAX_CHARS} characters")
    kind, parts = ids.decode(value, "offerId")
    if kind != ids.OFFER or len(parts) < 8:
        raise ids.malformed(value, "offerId")
    network, local_id, arrive, leave, vehicle, amount, currency, *ref = parts
    if not amount:
        raise BadUserInputError("offerId: this offer has no price, and cannot be booked; choose one that is bookable")
    try:
        return Terms(
            network=network,
            local_id=local_id,
            ref="\n".join(ref),
            stay=Stay(parse_date_time(arrive), parse_date_time(leave)),
            vehicle=_vehicle(vehicle),
            total=Money(parse_decimal(amount), currency),
        )
    except ValueError:
        raise ids.malformed(value, "offerId") from None


def _vehicle_parts(vehicle: Vehicle) -> str:
    sizes = (vehicle.height_cm, vehicle.width_cm, vehicle.length_cm, vehicle.weight_kg)
    flags = ("electric" * vehicle.electric, "disabled" * vehicle.disabled_permit)
    return ",".join((vehicle.kind, *("" if size is None else str(size) for size in sizes), *flags))


def _vehicle(text: str) -> Vehicle:
    """Raises ValueError for anything that `_vehicle_parts` does not make."""
    kind, height, width, length, weight, electric, disabled = text.split(",")
    height_cm, width_cm, length_cm, weight_kg = (
        int(size) if size else None for size in (height, width, length, weight)
    )
    vehicle = Vehicle(VehicleKind(kind), height_cm, width_cm, length_cm, weight_kg, bool(electric), bool(disabled))
    if _vehicle_parts(vehicle) != text:
        raise ValueError("not as an id has it")
    return vehicle
