"""What a yard needs before drivers see it."""

from dataclasses import dataclass, replace
from datetime import datetime

from parkgraph.yards.yard import Yard, YardStatus


@dataclass(frozen=True, slots=True)
class Missing:
    """A field of the yard, and a sentence for its owner."""

    field: str
    text: str


def missing(yard: Yard) -> tuple[Missing, ...]:
    """What is not there yet. Photos, a description and limits of size may stay away."""
    needed = {
        "location": (yard.location, "Say where it is."),
        "spaces": (yard.spaces, "Add at least one space."),
        "rates": (yard.rates, "Say what it costs; a price of 0 is free."),
        "opening_hours": (yard.opening_hours, 'Say when it is open; "24/7" is always.'),
        "access": (yard.access, "Say how one gets in."),
    }
    return tuple(Missing(field, text) for field, (value, text) in needed.items() if not value)


def published(yard: Yard, now: datetime) -> Yard:
    """Listed from now on; as it is, if it is listed already."""
    return yard if yard.status is YardStatus.PUBLISHED else replace(yard, published_at=now, withdrawn_at=None)


def withdrawn(yard: Yard, now: datetime) -> Yard:
    """Not listed any more, and takes no new bookings; those there stay. A draft stays a draft."""
    if yard.status is not YardStatus.PUBLISHED or yard.published_at is None:
        return yard
    return replace(yard, withdrawn_at=max(now, yard.published_at))
