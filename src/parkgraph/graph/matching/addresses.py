"""The street, the house numbers and the town of an address written on one line, in the order of any country."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from parkgraph.graph.matching.lexicon import COUNTRIES, STREET_KINDS
from parkgraph.graph.matching.names import is_street, plain

_POSTCODE: Final = re.compile(r"(?:[a-z]{1,2}-)?(?:\d{4,5}|\d{2}-\d{3})\b(?!\s*$)|\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b")
_NUMBERS: Final = re.compile(r"\b(\d{1,4})\s?[a-z]?\b(?:\s*[-–/+]\s*(\d{1,4})\s?[a-z]?\b)?")
_CODE: Final = re.compile(r"p0*(\d{1,3})")
_LONG: Final = 5
"""Digits and letters before a postcode, at least, that are a street without a comma after it."""


@dataclass(frozen=True, slots=True)
class Address:
    """`streets` as one word each; `numbers` from the first to the last house; `town` as words."""

    streets: frozenset[str] = frozenset()
    numbers: tuple[int, int] | None = None
    town: frozenset[str] = frozenset()
    code: str | None = None


NOWHERE: Final = Address()


@lru_cache(maxsize=4_096)
def parse(address: str | None) -> Address:
    """Of "Street 1, 12345 Town", "12345 Town, Street 1", "1 Street, Town", "Street 1 12345 Town", or a piece of one."""
    if not address:
        return NOWHERE
    segments = _segments(plain(address))
    town = next((s for s in segments if _POSTCODE.search(s)), None)
    if town is None and len(segments) > 1:
        town = segments[-1]
    elif town is None and segments and not _looks_like_a_street(segments[0]):
        town = segments[0]
    others = [s for s in segments if s != town]
    street = next(filter(_looks_like_a_street, others), others[0] if others else "")
    if code := _CODE.fullmatch(street):
        return Address(town=_words(town), code=code[1])
    numbers = _house(street)
    return Address(
        streets=frozenset(name for part in re.split(r"[/()|]", _NUMBERS.sub(" ", street)) if (name := _street(part))),
        numbers=numbers,
        town=_words(town),
    )


def _segments(address: str) -> list[str]:
    """What stands between commas, without the country; a number by itself is of the street next to it."""
    found: list[str] = []
    for segment in filter(None, map(str.strip, address.split(","))):
        postcode = _POSTCODE.search(segment)
        if segment in COUNTRIES:
            continue
        if found and (found[-1].isdecimal() or (segment.isdecimal() and len(segment) < 4)):
            found[-1] = f"{found[-1]} {segment}"
        elif postcode and postcode.start() >= _LONG and _looks_like_a_street(segment[: postcode.start()]):
            found += segment[: postcode.start()].strip(), segment[postcode.start() :]
        else:
            found.append(segment)
    return found


def _looks_like_a_street(text: str) -> bool:
    return bool(re.search(r"\d", text)) or any(
        is_street(word) or word in STREET_KINDS for word in re.findall(r"[^\W\d_]+", text)
    )


def _house(street: str) -> tuple[int, int] | None:
    """The last numbers are the house's: "Straße des 17. Juni 135"; but the first of "12 High Street"."""
    found = list(_NUMBERS.finditer(street))
    if not found:
        return None
    numbers = found[0] if found[0].start() == 0 else found[-1]
    first = int(numbers[1])
    return first, max(first, int(numbers[2] or first))


def _street(text: str) -> str:
    """As one word, with its kind where that may be left out or cut short."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word not in ("am", "im", "a", "b")]
    return "".join(STREET_KINDS.get(word, word) for word in words)


def _words(town: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{2,}", town.split("/")[0])) if town else frozenset()
