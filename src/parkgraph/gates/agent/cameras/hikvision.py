"""Hikvision ISAPI: EventNotificationAlerts in XML, or in JSON, alone or in a multipart body beside their pictures.

The namespace is hikvision.com's or isapi.org's, by the firmware. Every other event than ANPR, the heartbeat among
them, is no look. Some firmwares send again what was not answered; `UUID`, else the picture's `pId`, is the same then.
"""

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from parkgraph.gates.agent.cameras.multipart import texts
from parkgraph.gates.agent.cameras.payload import (
    Message,
    confidence,
    country,
    decoded,
    instant,
    json_of,
    object_of,
    plate,
    text,
)
from parkgraph.gates.agent.look import Candidate, Heading, Look, Unreadable

_ALERT: Final = "EventNotificationAlert"
_HEADINGS: Final = {"forward": Heading.TOWARDS, "reverse": Heading.AWAY}
_HISTORY: Final = "1"
"""Of `alarmDataType`: the event was kept, and is told later."""

_ENCODING: Final = re.compile(rb"<\?xml[^>]*\bencoding=[\"']([\w.-]+)")
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no XML may have, and a channel's name has."""


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable, where nothing of it can be read."""
    alerts: list[Element] = []
    fault = Unreadable(f"no {_ALERT}")
    for document in texts(message.body, message.content_type):
        try:
            alerts += _alerts(document)
        except Unreadable as unreadable:
            fault = unreadable
    if not alerts:
        raise fault
    return tuple(_look(each, message.zone) for each in alerts if (_text(each, "eventType") or "").upper() == "ANPR")


def _look(event: Element, zone: tzinfo) -> Look:
    anpr = _child(event, "ANPR")
    if anpr is None:
        raise Unreadable("an ANPR event without ANPR")
    read_as, original = plate(_text(anpr, "licensePlate")), plate(_text(anpr, "originalLicensePlate"))
    pictures = (_text(each, "pId") for each in anpr.iter() if _name(each) == "pictureInfo")
    return Look(
        plate=read_as,
        confidence=confidence(_text(anpr, "confidenceLevel"), 100),
        captured_at=instant(_text(event, "dateTime"), zone),
        source_event_id=text(_text(event, "UUID")) or next(filter(None, pictures), None),
        heading=_HEADINGS.get((_text(anpr, "direction") or "").lower()),
        candidates=(Candidate(original),) if original and original != read_as else (),
        jurisdiction=country(_text(event, "countryAbbreviation")),
        retold=_text(event, "isDataRetransmission") == "true" or _text(anpr, "alarmDataType") == _HISTORY,
    )


def _alerts(document: bytes) -> list[Element]:
    if decoded(document[:64]).startswith("{"):
        root = object_of(json_of(document))
        alert = object_of(root.get(_ALERT, root))
        return list(_elements(_ALERT, alert)) if "eventType" in alert else []
    try:
        tree: Element = fromstring(_NO_XML.sub("", _written(document)), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("not well-formed XML") from None
    return [each for each in tree.iter() if _name(each) == _ALERT]


def _written(document: bytes) -> str:
    """The text of an XML document in the encoding that it announces."""
    announced = _ENCODING.search(document[:200])
    try:
        return decoded(document, announced[1].decode() if announced else "utf-8")
    except (LookupError, ValueError):
        return decoded(document)


def _elements(name: str, value: object) -> Iterator[Element]:
    """JSON as the XML that says the same."""
    for each in value if isinstance(value, list) else [value]:
        element = Element(name)
        if isinstance(each, dict):
            element.extend([child for key, inner in each.items() for child in _elements(key, inner)])
        else:
            element.text = str(each).lower() if isinstance(each, bool) else "" if each is None else str(each)
        yield element


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((each for each in element if _name(each) == name), None)


def _text(element: Element, name: str) -> str | None:
    found = _child(element, name)
    return (found.text or "").strip() or None if found is not None else None
