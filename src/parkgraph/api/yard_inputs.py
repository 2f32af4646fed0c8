"""What owners say of their yards, and its way into the domain."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, fields
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from parkgraph.api.errors import BadUserInputError
from parkgraph.api.inputs import CoordinatesInput
from parkgraph.domain.civil import EVERY_DAY, Day
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.tariff import RateTable
from parkgraph.sdk.rate_tables import parse_rate_table
from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.cancellation import CancellationRule
from parkgraph.yards.exceptions import HoursException
from parkgraph.yards.simple_rates import BandPrice, SimpleRates
from parkgraph.yards.yard import MAX_SPACES, Space, Yard, zone_named

MAX_DOCUMENT: Final = 20_000
"""Characters of a rate table as JSON."""


@contextmanager
def naming(argument: str | None = None) -> Iterator[None]:
    """What the domain refuses in here becomes BAD_USER_INPUT with the field's name, which its words begin with."""
    try:
        yield
    except ValueError as refusal:
        name, _, rest = str(refusal).partition(" ")
        path = ".".join(part for part in (argument, to_camel_case(name)) if part)
        raise BadUserInputError(f"{path}: {rest}") from None


@strawberry.input
class SimpleRatesBandInput:
    """Another price from `start` to `end` of the yard's clock, such as "18:00" to "08:00"."""

    start: str
    end: str
    days: list[Day] | None = strawberry.field(default=None, description="Every day without them.")
    price: Decimal
    maximum: Decimal | None = strawberry.field(default=None, description="At most so much each time.")

    def to_domain(self, argument: str) -> BandPrice:
        with naming(argument):
            start, end = clock("start", self.start), clock("end", self.end)
            days = EVERY_DAY if self.days is None else frozenset(self.days)
            return BandPrice(start, end, self.price, days, self.maximum)


@strawberry.input
class SimpleRatesInput:
    """`price` for each started unit; "0" is free."""

    currency: str = strawberry.field(description="ISO 4217.")
    price: Decimal
    unit_minutes: int = 60
    free_minutes: int = strawberry.field(default=0, description="The first minutes of a stay are not charged.")
    day_maximum: Decimal | None = strawberry.field(default=None, description="In each 24 hours since arrival.")
    max_stay_minutes: int | None = strawberry.field(default=None, description="Longer stays are not sold.")
    bands: list[SimpleRatesBandInput] | None = strawberry.field(
        default=None, description="Where two hold, the first one counts; without one, `price`."
    )

    def to_domain(self, argument: str) -> RateTable:
        bands = [band.to_domain(f"{argument}.bands[{n}]") for n, band in enumerate(self.bands or ())]
        with naming(argument):
            return SimpleRates(
                currency=self.currency,
                price=self.price,
                unit=_minutes("unit_minutes", self.unit_minutes),
                free=_minutes("free_minutes", self.free_minutes),
                day_maximum=self.day_maximum,
                max_stay=None if self.max_stay_minutes is None else _minutes("max_stay_minutes", self.max_stay_minutes),
                bands=tuple(bands),
            ).table()


@strawberry.input
class YardRatesInput:
    """One of the two."""

    simple: SimpleRatesInput | None = None
    document: str | None = strawberry.field(
        default=None, description="The text of a rate table as JSON (APDS); docs/rate-tables.md says all of it."
    )

    def to_domain(self, argument: str) -> RateTable:
        if (self.simple is None) == (self.document is None):
            raise BadUserInputError(f"{argument}: give one of simple and document")
        if self.simple is not None:
            return self.simple.to_domain(f"{argument}.simple")
        text = self.document or ""
        if len(text) > MAX_DOCUMENT:
            raise BadUserInputError(f"{argument}.document: at most {MAX_DOCUMENT} characters")
        try:
            return parse_rate_table(text)
        except ValueError as refusal:
            raise BadUserInputError(f"{argument}.document: {refusal}") from None


