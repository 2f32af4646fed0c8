"""Frigate: messages of `frigate/tracked_object_update`. Those of type `lpr` are looks; they repeat for each object."""

from parkgraph.gates.agent.cameras.payload import Message, confidence, epoch, json_of, object_of, plate, text
from parkgraph.gates.agent.look import Look, Unreadable


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    update = object_of(json_of(message.body))
    if update.get("type", "lpr") != "lpr":
        return ()
    track = text(update.get("id"))
    if track is None or "plate" not in update:
        raise Unreadable("no id, or no plate")
    return (
        Look(
            plate=plate(update["plate"]),
            confidence=confidence(update.get("score")),
            captured_at=epoch(update.get("timestamp")),
            track=track,
            fused=True,
        ),
    )


def camera_of(message: Message) -> str | None:
    """Frigate's name of the camera, which its one topic has beside others."""
    return text(object_of(json_of(message.body)).get("camera"))
