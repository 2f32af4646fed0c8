"""The days of a stay at one place, each cut where another band of a tariff begins."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from heapq import heappop, heappush
from itertools import pairwise
from typing import Final, NamedTuple

from parkgraph.domain.civil import ALWAYS, MIDNIGHT, Band, Calendar

DAY: Final = 86_400
ONE_DAY: Final = timedelta(days=1)
LONG_AGO: Final = -(10**12)
NEVER: Final = 10**12
NO_BAND: Final = -1
CACHED: Final = 512
Span = tuple[int, int, int, int, int]
"""(band, visit, until, start, end) in seconds since the local midnight."""
Masks = tuple[int, int, int]
"""Which bands have an occurrence that starts on the day before, on a day, and on the next, as bits."""


class Segment(NamedTuple):
    """From `start` to `end` one occurrence of one band holds, which began at `visit` and lasts until `until`.

    All in seconds since the local midnight. `change`: when another band begins, at the end or later, if that is
    before the end of the next day. `watched`: when the current occurrence of each watched band began; NEVER: none.
    """

    start: int
    end: int
    band: int
    visit: int
    until: int
    change: int
    watched: tuple[int, ...]


class CivilDay(NamedTuple):
    """`length` in seconds; `marks`: when each tariff day starts, today and tomorrow, in seconds since the midnight.

    `key` is equal for days that are alike, None for one that is like no other.
    """

    length: int
    segments: Sequence[Segment]
    marks: tuple[tuple[int, int], ...]
    key: Masks | None


class Bands:
    """The bands of one collection, and the tariff-day starts (`marks`) it counts by: what does not depend on a place.

    `watched`: bands that only cut. `by_visit`: the next occurrence of the same band is another band. `work`: how much
    had to be cut so far.
    """

    def __init__(
        self, bands: Sequence[Band], watched: Sequence[Band], marks: Sequence[time], *, by_visit: bool
    ) -> None:
        self._count = len(bands)
        self.bands = (*bands, *watched)
        self.marks = tuple(_seconds(mark) for mark in marks)
        self._straight_marks = tuple((mark, mark + DAY) for mark in self.marks)
        self.by_visit = by_visit
        self.needs_calendar = any(band.needs_calendar for band in self.bands)
        self._dated = any(band.first or band.last for band in self.bands)
        self.is_weekly = not self.needs_calendar and not self._dated
        self._masks: dict[tuple[int, bool], int] = {}
        self._days: dict[object, CivilDay] = {}
        self._week: list[CivilDay | None] = [None] * 7
        self._always = (bands.index(ALWAYS), LONG_AGO, NEVER, LONG_AGO, NEVER) if ALWAYS in bands else None
        self.work = 0

    def mask(self, day: date, calendar: Calendar | None) -> int:
        """Which bands have an occurrence that starts on this date, as bits."""
        holiday = self.needs_calendar and calendar is not None and calendar.is_holiday(day)
        if self._dated:
            return self._bits(day, holiday=holiday)
        key = (day.weekday(), holiday)
        mask = self._masks.get(key)
        if mask is None:
            mask = self._masks[key] = self._bits(day, holiday=holiday)
        return mask

    def masks(self, day: date, calendar: Calendar | None) -> Masks:
        """The masks of the day before, this day, and the next."""
        return self.mask(day - ONE_DAY, calendar), self.mask(day, calendar), self.mask(day + ONE_DAY, calendar)

    def straight_day(self, masks: Masks) -> CivilDay:
        """A day of 24 hours between two such days, by the masks of the three."""
        return self._days.get(masks) or self.keep(
            masks, CivilDay(DAY, self._straight(masks), self._straight_marks, masks)
        )

    def weekday(self, day: date) -> CivilDay:
        """A day of 24 hours between two such days, where one week is like another."""
        number = day.weekday()
        found = self._week[number]
        if found is None:
            found = self._week[number] = self.straight_day(self.masks(day, None))
        return found

    def kept(self, key: object) -> CivilDay | None:
        """A day that was cut before."""
        return self._days.get(key)

    def keep(self, key: object, day: CivilDay) -> CivilDay:
        """The same day, which need not be cut again."""
        if len(self._days) >= CACHED:
            self._days.clear()
        self._days[key] = day
        return day

    def occurrences(self, masks: Iterable[int]) -> Iterator[tuple[int, int, int, int]]:
        """(band, day, start, end): of yesterday (−1), today (0) and tomorrow (1), in seconds of the local clock."""
        for day, mask in zip((-1, 0, 1), masks, strict=True):
            for index, band in enumerate(self.bands):
                if mask >> index & 1 and band != ALWAYS:
                    start, end = _seconds(band.start), _seconds(band.end)
                    yield index, day, start, end if end > start else end + DAY

    def cut(self, spans: Iterable[Span], length: int, horizon: int) -> list[Segment]:
        """Segments of a day of this length: the first band in order holds. `horizon` is the end of the next day."""
        to_come = sorted(spans, key=lambda span: span[3], reverse=True)
        self.work += len(to_come)
        edges = {0, length, *(edge for span in to_come for edge in span[3:] if 0 < edge < horizon)}
        held = [self._always] if self._always else []
        watched = [LONG_AGO if band == ALWAYS else NEVER for band in self.bands[self._count :]]
        watching: list[tuple[int, int]] = []
        cut: list[tuple[int, int, int, int, tuple[int, ...]]] = []
        for edge in sorted(edges):
            while watching and watching[0][0] <= edge:
                watched[heappop(watching)[1]] = NEVER
            while to_come and to_come[-1][3] <= edge:
                span = to_come.pop()
                if span[0] < self._count:
                    heappush(held, span)
                elif span[4] > edge:
                    watched[span[0] - self._count] = span[1]
                    heappush(watching, (span[4], span[0] - self._count))
            while held and held[0][4] <= edge:
                heappop(held)
            holding = held[0][:3] if held else (NO_BAND, LONG_AGO, NEVER)
            if edge == length or not cut or (*cut[-1][1:3], cut[-1][4]) != (*holding[:2], tuple(watched)):
                cut.append((edge, *holding, tuple(watched)))
        segments: list[Segment] = []
        change, (_, later_band, later_visit, *_) = NEVER, cut[-1]
        for (start, band, visit, until, seen), (end, *_) in reversed(list(pairwise(cut))):
            if band != later_band or (self.by_visit and visit != later_visit):
                change, later_band, later_visit = end, band, visit
            if start < length:
                segments.append(Segment(start, end, band, visit, until, change, seen))
        return segments[::-1]

    def _straight(self, masks: Masks) -> Sequence[Segment]:
        spans = (
            (band, start + day * DAY, end + day * DAY, start + day * DAY, end + day * DAY)
            for band, day, start, end in self.occurrences(masks)
        )
        return self.cut(spans, DAY, 2 * DAY)

    def _bits(self, day: date, *, holiday: bool) -> int:
        return sum(1 << index for index, band in enumerate(self.bands) if band.starts_on(day, holiday=holiday))


class Timeline:
    """The days of a stay at one place, from the one on which it begins.

    `begins`: in POSIX seconds, when the clock of the zone shows `arrive`.
    """

    def __init__(self, bands: Bands, calendar: Calendar | None, begins: int, arrive: datetime) -> None:
        assert arrive.tzinfo is not None
        self._bands = bands
        self._clock = _Clock(arrive.tzinfo)
        self._calendar = calendar
        self._begins = begins
        self._arrive = arrive

    def __iter__(self) -> Iterator[tuple[int, CivilDay]]:
        """Each day with its midnight (POSIX seconds), without an end."""
        bands, calendar, zone, day = self._bands, self._calendar, self._clock.zone, self._arrive.date()
        year, bent = day.year, bent_days(zone, day.year)
        midnight = self._clock.instant(day, 0) if day in bent else self._begins - _seconds(self._arrive)
        masks: Masks | None = None
        while True:
            following = day + ONE_DAY
            if bands.is_weekly and day not in bent:
                civil, masks = bands.weekday(day), None
            else:
                masks = (*masks[1:], bands.mask(following, calendar)) if masks else bands.masks(day, calendar)
                civil = self._bent_day(day, midnight, masks) if day in bent else bands.straight_day(masks)
            yield midnight, civil
            midnight, day = midnight + civil.length, following
            if day.year != year:
                year, bent = day.year, bent_days(zone, day.year)

    def _bent_day(self, day: date, midnight: int, masks: Masks) -> CivilDay:
        clock, tomorrow = self._clock, day + ONE_DAY
        key = (clock.zone, day, masks)
        if kept := self._bands.kept(key):
            return kept
        length, horizon = (clock.instant(day + after * ONE_DAY, 0) - midnight for after in (1, 2))
        marks = tuple(
            (clock.instant(day, mark) - midnight, clock.instant(tomorrow, mark) - midnight)
            for mark in self._bands.marks
        )
        segments = self._bands.cut(self._spans(day, midnight, masks), length, horizon)
        return self._bands.keep(key, CivilDay(length, segments, marks, None))

    def _spans(self, day: date, midnight: int, masks: Masks) -> Iterator[Span]:
        """Where the clock shows a time of each occurrence: twice, where its hour comes twice."""
        clock = self._clock
        changes = [change - midnight for change in clock.changes(day - ONE_DAY, day + 3 * ONE_DAY)]
        for band, offset, start, end in self._bands.occurrences(masks):
            wall = datetime.combine(day + offset * ONE_DAY, MIDNIGHT)
            first, last = wall + timedelta(seconds=start), wall + timedelta(seconds=end)
            shown = (stamp - midnight for edge in (first, last) for stamp in clock.shows(edge))
            edges = sorted({*changes, *shown})
            parts = [(begin, until) for begin, until in pairwise(edges) if first <= clock.at(begin + midnight) < last]
            for begin, until in parts:
                yield band, parts[0][0], parts[-1][1], begin, until


class _Clock:
    """The local clock. Instants are whole POSIX seconds."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone

    def at(self, stamp: int) -> datetime:
        """What it shows, without an offset."""
        return datetime.fromtimestamp(stamp, self.zone).replace(tzinfo=None)

    def shows(self, wall: datetime) -> Iterator[int]:
        """When it shows this time: never, once or twice."""
        for fold in (0, 1):
            stamp = int(wall.replace(tzinfo=self.zone, fold=fold).timestamp())
            if self.at(stamp) == wall:
                yield stamp

    def instant(self, day: date, seconds: int) -> int:
        """When it first shows this time, or a later one."""
        wall = datetime.combine(day, MIDNIGHT) + timedelta(seconds=seconds)
        stamp = int(wall.replace(tzinfo=self.zone).timestamp())
        if self.at(stamp) == wall:
            return stamp
        return self._change(int(wall.replace(tzinfo=self.zone, fold=1).timestamp()), stamp)

    def changes(self, first: date, last: date) -> Iterator[int]:
        """When it is put forward or back, from the first of these midnights to the last.

        Where it skips midnight the day begins with the change.
        """
        midnights = [self.instant(first + offset * ONE_DAY, 0) for offset in range((last - first).days + 1)]
        for low, high in pairwise(midnights):
            if high - low != DAY:
                yield self._change(low - 1, high)

    def _change(self, low: int, high: int) -> int:
        """The first instant after `low` that has the offset of `high`."""
        after = self._offset(high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._offset(middle) == after else (middle, high)
        return high

    def _offset(self, stamp: int) -> timedelta | None:
        return datetime.fromtimestamp(stamp, self.zone).utcoffset()


@lru_cache(maxsize=1024)
def bent_days(zone: tzinfo, year: int) -> frozenset[date]:
    """The days of a year on which the clocks change, or that have such a neighbour."""
    clock, first, count = _Clock(zone), date(year, 1, 1) - ONE_DAY, 368
    midnights = [clock.instant(first + offset * ONE_DAY, 0) for offset in range(count + 1)]
    return frozenset(
        first + (offset + near) * ONE_DAY
        for offset in range(count)
        if midnights[offset + 1] - midnights[offset] != DAY
        for near in (-1, 0, 1)
    )


def holds_at(band: Band, at: datetime, calendar: Calendar | None) -> bool:
    """Whether the band contains this local time."""
    seconds, today = _seconds(at.time()), at.date()
    start, end = _seconds(band.start), _seconds(band.end)
    if end > start:
        return start <= seconds < end and _starts(band, today, calendar)
    return (seconds >= start and _starts(band, today, calendar)) or (
        seconds < end and _starts(band, today - ONE_DAY, calendar)
    )


def _starts(band: Band, day: date, calendar: Calendar | None) -> bool:
    holiday = band.needs_calendar and calendar is not None and calendar.is_holiday(day)
    return band.starts_on(day, holiday=holiday)


def _seconds(clock: time | datetime) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second
