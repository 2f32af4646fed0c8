"""Plate Recognizer Stream: a webhook with one frame's results, as JSON or as a form with `json` and the picture.

`timestamp` is UTC, `timestamp_local` has an offset. Plates are in lower case, `direction` is degrees or empty.
"""

from parkgraph.gates.agent.cameras.multipart import parts
from parkgraph.gates.agent.cameras.payload import (
    Message,
    candidates,
    confidence,
    instant,
    json_of,
    number,
    object_of,
    objects_of,
    plate,
    region,
    text,
)
from parkgraph.gates.agent.look import Look, Unreadable


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    hook = object_of(json_of(_json_part(message)))
    event = object_of(hook.get("hook", {}), "hook").get("event", "recognition")
    if event != "recognition":  # a heartbeat, a clip
        return ()
    data = object_of(hook.get("data"), "data")
    captured = instant(data.get("timestamp"), message.zone) or instant(data.get("timestamp_local"), message.zone)
    frame = text(data.get("filename")) or text(data.get("timestamp"))
    return tuple(
        Look(
            plate=plate(each.get("plate")),
            confidence=confidence(each.get("score")),
            captured_at=captured,
            source_event_id=f"{frame}:{index}" if frame else None,
            degrees=number(each.get("direction")),
            candidates=candidates(each.get("candidates")),
            jurisdiction=region(_code(each.get("region"))),
        )
        for index, each in enumerate(objects_of(data.get("results"), "results"))
    )


def _json_part(message: Message) -> bytes:
    if not message.content_type.lower().startswith("multipart/"):
        return message.body
    for _, body in parts(message.body, message.content_type):
        if body.lstrip().startswith(b"{"):
            return body
    raise Unreadable("no JSON in the form")


def _code(of: object) -> object:
    return of.get("code") if isinstance(of, dict) else None
