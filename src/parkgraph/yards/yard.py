"""A private yard and its spaces, as their owner describes them. Frozen values and pure rules; None is unknown."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.tariff import RateTable
from parkgraph.yards.access import Access
from parkgraph.yards.cancellation import CancellationRule
from parkgraph.yards.exceptions import HoursException, with_exceptions
from parkgraph.yards.photos import check_photo
from parkgraph.yards.texts import check_text

MAX_NAME: Final = 100
MAX_ADDRESS: Final = 200
MAX_DESCRIPTION: Final = 2000
MAX_INSTRUCTIONS: Final = 2000
MAX_HOURS: Final = 500
MAX_PAYOUT_REFERENCE: Final = 140  # as much as a bank transfer says (SEPA)
MAX_LABEL: Final = 20
MAX_PHOTOS: Final = 10
MAX_EXCEPTIONS: Final = 100
MAX_SPACES: Final = 1000
MAX_CM: Final = 10_000
MAX_KG: Final = 100_000

USUAL_CANCELLATION: Final = CancellationRule()

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_PERCENT: Final = Decimal("0.01")


class YardStatus(StrEnum):
    """DRAFT: its owner's alone. PUBLISHED: listed and booked. WITHDRAWN: takes no new bookings; those there stay."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Space:
    """Room for one vehicle. A plain count of spaces is that many equal ones without a label.

    The sizes, in centimetres, are the largest that fit; None: no limit is known. `id` is its key once it is stored.
    """

    label: str | None = None
    max_height_cm: int | None = None
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    ev: bool = False
    covered: bool = False
    accessible: bool = False
    audience: Audience = Audience.GENERAL
    id: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_text("label", self.label, MAX_LABEL)
        _check_size(self, MAX_CM, "max_height_cm", "max_width_cm", "max_length_cm")


@dataclass(frozen=True, slots=True)
class Yard:
    """What an owner rents out.

    `owner` is the subject of its owner's account. `country` is ISO 3166-1 alpha-2, `opening_hours` is OSM syntax
    without the `exceptions`. `kind` is how it is built. The sizes, in centimetres and kilograms, are those of the way
    in. `photos` are addresses. `description` is for everybody, `instructions` are for whoever has a right to park.
    `owner_percent` of a price is the owner's, who knows the payout by `payout_reference`. `version` counts its changes;
    `updated_at` is None for one that is not stored yet.
    """

    id: UUID
    name: str
    location: Coordinates | None
    timezone: ZoneInfo
    country: str
    spaces: tuple[Space, ...]
    owner: str | None = None
    address: str | None = None
    kind: PlaceKind = PlaceKind.UNKNOWN
    opening_hours: str | None = None
    exceptions: tuple[HoursException, ...] = ()
    max_height_cm: int | None = None
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    max_weight_kg: int | None = None
    features: frozenset[Feature] = frozenset()
    description: str | None = None
    photos: tuple[str, ...] = ()
    access: Access | None = None
    instructions: str | None = field(default=None, repr=False)
    rates: RateTable | None = None
    approval_required: bool = False
    cancellation: CancellationRule = USUAL_CANCELLATION
    owner_percent: Decimal = Decimal(100)
    payout_reference: str | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        check_text("name", self.name, MAX_NAME)
        check_text("address", self.address, MAX_ADDRESS)
        check_text("description", self.description, MAX_DESCRIPTION, lines=True)
        check_text("instructions", self.instructions, MAX_INSTRUCTIONS, lines=True)
        check_text("opening_hours", self.opening_hours, MAX_HOURS)
        check_text("payout_reference", self.payout_reference, MAX_PAYOUT_REFERENCE)
        if not _COUNTRY.fullmatch(self.country):
            raise ValueError(f"country is two capital letters (ISO 3166-1), not {self.country[:20]!r}")
        _check_size(self, MAX_CM, "max_height_cm", "max_width_cm", "max_length_cm")
        _check_size(self, MAX_KG, "max_weight_kg")
        self._check_lists()
        percent = self.owner_percent
        if not (percent.is_finite() and 0 <= percent <= 100 and percent == percent.quantize(_PERCENT)):
            raise ValueError("owner_percent is between 0 and 100, with at most two digits after the point")
        for name in ("published_at", "withdrawn_at", "updated_at"):
            instant: datetime | None = getattr(self, name)
            if instant is not None and instant.utcoffset() is None:
                raise ValueError(f"{name} needs an offset")

    def _check_lists(self) -> None:
        if self.exceptions and self.opening_hours is None:
            raise ValueError("exceptions need opening_hours that they are exceptions of")
        most = {"exceptions": MAX_EXCEPTIONS, "photos": MAX_PHOTOS, "spaces": MAX_SPACES}
        for name, limit in most.items():
            if len(getattr(self, name)) > limit:
                raise ValueError(f"{name} are at most {limit}, not {len(getattr(self, name))}")
        for photo in self.photos:
            check_photo(photo)
        labels = [space.label for space in self.spaces if space.label is not None]
        if len(set(labels)) < len(labels):
            raise ValueError("spaces have different labels, or none")

    @property
    def status(self) -> YardStatus:
        if self.withdrawn_at is not None:
            return YardStatus.WITHDRAWN
        return YardStatus.DRAFT if self.published_at is None else YardStatus.PUBLISHED

    @property
    def hours(self) -> str | None:
        """The opening hours with their exceptions, in OSM syntax."""
        return with_exceptions(self.opening_hours, self.exceptions)

    @property
    def highest_vehicle_cm(self) -> int | None:
        """The height of the highest vehicle that passes the way in and fits one of the spaces; None: no known limit."""
        heights = [space.max_height_cm for space in self.spaces]
        known = [height for height in heights if height is not None]
        highest_space = max(known) if known and len(known) == len(heights) else None
        return min((limit for limit in (self.max_height_cm, highest_space) if limit is not None), default=None)


def zone_named(name: str) -> ZoneInfo:
    """Raises ValueError where there is none of this IANA name."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # a folder of zones is an OSError
        raise ValueError(f"timezone is a name such as Europe/Berlin; there is no time zone {name[:60]!r}") from None


def _check_size(subject: Yard | Space, most: int, *names: str) -> None:
    for name in names:
        value = getattr(subject, name)
        if value is not None and not 0 < value <= most:
            raise ValueError(f"{name} must be positive and at most {most}, not {value}")
