"""The street, the house numbers and the town of an address written on one line."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from parkgraph.graph.matching.names import is_street, plain

_POSTCODE: Final = re.compile(r"(?:[a-z]{1,2}-)?\d{4,5}\b")
_NUMBERS: Final = re.compile(r"\b(\d{1,4})\s?[a-z]?\b(?:\s*[-–/+]\s*(\d{1,4})\s?[a-z]?\b)?")
_CODE: Final = re.compile(r"p0*(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Address:
    """`streets` as one word each; `numbers` from the first to the last house; `town` as words."""

    streets: frozenset[str] = frozenset()
    numbers: tuple[int, int] | None = None
    town: frozenset[str] = frozenset()
    code: str | None = None


NOWHERE: Final = Address()


@lru_cache(maxsize=65_536)
def parse(address: str | None) -> Address:
    """Of "Street 1, 12345 Town", "12345 Town, Street 1", "1 Street, Town", or a piece of one of them."""
    if not address:
        return NOWHERE
    segments = [segment.strip() for segment in plain(address).split(",") if segment.strip()]
    town = next((s for s in segments if _POSTCODE.match(s)), None)
    if town is None and len(segments) > 1:
        town = segments[-1]
    elif town is None and segments and not (is_street(segments[0].split()[0]) or re.search(r"\d|strasse", segments[0])):
        town = segments[0]
    street = next((s for s in segments if s != town), "")
    if code := _CODE.fullmatch(street):
        return Address(town=_words(town), code=code[1])
    numbers = _NUMBERS.search(street)
    first = int(numbers[1]) if numbers else 0
    last = int(numbers[2]) if numbers and numbers[2] else first
    return Address(
        streets=frozenset(
            "".join(words)
            for part in re.split(r"[/()|]", _NUMBERS.sub(" ", street))
            if (words := [word for word in re.findall(r"[^\W\d_]+", part) if word not in ("am", "im", "a", "b")])
        ),
        numbers=(first, max(first, last)) if numbers else None,
        town=_words(town),
    )


def _words(town: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{2,}", town.split("/")[0])) if town else frozenset()
