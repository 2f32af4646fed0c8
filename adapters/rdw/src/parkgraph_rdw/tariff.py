"""`tariffs` as the network writes them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from parkgraph.domain.civil import Day
from parkgraph_rdw.row import Epoch, Row, Text
from parkgraph_rdw.values import AMSTERDAM, DAY, number
from parkgraph_rdw.week import Days, MinuteOfDay, Span, days_text, overlap, span, span_text, weekly

CARD: Final = re.compile(r"(dag|avond)kaart( (gebied|zone|sector) \w{1,3})?", re.IGNORECASE)
"""A ticket for the whole of its period, sold to everybody."""

FOR_SOME: Final = re.compile(
    r"bewoner|bezoek|vergunning|abonne|mantelzorg|invalide|gehandicapt|werknemer|personeel|onderneme|bedrij|zorg|"
    r"ontheffing|leverancier|hotel|gast|reserv|motor|vracht|bus\b|camper|elektrisch|fiets",
    re.IGNORECASE,
)
"""Words of a tariff that is not everybody's, or not for every car."""

Euros = Annotated[Decimal, BeforeValidator(number), Field(ge=0, le=10_000)]
Minutes = Annotated[int, BeforeValidator(number), Field(ge=-1, le=366 * DAY)]


class IntervalRate(Row):
    """From `duration_from` to `duration_until` minutes of parking (-1: open), each started period costs `charge`."""

    charge: Euros
    charge_period: Minutes | None = None
    duration_type: Annotated[str, Field(pattern=r"^[A-Za-z ]{1,20}$")] = "Minutes"
    duration_from: Annotated[Minutes, Field(ge=0)] = 0
    duration_until: Minutes | None = None
    validity_start_of_period: Epoch = None
    validity_end_of_period: Epoch = None

    @property
    def is_in_minutes(self) -> bool:
        return self.duration_type.strip().lower() == "minutes"

    @property
    def until(self) -> int | None:
        """None: open."""
        return self.duration_until if self.duration_until is not None and self.duration_until >= 0 else None

    @property
    def period(self) -> int:
        """0: the charge is paid once."""
        return max(0, self.charge_period or 0)

    def to_text(self) -> str:
        start, amount = self.duration_from, f"EUR {self.charge:f}"
        unit = "min" if self.is_in_minutes else self.duration_type
        price = "free" if not self.charge else f"{amount} per {self.period} {unit}" if self.period else amount
        if self.until is None:
            return f"from {start} {unit} on {price}" if start else price
        return f"{start}-{self.until} {unit} {price}"


class Tariff(Row):
    """Strict: a tariff that is not understood is a ValueError."""

    tariff_description: Text = None
    validity_days: Days
    validity_from_time: MinuteOfDay
    validity_until_time: MinuteOfDay
    start_of_period: Epoch = None
    end_of_period: Epoch = None
    interval_rates: tuple[IntervalRate, ...] = Field(max_length=500)

    @property
    def is_card(self) -> bool:
        return CARD.fullmatch(self.tariff_description or "") is not None

    @property
    def is_for_some(self) -> bool:
        return FOR_SOME.search(self.tariff_description or "") is not None

    @property
    def times(self) -> Span:
        return span(self.validity_from_time, self.validity_until_time)

    def to_schedules(self, since: datetime | None) -> "list[Schedule]":
        """One for each validity of its rates; without those that had ended by `since`."""
        validities: dict[Validity, list[IntervalRate]] = {}
        for rate in self.interval_rates:
            validity = Validity(
                max(self.start_of_period or 0, rate.validity_start_of_period or 0),
                _earlier(self.end_of_period, rate.validity_end_of_period),
            )
            validities.setdefault(validity, []).append(rate)
        return [
            Schedule(
                self.tariff_description,
                self.validity_days,
                self.times,
                validity,
                tuple(sorted(rates, key=lambda rate: rate.duration_from)),
            )
            for validity, rates in validities.items()
            if not validity.has_ended(since) and (validity.end is None or validity.end > validity.start)
        ]


@dataclass(frozen=True, slots=True)
class Validity:
    """Seconds since 1970, the end not included; None: open."""

    start: int
    end: int | None

    def has_ended(self, at: datetime | None) -> bool:
        return at is not None and self.end is not None and self.end <= at.timestamp()

    def meets(self, other: "Validity") -> bool:
        return (self.end is None or other.start < self.end) and (other.end is None or self.start < other.end)

    @property
    def first(self) -> date | None:
        return _date(self.start) if self.start else None

    @property
    def last(self) -> date | None:
        """The last whole day."""
        return _date(self.end) - timedelta(days=1) if self.end is not None else None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rates of a tariff while they are valid, on these days at this time of day."""

    description: str | None
    days: frozenset[Day]
    times: Span
    validity: Validity
    rates: tuple[IntervalRate, ...]

    def overlaps(self, other: "Schedule") -> bool:
        """Whether both hold at some time."""
        return self.validity.meets(other.validity) and overlap(
            weekly(self.days, self.times), weekly(other.days, other.times)
        )

    def to_text(self) -> str:
        name = f"{self.description}: " if self.description else ""
        rates = ", then ".join(rate.to_text() for rate in self.rates)
        return f"{name}{days_text(self.days)} {span_text(self.times)} {rates}"


def merged(schedules: Iterable[Schedule]) -> list[Schedule]:
    """The register repeats a tariff for each day: the same on several days is one."""
    days: dict[Schedule, frozenset[Day]] = {}
    for schedule in schedules:
        key = replace(schedule, days=frozenset())
        days[key] = days.get(key, frozenset()) | schedule.days
    return [replace(schedule, days=on) for schedule, on in days.items()]


def _date(stamp: int) -> date:
    """The register writes a day as midnight of UTC or of the Netherlands, or as the second before it."""
    for second in (stamp, stamp + 1):
        moment = datetime.fromtimestamp(second, UTC)
        if second % 86_400 == 0:
            return moment.date()
        local = moment.astimezone(AMSTERDAM)
        if local.time() == time(0):
            return local.date()
    return datetime.fromtimestamp(stamp, UTC).astimezone(AMSTERDAM).date()


def _earlier(one: int | None, other: int | None) -> int | None:
    return min((stamp for stamp in (one, other) if stamp is not None), default=None)
