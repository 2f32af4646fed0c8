"""Local civil time, in which tariffs are written: days, bands of the day, and public holidays."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final, Protocol


class Day(StrEnum):
    """A day of the week, or a public holiday."""

    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"
    HOLIDAY = "HOLIDAY"


WEEKDAYS: Final = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI, Day.SAT, Day.SUN)
EVERY_DAY: Final = frozenset(WEEKDAYS)
MIDNIGHT: Final = time(0)
YEARS: Final = range(1970, 2200)
"""Of every instant and date that is asked about: no arithmetic with them leaves the calendar."""


class Calendar(Protocol):
    """The public holidays of one place; implemented outside, on a kept library."""

    def is_holiday(self, day: date) -> bool:
        """Whether the whole day is a public holiday there."""
        ...


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the day that recurs: from `start` to `end` of the local clock, on `days`.

    An `end` that is not after `start` is on the next day (00:00 to 00:00 is a whole day), and the band belongs to the
    day on which it starts. A public holiday counts as HOLIDAY and as its day of the week, the latter not where
    `except_holidays`. `first` and `last`: the dates between which it starts, both included.
    """

    start: time = MIDNIGHT
    end: time = MIDNIGHT
    days: frozenset[Day] = EVERY_DAY
    except_holidays: bool = False
    first: date | None = None
    last: date | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("a band needs at least one day")
        if self.start.tzinfo or self.end.tzinfo or self.start.microsecond or self.end.microsecond:
            raise ValueError("a band's times are whole seconds of the local clock, without an offset")
        if self.first and self.last and self.last < self.first:
            raise ValueError("a band's last date must not be before its first")

    @property
    def needs_calendar(self) -> bool:
        """Whether public holidays make a difference to it."""
        if self.days >= EVERY_DAY:
            return self.except_holidays and Day.HOLIDAY not in self.days
        return Day.HOLIDAY in self.days or self.except_holidays

    def starts_on(self, day: date, *, holiday: bool) -> bool:
        """Whether an occurrence of it starts on this date."""
        if (self.first and day < self.first) or (self.last and day > self.last):
            return False
        if holiday and Day.HOLIDAY in self.days:
            return True
        return WEEKDAYS[day.weekday()] in self.days and not (holiday and self.except_holidays)


ALWAYS: Final = Band()
"""Every day, the whole day: what a rate line has that names no band. A stay is in it without a break."""
