"""Inputs, and their way into the domain. What the domain refuses becomes BAD_USER_INPUT with the field's name."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, ParamSpec, TypeVar

import strawberry
from strawberry.utils.str_converters import to_camel_case

from parkgraph.api.errors import BadUserInputError
from parkgraph.domain.geo import Bounds, Circle, Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.graph.question import PlaceFilter
from parkgraph.sdk.booking import Driver

MAX_RADIUS_M: Final = 50_000
MAX_PAGE: Final = 100
MAX_KEY: Final = 200
MAX_NAME: Final = 100
DRIVER_CHARS: Final[Mapping[str, int]] = {"plate": 20, "name": 100, "email": 254, "phone": 32}

_NETWORK: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")

P = ParamSpec("P")
T = TypeVar("T")


def _domain(field: str, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return make(*args, **kwargs)
    except ValueError as refusal:
        # What begins with a name of the domain begins with the API's spelling of it.
        name, space, rest = str(refusal).partition(" ")
        raise BadUserInputError(f"{field}: {to_camel_case(name)}{space}{rest}") from None


@strawberry.input
class CoordinatesInput:
    """WGS 84, decimal degrees."""

    latitude: float
    longitude: float

    def to_domain(self) -> Coordinates:
        return _domain("near", Coordinates, self.latitude, self.longitude)


@strawberry.input
class BoundsInput:
    """A box in degrees; west > east crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def to_domain(self) -> Bounds:
        return _domain("bounds", Bounds, self.south, self.west, self.north, self.east)


@strawberry.input
class StayInput:
    """From when to when; at most 366 days."""

    arrive: datetime
    leave: datetime

    def to_domain(self) -> Stay:
        return _domain("stay", Stay, self.arrive, self.leave)


@strawberry.input
class VehicleInput:
    """Outer sizes in centimetres, mass in kilograms."""

    kind: VehicleKind = VehicleKind.CAR
    height_cm: int | None = None
    width_cm: int | None = None
    length_cm: int | None = None
    weight_kg: int | None = None
    electric: bool = False
    disabled_permit: bool = False

    def to_domain(self) -> Vehicle:
        return _domain(
            "vehicle",
            Vehicle,
            self.kind,
            self.height_cm,
            self.width_cm,
            self.length_cm,
            self.weight_kg,
            self.electric,
            self.disabled_permit,
        )


@strawberry.input
class MoneyInput:
    """An exact amount with an ISO 4217 code."""

    amount: Decimal
    currency: str

    def to_domain(self) -> Money:
        if self.amount < 0:
            raise BadUserInputError(f"filter.maxPrice: amount must not be negative, not {self.amount}")
        return _domain("filter.maxPrice", Money, self.amount, self.currency)


@strawberry.input(name="PlaceFilter")
class PlaceFilterInput:
    """Every part that is set must hold."""

    networks: list[strawberry.ID] | None = None
    kinds: list[PlaceKind] | None = None
    features: list[Feature] | None = None
    open_during_stay: bool | None = None
    vacant: bool | None = None
    bookable: bool | None = None
    max_price: MoneyInput | None = None
    fits: bool | None = strawberry.field(default=False, description="Drop what is excluded instead of explaining it.")

    def to_domain(self) -> PlaceFilter:
        for network in self.networks or ():
            if not _NETWORK.fullmatch(network):
                raise BadUserInputError(f"filter.networks: {network[:60]!r} is not an id that a network can have")
        return PlaceFilter(
            networks=None if self.networks is None else frozenset(self.networks),
            kinds=None if self.kinds is None else frozenset(self.kinds),
            features=None if self.features is None else frozenset(self.features),
            open_during_stay=self.open_during_stay,
            vacant=self.vacant,
            bookable=self.bookable,
            max_price=self.max_price.to_domain() if self.max_price else None,
            fits=bool(self.fits),
        )


@strawberry.input
class DriverInput:
    """Who parks. A network that needs more of it refuses with DRIVER_INCOMPLETE. Nothing of it is kept by ParkGraph."""

    plate: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def __repr__(self) -> str:
        return "DriverInput(…)"

    def to_domain(self) -> Driver:
        return Driver(
            plate=_personal("plate", self.plate),
            name=_personal("name", self.name),
            email=_personal("email", self.email),
            phone=_personal("phone", self.phone),
        )


def _personal(field: str, value: str | None) -> str | None:
    """The value without spaces around it. A refusal does not repeat it."""
    if value is None:
        return None
    value = value.strip()
    if not 1 <= len(value) <= DRIVER_CHARS[field]:
        raise BadUserInputError(f"driver.{field}: between 1 and {DRIVER_CHARS[field]} characters")
    if not value.isprintable():
        raise BadUserInputError(f"driver.{field}: must not hold control characters")
    return value


def idempotency_key(key: str) -> str:
    if not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise BadUserInputError(f"idempotencyKey: between 1 and {MAX_KEY} printable ASCII characters, such as a UUID")
    return key


def searched_name(name: str) -> str:
    if len(name) > MAX_NAME:
        raise BadUserInputError(f"name: at most {MAX_NAME} characters, not {len(name)}")
    return name


def circle(near: CoordinatesInput, radius: int) -> Circle:
    if not 1 <= radius <= MAX_RADIUS_M:
        raise BadUserInputError(f"radius: between 1 and {MAX_RADIUS_M} metres, not {radius}")
    return Circle(near.to_domain(), radius)


def page_size(first: int) -> int:
    if not 1 <= first <= MAX_PAGE:
        raise BadUserInputError(f"first: between 1 and {MAX_PAGE}, not {first}")
    return first
