"""OpenALPR and Rekor agents: an `alpr_group` is all that was read of one vehicle.

Its times are milliseconds since 1970; agents of old told seconds. Other data types are no looks.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parkgraph.gates.agent.cameras.payload import (
    Message,
    candidates,
    confidence,
    epoch,
    number,
    objects_in,
    plate,
    region,
    text,
)
from parkgraph.gates.agent.look import Look, Unreadable


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    return tuple(_look(each) for each in _groups(message))


def _groups(message: Message) -> Iterator[Mapping[str, Any]]:
    for each in objects_in(message):
        if "data_type" not in each:
            raise Unreadable("no data_type")
        if each["data_type"] == "alpr_group":
            yield each


def _look(group: Mapping[str, Any]) -> Look:
    best = group.get("best_plate")
    nested = best if isinstance(best, dict) else {}
    uuids = group.get("uuids")
    return Look(
        plate=plate(group.get("best_plate_number")) or plate(nested.get("plate")),
        confidence=confidence(group.get("best_confidence", nested.get("confidence")), 100),
        captured_at=epoch(group.get("epoch_start")) or epoch(group.get("epoch_end")),
        source_event_id=text(group.get("best_uuid")) or text(uuids[0] if isinstance(uuids, list) and uuids else None),
        degrees=number(group.get("travel_direction")),
        candidates=candidates(group.get("candidates"), 100),
        jurisdiction=region(group.get("best_region")),
    )
