"""What a stay costs, as data: RateTable → RateLineCollection → RateLine (APDS, ISO TS 5206-1).

Amounts are exact decimals in the table's currency. Times in a line are elapsed since arrival.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from parkgraph.domain.money import check_currency


@dataclass(frozen=True, slots=True)
class Months:
    """Calendar months: from 31 January, one month ends on the last day of February."""

    count: int = 1

    def __post_init__(self) -> None:
        if self.count <= 0:
            raise ValueError(f"months must be positive, not {self.count}")

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


class RateLineKind(StrEnum):
    """FLAT is paid once; INCREMENTING is paid for each started increment."""

    FLAT = "FLAT"
    INCREMENTING = "INCREMENTING"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One price. It applies to the part of a stay from `start` to `end` after arrival (None: open)."""

    kind: RateLineKind
    value: Decimal
    increment: Period | None = None
    start: timedelta = timedelta(0)
    end: timedelta | None = None

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value < 0:
            raise ValueError("a rate must be a finite amount, zero or more")
        if (self.kind is RateLineKind.INCREMENTING) == (self.increment is None):
            raise ValueError("an incrementing rate has an increment, a flat rate has none")
        if isinstance(self.increment, timedelta) and self.increment < timedelta(minutes=1):
            raise ValueError("an increment is at least one minute")
        if self.start < timedelta(0) or (self.end is not None and self.end <= self.start):
            raise ValueError("a rate line must end after it starts, and not start before arrival")


class Combination(StrEnum):
    """How the lines of one collection make a price.

    LADDER: every line charges its own part of the stay, and the parts add up (sbb).
    CHEAPEST_COVER: each line is a unit that may be bought any number of times; the cheapest
    set of units that covers the stay counts (bahn).
    """

    LADDER = "LADDER"
    CHEAPEST_COVER = "CHEAPEST_COVER"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `amount` in each `period` counted from arrival."""

    amount: Decimal
    period: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount < 0:
            raise ValueError("a cap must be a finite amount, zero or more")
        if self.period < timedelta(minutes=1):
            raise ValueError("a cap's period is at least one minute")


@dataclass(frozen=True, slots=True)
class RateLineCollection:
    """Lines that price one stay together.

    `max_time`: a longer stay is not sold. `minimum`: the least time that is charged for.
    """

    lines: tuple[RateLine, ...]
    combination: Combination = Combination.LADDER
    max_time: Period | None = None
    minimum: timedelta = timedelta(0)
    cap: Cap | None = None

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a collection needs at least one rate line")
        if self.combination is Combination.LADDER:
            if any(isinstance(line.increment, Months) for line in self.lines):
                raise ValueError("calendar months belong to units (CHEAPEST_COVER), not to a ladder")
        elif self.cap is not None or any(
            line.kind is RateLineKind.FLAT or line.start or line.end is not None for line in self.lines
        ):
            raise ValueError("units have an increment and a value, and neither start, end nor cap")


@dataclass(frozen=True, slots=True)
class RateTable:
    """A tariff. The first collection whose `max_time` admits the stay prices it.

    `known_until`: beyond it the network's own words were not understood, so no price is given.
    """

    currency: str
    collections: tuple[RateLineCollection, ...]
    known_until: Period | None = None

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not self.collections:
            raise ValueError("a rate table needs at least one collection")
