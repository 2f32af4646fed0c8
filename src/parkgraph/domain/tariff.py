"""What a stay costs, as data: RateTable → RateLineCollection → RateLine (APDS, ISO TS 5206-1).

Amounts are exact decimals in the table's currency. `docs/pricing.md` says in words what each part means.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from parkgraph.domain.civil import ALWAYS, MIDNIGHT, Band
from parkgraph.domain.money import check_currency
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.stay import MAX_STAY
from parkgraph.domain.vehicle import VehicleKind

NONE: Final = timedelta(0)
MINUTE: Final = timedelta(minutes=1)
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Months:
    """Calendar months: from 31 January, one month ends on the last day of February."""

    count: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.count <= 1200:
            raise ValueError(f"months are from 1 to 1200, not {self.count}")

    def after(self, start: datetime) -> datetime:
        """The same local time of day, `count` months later."""
        month = start.month - 1 + self.count
        year, month = start.year + month // 12, month % 12 + 1
        for day in (start.day, 30, 29, 28):
            try:
                return start.replace(year=year, month=month, day=day)
            except ValueError:
                continue
        raise AssertionError("every month has 28 days")


Period = timedelta | Months


@dataclass(frozen=True, slots=True)
class TariffDay:
    """24 hours of the local clock (23 or 25 when it changes), each from `start` on."""

    start: time = MIDNIGHT

    def __post_init__(self) -> None:
        if self.start.tzinfo or self.start.microsecond:
            raise ValueError("a tariff day starts at a whole second of the local clock, without an offset")


class RateLineKind(StrEnum):
    """FLAT is paid once; INCREMENTING is paid for each started increment, or pro rata.

    TIER is the price of everything from the start up to its own end: it replaces the tiers before it.
    """

    FLAT = "FLAT"
    INCREMENTING = "INCREMENTING"
    TIER = "TIER"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One price. It applies within `band`, from `start` to `end` of the elapsed time (None: open).

    `pro_rata`: an increment is charged to the second, not when it starts.
    """

    kind: RateLineKind
    value: Decimal
    increment: Period | None = None
    start: timedelta = NONE
    end: timedelta | None = None
    band: Band = ALWAYS
    pro_rata: bool = False

    def __post_init__(self) -> None:
        _check_amount(self.value, "a rate")
        if (self.kind is RateLineKind.INCREMENTING) == (self.increment is None):
            raise ValueError("an incrementing rate has an increment, the others have none")
        if isinstance(self.increment, timedelta) and (self.increment < MINUTE or self.increment.microseconds):
            raise ValueError("an increment is at least one minute, in whole seconds")
        if self.start < NONE or (self.end is not None and self.end <= self.start):
            raise ValueError("a rate line must end after it starts, and not start before arrival")
        if self.start.microseconds or (self.end is not None and self.end.microseconds):
            raise ValueError("a rate line starts and ends at whole seconds")
        if self.pro_rata and not isinstance(self.increment, timedelta):
            raise ValueError("only an increment of fixed length is charged pro rata")


