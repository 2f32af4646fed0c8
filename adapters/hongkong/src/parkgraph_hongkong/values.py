"""Single values of a row. What is absent, not of its type, or absurd is None: unknown, never 0."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from parkgraph.sdk import one_line

HONG_KONG: Final = ZoneInfo("Asia/Hong_Kong")

MAX_TEXT: Final = 300
MAX_SPACES: Final = 100_000
MAX_ROWS: Final = 100
MIN_HEIGHT_CM: Final = 100
MAX_HEIGHT_CM: Final = 1000

_CLOCK: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_INSTANT: Final = re.compile(r"(19|20)\d\d-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


def text(value: object) -> str | None:
    """One line without control characters; a number is a text too, as ids come as both."""
    if type(value) is int and 0 <= value < 10**12:
        return str(value)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return None
    return one_line(value) or None


def number(value: object) -> Decimal | None:
    """Exact; neither a truth nor a text is a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact if exact.is_finite() and abs(exact) < 10**9 else None


def count(value: object) -> int | None:
    """A number of spaces. The network writes -1 for a number that it does not have."""
    exact = number(value)
    return int(exact) if exact is not None and exact == int(exact) and 0 <= exact <= MAX_SPACES else None


def height_cm(value: object) -> int | None:
    """A height in metres, as whole centimetres that are not more than it; 0 is a height that is not known."""
    metres = number(value)
    height = int(metres * 100) if metres is not None else 0
    return height if MIN_HEIGHT_CM <= height <= MAX_HEIGHT_CM else None


def minutes_of_day(value: object) -> int | None:
    """HH:MM, up to 24:00, as minutes since midnight."""
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else 9999
    return minutes if minutes <= 24 * 60 else None


def instant(value: object) -> datetime | None:
    """YYYY-MM-DD HH:MM:SS of Hong Kong's clocks."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=HONG_KONG)
    except ValueError:
        return None
    return moment if moment.year >= 2000 else None


def objects(value: object) -> tuple[dict[str, object], ...]:
    """The objects of a list, or one object by itself; whatever else is there is left out."""
    values = value if isinstance(value, list) else [value]
    return tuple(entry for entry in values[:MAX_ROWS] if isinstance(entry, dict))


def words(value: object) -> frozenset[str]:
    """The texts of a list."""
    values = value if isinstance(value, list) else []
    return frozenset(entry for entry in values[:MAX_ROWS] if isinstance(entry, str))
