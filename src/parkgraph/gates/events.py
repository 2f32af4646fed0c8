"""What a gate sends: reads of plates, states of its barrier, signs of life. Checked when they are made; pure."""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson

from parkgraph.gates.decision import Decision, DecisionReason, Direction, Times
from parkgraph.gates.matching import Look
from parkgraph.gates.plates import normalised, read

MAX_TEXT: Final = 200
MAX_PLATE: Final = 64
"""Characters of a read that are kept: more are no plate."""

MAX_CANDIDATES: Final = 10
MAX_SEQUENCE: Final = 2**62
MAX_COUNT: Final = 1_000_000
MAX_OFFSET: Final = timedelta(days=366)


class BarrierState(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MOVING = "MOVING"
    FAULT = "FAULT"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class EdgeDecision:
    """What the gate decided while the server was out of reach."""

    decision: Decision
    reason: DecisionReason
    decided_at: datetime
    list_version: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    plate: str = field(repr=False)
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What every event has. `sequence` counts the events of a boot from 1. Raises ValueError for what none can have."""

    id: UUID
    boot: str
    sequence: int
    observed: datetime

    def __post_init__(self) -> None:
        _check_text("boot_id", self.boot)
        if not 0 <= self.sequence <= MAX_SEQUENCE:
            raise ValueError(f"sequence must be between 0 and {MAX_SEQUENCE}")


@dataclass(frozen=True, slots=True)
class PlateRead(Event):
    """A read of one vehicle. `plate`: as the camera wrote it; None: not read."""

    direction: Direction
    passage: str
    captured: datetime
    synced: bool
    lane: str | None = None
    source: str | None = None
    plate: str | None = field(default=None, repr=False)
    jurisdiction: str | None = None
    confidence: float | None = None
    candidates: tuple[Candidate, ...] = field(default=(), repr=False)
    reads: int | None = None
    agreeing: int | None = None
    offset_ms: int | None = None
    edge: EdgeDecision | None = None

    def __post_init__(self) -> None:
        Event.__post_init__(self)
        _check_text("passage_ref", self.passage)
        for name, text in (
            ("lane_id", self.lane),
            ("source_event_id", self.source),
            ("jurisdiction", self.jurisdiction),
        ):
            if text is not None:
                _check_text(name, text)
        _check_share("confidence", self.confidence)
        for count in (self.reads, self.agreeing):
            if count is not None and not 0 <= count <= MAX_COUNT:
                raise ValueError(f"read_count and agreeing_reads are between 0 and {MAX_COUNT}")
        if len(self.candidates) > MAX_CANDIDATES:
            raise ValueError(f"candidates are at most {MAX_CANDIDATES}")
        for candidate in self.candidates:
            _check_share("candidates.confidence", candidate.confidence)
        _check_offset(self.offset_ms)

    @property
    def look(self) -> Look:
        guesses = (normalised(candidate.plate) for candidate in self.candidates)
        return Look(read(self.plate), tuple(guess for guess in guesses if guess), self.agreeing or 1)

    def times(self, received: datetime) -> Times:
        return Times(self.captured, self.observed, received, self.synced, _offset(self.offset_ms))


@dataclass(frozen=True, slots=True)
class BarrierEvent(Event):
    """What became of the barrier. `passage`: the vehicle that it was for, as far as the gate knows."""

    state: BarrierState
    lane: str | None = None
    passage: str | None = None
    command: UUID | None = None

    def __post_init__(self) -> None:
        Event.__post_init__(self)
        for name, text in (("lane_id", self.lane), ("passage_ref", self.passage)):
            if text is not None:
                _check_text(name, text)


@dataclass(frozen=True, slots=True)
class Heartbeat(Event):
    """The gate lives. `backlog`: events that wait to be sent. `dead_letters`: those that nobody takes."""

    synced: bool
    backlog: int
    dead_letters: int
    offset_ms: int | None = None
    version: str | None = None
    list_version: int | None = None

    def __post_init__(self) -> None:
        Event.__post_init__(self)
        _check_offset(self.offset_ms)
        if self.version is not None:
            _check_text("agent_version", self.version)
        for count in (self.backlog, self.dead_letters, self.list_version):
            if count is not None and not 0 <= count <= 2**31 - 1:
                raise ValueError("backlog, dead_letters and allow_list_version are not below 0")


def body(event: Event) -> bytes:
    """The canonical body: equal for what is the same event, whatever the edge decided of it meanwhile."""
    form = {each.name: getattr(event, each.name) for each in fields(event)}
    if isinstance(event, PlateRead):
        form["edge"] = None
    return orjson.dumps([type(event).__name__, form], option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def at(event: Event) -> datetime:
    """When it happened: by the edge's clock, set right where that is known to be wrong."""
    offset = event.offset_ms if isinstance(event, (PlateRead, Heartbeat)) else None
    return event.observed + (_offset(offset) or timedelta())


def facts(event: Event) -> dict[str, Any]:
    """What is stored of it openly: all but what was read."""
    match event:
        case PlateRead():
            form: dict[str, Any] = {
                "direction": event.direction,
                "lane": event.lane,
                "source": event.source,
                "jurisdiction": event.jurisdiction,
                "confidence": event.confidence,
                "reads": event.reads,
                "agreeing": event.agreeing,
                "captured": event.captured,
                "observed": event.observed,
                "synced": event.synced,
                "offsetMs": event.offset_ms,
                "edge": event.edge,
            }
        case BarrierEvent():
            form = {"state": event.state, "lane": event.lane, "command": event.command}
        case Heartbeat():
            form = {
                "synced": event.synced,
                "offsetMs": event.offset_ms,
                "backlog": event.backlog,
                "deadLetters": event.dead_letters,
                "version": event.version,
                "listVersion": event.list_version,
            }
        case _:
            raise TypeError(type(event))
    return {name: value for name, value in form.items() if value is not None}


def _offset(milliseconds: int | None) -> timedelta | None:
    return None if milliseconds is None else timedelta(milliseconds=milliseconds)


def _check_text(name: str, value: str) -> None:
    if not 0 < len(value) <= MAX_TEXT or not value.isprintable():
        raise ValueError(f"{name} must be 1 to {MAX_TEXT} printable characters")


def _check_share(name: str, value: float | None) -> None:
    if value is not None and not 0 <= value <= 1:
        raise ValueError(f"{name} must be between 0 and 1")


def _check_offset(milliseconds: int | None) -> None:
    if milliseconds is not None and abs(milliseconds) > MAX_OFFSET / timedelta(milliseconds=1):
        raise ValueError(f"clock_offset_ms must be within {MAX_OFFSET.days} days")
