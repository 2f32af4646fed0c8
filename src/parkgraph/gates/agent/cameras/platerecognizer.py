"""Plate Recognizer Stream: a webhook with one frame's results, as JSON or as a form with `json` and the picture.

`timestamp` is UTC, `timestamp_local` has an offset. Plates are in lower case, `direction` is degrees or empty. Where
Stream looks for vehicles, a plate is an object, or missing. Events without results, such as heartbeats, are no looks.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from parkgraph.gates.agent.cameras.payload import (
    Message,
    candidates,
    confidence,
    decoded,
    instant,
    number,
    object_of,
    objects_in,
    objects_of,
    region,
    text,
)
from parkgraph.gates.agent.look import Candidate, Look, Unreadable


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    return tuple(look for hook in objects_in(_unfolded(message)) for look in _looks(hook, message))


def _looks(hook: Mapping[str, Any], message: Message) -> Iterator[Look]:
    event = object_of(hook.get("hook", {}), "hook").get("event", "recognition")
    data = object_of(hook.get("data", hook), "data")
    if "results" not in data:
        if event == "recognition":
            raise Unreadable("no results")
        return
    captured = instant(data.get("timestamp"), message.zone) or instant(data.get("timestamp_local"), message.zone)
    frame = text(data.get("filename")) or text(data.get("timestamp"))
    for index, each in enumerate(objects_of(data["results"], "results")):
        guesses = _guesses(each)
        yield Look(
            plate=guesses[0].plate if guesses else None,
            confidence=guesses[0].confidence if guesses else confidence(each.get("score")),
            captured_at=captured,
            source_event_id=f"{frame}:{index}" if frame else None,
            degrees=number(each.get("direction")),
            candidates=candidates(each.get("candidates")) or guesses[1:],
            jurisdiction=region(_code(each.get("region"))),
        )


def _guesses(result: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """The best first."""
    written = result.get("plate")
    if isinstance(written, dict):
        props = written.get("props")
        values = props.get("plate") if isinstance(props, dict) else None
        named = [{**each, "plate": each.get("value")} for each in values or () if isinstance(each, dict)]
        return candidates(named)
    return candidates([{"plate": written, "score": result.get("score")}])


def _unfolded(message: Message) -> Message:
    """`json=…`, where a form has no picture."""
    if not message.body.startswith(b"json="):
        return message
    return Message(parse_qs(decoded(message.body))["json"][0].encode(), "", message.zone)


def _code(of: object) -> object:
    return of.get("code") if isinstance(of, dict) else None