@strawberry.input
class HoursExceptionInput:
    """From `first` to `last`, both included, other hours hold: "10:00-12:00,14:00-18:00". Without them it is closed."""

    first: date
    last: date
    hours: str | None = None
    note: str | None = strawberry.field(default=None, description="The owner's own.")

    def to_domain(self, argument: str) -> HoursException:
        with naming(argument):
            return HoursException(self.first, self.last, self.hours, self.note)


@strawberry.input
class YardAccessInput:
    """How one gets in. The code belongs to the method CODE."""

    method: AccessMethod
    code: str | None = None

    def __repr__(self) -> str:
        return f"YardAccessInput({self.method})"

    def to_domain(self, argument: str) -> Access:
        with naming(argument):
            return Access(self.method, self.code)


@strawberry.input
class YardCancellationInput:
    """Everything comes back up to `freeHours` before arrival, `refundPercent` of it after that."""

    free_hours: int
    refund_percent: int = 0

    def to_domain(self, argument: str) -> CancellationRule:
        with naming(argument):
            return CancellationRule(timedelta(hours=_bounded("free_hours", self.free_hours)), self.refund_percent)


@strawberry.input
class _YardFacts:
    location: CoordinatesInput | None = UNSET
    address: str | None = UNSET
    kind: PlaceKind | None = strawberry.field(default=UNSET, description="How it is built.")
    opening_hours: str | None = strawberry.field(
        default=UNSET,
        description='OSM syntax, such as "Mo-Fr 18:00-08:00; Sa,Su 00:00-24:00"; always is "24/7".',
    )
    exceptions: list[HoursExceptionInput] | None = strawberry.field(
        default=UNSET, description="Where two hold, the later in the list counts."
    )
    max_height_cm: int | None = strawberry.field(default=UNSET, description="Of the way in, as the next three.")
    max_width_cm: int | None = UNSET
    max_length_cm: int | None = UNSET
    max_weight_kg: int | None = UNSET
    features: list[Feature] | None = UNSET
    description: str | None = UNSET
    photos: list[str] | None = strawberry.field(default=UNSET, description="Public https addresses.")
    access: YardAccessInput | None = UNSET
    instructions: str | None = strawberry.field(default=UNSET, description="For whoever has a booking.")
    rates: YardRatesInput | None = UNSET
    approval_required: bool | None = strawberry.field(default=UNSET, description="Each booking waits for the owner.")
    cancellation: YardCancellationInput | None = strawberry.field(
        default=UNSET, description="Without one: everything comes back up to 24 hours before arrival."
    )
    payout_reference: str | None = strawberry.field(default=UNSET, description="What payouts are marked with.")

    def facts(self, argument: str) -> dict[str, Any]:
        """What is said, as fields of the domain's Yard. Null takes a fact away."""
        named = (field.name for field in fields(type(self)) if field.name != "spaces")
        said = {name: value for name in named if (value := getattr(self, name)) is not UNSET}
        return {name: _fact(name, value, f"{argument}.{to_camel_case(name)}") for name, value in said.items()}


@strawberry.input
class YardSpacesInput:
    """Spaces that are equal but for their labels: give either `labels`, one for each, or a plain `count`."""

    labels: list[str] | None = None
    count: int | None = None
    max_height_cm: int | None = strawberry.field(default=None, description="The largest that fits, as the next two.")
    max_width_cm: int | None = None
    max_length_cm: int | None = None
    ev: bool = strawberry.field(default=False, description="It has a charging point.")
    covered: bool = False
    accessible: bool = False
    audience: Audience = strawberry.field(default=Audience.GENERAL, description="For whom it is set aside.")

    def to_domain(self, argument: str) -> list[Space]:
        if (self.labels is None) == (self.count is None):
            raise BadUserInputError(f"{argument}: give one of labels and count")
        labels: list[str] | list[None] = self.labels if self.labels is not None else self._unlabelled(argument)
        if not 1 <= len(labels) <= MAX_SPACES:
            raise BadUserInputError(f"{argument}.labels: between 1 and {MAX_SPACES}")
        with naming(argument):
            return [
                Space(
                    label=label.strip() if label else label,
                    max_height_cm=self.max_height_cm,
                    max_width_cm=self.max_width_cm,
                    max_length_cm=self.max_length_cm,
                    ev=self.ev,
                    covered=self.covered,
                    accessible=self.accessible,
                    audience=self.audience,
                )
                for label in labels
            ]

    def _unlabelled(self, argument: str) -> list[None]:
        if self.count is None or not 1 <= self.count <= MAX_SPACES:
            raise BadUserInputError(f"{argument}.count: between 1 and {MAX_SPACES}")
        return [None] * self.count


