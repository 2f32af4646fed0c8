"""UniFi Protect: the samples of a smart track, a hundred of one car in ten seconds, or the webhook of an alarm.

Confidences are whole numbers up to 100, times are milliseconds since 1970.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parkgraph.gates.agent.cameras.payload import (
    Message,
    confidence,
    epoch,
    json_of,
    object_of,
    objects_of,
    plate,
    text,
)
from parkgraph.gates.agent.look import Look, Unreadable


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    root = json_of(message.body)
    if isinstance(root, dict) and "alarm" in root:
        return tuple(_alarms(object_of(root["alarm"], "alarm")))
    return tuple(_sample(sample, track) for sample, track in _samples(root))


def _samples(root: object) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    if isinstance(root, list):
        yield from ((each, None) for each in objects_of(root, "the samples"))
        return
    track = object_of(root)
    if "payload" in track or "samples" in track:
        of = text(track.get("event")) or text(track.get("id"))
        yield from ((each, of) for each in objects_of(track.get("payload", track.get("samples")), "the samples"))
    else:
        yield track, None


def _sample(sample: Mapping[str, Any], event: str | None) -> Look:
    track = ":".join(filter(None, (event, text(sample.get("id")))))
    if not track:
        raise Unreadable("a sample without an id")
    return Look(
        plate=plate(sample.get("licensePlate")),
        confidence=confidence(sample.get("confidence", sample.get("confidenceLevel")), 100),
        captured_at=epoch(sample.get("timestamp")),
        track=track,
    )


def _alarms(alarm: Mapping[str, Any]) -> Iterator[Look]:
    for trigger in objects_of(alarm.get("triggers"), "the triggers"):
        if str(trigger.get("key", "")).startswith("license_plate"):
            group = trigger.get("group")
            event = text(trigger.get("eventId"))
            yield Look(
                plate=plate(group.get("name") if isinstance(group, dict) else None) or plate(trigger.get("value")),
                captured_at=epoch(trigger.get("timestamp")),
                source_event_id=f"{event}:{trigger.get('timestamp')}" if event else None,
                track=event,
            )
