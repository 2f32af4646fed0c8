"""Tariffs as a rate table, and in words.

A table is given only where every tariff for everybody is understood, and no two of them hold at one time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import combinations
from typing import Final

from pydantic import ValidationError

from parkgraph.domain.civil import Band
from parkgraph.domain.tariff import Choice, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph_rdw.tariff import IntervalRate, Schedule, Tariff, merged
from parkgraph_rdw.values import DAY, MAX_ROWS, objects

CURRENCY: Final = "EUR"


class NotUnderstood(ValueError):
    """What the network says has no exact reading."""


@dataclass(frozen=True, slots=True)
class Tariffs:
    """`tariffs` of a document. `since`: when it was last changed; what had ended by then is history."""

    raw: object
    since: datetime | None = None

    def to_rates(self) -> RateTable | None:
        """None where there is nothing for everybody, or not all of it is understood."""
        if not isinstance(self.raw, list) or not 0 < len(self.raw) <= MAX_ROWS:
            return None
        try:
            tariffs = [tariff for tariff in map(Tariff.model_validate, self.raw) if not tariff.is_for_some]
            general = self._schedules([tariff for tariff in tariffs if not tariff.is_card])
            cards = self._schedules([tariff for tariff in tariffs if tariff.is_card])
            _check_apart(general)
            collections = [RateLineCollection(tuple(line for s in general for line in _lines(s)))] if general else []
            for name in dict.fromkeys(schedule.description for schedule in cards):
                of_this = [schedule for schedule in cards if schedule.description == name]
                _check_apart(of_this)
                collections.append(RateLineCollection(tuple(_ticket(s) for s in of_this), name=name))
            if not collections:
                return None
            choice = Choice.CHEAPEST if len(collections) > 1 else Choice.FIRST
            return RateTable(CURRENCY, tuple(collections), choice=choice)
        except (ValueError, ArithmeticError):
            return None

    def to_text(self) -> str | None:
        """What can be read, in English but for the tariffs' own names."""
        tariffs: list[Tariff] = []
        for row in objects(self.raw):
            try:
                tariffs.append(Tariff.model_validate(row))
            except ValidationError:
                continue
        return "; ".join(schedule.to_text() for schedule in self._schedules(tariffs)) or None

    def _schedules(self, tariffs: Sequence[Tariff]) -> list[Schedule]:
        return merged(schedule for tariff in tariffs for schedule in tariff.to_schedules(self.since))


def _check_apart(schedules: Sequence[Schedule]) -> None:
    if any(one.overlaps(other) for one, other in combinations(schedules, 2)):
        raise NotUnderstood("two tariffs at one time")


def _lines(schedule: Schedule) -> list[RateLine]:
    """A ladder without a gap; the time of parking counts since arrival."""
    reached: int | None = 0
    for rate in schedule.rates:
        if rate.duration_from != reached or not rate.is_in_minutes:
            raise NotUnderstood("rates that overlap or leave a gap")
        reached = rate.until
    if any(rate.charge and not rate.period for rate in schedule.rates) and not _is_fixed(schedule):
        raise NotUnderstood("a charge whose period is not said")
    return [_line(rate, _band(schedule)) for rate in schedule.rates]


def _is_fixed(schedule: Schedule) -> bool:
    """Whether its one charge is for its time frame, however long one parks: for a part of the day, that is clear."""
    start, end = schedule.times
    return len(schedule.rates) == 1 and end - start < DAY


def _line(rate: IntervalRate, band: Band) -> RateLine:
    """A charge of nothing says that parking is free."""
    start, end = timedelta(minutes=rate.duration_from), rate.until
    until = timedelta(minutes=end) if end is not None else None
    if rate.charge and rate.period:
        increment = timedelta(minutes=rate.period)
        return RateLine(RateLineKind.INCREMENTING, rate.charge, increment, start, until, band)
    return RateLine(RateLineKind.FLAT, rate.charge, start=start, end=until, band=band)


def _ticket(schedule: Schedule) -> RateLine:
    """One price for a whole time frame."""
    start, end = schedule.times
    if len(schedule.rates) != 1:
        raise NotUnderstood("a ticket with several prices")
    (rate,) = schedule.rates
    if rate.duration_from or rate.until is not None or 0 < rate.period < end - start:
        raise NotUnderstood("a ticket that is shorter than its time frame")
    return RateLine(RateLineKind.FLAT, rate.charge, band=_band(schedule))


def _band(schedule: Schedule) -> Band:
    start, end = schedule.times
    validity = schedule.validity
    return Band(_clock(start), _clock(end), schedule.days, first=validity.first, last=validity.last)


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
