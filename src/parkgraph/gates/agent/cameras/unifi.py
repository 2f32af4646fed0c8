"""UniFi Protect: the samples of a smart track, a hundred of one car in ten seconds, or the webhook of an alarm.

Confidences are whole numbers up to 100, times are milliseconds since 1970.
"""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from parkgraph.gates.agent.cameras.payload import (
    Message,
    confidence,
    epoch,
    instant,
    json_of,
    object_of,
    objects_of,
    plate,
    text,
)
from parkgraph.gates.agent.look import Candidate, Look, Unreadable


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    root = json_of(message.body)
    if isinstance(root, dict) and ("alarm" in root or "triggers" in root):
        return tuple(_alarms(object_of(root.get("alarm", root), "alarm"), message.zone))
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


def _alarms(alarm: Mapping[str, Any], zone: tzinfo) -> Iterator[Look]:
    """Other triggers than plates are no looks. A known plate may have a name beside it, which has no digits."""
    for trigger in objects_of(alarm.get("triggers", []), "the triggers"):
        if str(trigger.get("key", "")).startswith("license_plate"):
            group = trigger.get("group")
            event, at = text(trigger.get("eventId")), trigger.get("timestamp")
            written = plate(trigger.get("value"))
            named = plate(group.get("name") if isinstance(group, dict) else None)
            yield Look(
                plate=written or named,
                captured_at=epoch(at) or instant(at, zone),
                source_event_id=f"{event}:{at}" if event else None,
                track=event,
                candidates=_other(named, written),
            )


def _other(named: str | None, written: str | None) -> tuple[Candidate, ...]:
    if written is None or named is None or named == written or not any(map(str.isdigit, named)):
        return ()
    return (Candidate(named),)
