"""A calendar as RFC 5545 has it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

LINE_OCTETS: Final = 75
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` stays the event's whatever else changes. `tentative`: it may yet come to nothing."""

    uid: str
    begins: datetime
    ends: datetime
    summary: str
    location: str | None = None
    tentative: bool = False


def calendar(name: str, events: Iterable[Event], now: datetime) -> str:
    """The text of a feed, with CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ParkGraph//Yards//EN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """As a value of type TEXT; no control characters."""
    return "".join(each for each in text.translate(_ESCAPES) if each >= " " and each != "\x7f")


def folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets of UTF-8, none of which splits a character; all but the first begin with a blank."""
    part, octets = "", 0
    for each in line:
        size = len(each.encode())
        if octets + size > LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part += each
        octets += size
    yield part


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(event.begins)}"
    yield f"DTEND:{_utc(event.ends)}"
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.location:
        yield f"LOCATION:{escaped(event.location)}"
    yield f"STATUS:{'TENTATIVE' if event.tentative else 'CONFIRMED'}"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
