"""A vehicle of somebody's own. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from parkgraph.domain.vehicle import Vehicle

MOST: Final = 20
"""Vehicles of an account."""

MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class OwnVehicle:
    """`name` is its owner's word for it. `plate` is None where it was encrypted by another key than today's."""

    id: UUID
    account: str = field(repr=False)
    plate: str | None = field(repr=False)
    name: str | None
    vehicle: Vehicle
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TooMany:
    """The account has MOST vehicles: one of them has to go first."""


def check_name(name: str | None) -> None:
    """Raises ValueError, which begins with `name`."""
    if name is not None and (not name.strip() or len(name) > MAX_NAME or not name.isprintable()):
        raise ValueError(f"name must be 1 to {MAX_NAME} printable characters")
