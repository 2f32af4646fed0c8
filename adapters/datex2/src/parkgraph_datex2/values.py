"""Single values of a row. What is absent, not of its type, or absurd is None: unknown, never 0."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

_COUNT: Final = re.compile(r"\+?[0-9]{1,9}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")

MAX_TEXT: Final = 200
"""Characters of a name; what is longer is not one."""

MAX_SPACES: Final = 100_000
"""The largest car parks of the world have some 30 000 spaces."""

MIN_HEIGHT_CM: Final = 100
MAX_HEIGHT_CM: Final = 1000


def text(row: Element, *paths: str) -> str | None:
    """The first text of at most MAX_TEXT characters at one of the paths, its white space made single."""
    for path in paths:
        for element in row.iterfind(path):
            words = " ".join((element.text or "").split())
            if 0 < len(words) <= MAX_TEXT:
                return words
    return None


def number(value: str | None) -> Decimal | None:
    """An xsd:decimal or a finite xsd:float."""
    return Decimal(value) if value is not None and _NUMBER.fullmatch(value) else None


def count(value: str | None) -> int | None:
    """A number of spaces."""
    if value is None or not _COUNT.fullmatch(value):
        return None
    spaces = int(value)
    return spaces if spaces <= MAX_SPACES else None


def height_cm(value: str | None) -> int | None:
    """A height in metres, as whole centimetres that are not more than it."""
    metres = number(value)
    if metres is None:
        return None
    height = int(metres * 100)
    return height if MIN_HEIGHT_CM <= height <= MAX_HEIGHT_CM else None


def instant(value: str | None, zone: ZoneInfo) -> datetime | None:
    """An xsd:dateTime; without an offset it is local time. 1970 is a clock that was never set."""
    try:
        moment = datetime.fromisoformat((value or "").strip())
    except ValueError:
        return None
    if not 1970 < moment.year <= 2100:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
