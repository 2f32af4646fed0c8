"""A plain JSON form, for what has none of its own: a script, a loop, a camera with a template.

    {"plate": "S PG 123", "id": "…", "track": "…", "confidence": 0.97, "capturedAt": "2026-11-28T09:00:00+01:00",
     "direction": "ENTRY", "jurisdiction": "DE", "candidates": [{"plate": "SPG128", "confidence": 0.4}]}

Only `plate` is needed; null is unread.
"""

from typing import Final

from parkgraph.gates.agent.cameras.payload import (
    Message,
    candidates,
    confidence,
    country,
    instant,
    json_of,
    object_of,
    plate,
    text,
)
from parkgraph.gates.agent.look import Direction, Look, Unreadable

_DIRECTIONS: Final = {each.value: each for each in Direction}


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    form = object_of(json_of(message.body))
    if "plate" not in form:
        raise Unreadable("no plate; null is an unread one")
    captured = instant(form.get("capturedAt"), message.zone)
    if captured is None and form.get("capturedAt") is not None:
        raise Unreadable("capturedAt is no ISO 8601 time")
    direction = form.get("direction")
    if direction is not None and direction not in _DIRECTIONS:
        raise Unreadable("direction is not ENTRY, EXIT or UNKNOWN")
    return (
        Look(
            plate=plate(form["plate"]),
            confidence=confidence(form.get("confidence")),
            captured_at=captured,
            source_event_id=text(form.get("id")),
            track=text(form.get("track")),
            direction=_DIRECTIONS.get(str(direction)),
            candidates=candidates(form.get("candidates")),
            jurisdiction=country(form.get("jurisdiction")),
        ),
    )
