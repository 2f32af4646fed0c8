"""Hours by type of day: "BUSINESS_DAY" from "06" until "17:30"."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Final

from pydantic import Field

from parkgraph_liipi.row import Row, Text

WEEK: Final = {"BUSINESS_DAY": "Mo-Fr", "SATURDAY": "Sa", "SUNDAY": "Su"}
HOLIDAY: Final = "HOLIDAY"

_CLOCK: Final = re.compile(r"(?P<hour>[01]?[0-9]|2[0-4])(?::(?P<minute>[0-5][0-9]))?", re.ASCII)


class Hours(Row):
    """From when until when by the local clock: whole hours ("06") or minutes ("17:30"); "24" is the day's end."""

    from_: Text = Field(default="", alias="from")
    until: Text = ""

    def minutes(self) -> tuple[int, int] | None:
        """Since midnight; None where they are not understood. An end before the start is on the next day."""
        start, end = _minutes(self.from_), _minutes(self.until)
        return None if start is None or end is None or start == end or start == 24 * 60 else (start, end)

    def to_osm(self) -> str | None:
        span = self.minutes()
        return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span) if span else None


def _minutes(text: str) -> int | None:
    found = _CLOCK.fullmatch(text)
    minutes = int(found["hour"]) * 60 + int(found["minute"] or 0) if found else None
    return None if minutes is None or minutes > 24 * 60 else minutes


def clock(minutes: int) -> time:
    """The end of the day is midnight."""
    return time(minutes // 60 % 24, minutes % 60)


def opening_hours(by_day_type: Mapping[str, Hours]) -> str | None:
    """OSM opening_hours; a type of day without hours is closed. None where a part of it is not understood.

    The network does not say which hours a public holiday has, unless all days are alike.
    """
    rules = {day_type: hours.to_osm() for day_type, hours in by_day_type.items()}
    if not rules or None in rules.values() or not rules.keys() <= WEEK.keys() | {HOLIDAY}:
        return None
    holiday = rules.pop(HOLIDAY, None)
    if rules.keys() == WEEK.keys() and len(set(rules.values())) == 1 and holiday in (None, rules["SUNDAY"]):
        return "24/7" if rules["SUNDAY"] == "00:00-24:00" else f"Mo-Su {rules['SUNDAY']}"
    week = [f"{days} {rules[day_type]}" for day_type, days in WEEK.items() if day_type in rules]
    return "; ".join([*week, f"PH {holiday}" if holiday else "PH unknown"])
