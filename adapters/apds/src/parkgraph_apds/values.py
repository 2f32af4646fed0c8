"""Single values of a row. What is absent, not of its type, or absurd is None: unknown, never 0."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from parkgraph.sdk import one_line

MAX_TEXT: Final = 300
MAX_SPACES: Final = 100_000
MAX_ROWS: Final = 100

_INSTANT: Final = re.compile(
    r"(19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def text(value: object) -> str | None:
    """One line without control characters. Of several languages, in an object or in a list of pairs, English."""
    if isinstance(value, list):
        pairs = [pair for pair in value[:MAX_ROWS] if isinstance(pair, dict)]
        value = {pair["language"]: pair.get("string") for pair in pairs if isinstance(pair.get("language"), str)}
    if isinstance(value, dict):
        value = value.get("en") or next((words for words in value.values() if isinstance(words, str)), None)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return None
    return one_line(value) or None


def identifier(value: object) -> str | None:
    """An id, or that of a reference to another resource."""
    if isinstance(value, dict):
        value = value.get("id")
    if type(value) is int and 0 <= value < 10**18:
        return str(value)
    return text(value) if isinstance(value, str) and value not in (".", "..") else None


def number(value: object) -> Decimal | None:
    """Exact; neither a truth nor a text is a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact if exact.is_finite() and abs(exact) < 10**12 else None


def count(value: object) -> int | None:
    """A number of spaces."""
    exact = number(value)
    return int(exact) if exact is not None and exact == int(exact) and 0 <= exact <= MAX_SPACES else None


def instant(value: object) -> datetime | None:
    """A time without an offset is in UTC: the network's own samples lie minutes before their `referenceInstant` so."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def zone(value: object) -> ZoneInfo | None:
    """By its name in the IANA database."""
    try:
        return ZoneInfo(value) if isinstance(value, str) and len(value) < 64 else None
    except (ValueError, OSError, KeyError):
        return None


def fields(value: object) -> Mapping[str, object]:
    """An object, or none: then it has no fields."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> tuple[Mapping[str, object], ...]:
    """The objects of a list, or one object by itself; whatever else is there is left out."""
    values = value if isinstance(value, list) else [value]
    return tuple(entry for entry in values[:MAX_ROWS] if isinstance(entry, dict))
