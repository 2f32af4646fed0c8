"""Opening hours, as OSM opening_hours, where all of what is said is understood."""

import re
from itertools import groupby
from typing import Final

from parkgraph_ngsi import values
from parkgraph_ngsi.entity import Entity

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY: Final = rf"(?:{'|'.join(_DAYS)})"
_TIME: Final = r"(?:[01][0-9]|2[0-4]):[0-5][0-9]"
_SPAN: Final = rf"{_TIME}\s?-\s?{_TIME}"
_RULE: Final = re.compile(
    rf"(?:(?P<days>{_DAY}(?:\s?-\s?{_DAY})?(?:\s?,\s?{_DAY}(?:\s?-\s?{_DAY})?)*)\s)?(?P<spans>{_SPAN}(?:\s?,\s?{_SPAN})*)"
)


def opening_hours(entity: Entity) -> str | None:
    """Smart Data Models write schema.org's form ("Mo-Fr 08:00-20:00"); some cities a time to open and one to close."""
    opens, closes = (values.clock(entity.value(name)) for name in ("openingHours", "closingHours"))
    if opens and closes:
        start, end = f"{opens:%H:%M}", f"{closes:%H:%M}"
        return _osm({day: (f"{start}-{_last(end)}",) for day in range(7)}) if start != end or start == "00:00" else None
    return _from_texts(entity.texts("openingHours"))


def _from_texts(texts: tuple[str, ...]) -> str | None:
    """A day in two rules is not understood: in OSM the later one would replace the first, in schema.org add to it."""
    week: dict[int, tuple[str, ...]] = {}
    for rule in (part.strip() for text in texts for part in text.split(";") if part.strip()):
        if rule == "24/7":
            rule = "00:00-24:00"
        found = _RULE.fullmatch(rule)
        if found is None:
            return None
        days = _days(found["days"] or "Mo-Su")
        spans = tuple(_span(span) for span in found["spans"].split(","))
        if week.keys() & days or None in spans:
            return None
        week |= dict.fromkeys(days, tuple(span for span in spans if span))
    return _osm(week) if week else None


def _days(text: str) -> set[int]:
    days: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return days


def _span(text: str) -> str | None:
    start, end = (part.strip() for part in text.split("-"))
    end = _last(end)
    return f"{start}-{end}" if start != end and start < "24:00" and end <= "24:00" else None


def _last(end: str) -> str:
    """23:59 and 00:00 are how publishers write 24:00."""
    return "24:00" if end in ("23:59", "00:00") else end


def _osm(week: dict[int, tuple[str, ...]]) -> str:
    if all(week.get(day) == ("00:00-24:00",) for day in range(7)):
        return "24/7"
    rules = []
    for spans, group in groupby(range(7), week.get):
        days = list(group)
        if spans:
            names = _DAYS[days[0]] if len(days) == 1 else f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
            rules.append(f"{names} {','.join(spans)}")
    return "; ".join(rules)