class Span(StrEnum):
    """What a cap counts in, besides lengths of time: the whole stay, or one visit of a band."""

    STAY = "STAY"
    VISIT = "VISIT"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `amount` in each `period`: one after the other since arrival, tariff days, the stay, or a band's visit.

    A unit counts in the period in which it starts. `band`: only what begins while the clock is in this band counts,
    whichever line charges it.
    """

    amount: Decimal
    period: timedelta | TariffDay | Span = timedelta(hours=24)
    band: Band | None = None

    def __post_init__(self) -> None:
        _check_amount(self.amount, "a cap")
        if isinstance(self.period, timedelta) and (self.period < MINUTE or self.period.microseconds):
            raise ValueError("a cap's period is at least one minute, in whole seconds")


class Combination(StrEnum):
    """How the lines of one collection make a price.

    LADDER: every line charges its own part of the stay, and the parts add up.
    CHEAPEST_COVER: each line is a unit that may be bought any number of times; the cheapest
    set of units that covers the stay counts (bahn).
    """

    LADDER = "LADDER"
    CHEAPEST_COVER = "CHEAPEST_COVER"


class Boundary(StrEnum):
    """What happens to a unit that runs when another band begins.

    START_RATE: it runs to its end at the rate at which it began. RESTART: it ends there, is charged whole, and a unit
    of the new band begins. SPLIT: it ends there, is charged for its part, and a unit of the new band begins.
    """

    START_RATE = "START_RATE"
    RESTART = "RESTART"
    SPLIT = "SPLIT"


class Elapsed(StrEnum):
    """Since when the time of `start` and `end` counts: arrival (or the last reset), or the beginning of the visit."""

    ARRIVAL = "ARRIVAL"
    VISIT = "VISIT"


class Outside(StrEnum):
    """What time costs that no line covers: nothing that is known, or nothing at all."""

    UNKNOWN = "UNKNOWN"
    FREE = "FREE"


@dataclass(frozen=True, slots=True)
class RateLineCollection:
    """Lines that price a whole stay together.

    Whether it applies: `audiences` and `vehicles` (empty: all), `arrive` and `leave` (bands in which the two instants
    must lie), `min_time` and `max_time` of the stay. `adds`: it comes on top of the one that prices the stay.

    How it charges: `minimum` is the least time that is charged for, `minimum_charge` the least amount of a stay that
    costs anything. A stay of up to `grace` is free. The first `free` of a stay is not charged (`free_again`: nor after
    each reset), nor is a unit that begins within `grace_at_end` of leaving, but for the first.
    At each `reset` elapsed time, flat rates and tiers begin anew; `carry_over`: a unit that runs then is not cut.
    """

    lines: tuple[RateLine, ...]
    combination: Combination = Combination.LADDER
    max_time: Period | None = None
    minimum: timedelta = NONE
    caps: tuple[Cap, ...] = ()
    name: str | None = None
    audiences: frozenset[Audience] = frozenset()
    vehicles: frozenset[VehicleKind] = frozenset()
    arrive: Band | None = None
    leave: Band | None = None
    min_time: timedelta = NONE
    adds: bool = False
    minimum_charge: Decimal = ZERO
    grace: timedelta = NONE
    free: timedelta = NONE
    free_again: bool = False
    grace_at_end: timedelta = NONE
    elapsed: Elapsed = Elapsed.ARRIVAL
    boundary: Boundary = Boundary.START_RATE
    reset: timedelta | TariffDay | None = None
    carry_over: bool = False
    outside: Outside = Outside.UNKNOWN

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a collection needs at least one rate line")
        _check_amount(self.minimum_charge, "a minimum charge")
        times = (self.minimum, self.min_time, self.grace, self.free, self.grace_at_end, self.max_time)
        for part in times:
            if isinstance(part, timedelta) and (part < NONE or part.microseconds):
                raise ValueError("the times of a collection are whole seconds, zero or more")
        if self.minimum > MAX_STAY:
            raise ValueError(f"the least time that is charged for is at most {MAX_STAY.days} days")
        if isinstance(self.reset, timedelta) and (self.reset < MINUTE or self.reset.microseconds):
            raise ValueError("a reset comes after at least one minute, in whole seconds")
        if self.combination is Combination.LADDER:
            self._check_ladder()
        else:
            self._check_units()

    def _check_ladder(self) -> None:
        if any(isinstance(line.increment, Months) for line in self.lines):
            raise ValueError("calendar months belong to units (CHEAPEST_COVER), not to a ladder")
        is_cut = self.boundary is not Boundary.START_RATE
        if is_cut and any(isinstance(i := line.increment, timedelta) and i > timedelta(days=1) for line in self.lines):
            raise ValueError("a unit that is cut where another band begins is at most 24 hours")

    def _check_units(self) -> None:
        if any(line.kind is not RateLineKind.INCREMENTING for line in self.lines):
            raise ValueError("units have an increment")
        if any(line.start or line.end is not None or line.band != ALWAYS or line.pro_rata for line in self.lines):
            raise ValueError("units have neither start, end nor band, and are not sold pro rata")
        if self.caps or self.reset or self.free or self.grace_at_end or self.minimum_charge:
            raise ValueError("units have neither caps, resets, free time, grace at the end nor a minimum charge")

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands of the lines and conditions, each once, in order; where two hold, the first one counts."""
        return tuple(dict.fromkeys(line.band for line in self.lines))

    @property
    def needs_calendar(self) -> bool:
        """Whether public holidays make a difference to its price."""
        conditions = (self.arrive, self.leave, *(cap.band for cap in self.caps))
        return any(band.needs_calendar for band in (*self.bands, *conditions) if band)


class Choice(StrEnum):
    """Which of several collections that apply prices a stay: the first in their order, or the cheapest."""

    FIRST = "FIRST"
    CHEAPEST = "CHEAPEST"


class RoundingMode(StrEnum):
    """To the nearest (a half goes up), always up, or always down."""

    HALF_UP = "HALF_UP"
    UP = "UP"
    DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class Rounding:
    """How the exact total becomes an amount that can be paid. `unit` None is the currency's minor unit."""

    mode: RoundingMode = RoundingMode.HALF_UP
    unit: Decimal | None = None

    def __post_init__(self) -> None:
        if self.unit is not None:
            _check_amount(self.unit, "a rounding unit")
            if not self.unit:
                raise ValueError("a rounding unit must be above zero")


@dataclass(frozen=True, slots=True)
class RateTable:
    """A tariff. Among the collections that apply to a stay, `choice` says which one prices it.

    `known_until`: beyond it the network's own words were not understood, so no price is given.
    `added_tax`: the rate of a tax that is not in the amounts yet, as a fraction (0.081); None: tax is included.
    """

    currency: str
    collections: tuple[RateLineCollection, ...]
    known_until: Period | None = None
    choice: Choice = Choice.FIRST
    added_tax: Decimal | None = None
    rounding: Rounding = Rounding()

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not any(not collection.adds for collection in self.collections):
            raise ValueError("a rate table needs at least one collection that prices a stay by itself")
        if isinstance(self.known_until, timedelta) and (self.known_until < NONE or self.known_until.microseconds):
            raise ValueError("what is known of a table lasts for whole seconds, zero or more")
        if self.added_tax is not None:
            _check_amount(self.added_tax, "a tax")
            if self.added_tax > 1:
                raise ValueError("a tax is a fraction between 0 and 1")


def tiers(*steps: tuple[timedelta, Decimal], band: Band = ALWAYS) -> tuple[RateLine, ...]:
    """Lines of a ladder of which each step replaces those before: (up to this time, this is the price)."""
    if any(later <= earlier for (earlier, _), (later, _) in pairwise(steps)):
        raise ValueError("the steps of a ladder must grow in time")
    starts = (NONE, *(end for end, _ in steps))
    return tuple(
        RateLine(RateLineKind.TIER, price, start=start, end=end, band=band)
        for start, (end, price) in zip(starts, steps, strict=False)
    )


def _check_amount(amount: object, name: str) -> None:
    if not (isinstance(amount, Decimal) and amount.is_finite() and amount >= 0):
        raise ValueError(f"{name} must be a finite amount, zero or more")
    if amount.adjusted() > 14 or int(amount.as_tuple().exponent) < -40:
        raise ValueError(f"{name} must be below 10^15, with at most 40 digits after the point")
