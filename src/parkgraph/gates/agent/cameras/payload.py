"""What the messages of all cameras have in common: JSON, plates, confidences, instants. Pure."""

import codecs
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import orjson

from parkgraph.gates.agent.cameras.multipart import texts
from parkgraph.gates.agent.look import Candidate, Unreadable

MAX_PLATE_CHARS: Final = 32
"""A longer text is no plate."""

MAX_CANDIDATES: Final = 10
MAX_ID_CHARS: Final = 200

_UNREAD: Final = frozenset(
    {"", "--", "-", "unknown", "unlicensed", "unlicenced", "noplate", "no plate", "none", "null", "无车牌", "未识别"}
)
_ALPHA_2: Final = {
    "ALB": "AL", "AND": "AD", "AUT": "AT", "BEL": "BE", "BGR": "BG", "BIH": "BA", "BLR": "BY", "CHE": "CH", "CYP": "CY",
    "CZE": "CZ", "DEU": "DE", "DNK": "DK", "ESP": "ES", "EST": "EE", "FIN": "FI", "FRA": "FR", "GBR": "GB", "GRC": "GR",
    "HRV": "HR", "HUN": "HU", "IRL": "IE", "ISL": "IS", "ITA": "IT", "LIE": "LI", "LTU": "LT", "LUX": "LU", "LVA": "LV",
    "MCO": "MC", "MDA": "MD", "MKD": "MK", "MLT": "MT", "MNE": "ME", "NLD": "NL", "NOR": "NO", "POL": "PL", "PRT": "PT",
    "ROU": "RO", "SMR": "SM", "SRB": "RS", "SVK": "SK", "SVN": "SI", "SWE": "SE", "TUR": "TR", "UKR": "UA", "USA": "US",
}  # fmt: skip
"""ISO 3166 alpha-3 to alpha-2, of the countries whose cars meet each other."""

_YEARS: Final = (2000, 2100)


@dataclass(frozen=True, slots=True)
class Message:
    """What a camera sent. `zone`: of the times that it tells without an offset."""

    body: bytes
    content_type: str = ""
    zone: tzinfo = UTC


def decoded(body: bytes, encoding: str = "utf-8") -> str:
    """The text of a body. A byte that none of its characters has spoils that character, not the message."""
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return body.decode("utf-16" if marked else encoding, "replace").strip("\ufeff \t\r\n\0")


def json_of(body: bytes) -> Any:
    """The JSON of a body; numbers are finite. Raises Unreadable."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass  # a mark of its encoding, a broken character, a line break in a text, NaN
    try:
        return json.loads(decoded(body), strict=False, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None


def objects_in(message: Message) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of a message: alone, in a list, or in a form beside pictures. Raises Unreadable."""
    found = texts(message.body, message.content_type)
    documents = [each for each in found if decoded(each[:64]).startswith(("{", "["))]
    if not documents:
        raise Unreadable("no JSON in it")
    for value in map(json_of, documents):
        yield from objects_of(value if isinstance(value, list) else [value], "the messages")


def object_of(value: object, what: str = "the message") -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is no JSON object")
    return value


def objects_of(value: object, what: str) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise Unreadable(f"{what} is no list")
    return (object_of(each, f"one of {what}") for each in value)


def text(value: object) -> str | None:
    """An id or a name: a text that is not empty, or a whole number as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:MAX_ID_CHARS]
    if isinstance(value, str) and value.strip():
        return value.strip()[:MAX_ID_CHARS]
    return None


def plate(value: object) -> str | None:
    """A plate as it was read; None for what cameras say when they could not read it, and for what can be none."""
    if not isinstance(value, str):
        return None
    read = value.strip()
    is_plate = read.casefold() not in _UNREAD and len(read) <= MAX_PLATE_CHARS and any(map(str.isalnum, read))
    return read if is_plate and read.isprintable() else None


def confidence(value: object, best: float = 1.0) -> float | None:
    """A confidence between 0 and 1, of one that is `best` at most; None where it is none."""
    share = number(value)
    return None if share is None or not 0 <= share <= best else round(share / best, 4)


def candidates(values: object, best: float = 1.0) -> tuple[Candidate, ...]:
    """Of a list of texts, or of objects with `plate` and `confidence` or `score`; what is none of them is left out."""
    found = []
    for each in values if isinstance(values, Sequence) and not isinstance(values, str) else ():
        read = plate(each.get("plate") if isinstance(each, dict) else each)
        if read:
            how_sure = each.get("confidence", each.get("score")) if isinstance(each, dict) else None
            found.append(Candidate(read, confidence(how_sure, best)))
    return tuple(found[:MAX_CANDIDATES])


def number(value: object) -> float | None:
    """A finite number, also as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        parsed = float(value)
    except (ValueError, OverflowError):
        return None
    return parsed if math.isfinite(parsed) else None


def epoch(value: object) -> datetime | None:
    """Seconds since 1970, or thousandths, millionths, billionths of them, by their size."""
    seconds = number(value)
    if seconds is None:
        return None
    for _ in range(3):
        seconds = seconds / 1000 if seconds > 1e11 else seconds
    return _plausible(seconds)


def instant(value: object, zone: tzinfo) -> datetime | None:
    """An ISO 8601 text; without an offset it is local time of `zone`."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone)
    return when if _YEARS[0] <= when.year < _YEARS[1] else None


def wall_time(value: object, zone: tzinfo) -> datetime | None:
    """Seconds that would be UTC if the device's clock were: in truth the wall's time in `zone`."""
    naive = epoch(value)
    return naive.replace(tzinfo=zone) if naive else None


def country(value: object) -> str | None:
    """ISO 3166 alpha-2, of that or of alpha-3; None for anything else."""
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if code in _ALPHA_2.values() else _ALPHA_2.get(code)


def region(value: object) -> str | None:
    """The country of a region such as `de`, `us-ca` or `eu-de`."""
    parts = value.split("-") if isinstance(value, str) else ()
    return next(filter(None, map(country, parts)), None)


def _plausible(seconds: float) -> datetime | None:
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return when if _YEARS[0] <= when.year < _YEARS[1] else None
