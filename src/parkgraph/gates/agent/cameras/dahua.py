"""Dahua ITC: events of a junction or a toll gate as JSON, alone, in a list, or as `Code=…;data={…}` lines.

`UTC` is the wall's time, whatever its name says; `RealUTC` is true. A car makes up to three events of one `GroupID`.
Confidences go up to 255.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from parkgraph.gates.agent.cameras.multipart import parts
from parkgraph.gates.agent.cameras.payload import (
    Message,
    confidence,
    country,
    epoch,
    json_of,
    number,
    object_of,
    objects_of,
    plate,
    text,
    wall_time,
)
from parkgraph.gates.agent.look import Heading, Look, Unreadable

_HEADINGS: Final = {"obverse": Heading.TOWARDS, "reverse": Heading.AWAY}
_LINE: Final = re.compile(rb"Code=(\w+);[^{]*?data=(\{.*\})", re.DOTALL)
_NO_CAR: Final = frozenset({"heartbeat", "videomotion", "timechange", "ntpadjusttime"})


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    return tuple(_look(data, message) for data in _events(message))


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


def _events(message: Message) -> Iterator[Mapping[str, Any]]:
    bodies = [message.body]
    if message.content_type.lower().startswith("multipart/"):
        bodies = [body for _, body in parts(message.body, message.content_type)]
    for body in bodies:
        if line := _LINE.search(body):
            if line[1].decode().lower() not in _NO_CAR:
                yield object_of(json_of(line[2]), "data")
        elif body.strip() not in (b"", b"Heartbeat"):
            yield from _of_json(object_of(json_of(body)))


def _of_json(root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    listed = root.get("Events") or root.get("eventList")
    if isinstance(root.get("params"), dict):
        listed = root["params"].get("eventList")
    if listed is not None:
        for each in objects_of(listed, "the events"):
            yield from _of_json(each)
    elif "Data" in root or "data" in root:
        if str(root.get("Code", "")).lower() not in _NO_CAR:
            yield object_of(root.get("Data", root.get("data")), "Data")
    else:
        yield root
