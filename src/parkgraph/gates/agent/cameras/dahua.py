"""Dahua ITC: events of a junction or a toll gate as JSON, alone, in a list, or as `Code=…;data={…}` lines.

`UTC` is the wall's time, whatever its name says; `RealUTC` is true. A car makes up to three events of one `GroupID`.
Confidences go up to 255. Events of other codes than those of traffic, heartbeats and what a camera tells of itself are
no looks. A camera that is configured for ITSAPI sends a `Picture` of each car instead, with the wall's time.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from parkgraph.gates.agent.cameras.multipart import texts
from parkgraph.gates.agent.cameras.payload import (
    Message,
    confidence,
    country,
    epoch,
    instant,
    json_of,
    number,
    object_of,
    objects_of,
    plate,
    text,
    wall_time,
)
from parkgraph.gates.agent.look import Heading, Look, Unreadable

ANSWER: Final = '{"Result": true}'
"""Without it, a camera that is configured for ITSAPI sends the same again."""

_HEADINGS: Final = {"obverse": Heading.TOWARDS, "reverse": Heading.AWAY}
_LINE: Final = re.compile(rb"\s*Code=(\w+);[^{]*?(?:data=(\{.*\})|$)", re.DOTALL)
_LINES: Final = re.compile(rb"(?=\bCode=\w+;)")
_OF_A_CAR: Final = "traffic"
_OF_THE_CAMERA: Final = frozenset({"Active", "DeviceID", "DeviceInfo"})


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    return tuple(_looks(message))


def _looks(message: Message) -> Iterator[Look]:
    for document in texts(message.body, message.content_type):
        if b"Code=" in document and not document.lstrip().startswith((b"{", b"[")):
            lines = filter(None, map(_LINE.match, _LINES.split(document)))
            events = ((line[1].decode(), object_of(json_of(line[2] or b"{}"), "data")) for line in lines)
        elif document.strip() == b"Heartbeat":
            continue
        else:
            root = json_of(document)
            events = (event for each in _listed(root) for event in _events(each))
        for code, data in events:
            if isinstance(data.get("Picture"), dict):
                yield _of_picture(data["Picture"], message)
            elif _is_of_a_car(code, data):
                yield _look(data, message)


def _listed(root: object) -> Iterator[Mapping[str, Any]]:
    return objects_of(root if isinstance(root, list) else [root], "the events")


def _events(root: Mapping[str, Any]) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """With their codes, where they have any."""
    listed = root.get("Events") or root.get("eventList")
    if isinstance(root.get("params"), dict):
        listed = root["params"].get("eventList")
    if listed is not None:
        for each in objects_of(listed, "the events"):
            yield from _events(each)
    elif "Data" in root or "data" in root:
        yield text(root.get("Code")), object_of(root.get("Data", root.get("data")), "Data")
    else:
        yield text(root.get("Code")), root


def _is_of_a_car(code: str | None, data: Mapping[str, Any]) -> bool:
    if code is not None:
        return code.lower().startswith(_OF_A_CAR) and ("TrafficCar" in data or "Object" in data)
    return _OF_THE_CAMERA.isdisjoint(data) or "TrafficCar" in data


def _look(data: Mapping[str, Any], message: Message) -> Look:
    car = data.get("TrafficCar")
    seen = data.get("Object")
    car, seen = car if isinstance(car, dict) else {}, seen if isinstance(seen, dict) else {}
    if not car and not seen:
        raise Unreadable("neither TrafficCar nor Object")
    true, wall = epoch(data.get("RealUTC")), wall_time(data.get("UTC", car.get("UTC")), message.zone)
    captured = true or wall
    if captured and (millis := number(data.get("UTCMS"))) is not None and 0 <= millis < 1000:
        captured += timedelta(milliseconds=millis)
    group, event = text(data.get("GroupID", car.get("GroupID"))), text(data.get("EventID"))
    index = text(data.get("IndexInGroup"))
    stamp = data.get("RealUTC", data.get("UTC"))
    return Look(
        plate=plate(car.get("PlateNumber")) or plate(seen.get("Text")),
        confidence=confidence(seen.get("Confidence"), 255),
        captured_at=captured,
        source_event_id=":".join(map(str, (group, event, index, stamp))) if group or event else None,
        track=group,
        heading=_HEADINGS.get(str(data.get("JunctionDirection", "")).lower()),
        jurisdiction=country(car.get("Country")),
    )


def _of_picture(picture: Mapping[str, Any], message: Message) -> Look:
    read_, snap = (picture.get(name) for name in ("Plate", "SnapInfo"))
    read_, snap = read_ if isinstance(read_, dict) else {}, snap if isinstance(snap, dict) else {}
    stamp = text(snap.get("AccurateTime")) or text(snap.get("SnapTime"))
    return Look(
        plate=plate(read_.get("PlateNumber")),
        confidence=confidence(read_.get("Confidence"), 255),
        captured_at=instant(stamp, message.zone),
        source_event_id=f"{text(snap.get('DeviceID'))}:{stamp}" if stamp else None,
        heading=_HEADINGS.get(str(snap.get("Direction", "")).lower()),
        jurisdiction=country(read_.get("Country")),
    )
