"""Public holidays by a kept library, as the domain's `Calendar`."""

import re
from datetime import date
from functools import lru_cache
from typing import Final

import holidays

from parkgraph.domain.civil import Calendar

_REGION: Final = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")


class PublicHolidays:
    """Those of one country, or of one part of it."""

    def __init__(self, country: str, part: str | None) -> None:
        self._country = country
        self._part = part
        self._years: dict[int, frozenset[date]] = {}

    def is_holiday(self, day: date) -> bool:
        year = day.year
        if year not in self._years:
            found = holidays.country_holidays(self._country, subdiv=self._part, years=year)
            self._years[year] = frozenset(found)
        return day in self._years[year]


@lru_cache(maxsize=1024)
def calendar_of(region: str | None) -> Calendar | None:
    """Of an ISO 3166 code: "HK", "DE-BW". None where it is not known to the library: unknown holidays, not none.

    A country's code alone knows those that the whole country has.
    """
    match = _REGION.fullmatch(region or "")
    if match is None:
        return None
    country, part = match.groups()
    try:
        holidays.country_holidays(country, subdiv=part)
    except NotImplementedError:
        return None
    return PublicHolidays(country, part)
