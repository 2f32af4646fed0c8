"""Hikvision ISAPI: an EventNotificationAlert in XML, alone or in a multipart body beside its pictures.

The namespace is hikvision.com's or isapi.org's, by the firmware. Every other event than ANPR, the heartbeat among
them, is no look. Some firmwares send again what was not answered; `UUID`, else the picture's `pId`, is the same then.
"""

from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from parkgraph.gates.agent.cameras.multipart import parts
from parkgraph.gates.agent.cameras.payload import Message, confidence, country, instant, plate, text
from parkgraph.gates.agent.look import Candidate, Heading, Look, Unreadable

_HEADINGS: Final = {"forward": Heading.TOWARDS, "reverse": Heading.AWAY}


def read(message: Message) -> tuple[Look, ...]:
    """Raises Unreadable."""
    event = _document(message)
    if (_text(event, "eventType") or "").upper() != "ANPR":
        return ()
    anpr = _child(event, "ANPR")
    if anpr is None:
        raise Unreadable("an ANPR event without ANPR")
    read_as, original = plate(_text(anpr, "licensePlate")), plate(_text(anpr, "originalLicensePlate"))
    pictures = (_text(each, "pId") for each in anpr.iter() if _name(each) == "pictureInfo")
    return (
        Look(
            plate=read_as,
            confidence=confidence(_text(anpr, "confidenceLevel"), 100),
            captured_at=instant(_text(event, "dateTime"), message.zone),
            source_event_id=text(_text(event, "UUID")) or next(filter(None, pictures), None),
            heading=_HEADINGS.get((_text(anpr, "direction") or "").lower()),
            candidates=(Candidate(original),) if original and original != read_as else (),
            jurisdiction=country(_text(event, "countryAbbreviation")),
            retold=_text(event, "isDataRetransmission") == "true",
        ),
    )


def _document(message: Message) -> Element:
    documents = [message.body]
    if message.content_type.lower().startswith("multipart/"):
        documents = [body for _, body in parts(message.body, message.content_type)]
    document = next((each for each in documents if each.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")), None)
    if document is None:
        raise Unreadable("no XML in it")
    try:
        root: Element = fromstring(document.lstrip(b" \t\r\n"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("not well-formed XML") from None
    if _name(root) != "EventNotificationAlert":
        raise Unreadable("no EventNotificationAlert")
    return root


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((each for each in element if _name(each) == name), None)


def _text(element: Element, name: str) -> str | None:
    found = _child(element, name)
    return (found.text or "").strip() or None if found is not None else None