def spaces(groups: list[YardSpacesInput] | None, argument: str) -> tuple[Space, ...]:
    found: list[Space] = []
    for n, group in enumerate(groups or ()):
        found += group.to_domain(f"{argument}[{n}]")
        if len(found) > MAX_SPACES:
            raise BadUserInputError(f"{argument}: at most {MAX_SPACES}")
    return tuple(found)


@strawberry.input
class YardInput(_YardFacts):
    """A yard as far as it is known: a draft may lack what publishing needs."""

    name: str
    timezone: str = strawberry.field(description="IANA, such as Europe/Berlin.")
    country: str = strawberry.field(description="ISO 3166-1, such as DE.")
    spaces: list[YardSpacesInput] | None = None

    def to_domain(self) -> Mapping[str, Any]:
        return {"location": None, **self.facts("input"), "spaces": spaces(self.spaces, "input.spaces")}


@strawberry.input
class YardChanges(_YardFacts):
    """What is left out stays as it is; null takes it away."""

    name: str | None = UNSET
    timezone: str | None = UNSET
    country: str | None = UNSET


@strawberry.input
class YardSpaceChanges:
    """What is left out stays as it is; null takes it away."""

    label: str | None = strawberry.field(default=UNSET, description="Of one space at a time.")
    max_height_cm: int | None = UNSET
    max_width_cm: int | None = UNSET
    max_length_cm: int | None = UNSET
    ev: bool | None = UNSET
    covered: bool | None = UNSET
    accessible: bool | None = UNSET
    audience: Audience | None = UNSET

    def facts(self) -> dict[str, Any]:
        """What is said, as fields of the domain's Space."""
        usual = {field.name: field.default for field in fields(Space)}
        said = {field.name: getattr(self, field.name) for field in fields(YardSpaceChanges)}
        return {name: usual[name] if v is None else _stripped(v) for name, v in said.items() if v is not UNSET}


_DEFAULTS: Final = {field.name: field.default for field in fields(Yard)}


def _fact(name: str, value: Any, argument: str) -> object:
    if value is None:
        if name == "location":
            return None
        default = _DEFAULTS[name]
        if default is MISSING:
            raise BadUserInputError(f"{argument}: cannot be taken away")
        return default
    match value:
        case CoordinatesInput():
            with naming(argument):
                return Coordinates(value.latitude, value.longitude)
        case YardAccessInput() | YardRatesInput() | YardCancellationInput():
            return value.to_domain(argument)
        case list() if name == "exceptions":
            return tuple(each.to_domain(f"{argument}[{n}]") for n, each in enumerate(value))
        case list():
            return frozenset(value) if name == "features" else tuple(value)
    if name == "timezone":
        with naming(argument.rpartition(".")[0]):
            return zone_named(value)
    return _stripped(value)


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def clock(name: str, text: str) -> time:
    if len(text) != 5 or text[2] != ":" or not (text[:2] + text[3:]).isdecimal() or not text.isascii():
        raise ValueError(f'{name} must be a time of the local clock, such as "07:30"')
    hours, minutes = int(text[:2]), int(text[3:])
    if hours > 23 or minutes > 59:
        raise ValueError(f'{name} must be between "00:00" and "23:59"; the end of the day is "00:00"')
    return time(hours, minutes)


def _minutes(name: str, count: int) -> timedelta:
    return timedelta(minutes=_bounded(name, count))


def _bounded(name: str, count: int) -> int:
    """GraphQL's Int is far beyond any length of time here."""
    if not 0 <= count <= 10**6:
        raise ValueError(f"{name} must not be negative, nor so large")
    return count
