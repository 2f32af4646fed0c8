"""German words about fees as a rate table: only where the whole text is understood.

Mo-Sa 9-18h; 1,00 €/h                                     each started hour, in these hours
0,5 Std: 1,00 €; 1 Std: 2,00 €; jede weitere Std: 1,50 €  a stay of up to so long
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final, TypeVar

from parkgraph.domain.civil import ALWAYS, EVERY_DAY, WEEKDAYS, Band, Day
from parkgraph.domain.tariff import ZERO, Outside, RateLine, RateLineCollection, RateLineKind, RateTable, tiers

CURRENCY: Final = "EUR"
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = 24 * 60
"""Minutes."""

_AMOUNT: Final = r"(?P<amount>[0-9]{1,3}(?:[.,][0-9]{2})?) ?(?:€|EUR|Euro)"
_UNIT: Final = r"(?:Std\.?|Stunden?|h|Min\.?|Minuten?)(?![a-zäöü])"
_LENGTH: Final = rf"(?P<count>[0-9]{{1,3}}(?:[.,]5)?) ?(?P<unit>{_UNIT})"
_ONE: Final = rf"(?:{_LENGTH}|(?P<one>{_UNIT}))"
_CLOCK: Final = r"([01]?[0-9]|2[0-4])(?:[:.]([0-5][0-9]))?"
_DAY: Final = (
    r"(Mo(?:\.|ntag)?|Di(?:\.|enstag)?|Mi(?:\.|ttwoch)?|Do(?:\.|nnerstag)?|"
    r"Fr(?:\.|eitag)?|Sa(?:\.|mstag)?|So(?:\.|nntag)?)"
)
_FREE: Final = r"(?:frei|kostenlos|kostenfrei|gebührenfrei)"

_CLAUSES: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "band": rf"(?:(?P<daily>täglich)|{_DAY}(?: ?(?:-|–|bis) ?{_DAY})?)(?: von)? "
        rf"{_CLOCK}(?: ?Uhr)? ?(?:-|–|bis) ?{_CLOCK} ?(?:h|Uhr)",
        "each": rf"{_AMOUNT} ?(?:/|pro|je)(?: ?angefangene)? ?{_ONE}",
        "step": rf"(?:bis (?:zu )?)?{_LENGTH}:? (?:{_AMOUNT}|{_FREE})",
        "further": rf"jede (?:weitere|angefangene weitere|weitere angefangene) {_ONE}:? {_AMOUNT}",
        "most": rf"(?:Tageshöchstsatz|Tagesmaximum|Tageshöchstpreis):? {_AMOUNT}",
        "otherwise": rf"(?:sonst|ansonsten|übrige Zeit):? {_FREE}",
        "free": _FREE,
    }.items()
}
_BETWEEN: Final = re.compile(r" ?[;,:]? ?")
_NAMES: Final = dict(zip(("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), WEEKDAYS, strict=True))

Clause = tuple[str, re.Match[str]]
Found = TypeVar("Found")


class NotUnderstood(ValueError):
    """A text that has no exact reading here."""


def read_fees(text: str) -> RateTable | None:
    """None where any of it is not understood."""
    try:
        return _table(list(_clauses(text.strip().rstrip("."))))
    except NotUnderstood:
        return None


def _clauses(text: str) -> Iterator[Clause]:
    at = 0
    while at < len(text):
        found = ((name, clause.match(text, at)) for name, clause in _CLAUSES.items())
        name, match = next(((name, match) for name, match in found if match), ("", None))
        if match is None:
            raise NotUnderstood
        yield name, match
        between = _BETWEEN.match(text, match.end())
        if between is None or (between.end() == match.end() < len(text)):
            raise NotUnderstood
        at = between.end()


def _table(clauses: Sequence[Clause]) -> RateTable:
    kinds = " ".join(name for name, _ in clauses)
    matches = [match for _, match in clauses]
    if kinds == "free":
        return _of((RateLine(RateLineKind.FLAT, ZERO),))
    if found := re.fullmatch(r"(band )?step( step)*( further)?", kinds):
        band = _band(matches[0]) if found[1] else ALWAYS
        return _steps(clauses[1 if found[1] else 0 :], band)
    if re.fullmatch(r"each( most)?", kinds):
        return _with_most(_of((_each(matches[0]),)), matches[1:])
    if re.fullmatch(r"band each( band each)*( otherwise)?( most)?", kinds):
        pairs = zip(matches[::2], matches[1::2], strict=False)
        lines = tuple(_each(each, _band(band)) for band, each in pairs if each.re is _CLAUSES["each"])
        if any(_meet(one.band, other.band) for one, other in combinations(lines, 2)):
            raise NotUnderstood
        outside = Outside.FREE if "otherwise" in kinds else Outside.UNKNOWN
        return _with_most(_of(lines, outside), [match for name, match in clauses if name == "most"])
    raise NotUnderstood


def _of(lines: tuple[RateLine, ...], outside: Outside = Outside.UNKNOWN) -> RateTable:
    return RateTable(CURRENCY, (RateLineCollection(lines, outside=outside),))


def _each(match: re.Match[str], band: Band = ALWAYS) -> RateLine:
    return RateLine(RateLineKind.INCREMENTING, _amount(match), _length(match), band=band)


def _steps(clauses: Sequence[Clause], band: Band) -> RateTable:
    """The time of a step counts since arrival, which must lie in the band."""
    steps = [(_length(match), _amount(match)) for name, match in clauses if name == "step"]
    if any(later[0] <= earlier[0] or later[1] < earlier[1] for earlier, later in pairwise(steps)):
        raise NotUnderstood
    lines = tiers(*steps, band=band)
    if clauses[-1][0] == "further":
        lines = (*lines, replace(_each(clauses[-1][1], band), start=steps[-1][0]))
    return RateTable(CURRENCY, (RateLineCollection(lines, arrive=None if band == ALWAYS else band),))


def _with_most(table: RateTable, most: Sequence[re.Match[str]]) -> RateTable:
    """Whether a day is one of the calendar is not said: priced as long as the units cost no more than the most."""
    if not most:
        return table
    lines = [line for line in table.collections[0].lines if line.value]
    known = [
        int(_amount(most[0]) // line.value) * line.increment for line in lines if isinstance(line.increment, timedelta)
    ]
    return replace(table, known_until=min(known, default=None))


def _amount(match: re.Match[str]) -> Decimal:
    return Decimal(match["amount"].replace(",", ".")) if match["amount"] else ZERO


def _length(match: re.Match[str]) -> timedelta:
    groups = match.groupdict()
    unit = groups["unit"] or groups["one"]
    count = Decimal((groups["count"] or "1").replace(",", "."))
    length = timedelta(minutes=int(count * (1 if unit.startswith("Min") else 60)))
    if length < MINUTE or (unit.startswith("Min") and count != int(count)):
        raise NotUnderstood
    return length


def _band(match: re.Match[str]) -> Band:
    """A day of the week is one on a public holiday too: nothing else is said."""
    _, first, last, *clock = match.groups()
    start, end = (int(hour) * 60 + int(minute or 0) for hour, minute in (clock[:2], clock[2:4]))
    if start >= end or end > DAY:
        raise NotUnderstood
    return Band(_clock(start), _clock(end), EVERY_DAY if match["daily"] else _days(first, last or first))


def _days(first: str, last: str) -> frozenset[Day]:
    start, end = (WEEKDAYS.index(_NAMES[name[:2]]) for name in (first, last))
    if end < start:
        raise NotUnderstood
    return frozenset(WEEKDAYS[start : end + 1])


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _meet(one: Band, other: Band) -> bool:
    """Whether both hold at some time; neither goes beyond midnight."""
    ends = [band.end.hour * 60 + band.end.minute or DAY for band in (one, other)]
    starts = [band.start.hour * 60 + band.start.minute for band in (one, other)]
    return bool(one.days & other.days) and max(starts) < min(ends)
