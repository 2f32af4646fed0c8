"""An item of a feed of RSS 2.0, as Zürich publishes its car parks: "Parkhaus Accu / Otto-Schütz-Weg", "open /  131"."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from parkgraph.sdk import Malformed, RowRejected, one_line
from parkgraph_parkendd.count import MAX_SPACES, Count, kind_of

_STATE: Final = re.compile(r"\s*([a-z?]+)\s*/\s*([0-9]{1,6}|\?+)\s*")
_DATE: Final = "{http://purl.org/dc/elements/1.1/}date"
MAX_TEXT: Final = 200


def items(content: bytes) -> Sequence[Element]:
    """Raises Malformed for what is no feed, or has a DTD."""
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, ValueError, LookupError):
        raise Malformed("the answer is not an XML document without a DTD") from None
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None:
        raise Malformed("the answer is no feed of RSS")
    return channel.findall("item")


def id_of(item: Element) -> str:
    """The `pid` of its link, and else its title. Raises RowRejected."""
    link = _text(item, "link")
    try:
        found = parse_qs(urlsplit(link or "").query).get("pid", [])
    except ValueError:
        found = []
    name = found[0][:MAX_TEXT] if found else _text(item, "title")
    if not name:
        raise RowRejected("it has neither a pid nor a title")
    return name


def to_count(item: Element) -> Count:
    """Raises RowRejected where its words are not those that the city writes."""
    title, said = _text(item, "title"), _STATE.fullmatch(_text(item, "description") or "")
    if not title:
        raise RowRejected("it has no title")
    if said is None:
        raise RowRejected("its description is not of the form open / 12")
    name, _, address = title.partition(" / ")
    link = _text(item, "link")
    vacant = int(said[2]) if said[2].isdigit() and int(said[2]) <= MAX_SPACES else None
    return Count(
        id=id_of(item),
        name=name,
        kind=kind_of(name),
        address=address or None,
        url=link if link and link.startswith(("http://", "https://")) else None,
        vacant=None if "?" in said[1] else vacant,
        closed=said[1] == "closed",
        observed_at=_instant(item.findtext(_DATE)),
    )


def _text(item: Element, name: str) -> str | None:
    value = one_line(item.findtext(name) or "")
    return value if 0 < len(value) <= 10 * MAX_TEXT else None


def _instant(text: str | None) -> datetime | None:
    """`dc:date` is RFC 3339."""
    try:
        moment = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
    return moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
