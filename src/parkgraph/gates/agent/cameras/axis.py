"""Axis and FF-Group License Plate Verifier: a JSON object for each state of a car at the line.

`carState` is new, update or lost. NEW tells no direction; an UPDATE tells it, or another plate for the same `carID`;
LOST comes about ten seconds after the car has gone, and is no look of its own.
"""

from typing import Final

from parkgraph.gates.agent.cameras.payload import (
    Message,
    confidence,
    country,
    epoch,
    instant,
    json_of,
    object_of,
    plate,
    text,
)
from parkgraph.gates.agent.look import Heading, Look, Unreadable

_STATES: Final = frozenset({"new", "update", "lost"})
_HEADINGS: Final = {"in": Heading.TOWARDS, "out": Heading.AWAY}


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    car = object_of(json_of(message.body))
    track = text(car.get("carID"))
    if track is None or not any(name in car for name in ("plateUTF8", "plateUnicode", "plateText")):
        raise Unreadable("no carID, or no plate")
    state = str(car.get("carState", "")).lower()
    if state not in _STATES:
        raise Unreadable("carState is not new, update or lost")
    captured = car.get("capture_timestamp")
    written = next(filter(None, (car.get(name) for name in ("plateUTF8", "plateUnicode", "plateText"))), None)
    return (
        Look(
            plate=plate(written),
            confidence=confidence(car.get("plateConfidence")),
            captured_at=epoch(captured) or instant(car.get("datetime"), message.zone),
            source_event_id=f"{track}:{state}:{captured}"[:200],  # its counters start again with the camera
            track=track,
            heading=_HEADINGS.get(str(car.get("carMoveDirection", "")).lower()),
            jurisdiction=country(car.get("plateCountry")),
            fused=True,
            retold=state == "lost",
        ),
    )
