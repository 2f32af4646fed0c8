"""`openingTimes`: when one may drive in, and when out."""

from typing import Any

from pydantic import ValidationError

from parkgraph_rdw.row import Flag, Row
from parkgraph_rdw.values import objects
from parkgraph_rdw.week import Days, MinuteOfDay, opening_hours, span


class EntryTime(Row):
    day_names: Days
    enter_from: MinuteOfDay
    enter_until: MinuteOfDay


class ExitTime(Row):
    day_names: Days
    exit_from: MinuteOfDay
    exit_until: MinuteOfDay


class OpeningTimes(Row):
    open_all_year: Flag = None
    exit_possible_all_day: Flag = None
    entry_times: Any = None
    exit_times: Any = None

    def to_osm(self) -> str | None:
        """Only where one drives in and out at the same times: the syntax knows one opening, not two."""
        if self.open_all_year is not True:
            return None
        try:
            entries = [EntryTime.model_validate(row) for row in objects(self.entry_times)]
            exits = [ExitTime.model_validate(row) for row in objects(self.exit_times)]
        except ValidationError:
            return None
        entry = [(time.day_names, span(time.enter_from, time.enter_until)) for time in entries]
        leave = [(time.day_names, span(time.exit_from, time.exit_until)) for time in exits]
        if self.exit_possible_all_day:
            hours = opening_hours(entry)
            return hours if hours == "24/7" else None
        return opening_hours(entry) if entry == leave else None


def read_opening_hours(value: object) -> str | None:
    """Of one period; None where several follow each other, or it is not understood."""
    periods = objects(value)
    if len(periods) != 1:
        return None
    return OpeningTimes.model_validate(periods[0]).to_osm()
