"""What becomes of a space over time, as ranges: half open, in order, without a gap. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

MAX_SPAN: Final = timedelta(days=100)


class SpaceState(StrEnum):
    """FREE: nobody has it, whatever the opening hours. HELD: a payment or the owner's approval is awaited. BLOCKED: its
    owner keeps it.
    """

    FREE = "FREE"
    HELD = "HELD"
    BOOKED = "BOOKED"
    BLOCKED = "BLOCKED"
    PERMIT = "PERMIT"


class Range(NamedTuple):
    """[begins, ends)."""

    begins: datetime
    ends: datetime
    state: SpaceState


@dataclass(frozen=True, slots=True)
class Window:
    """Half open: [begins, ends), at most MAX_SPAN."""

    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if self.begins.utcoffset() is None or self.ends.utcoffset() is None:
            raise ValueError("begins and ends need an offset")
        if self.ends <= self.begins:
            raise ValueError("ends must be after begins")
        if self.ends - self.begins > MAX_SPAN:
            raise ValueError(f"ends must be at most {MAX_SPAN.days} days after begins")


@dataclass(frozen=True, slots=True)
class SpaceCalendar:
    """`id` is the space's key. What is taken may begin before the window and end after it; what is free does not."""

    id: int
    label: str | None
    ranges: tuple[Range, ...]


def with_free(taken: Iterable[Range], window: Window, until: datetime | None = None) -> Iterator[Range]:
    """These ranges, none of which overlap, in order and with what is free between them. `until`: the space's end."""
    free_since = window.begins
    for each in sorted(taken):
        if free_since < each.begins:
            yield Range(free_since, each.begins, SpaceState.FREE)
        yield each
        free_since = max(free_since, each.ends)
    end = window.ends if until is None else min(until, window.ends)
    if free_since < end:
        yield Range(free_since, end, SpaceState.FREE)
