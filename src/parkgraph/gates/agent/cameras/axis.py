"""Axis and FF-Group License Plate Verifier: a JSON object for each state of a car, alone, in a list or in a form.

`carState` is new, update or lost. NEW tells no direction; an UPDATE tells it, or another plate for the same `carID`;
LOST comes about ten seconds after the car has gone, and is no look of its own. What tells of no car is a keepalive.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from parkgraph.gates.agent.cameras.payload import (
    Message,
    confidence,
    country,
    epoch,
    instant,
    objects_in,
    plate,
    text,
)
from parkgraph.gates.agent.look import Heading, Look, Unreadable

_STATES: Final = frozenset({"new", "update", "lost"})
_HEADINGS: Final = {"in": Heading.TOWARDS, "out": Heading.AWAY}
_PLATES: Final = ("plateUTF8", "plateUnicode", "plateText", "plateASCII")
_OF_A_CAR: Final = frozenset({*_PLATES, "carID", "carState"})
_STAMPS: Final = ("capture_timestamp", "capture_ts", "frame_timestamp")
"""Milliseconds, nanoseconds, microseconds; 0 where there is none."""


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    return tuple(_look(each, message.zone) for each in objects_in(message) if not _OF_A_CAR.isdisjoint(each))


def _look(car: Mapping[str, Any], zone: tzinfo) -> Look:
    track = text(car.get("carID"))
    if track is None or not any(name in car for name in _PLATES):
        raise Unreadable("no carID, or no plate")
    state = str(car.get("carState", "")).lower()
    if state not in _STATES:
        raise Unreadable("carState is not new, update or lost")
    captured = next(filter(None, (epoch(car.get(name)) for name in _STAMPS)), None) or _local(car.get("datetime"), zone)
    stamp = captured.timestamp() if captured else car.get("packetCounter")
    written = next(filter(None, (car.get(name) for name in _PLATES)), None)
    return Look(
        plate=plate(written),
        confidence=confidence(car.get("plateConfidence")),
        captured_at=captured,
        source_event_id=f"{track}:{state}:{stamp}"[:200],  # its counters start again with the camera
        track=track,
        heading=_HEADINGS.get(str(car.get("carMoveDirection", "")).lower()),
        jurisdiction=country(car.get("plateCountry")),
        fused=True,
        retold=state == "lost",
    )


def _local(value: object, zone: tzinfo) -> datetime | None:
    """`20260611 130538252`, or an ISO 8601 text."""
    try:
        return datetime.strptime(str(value), "%Y%m%d %H%M%S%f").replace(tzinfo=zone)
    except ValueError:
        return instant(value, zone)
