"""Single values of a document. What is absent, not of its type, or absurd is None: unknown, never 0."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from parkgraph.sdk import one_line

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")

MAX_TEXT: Final = 300
MAX_SPACES: Final = 100_000
MAX_ROWS: Final = 500
MIN_HEIGHT_CM: Final = 100
MAX_HEIGHT_CM: Final = 1000
DAY: Final = 24 * 60
"""Minutes."""

_LAST_SECOND: Final = 32_503_680_000
"""The year 3000: what ends later has no end."""

_FIRST_MILLISECOND: Final = 946_684_800_000
"""The year 2000; as seconds it would be beyond the calendar."""


def text(value: object) -> str | None:
    """One line without control characters."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return None
    return one_line(value) or None


def number(value: object) -> Decimal | None:
    """Exact; a number that is written as text is one too."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return None
    try:
        exact = Decimal(str(value)[:40])
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and abs(exact.adjusted()) < 20 else None


def count(value: object) -> int | None:
    """A number of spaces."""
    exact = number(value)
    return int(exact) if exact is not None and exact == int(exact) and 0 <= exact <= MAX_SPACES else None


def height_cm(value: object) -> int | None:
    """A height in metres, as whole centimetres that are not more than it; 0 is a height that is not known."""
    metres = number(value)
    height = int(metres * 100) if metres is not None else 0
    return height if MIN_HEIGHT_CM <= height <= MAX_HEIGHT_CM else None


def flag(value: object) -> bool | None:
    """True and false come as 1 and 0 too."""
    if isinstance(value, bool):
        return value
    return {0: False, 1: True}.get(value) if isinstance(value, int) else None


def instant(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970; a time before the year 2000 is a clock that was never set."""
    stamp = epoch(value)
    moment = datetime.fromtimestamp(stamp, UTC).astimezone(AMSTERDAM) if stamp is not None else None
    return moment if moment and 2000 <= moment.year <= 2100 else None


def epoch(value: object) -> int | None:
    """Whole seconds since 1970, from seconds or milliseconds. -1 is none, and so is the year 9999."""
    stamp = number(value)
    if stamp is None or stamp < 0:
        return None
    seconds = stamp / 1000 if stamp >= _FIRST_MILLISECOND else stamp
    return int(seconds) if seconds <= _LAST_SECOND else None


def minutes_of_day(value: object) -> int | None:
    """{h, m, s} as minutes since midnight. 22:59:59 and 22:59:00 are 23:00: the last minute is meant whole."""
    if not isinstance(value, dict):
        return None
    hours, minutes, seconds = (number(value.get(part, 0)) for part in ("h", "m", "s"))
    if hours is None or minutes is None or seconds is None:
        return None
    total = hours * 60 + minutes + (1 if minutes == 59 else 0)
    whole = all(part == int(part) and part >= 0 for part in (hours, minutes, seconds))
    return int(total) if whole and minutes <= 59 and seconds in (0, 59) and total <= DAY else None


def objects(value: object) -> tuple[dict[str, object], ...]:
    """The objects of a list, or one object by itself; whatever else is there is left out."""
    values = value if isinstance(value, list) else [value]
    return tuple(entry for entry in values[:MAX_ROWS] if isinstance(entry, dict))
