"""A private yard and its spaces, as their owner describes them. Frozen values and pure rules; None is unknown."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.tariff import RateTable

_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Space:
    """Room for one vehicle. A plain count of spaces is that many equal ones without a label.

    The sizes, in centimetres, are the largest that fit; None: no limit is known.
    """

    label: str | None = None
    max_height_cm: int | None = None
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    ev: bool = False
    covered: bool = False
    accessible: bool = False
    audience: Audience = Audience.GENERAL

    def __post_init__(self) -> None:
        if self.label is not None and not self.label.strip():
            raise ValueError("a space's label must not be blank")
        _check_positive(self, "max_height_cm", "max_width_cm", "max_length_cm")


@dataclass(frozen=True, slots=True)
class Yard:
    """What an owner rents out.

    `country` is ISO 3166-1 alpha-2, `opening_hours` is OSM syntax. `kind` is how it is built. The sizes, in
    centimetres and kilograms, are those of the way in. `description` is for everybody, `instructions` are for whoever
    has a right to park. `updated_at` is None for a yard that is not stored yet.
    """

    id: UUID
    name: str
    location: Coordinates
    timezone: ZoneInfo
    country: str
    spaces: tuple[Space, ...]
    address: str | None = None
    kind: PlaceKind = PlaceKind.UNKNOWN
    opening_hours: str | None = None
    max_height_cm: int | None = None
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    max_weight_kg: int | None = None
    features: frozenset[Feature] = frozenset()
    description: str | None = None
    instructions: str | None = None
    rates: RateTable | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    updated_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a yard needs a name")
        if not _COUNTRY.fullmatch(self.country):
            raise ValueError(f"a country is two capital letters (ISO 3166-1), not {self.country!r}")
        _check_positive(self, "max_height_cm", "max_width_cm", "max_length_cm", "max_weight_kg")
        for name in ("published_at", "withdrawn_at", "updated_at"):
            instant: datetime | None = getattr(self, name)
            if instant is not None and instant.utcoffset() is None:
                raise ValueError(f"{name} needs an offset")

    @property
    def highest_vehicle_cm(self) -> int | None:
        """The height of the highest vehicle that passes the way in and fits one of the spaces; None: no known limit."""
        heights = [space.max_height_cm for space in self.spaces]
        known = [height for height in heights if height is not None]
        highest_space = max(known) if known and len(known) == len(heights) else None
        return min((limit for limit in (self.max_height_cm, highest_space) if limit is not None), default=None)


def _check_positive(subject: Yard | Space, *names: str) -> None:
    for name in names:
        value = getattr(subject, name)
        if value is not None and value <= 0:
            raise ValueError(f"{name} must be positive, not {value}")
