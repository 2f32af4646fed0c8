"""Entries and exits become sessions. Pure: what comes out depends on what happened, not on the order of its telling."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from parkgraph.gates.decision import Direction

AGAIN: Final = timedelta(seconds=120)
"""A vehicle that crosses the same way so soon has not crossed twice: the barrier was asked again."""

_OF_ENTRY: Final = UUID("0c8de0a7-7f0e-4f2b-9d0c-5b6e2a1f0b7d")
"""The namespace of sessions' ids, which follow from the passage of their entry."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One vehicle crossed the line of its site. `suspect`: its instant is not to be believed."""

    passage: UUID
    direction: Direction
    at: datetime
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A session: from its entry to its exit. Without an exit it is open, or `lost`: the vehicle came in again."""

    entry: Crossing
    exit: Crossing | None = None
    lost: bool = False

    @property
    def session(self) -> UUID:
        return session_of(self.entry.passage)

    @property
    def suspect(self) -> bool:
        return self.entry.suspect or (self.exit is not None and self.exit.suspect)


@dataclass(frozen=True, slots=True)
class History:
    """All sessions of one vehicle at one site, in order, and the exits that no entry belongs to."""

    pairs: tuple[Pair, ...]
    orphans: tuple[Crossing, ...]


def session_of(entry: UUID) -> UUID:
    return uuid5(_OF_ENTRY, entry.hex)


def pair(crossings: Iterable[Crossing]) -> History:
    """The sessions of one vehicle. Told twice is told once: a passage counts with its earliest crossing."""
    pairs: list[Pair] = []
    orphans: list[Crossing] = []
    entry: Crossing | None = None
    last: tuple[Direction, datetime] | None = None
    for crossing in _in_order(crossings):
        way = crossing.direction
        if way is Direction.UNKNOWN:
            way = Direction.EXIT if entry else Direction.ENTRY
        if last and last[0] is way and crossing.at - last[1] <= AGAIN:
            last = (way, crossing.at)
            continue
        last = (way, crossing.at)
        if way is Direction.ENTRY:
            if entry:
                pairs.append(Pair(entry, lost=True))
            entry = crossing
        elif entry:
            pairs.append(Pair(entry, crossing))
            entry = None
        else:
            orphans.append(crossing)
    if entry:
        pairs.append(Pair(entry))
    return History(tuple(pairs), tuple(orphans))


def crossed_since(entry: UUID | None, crossings: Iterable[Crossing]) -> list[Crossing]:
    """From the entry of a session on: what it and all that follow it are paired from. None: from the beginning."""
    ordered = _in_order(crossings)
    return ordered[next((n for n, each in enumerate(ordered) if each.passage == entry), 0) :]


def _in_order(crossings: Iterable[Crossing]) -> list[Crossing]:
    earliest: dict[UUID, Crossing] = {}
    for crossing in crossings:
        known = earliest.get(crossing.passage)
        if known is None or _key(crossing) < _key(known):
            earliest[crossing.passage] = crossing
    return sorted(earliest.values(), key=_key)


def _key(crossing: Crossing) -> tuple[datetime, str, str, bool]:
    return (crossing.at, crossing.direction, crossing.passage.hex, crossing.suspect)
