"""`hourlyCharges`, `dayNightParks` and `gracePeriods` as a rate table, and in words.

A table is given only where every part of it is understood: a remark, an overlap of two prices, a price of 0
throughout or a value that is no price leave the words.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from typing import Annotated, Final, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from parkgraph.domain.civil import ALWAYS, Day
from parkgraph.domain.tariff import Choice, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.domain.vehicle import VehicleKind
from parkgraph_hongkong.period import DAY, Period
from parkgraph_hongkong.row import Row, Text
from parkgraph_hongkong.values import number, objects

CURRENCY: Final = "HKD"
HOUR: Final = timedelta(hours=1)
UNITS: Final = {"hourly": HOUR, "half-hourly": HOUR / 2}
LENGTHS: Final = {"6-hours-park": 6 * HOUR, "12-hours-park": 12 * HOUR, "24-hours-park": 24 * HOUR}
PARKS: Final = frozenset({"day-park", "night-park", *LENGTHS})
MAX_CHARGES: Final = 50

RowT = TypeVar("RowT", bound=Row)

Amount = Annotated[Decimal, BeforeValidator(number), Field(ge=0, le=100_000)]
Hours = Annotated[Decimal, BeforeValidator(number), Field(ge=0, le=24)]


class NotUnderstood(ValueError):
    """What the network says has no exact reading."""


Kind = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


class Threshold(Row):
    """Up to so many hours since arrival, each unit costs this."""

    hours: Annotated[Hours, Field(gt=0)]
    price: Amount


class HourlyCharge(Period):
    type: Kind
    price: Amount
    usage_minimum: Hours | None = None
    usage_thresholds: tuple[Threshold, ...] | None = Field(default=None, max_length=10)
    remark: Text = None

    @property
    def unit(self) -> timedelta:
        return UNITS[self.type]

    @property
    def minimum(self) -> timedelta:
        """The least time that is charged; one unit is none. Of half hours it is not said what it counts."""
        if not self.usage_minimum:
            return timedelta(0)
        if self.type != "hourly":
            raise NotUnderstood("a minimum of half hours")
        least = _hours(self.usage_minimum)
        return least if least > self.unit else timedelta(0)

    @property
    def prices(self) -> tuple[tuple[timedelta, Decimal], ...]:
        """From when on since arrival each unit costs what."""
        thresholds = self.usage_thresholds or ()
        if not thresholds:
            return ((timedelta(0), self.price),)
        if len(thresholds) > 1 or self.type != "hourly":
            raise NotUnderstood("thresholds whose unit is not said")
        (first,) = thresholds
        return ((timedelta(0), first.price), (_hours(first.hours), self.price))

    def to_lines(self) -> tuple[RateLine, ...]:
        band = ALWAYS if self.is_always else self.band
        ends = (*(start for start, _ in self.prices[1:]), None)
        return tuple(
            RateLine(RateLineKind.INCREMENTING, price, self.unit, start, end, band)
            for (start, price), end in zip(self.prices, ends, strict=True)
        )

    def to_text(self) -> str:
        unit = {"hourly": "h", "half-hourly": "30 min"}.get(self.type, self.type)
        first = (f"{CURRENCY} {step.price:f} in the first {step.hours} h, then" for step in self.usage_thresholds or ())
        least = f", at least {self.usage_minimum}" if self.usage_minimum and self.usage_minimum > 1 else ""
        price = " ".join((*first, f"{CURRENCY} {self.price:f} per {unit}{least}"))
        return _with_remark(f"{super().to_text()} {price}", self.remark)


class DayNightPark(Period):
    type: Kind
    price: Amount
    valid_until: Text = None
    valid_until_end: Text = None
    remark: Text = None

    def to_collection(self) -> RateLineCollection:
        """One price for a stay within one period, and within the length that the type names."""
        if self.type not in PARKS:
            raise NotUnderstood("a kind of flat rate that is not documented")
        length = LENGTHS.get(self.type)
        floats = length is not None and self.is_whole_day and self.ends_when_it_wants
        if not self.lasts_its_period and not floats:
            raise NotUnderstood("it ends before its own period does")
        name = self.type.replace("-", " ").capitalize()
        line = RateLine(RateLineKind.FLAT, self.price, band=ALWAYS if floats or self.is_always else self.band)
        collection = RateLineCollection((line,), name=name, max_time=length)
        if floats and not self.is_always:
            return replace(collection, arrive=self.band, leave=self.band)
        return collection

    @property
    def ends_when_it_wants(self) -> bool:
        """Whether nothing but its own length ends it."""
        return self.valid_until != "same-day" and self.valid_until_end in (None, "24:00")

    @property
    def lasts_its_period(self) -> bool:
        """Whether who arrives in the period may stay to its end."""
        until = Period.model_validate(
            {"weekdays": ["MON"], "periodStart": "00:00", "periodEnd": self.valid_until_end or "24:00"}
        ).period_end
        match self.valid_until:
            case None | "no-restrictions":
                return self.valid_until_end is None or self.span[1] <= until + DAY
            case "same-day":
                return self.span[1] <= until
            case "following-day":
                return self.span[1] <= until + DAY
        raise NotUnderstood("a validity that is not documented")

    def to_text(self) -> str:
        return _with_remark(f"{super().to_text()} {self.type} {CURRENCY} {self.price:f}", self.remark)


class GracePeriod(Row):
    minutes: Annotated[int, BeforeValidator(number), Field(ge=0, le=DAY)]
    remark: Text = None

    def to_text(self) -> str:
        return _with_remark(f"free up to {self.minutes} min", self.remark)


class Charges(Row):
    """What one kind of vehicle pays; the season tickets, privileges and unloading beside it are no price for a stay."""

    hourly: object = None
    parks: object = None
    grace: object = None

    def to_rates(self, vehicle: VehicleKind) -> RateTable | None:
        """None where there is nothing, or not all of it is understood."""
        try:
            hourly, parks = _read(HourlyCharge, self.hourly), _read(DayNightPark, self.parks)
            grace = _grace(_read(GracePeriod, self.grace))
            charges: tuple[HourlyCharge | DayNightPark, ...] = (*hourly, *parks)
            if any(charge.remark for charge in charges) or not any(charge.price for charge in charges):
                return None
            collections = (*((_hourly(hourly),) if hourly else ()), *(park.to_collection() for park in parks))
            table = RateTable(
                CURRENCY,
                tuple(replace(c, vehicles=frozenset({vehicle}), grace=grace) for c in collections),
                choice=Choice.CHEAPEST,
            )
        except (ValueError, KeyError, ArithmeticError):
            return None
        return table

    def to_text(self) -> str | None:
        """What can be read, in English; the remarks are in the network's language."""
        parts: list[str] = []
        for kind, raw in ((HourlyCharge, self.hourly), (DayNightPark, self.parks), (GracePeriod, self.grace)):
            for row in objects(raw)[:MAX_CHARGES]:
                try:
                    parts.append(kind.model_validate(row).to_text())
                except ValidationError:
                    continue
        return "; ".join(parts) or None


