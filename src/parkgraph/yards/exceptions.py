"""Days on which a yard's usual hours do not hold, said in the same OSM syntax as those."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from parkgraph.domain.civil import YEARS
from parkgraph.yards.texts import check_text

MAX_NOTE: Final = 100
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_CLOCK: Final = r"([01]\d|2[0-3]):[0-5]\d"
_SPAN: Final = rf"{_CLOCK}-({_CLOCK}|24:00)"
_SPANS: Final = re.compile(rf"{_SPAN}(,{_SPAN}){{0,5}}")


@dataclass(frozen=True, slots=True)
class HoursException:
    """From `first` to `last`, both included, it is open at `hours` only: "10:00-12:00,14:00-18:00"; None: closed.

    `note` is the owner's own.
    """

    first: date
    last: date
    hours: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("last must not be before first")
        if self.first.year not in YEARS or self.last.year not in YEARS:
            raise ValueError(f"first and last are between the years {YEARS[0]} and {YEARS[-1]}")
        if self.hours is not None and not _SPANS.fullmatch(self.hours):
            raise ValueError('hours are as "10:00-12:00,14:00-18:00", at most six spans; without them it is closed')
        check_text("note", self.note, MAX_NOTE)

    @property
    def rule(self) -> str:
        """As a rule of OSM opening_hours."""
        days = _day(self.first) if self.first == self.last else f"{_day(self.first)}-{_day(self.last)}"
        return f"{days} {self.hours or 'off'}"


def with_exceptions(hours: str | None, exceptions: Iterable[HoursException]) -> str | None:
    """The whole hours as one OSM text; where two exceptions hold, the later one counts. None stays unknown."""
    return None if hours is None else "; ".join((hours, *(exception.rule for exception in exceptions)))


def _day(day: date) -> str:
    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02}"
