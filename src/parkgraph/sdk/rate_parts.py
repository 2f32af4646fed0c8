"""Bands, caps and lines of a rate table's JSON form: APDS's own keys, and ours.

Each part makes its piece of the domain (`to_domain`), and is made of it (`of`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from parkgraph.domain.civil import ALWAYS, MIDNIGHT, WEEKDAYS, Band, Day
from parkgraph.domain.tariff import NONE, ZERO, Cap, Period, RateLine, RateLineKind, Span, TariffDay
from parkgraph.sdk.durations import format_period, parse_duration
from parkgraph.sdk.rate_values import Amount, Clock, Date, Length, Name, Since, Word

LineType = Literal["flatRate", "flatRateTier", "incrementingRate"]

_LINE_TYPES: Final[Mapping[RateLineKind, LineType]] = {
    RateLineKind.FLAT: "flatRate",
    RateLineKind.TIER: "flatRateTier",
    RateLineKind.INCREMENTING: "incrementingRate",
}


class Part(BaseModel):
    """An object of the document. A key that it does not know is refused: it might change the price."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True
    )


class BandPart(Part):
    start: Clock = MIDNIGHT
    end: Clock = MIDNIGHT
    days: list[Annotated[Day, Word]] = list(WEEKDAYS)
    except_holidays: bool = False
    first: Date | None = None
    last: Date | None = None
    name: Name | None = None

    def to_domain(self) -> Band:
        days = frozenset(self.days)
        return Band(self.start, self.end, days, self.except_holidays, self.first, self.last, self.name)

    @classmethod
    def of(cls, band: Band | None) -> "BandPart | None":
        if band is None:
            return None
        return cls.model_construct(
            start=band.start,
            end=band.end,
            days=[day for day in Day if day in band.days],
            except_holidays=band.except_holidays,
            first=band.first,
            last=band.last,
            name=band.name,
        )


class CapPart(Part):
    """`period`: a length of time, `DAY` (24 hours of the local clock from `dayStart` on), `STAY` or `VISIT`."""

    amount: Amount
    period: str
    day_start: Clock | None = None
    band: BandPart | None = None

    def to_domain(self) -> Cap:
        if self.day_start is not None and self.period != "DAY":
            raise ValueError("dayStart belongs to the period DAY")
        return Cap(self.amount, self._period(), band_of(self.band))

    def _period(self) -> timedelta | TariffDay | Span:
        if self.period == "DAY":
            return TariffDay(self.day_start or MIDNIGHT)
        return Span(self.period) if self.period in Span.__members__ else parse_duration(self.period)

    @classmethod
    def of(cls, cap: Cap) -> "CapPart":
        day = cap.period if isinstance(cap.period, TariffDay) else None
        length = format_period(cap.period) if isinstance(cap.period, timedelta) else str(cap.period)
        return cls.model_construct(
            amount=cap.amount,
            period="DAY" if day else length,
            day_start=day.start if day and day.start != MIDNIGHT else None,
            band=BandPart.of(cap.band),
        )


class LinePart(Part):
    """APDS RateLine. A `flatRateTier` with an `incrementPeriod` is a special case of an incrementing rate (APDS)."""

    id: object = None
    version: object = None
    description: object = None
    sequence: int | None = None
    rate_line_type: LineType
    value: Amount
    increment_period: Length | None = None
    duration_start: Since = NONE
    duration_end: Since | None = None
    min_value: Amount | None = None
    max_value: Amount | None = None
    usage_condition: Literal["once", "unlimited", "fixedDuration"] | None = None
    band: BandPart | None = None
    pro_rata: bool = False

    def to_domain(self) -> RateLine:
        kind, increment = self._kind()
        line = RateLine(
            kind,
            self.value,
            increment,
            self.duration_start,
            self.duration_end,
            band_of(self.band) or ALWAYS,
            self.pro_rata,
        )
        self._check_usage(line)
        return line

    def _kind(self) -> tuple[RateLineKind, Period | None]:
        if self.rate_line_type == "incrementingRate" and self.increment_period is None:
            raise ValueError("incrementPeriod is missing: how often the rate is paid is not known")
        if self.rate_line_type == "flatRate":
            if self.increment_period not in (None, self._lasts):
                raise ValueError("a flatRate is paid once: its incrementPeriod is from durationStart to durationEnd")
            return RateLineKind.FLAT, None
        if self.increment_period is None:
            return RateLineKind.TIER, None
        return RateLineKind.INCREMENTING, self.increment_period

    @property
    def _lasts(self) -> timedelta | None:
        return None if self.duration_end is None else self.duration_end - self.duration_start

    def _check_usage(self, line: RateLine) -> None:
        paid_once = line.increment is None or line.increment == self._lasts
        if self.usage_condition == "once" and not paid_once:
            raise ValueError("usageCondition once: this line could be paid more than once")
        open_flat = line.kind is RateLineKind.FLAT and line.end is None
        if self.usage_condition in ("unlimited", "fixedDuration") and open_flat:
            raise ValueError(f"usageCondition {self.usage_condition}: a flatRate without durationEnd is paid once")

    @property
    def is_bounded(self) -> bool:
        """Whether `minValue` or `maxValue` could change what this line charges."""
        least, most = self._charges
        too_low = self.min_value is not None and least < self.min_value
        too_high = self.max_value is not None and (most is None or self.max_value < most)
        return too_low or too_high

    @property
    def _charges(self) -> tuple[Decimal, Decimal | None]:
        """The least and the most that this line can charge in all, where that is certain."""
        if self.rate_line_type == "flatRate" or self.increment_period is None:
            return self.value, self.value
        lasts = self._lasts
        if self.band or self.pro_rata or lasts is None or not isinstance(self.increment_period, timedelta):
            return ZERO, None
        return self.value, self.value * -(-lasts // self.increment_period)

    @classmethod
    def of(cls, line: RateLine, sequence: int) -> "LinePart":
        return cls.model_construct(
            sequence=sequence,
            rate_line_type=_LINE_TYPES[line.kind],
            value=line.value,
            increment_period=line.increment,
            duration_start=line.start,
            duration_end=line.end,
            band=None if line.band == ALWAYS else BandPart.of(line.band),
            pro_rata=line.pro_rata,
        )


@contextmanager
def at(where: str) -> Iterator[None]:
    """Put the place in the document before the sentence of a refusal."""
    try:
        yield
    except ValueError as refusal:
        raise ValueError(f"{where}: {refusal}") from None


def band_of(part: BandPart | None) -> Band | None:
    return part.to_domain() if part else None