def _read(kind: type[RowT], raw: object) -> tuple[RowT, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or len(raw) > MAX_CHARGES:
        raise NotUnderstood("not a list of charges")
    return tuple(kind.model_validate(row) for row in raw)


def _hourly(charges: Sequence[HourlyCharge]) -> RateLineCollection:
    """Banded lines. On a public holiday, the charge that names it comes before that of the day of the week."""
    minima = {charge.minimum for charge in charges}
    if len(minima) > 1:
        raise NotUnderstood("the least time depends on the time of day")
    for one, other in combinations(charges, 2):
        if one.overlaps(other) and (one.unit, one.prices) != (other.unit, other.prices):
            raise NotUnderstood("two prices at one time")
    first = sorted(charges, key=lambda charge: Day.HOLIDAY not in charge.weekdays)
    return RateLineCollection(tuple(line for charge in first for line in charge.to_lines()), minimum=minima.pop())


def _grace(periods: Sequence[GracePeriod]) -> timedelta:
    minutes = {period.minutes for period in periods} or {0}
    if len(minutes) > 1 or any(period.remark for period in periods):
        raise NotUnderstood("grace on a condition")
    return timedelta(minutes=minutes.pop())


def _hours(hours: Decimal) -> timedelta:
    return timedelta(minutes=int(hours * 60))


def _with_remark(words: str, remark: str | None) -> str:
    return f"{words} ({remark})" if remark else words
