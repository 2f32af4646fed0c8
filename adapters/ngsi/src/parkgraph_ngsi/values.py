"""Single values of an entity. What is absent, not of its type, or absurd is None: unknown, never 0."""

import re
from datetime import datetime, time
from decimal import Decimal
from typing import Final

from parkgraph.domain.stay import parse_instant
from parkgraph.sdk import one_line

MAX_TEXT: Final = 200
"""Characters of a name; what is longer is not one."""

MAX_SPACES: Final = 100_000

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,20})?", re.ASCII)
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_LARGEST: Final = 10**12


def text(value: object, limit: int = MAX_TEXT) -> str | None:
    """One line without control characters; a whole number (a postal code) is its digits."""
    if type(value) is int and abs(value) < _LARGEST:
        return str(value)
    if not isinstance(value, str) or len(value) > 4 * limit:
        return None
    words = one_line(value)
    return words if 0 < len(words) <= limit else None


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, or of one text; others in it are left out."""
    parts = value if isinstance(value, list) else [value]
    return tuple(words for part in parts[:100] if isinstance(part, str) and (words := text(part)))


def number(value: object) -> Decimal | None:
    """A finite number, also where it is written as a text."""
    if isinstance(value, str):
        return Decimal(value.strip()) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if not -_LARGEST < value < _LARGEST:
        return None
    return Decimal(str(value))


def count(value: object) -> int | None:
    """A number of spaces."""
    spaces = number(value)
    return int(spaces) if spaces is not None and 0 <= spaces <= MAX_SPACES and spaces == int(spaces) else None


def flag(value: object) -> bool | None:
    """True or false, also as a text or as 1 and 0."""
    if isinstance(value, str):
        value = {"true": True, "false": False, "1": True, "0": False}.get(value.strip().lower())
    return bool(value) if type(value) in (bool, int) and value in (0, 1) else None


def instant(value: object) -> datetime | None:
    """An instant of RFC 3339; one without an offset says nothing."""
    try:
        moment = parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and 1970 < moment.year <= 2100 else None


def clock(value: object) -> time | None:
    """A time of day, "07:30"."""
    return time.fromisoformat(value) if isinstance(value, str) and _CLOCK.fullmatch(value) else None
