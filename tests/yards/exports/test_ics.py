"""RFC 5545, as far as a feed needs it."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.exports.ics import Event, calendar, escaped, folded

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def event(**facts: object) -> Event:
    usual = {"uid": "1@parkgraph", "begins": NOW, "ends": NOW + HOUR, "summary": "Booked: A1"}
    return Event(**{**usual, **facts})  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    """The content lines, as a reader of the standard puts them together again."""
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").replace("\r\n ", "").split("\r\n")


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def properties(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (line.partition(":") for line in unfolded(text))]


def test_a_feed_is_one_calendar_of_events() -> None:
    lines = unfolded(calendar("Hof", [event(), event(uid="2@parkgraph")], NOW))
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ParkGraph//Yards//EN"]
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2


def test_an_event_has_what_the_standard_requires_in_utc() -> None:
    berlin = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    facts = dict(properties(calendar("Hof", [event(begins=berlin, ends=berlin + HOUR)], NOW)))
    assert facts["UID"] == "1@parkgraph"
    assert facts["DTSTAMP"] == "20261124T120000Z"
    assert (facts["DTSTART"], facts["DTEND"]) == ("20261124T080000Z", "20261124T090000Z")
    assert facts["STATUS"] == "CONFIRMED"


def test_what_is_held_is_tentative() -> None:
    assert ("STATUS", "TENTATIVE") in properties(calendar("Hof", [event(tentative=True)], NOW))


def test_text_is_escaped() -> None:
    assert escaped("a\\b;c,d\r\ne") == "a\\\\b\\;c\\,d\\ne"


def test_a_text_cannot_begin_a_line_of_its_own() -> None:
    hostile = event(summary="x\r\nEND:VEVENT\r\nBEGIN:VEVENT", location="y\nATTACH:http://example.org/")
    names = [name for name, _ in properties(calendar("n\r\nBEGIN:VALARM", [hostile], NOW))]
    assert names.count("END") == 2
    assert "ATTACH" not in names


@given(TEXT)
def test_every_line_is_short_and_no_character_is_split(text: str) -> None:
    for line in calendar(text, [event(summary=text, location=text)], NOW).encode().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@given(TEXT)
def test_whatever_is_written_is_read_again(text: str) -> None:
    printable = "".join(each for each in text.replace("\r", "") if each == "\n" or (each >= " " and each != "\x7f"))
    assert ("SUMMARY", printable) in [
        (name, unescaped(value)) for name, value in properties(calendar("Hof", [event(summary=text)], NOW))
    ]


def test_a_line_of_75_octets_is_not_folded_and_one_of_76_is() -> None:
    assert list(folded("x" * 75)) == ["x" * 75]
    assert list(folded("x" * 76)) == ["x" * 75, " x"]
