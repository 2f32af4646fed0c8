"""What must not be in a sample: secrets, and what names or reaches a person. Pure."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

import orjson

from parkgraph.redaction import MASK, Redaction, is_secret_key

PLATE: Final = "XX-XX 000"
PHONE: Final = "+00 000 0000000"
SECRET: Final = MASK
"""Of an address of e-mail, too."""

_BY_KEY: Final = (
    (re.compile(r"plate|registration_?(number|mark)|kennzeichen|matricula|immatriculation", re.IGNORECASE), PLATE),
    (re.compile(r"phone|telefon|telefax|mobile_?(number|no)|^(tel|fax|mobile)$", re.IGNORECASE), PHONE),
)
_BY_SHAPE: Final = (
    # International, or with the 0 of a trunk call and a separator: neither a time, a date nor a position.
    (re.compile(r"(?<![\w.+-])(?:\+|00)[1-9](?:[ ()/.-]{0,2}\d){7,13}(?![\w.])"), PHONE),
    (re.compile(r"(?<![\w.:,-])\(?0[1-9]\d{1,4}\)?[ ]?[/ ][ ]?\d{2,}(?:[ -]?\d+)*(?![\w.:])"), PHONE),
    # German and most other European plates, where they are written with their hyphen.
    (re.compile(r"(?<![\w-])[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ -]?[1-9]\d{0,3}[EH]?(?![\w-])"), PLATE),
    (re.compile(r"(?<![\w-])[A-Z]{2}-\d{3}-[A-Z]{2}(?![\w-])"), PLATE),
)
_ELEMENT: Final = re.compile(r"(<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>)([^<>]+)(?=</)")
_ATTRIBUTE: Final = re.compile(r"(\s(?:[\w.-]+:)?([\w.-]+)=)(\"[^\"]*\"|'[^']*')")


def scrub(content: bytes, secrets: Iterable[str] = ()) -> bytes:
    """The document with harmless values in their place; numbers of JSON stay digit for digit."""
    redaction = Redaction(secrets)
    try:
        # A Fragment is written as it was read.
        tree = json.loads(content.decode("utf-8-sig"), parse_float=_as_read, parse_int=_as_read)
    except ValueError:
        return _scrub_text(content, redaction)
    return orjson.dumps(_scrubbed(tree, None, redaction), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _as_read(digits: str) -> Any:
    return orjson.Fragment(digits)


def _scrubbed(part: Any, key: str | None, redaction: Redaction) -> Any:
    if isinstance(part, dict):
        # What is in a driver or a token is his or its, whatever it is called.
        outer = key if key is not None and _instead(key) else None
        return {name: _scrubbed(inner, name if _instead(name) else outer, redaction) for name, inner in part.items()}
    if isinstance(part, list):
        return [_scrubbed(inner, key, redaction) for inner in part]
    if part is None or isinstance(part, bool):
        return part
    if key is not None and (instead := _instead(key)):
        return instead
    return _scrubbed_text(part, redaction) if isinstance(part, str) else part


def _scrub_text(content: bytes, redaction: Redaction) -> bytes:
    """XML and all else: by the names of elements and attributes, and by shape."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    text = _ELEMENT.sub(lambda found: found[1] + (_instead(found[2]) or found[3]), text)
    text = _ATTRIBUTE.sub(lambda found: f'{found[1]}"{instead}"' if (instead := _instead(found[2])) else found[0], text)
    return _scrubbed_text(text, redaction).encode()


def _instead(key: str) -> str | None:
    """What stands in for a value of this name; None where the name says nothing."""
    by_key = next((instead for names, instead in _BY_KEY if names.search(key)), None)
    return by_key or (SECRET if is_secret_key(key) else None)


def _scrubbed_text(text: str, redaction: Redaction) -> str:
    for shape, instead in _BY_SHAPE:
        text = shape.sub(instead, text)
    return redaction.text(text)
