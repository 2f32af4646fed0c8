"""How much a value says, so that a vague one never hides an exact one, however fresh it is. Pure; higher says more."""

import re
from functools import lru_cache
from typing import Final

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import PlaceKind
from parkgraph.graph.hours import is_hours
from parkgraph.graph.matching import names

EXACT_DECIMALS: Final = 4
"""Of a degree: 11 metres."""


def of_name(name: str) -> int:
    """A word that tells the facility from others is worth more than "Parkplatz"."""
    return int(bool(names.parse(name).words))


def of_location(location: Coordinates) -> int:
    """Three decimals of a degree are a block, not an entrance."""
    return int(any(_decimals(degrees) >= EXACT_DECIMALS for degrees in (location.latitude, location.longitude)))


def of_kind(kind: PlaceKind) -> int:
    """An underground garage is a garage."""
    return int(kind is PlaceKind.UNDERGROUND)


def of_address(address: str) -> int:
    """A house number and a postal code each count."""
    return min(2, len(re.findall(r"\d+", address)))


def of_capacity(capacity: int) -> int:
    """None at all is often a blank of the form."""
    return int(capacity > 0)


@lru_cache(maxsize=16_384)
def of_hours(text: str) -> int:
    """Hours that can be read are worth more than those that cannot."""
    return int(is_hours(text))


def _decimals(degrees: float) -> int:
    return len(f"{degrees:.7f}".rstrip("0").partition(".")[2])
