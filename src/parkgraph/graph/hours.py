"""Opening hours in OSM syntax, evaluated by a kept library, as the domain's `Hours`."""

from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.hours import Hours

_HOLIDAYS: Final = ("PH", "SH")
"""Public and school holidays. Which they are follows from the country, whose borders take 110 MB of memory."""


class OsmHours:
    """Hours at one position: public holidays and the sun are those of that place."""

    def __init__(self, parsed: OpeningHours, zone: ZoneInfo) -> None:
        self._parsed = parsed
        self._zone = zone

    def is_open(self, at: datetime) -> bool | None:
        state, _comment = self._parsed.state(at.astimezone(self._zone))
        return None if state == State.UNKNOWN else state == State.OPEN


@lru_cache(maxsize=16_384)
def parse_hours(text: str, position: Coordinates, zone: ZoneInfo) -> Hours | None:
    """None where the text is not OSM syntax: unknown hours, never a guess."""
    try:
        parsed = OpeningHours(
            text,
            timezone=zone,
            coords=(position.latitude, position.longitude),
            auto_country=any(holiday in text for holiday in _HOLIDAYS),
            auto_timezone=False,
        )
    except ParserError:
        return None
    return OsmHours(parsed, zone)


def is_hours(text: str) -> bool:
    """Whether the text is OSM syntax."""
    try:
        OpeningHours(text)
    except ParserError:
        return False
    return True
