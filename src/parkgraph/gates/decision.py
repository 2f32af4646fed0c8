"""Whether the barrier opens, and why. Pure.

A right for this site at this time comes before every OPEN. What is not sure is ASSIST: a person, or the driver's own
app, decides. DENY takes an explicit rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from parkgraph.gates.matching import Ambiguous, Known, Look, Match, MatchKind, Unread, match, match_inside
from parkgraph.gates.rights import Rights, Standing

LIVE: Final = timedelta(seconds=10)
"""A read that was observed longer ago moves no barrier: whoever it was waits there no more."""

APART: Final = timedelta(seconds=120)
"""Clocks that differ by more are not believed."""


class Direction(StrEnum):
    ENTRY = "ENTRY"
    EXIT = "EXIT"
    UNKNOWN = "UNKNOWN"


class Decision(StrEnum):
    OPEN = "OPEN"
    ASSIST = "ASSIST"
    DENY = "DENY"


class DecisionReason(StrEnum):
    """Why."""

    EXACT_RIGHT = "EXACT_RIGHT"
    CORROBORATED_MATCH = "CORROBORATED_MATCH"
    NO_RIGHT = "NO_RIGHT"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    AMBIGUOUS = "AMBIGUOUS"
    UNREAD = "UNREAD"
    ANTI_PASSBACK = "ANTI_PASSBACK"
    CLOCK_SUSPECT = "CLOCK_SUSPECT"
    UNPAID = "UNPAID"
    BLOCKED = "BLOCKED"
    LATE = "LATE"


Reason = DecisionReason


@dataclass(frozen=True, slots=True)
class Times:
    """What the clocks say of a read. `offset`: what the edge knows its own to be behind by; None: nothing."""

    captured: datetime
    observed: datetime
    received: datetime
    synced: bool = True
    offset: timedelta | None = None

    @property
    def at(self) -> datetime:
        """When it happened: by the edge's clock, set right; when it was received, where that clock is ahead of it."""
        return self.received if self._is_ahead else self._stated

    @property
    def _stated(self) -> datetime:
        return self.observed + (self.offset or timedelta())

    @property
    def _is_ahead(self) -> bool:
        return self._stated - self.received > APART

    @property
    def suspect(self) -> bool:
        """Whether no price may follow from them."""
        return (
            not self.synced
            or abs(self.captured - self.observed) > APART
            or abs(self.offset or timedelta()) > APART
            or self._is_ahead
        )

    @property
    def late(self) -> bool:
        return self.received - self.at > LIVE


@dataclass(frozen=True, slots=True)
class Verdict:
    """`plate`: the known one that was matched. `crosses`: the vehicle is taken to have crossed the line."""

    decision: Decision
    reason: DecisionReason
    direction: Direction
    kind: MatchKind | None = None
    plate: str | None = field(default=None, repr=False)
    crosses: bool = False


def _nothing(_plate: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Inside:
    """Vehicles of the site's open sessions. `owes`: whether one owes something that nobody's account pays."""

    plates: frozenset[str] = field(default=frozenset(), repr=False)
    owes: Callable[[str], bool] = _nothing

    @property
    def known(self) -> Known:
        return Known(self.plates)


def decide(looks: Sequence[Look], direction: Direction, at: datetime, rights: Rights, inside: Inside) -> Verdict:
    """What the looks of one passage come to, were the clocks right and the read live.

    `inside` is without the vehicle whose entry is this very passage.
    """
    if direction is Direction.UNKNOWN:
        found = match(looks, inside.known)
        direction = Direction.EXIT if isinstance(found, Match) and found.sure else Direction.ENTRY
    return _out(looks, at, rights, inside) if direction is Direction.EXIT else _in(looks, at, rights, inside)


def timely(verdict: Verdict, times: Times) -> Verdict:
    """The verdict as the clocks allow it. The vehicle counts as crossing all the same: its price is held for review."""
    if verdict.decision is not Decision.OPEN:
        return verdict
    if times.suspect:
        return replace(verdict, decision=Decision.ASSIST, reason=Reason.CLOCK_SUSPECT)
    if times.late:
        return replace(verdict, decision=Decision.ASSIST, reason=Reason.LATE)
    return verdict


def _in(looks: Sequence[Look], at: datetime, rights: Rights, inside: Inside) -> Verdict:
    found = match(looks, rights.known)
    if not isinstance(found, Match):
        return _nobody(found, Direction.ENTRY)
    standing = rights.standing(found.plate, at)
    if standing is None:
        return _assist(Reason.NO_RIGHT, Direction.ENTRY)
    if not found.sure:
        return _assist(Reason.AMBIGUOUS, Direction.ENTRY, found)
    match standing:
        case Standing.BLOCKED:
            return _of(found, Decision.DENY, Reason.BLOCKED, Direction.ENTRY)
        case Standing.ENDED:
            return _of(found, Decision.DENY, Reason.EXPIRED, Direction.ENTRY)
        case Standing.EARLY:
            return _assist(Reason.NOT_YET_VALID, Direction.ENTRY, found)
    if found.plate in inside.plates:
        return _assist(Reason.ANTI_PASSBACK, Direction.ENTRY, found)
    return _open(found, Direction.ENTRY)


def _out(looks: Sequence[Look], at: datetime, rights: Rights, inside: Inside) -> Verdict:
    """Whoever is inside may leave. Whoever has a right and was not seen to come in may as well."""
    found = match_inside(looks, inside.known)
    if isinstance(found, Match):
        if inside.owes(found.plate):
            return _assist(Reason.UNPAID, Direction.EXIT, found)
        return _open(found, Direction.EXIT)
    entitled = match(looks, rights.known)
    if isinstance(found, Ambiguous) or not isinstance(entitled, Match):
        return _nobody(found if isinstance(found, Ambiguous) else entitled, Direction.EXIT)
    if not entitled.sure:
        return _assist(Reason.AMBIGUOUS, Direction.EXIT, entitled)
    match rights.standing(entitled.plate, at):
        case Standing.VALID:
            return _open(entitled, Direction.EXIT)
        case Standing.ENDED:
            return replace(_assist(Reason.EXPIRED, Direction.EXIT, entitled), crosses=True)
    return _assist(Reason.NO_RIGHT, Direction.EXIT, entitled)


def _nobody(found: object, direction: Direction) -> Verdict:
    match found:
        case Unread():
            return _assist(Reason.UNREAD, direction)
        case Ambiguous():
            return _assist(Reason.AMBIGUOUS, direction)
    return _assist(Reason.NO_RIGHT, direction)


def _open(found: Match, direction: Direction) -> Verdict:
    reason = Reason.EXACT_RIGHT if found.kind is MatchKind.EXACT else Reason.CORROBORATED_MATCH
    return replace(_of(found, Decision.OPEN, reason, direction), crosses=True)


def _assist(reason: DecisionReason, direction: Direction, found: Match | None = None) -> Verdict:
    if found is None:
        return Verdict(Decision.ASSIST, reason, direction)
    return _of(found, Decision.ASSIST, reason, direction)


def _of(found: Match, decision: Decision, reason: DecisionReason, direction: Direction) -> Verdict:
    return Verdict(decision, reason, direction, found.kind, found.plate)
