"""`operationTime`: one span of time on some days of the week."""

import re
from itertools import groupby
from typing import Final

from parkgraph_sbb.row import Row, Text

DAYS: Final = {
    "MONDAY": "Mo",
    "TUESDAY": "Tu",
    "WEDNESDAY": "We",
    "THURSDAY": "Th",
    "FRIDAY": "Fr",
    "SATURDAY": "Sa",
    "SUNDAY": "Su",
}

_CLOCK: Final = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d):00", re.ASCII)


class OperationTime(Row):
    operating_from: Text | None = None
    operating_to: Text | None = None
    days_of_week: list[Text] | None = None

    def to_osm(self) -> str | None:
        """OSM opening_hours syntax; None where the words have no exact reading."""
        start, end = _CLOCK.fullmatch(self.operating_from or ""), _CLOCK.fullmatch(self.operating_to or "")
        if not start or not end or not self.days_of_week or not DAYS.keys() >= set(self.days_of_week):
            return None
        opens, closes = start[1], "24:00" if end[1] == "00:00" else end[1]
        if opens >= closes:
            return None
        days = _ranges(set(self.days_of_week))
        return "24/7" if (days, opens, closes) == ("Mo-Su", "00:00", "24:00") else f"{days} {opens}-{closes}"


def _ranges(names: set[str]) -> str:
    """Consecutive days as a range: "Mo-Fr", "Mo,We-Th"."""
    days = [(place, day) for place, (name, day) in enumerate(DAYS.items()) if name in names]
    runs = [[day for _, (_, day) in run] for _, run in groupby(enumerate(days), lambda item: item[1][0] - item[0])]
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
