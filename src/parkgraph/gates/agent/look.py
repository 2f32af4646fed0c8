"""What a camera saw once, whichever camera it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way a vehicle crosses the line."""

    ENTRY = "ENTRY"
    EXIT = "EXIT"
    UNKNOWN = "UNKNOWN"


class Heading(StrEnum):
    """How a vehicle moves as the camera sees it; the configuration says what that means at this gate."""

    TOWARDS = "TOWARDS"
    AWAY = "AWAY"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another reading of the same plate."""

    plate: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a camera at one vehicle.

    `plate`: as it was read; None is unread. `confidence`: 0 to 1. `captured_at`: by the camera's clock.
    `source_event_id`: the camera's own id of this message; a message that comes again has the same.
    `track`: the camera's own id of the vehicle at the line; looks with the same one are the same vehicle.
    `direction` is what the device says for certain, `heading` and `degrees` are relative to its picture.
    `fused`: the device weighs its looks at one vehicle itself, and this is what it thinks by now.
    `retold`: nothing was seen anew: the vehicle has gone, or the camera sends again what it kept.
    """

    plate: str | None
    confidence: float | None = None
    captured_at: datetime | None = None
    source_event_id: str | None = None
    track: str | None = None
    direction: Direction | None = None
    heading: Heading | None = None
    degrees: float | None = None
    candidates: tuple[Candidate, ...] = ()
    jurisdiction: str | None = None
    fused: bool = False
    retold: bool = False


class Unreadable(Exception):
    """A message that is not what its camera sends; the reason quotes nothing of it."""
