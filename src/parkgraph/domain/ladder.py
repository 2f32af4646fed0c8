"""A stay walked through its bands and tiers (`docs/pricing.md`, LADDER), in whole seconds and exact integers."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from heapq import heappop, heappush
from math import lcm
from typing import Final, NamedTuple

from parkgraph.domain.civil import Band, Calendar
from parkgraph.domain.tariff import (
    Boundary,
    Cap,
    Elapsed,
    Outside,
    RateLine,
    RateLineCollection,
    RateLineKind,
    Span,
    TariffDay,
)
from parkgraph.domain.timeline import DAY, LONG_AGO, NEVER, NO_BAND, Bands, CivilDay, Segment, Timeline

MAX_LINES: Final = 1_000
MAX_BANDS: Final = 64
MAX_CAPS: Final = 16
MAX_STEPS: Final = 5_000
"""Parts of a stay that are looked at one by one. A tariff that has or needs more is refused."""

OVER: Final = -2 * DAY
"""A visit that began before then is over: an occurrence of a band lasts a day at most."""

NO_LINE: Final = -1
NO_CAP: Final = -1


class TooComplex(Exception):
    """The tariff is too fine for so long a stay."""


class Uncovered(Exception):
    """No line says what the time from `at` (POSIX seconds) costs."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


Visit = tuple[int, frozenset[int], int, int]


class Charge(NamedTuple):
    """`quantity` units of a line (NO_LINE: free time) for `amount`; times in seconds since the day's midnight.

    `capped`: the cap that reduced it. `since`: when the time of tiers began.
    """

    start: int
    end: int
    line: int
    quantity: int
    amount: int
    capped: int
    segment: Segment
    since: int


class State(NamedTuple):
    """Where a walk stands at a midnight, in seconds since it: equal states go on alike.

    `next`: when the next charge begins. `origin`: since when elapsed time counts. `reset`: when it begins anew.
    `begun`: whether anything was charged. `visits`: for each band the visit that was charged last, the flat lines paid
    in it, the tier reached, and what tiers charged. `spent`, `ends`: for each cap, what its window holds, and when it
    ends (for a visit: when it began).
    """

    next: int
    origin: int
    reset: int
    begun: bool
    visits: tuple[Visit, ...]
    spent: tuple[int, ...]
    ends: tuple[int, ...]


NO_VISIT: Final = (NEVER, frozenset[int](), NO_LINE, 0)


class _Line(NamedTuple):
    kind: RateLineKind
    value: int
    increment: int
    pro_rata: bool


class CountedCap(NamedTuple):
    """`length` of a rolling window, or the `mark` of a tariff day, or neither.

    What it counts: charges of lines in `band` (NO_BAND: all), while the band `watched` holds (NO_BAND: always).
    """

    amount: int
    length: int
    mark: int
    by_visit: bool
    band: int
    watched: int

    def counts(self, segment: Segment) -> bool:
        return (self.band == NO_BAND or self.band == segment.band) and (
            self.watched == NO_BAND or segment.watched[self.watched] != NEVER
        )

    def visit(self, segment: Segment) -> int:
        """When the visit began that the cap is for."""
        return segment.visit if self.watched == NO_BAND else segment.watched[self.watched]


@dataclass(frozen=True, slots=True)
class Walk:
    """What a stay costs: `total` / `scale`. Its charges explain it; `steps` is what it took to find out."""

    total: int
    scale: int
    days: Sequence[tuple[int, Sequence[Charge]]]
    steps: int


class Ladder:
    """One collection, prepared; raises TooComplex. Amounts are integers: 1 is 1 / `scale` of the currency."""

    def __init__(self, collection: RateLineCollection) -> None:
        if len(collection.lines) > MAX_LINES or len(collection.caps) > MAX_CAPS:
            raise TooComplex
        bands = collection.bands
        if len(bands) > MAX_BANDS:
            raise TooComplex
        self.collection = collection
        self.scale = _scale(collection)
        self.caps = _expand(collection)
        self.widest_first = sorted(range(len(self.caps)), key=lambda index: -_width(self.caps[index][0]))
        self._by_visit = collection.elapsed is Elapsed.VISIT
        spans = (cap.period for cap, _ in self.caps)
        reset = (collection.reset,) if isinstance(collection.reset, TariffDay) else ()
        marks = [mark.start for mark in (*reset, *spans) if isinstance(mark, TariffDay)]
        marks = list(dict.fromkeys(marks))
        watched = list(dict.fromkeys(cap.band for cap, own in self.caps if cap.band and own is None))
        self.bands = Bands(bands, watched, marks, by_visit=self._by_visit)
        self._lines = [self._prepare(line) for line in collection.lines]
        self._parts = [_parts(collection.lines, band) for band in bands]
        self._horizon = 1 + max((starts[-1] for starts, _ in self._parts), default=0)
        self.counted = [
            CountedCap(
                self._int(cap.amount),
                int(cap.period.total_seconds()) if isinstance(cap.period, timedelta) else 0,
                marks.index(cap.period.start) if isinstance(cap.period, TariffDay) else -1,
                cap.period is Span.VISIT,
                NO_BAND if own is None else bands.index(own),
                NO_BAND if own is not None or cap.band is None else watched.index(cap.band),
            )
            for cap, own in self.caps
        ]
        self._reset = int(collection.reset.total_seconds()) if isinstance(collection.reset, timedelta) else 0
        self._reset_mark = marks.index(collection.reset.start) if isinstance(collection.reset, TariffDay) else -1
        self._free_again = int(collection.free.total_seconds()) if collection.free_again else 0

    def walk(
        self,
        arrive: int,
        until: int,
        leave: int,
        zone: tzinfo,
        first: date,
        calendar: Calendar | None,
        steps: int = MAX_STEPS,
    ) -> Walk:
        """Charges from `arrive` to `until`, but the first that begins before `leave` (POSIX seconds) in any case.

        `first` is the local date of arrival. Raises Uncovered and TooComplex.
        """
        allowed = steps
        weight = 1 + len(self.counted) // 2
        total = 0
        days: list[tuple[int, Sequence[Charge]]] = []
        numbers: dict[State, int] = {}
        seen: dict[tuple[object, int], tuple[Sequence[Charge], int, State, int]] = {}
        state, number, work = None, 0, self.bands.work
        for midnight, day in Timeline(self.bands, zone, calendar, first):
            limit, last = until - midnight, max(until, leave) - midnight
            if state is None:
                state = self._begin(arrive - midnight, day)
            done = seen.get((day.key, number)) if limit > day.length else None
            if done is None:
                charges, amount, after, taken = self._day(midnight, day, state, limit, last, steps // weight)
                steps -= weight * taken + self.bands.work - work
                work = self.bands.work
                done = charges, amount, after, numbers.setdefault(after, len(numbers) + 1)
                if day.key and limit > day.length:
                    seen[day.key, number] = done
            charges, amount, state, number = done
            if charges:
                days.append((midnight, charges))
                total += amount
            if last <= day.length or (state.begun and limit <= day.length):
                total = max(total, self._int(self.collection.minimum_charge)) if total else 0
                return Walk(total, self.scale, days, allowed - steps)
        raise AssertionError("the days do not end")

    def _begin(self, arrive: int, day: CivilDay) -> State:
        start = arrive + int(self.collection.free.total_seconds())
        return State(
            start,
            start,
            self._next_reset(arrive, arrive, day),
            False,
            (NO_VISIT,) * len(self._parts),
            (0,) * len(self.counted),
            tuple(NEVER if cap.by_visit else self._next_end(cap, arrive, arrive, day) for cap in self.counted),
        )

    def _next_reset(self, last: int, now: int, day: CivilDay) -> int:
        if self._reset:
            return last + self._reset
        if self._reset_mark >= 0:
            return next((mark for mark in day.marks[self._reset_mark] if mark > now), NEVER)
        return NEVER

    @staticmethod
    def _next_end(cap: CountedCap, last: int, now: int, day: CivilDay) -> int:
        if cap.length:
            return last + cap.length * max(1, (now - last) // cap.length + 1)
        return next((mark for mark in day.marks[cap.mark] if mark > now), NEVER) if cap.mark >= 0 else NEVER

    def _day(
        self, midnight: int, day: CivilDay, state: State, limit: int, last: int, steps: int
    ) -> tuple[Sequence[Charge], int, State, int]:
        """The charges that begin on this day before `limit`, their sum, the state at its end, and the steps taken."""
        now, origin, reset, begun = state[:4]
        visits, spent, ends = list(state.visits), list(state.spent), list(state.ends)
        collection, carries, by_visit = self.collection, self.collection.carry_over, self._by_visit
        cuts_at_bands = collection.boundary is not Boundary.START_RATE
        charges: list[Charge] = []
        total = taken = 0
        for segment in day.segments:
            while now < segment.end and now < (limit if begun else last):
                taken += 1
                if taken > steps:
                    raise TooComplex
                if reset <= now:
                    while reset <= now:
                        # Nothing begins within the free time of the first period.
                        begins, reset = reset + self._free_again, self._next_reset(reset, reset, day)
                        origin = begins if begun else max(begins, origin)
                        taken += 1
                        if taken > steps:
                            raise TooComplex
                    visits = [NO_VISIT] * len(visits)
                    if origin > now:
                        now = origin
                        continue
                since = max(segment.visit, origin) if by_visit else origin
                line, line_end = self._find(segment.band, now - since)
                line_end = NEVER if line_end == NEVER else since + line_end
                stop = min(segment.end, line_end, reset)
                if line == NO_LINE:
                    if collection.outside is Outside.UNKNOWN:
                        raise Uncovered(midnight + now)
                    charges.append(Charge(now, min(stop, last), NO_LINE, 1, 0, NO_CAP, segment, now))
                    now = stop
                    continue
                kind, value, increment, pro_rata = self._lines[line]
                self._open_windows(spent, ends, now, segment, day)
                if kind is RateLineKind.INCREMENTING:
                    bound = max(now, min(stop, limit))
                    for index, cap in enumerate(self.counted):
                        if ends[index] < bound and not cap.by_visit and cap.counts(segment):
                            bound = ends[index]
                    if pro_rata:
                        quantity, end, amount = 1, bound, value * (bound - now) // increment
                    else:
                        quantity = max(1, -(-(bound - now) // increment))
                        end, amount = now + quantity * increment, value * quantity
                        cut = min(line_end, NEVER if carries else reset)
                        if cuts_at_bands and segment.change <= cut and segment.change < end:
                            if collection.boundary is Boundary.SPLIT:
                                amount -= value * (end - segment.change) // increment
                            end = segment.change
                        elif cut < end:
                            end = cut
                    following = end
                else:
                    visit, flats, tier, by_tiers = visits[segment.band]
                    if visit != segment.visit:
                        flats, tier, by_tiers = NO_VISIT[1:]
                    if line == tier or line in flats:
                        now = stop
                        continue
                    quantity, end, following, amount = 1, min(line_end, segment.until, reset), stop, value
                    if kind is RateLineKind.TIER:
                        amount, tier = amount - by_tiers, line
                    else:
                        flats |= {line}
                begun = True
                reduced, capped = self._under_caps(amount, spent, segment)
                if kind is not RateLineKind.INCREMENTING:
                    by_tiers += reduced if kind is RateLineKind.TIER else 0
                    visits[segment.band] = (segment.visit, flats, tier, by_tiers)
                total += reduced
                charges.append(Charge(now, end, line, quantity, reduced, capped, segment, since))
                now = following
        if last <= day.length:
            return charges, total, state, taken  # the last day: nothing goes on from here
        after = self._at_midnight(now, origin, reset, begun, visits, spent, ends, day.length)
        return charges, total, after, taken

    def _find(self, band: int, elapsed: int) -> tuple[int, int]:
        """The line that applies so long after the beginning, and until when."""
        if band == NO_BAND:
            return NO_LINE, NEVER
        starts, lines = self._parts[band]
        index = bisect_right(starts, elapsed) - 1
        return lines[index], starts[index + 1] if index + 1 < len(starts) else NEVER

    def _open_windows(self, spent: list[int], ends: list[int], now: int, segment: Segment, day: CivilDay) -> None:
        for index, cap in enumerate(self.counted):
            if cap.by_visit:
                if cap.counts(segment) and ends[index] != cap.visit(segment):
                    spent[index], ends[index] = 0, cap.visit(segment)
            elif ends[index] <= now:
                spent[index], ends[index] = 0, self._next_end(cap, ends[index], now, day)

    def _under_caps(self, amount: int, spent: list[int], segment: Segment) -> tuple[int, int]:
        """What the caps leave of an amount, and the one that reduced it last."""
        capped = NO_CAP
        for index, cap in enumerate(self.counted):
            if cap.counts(segment) and amount > cap.amount - spent[index]:
                amount, capped = cap.amount - spent[index], index
        for index, cap in enumerate(self.counted):
            if cap.counts(segment):
                spent[index] += amount
        return amount, capped

    def _at_midnight(
        self,
        now: int,
        origin: int,
        reset: int,
        begun: bool,
        visits: Sequence[Visit],
        spent: Sequence[int],
        ends: Sequence[int],
        length: int,
    ) -> State:
        """Seen from the next midnight. Beyond the last tier, all elapsed times are alike."""
        ends, spent = list(ends), list(spent)
        for index, cap in enumerate(self.counted):
            ends[index] = _shifted(ends[index], length)
            if cap.by_visit and LONG_AGO < ends[index] < OVER:
                ends[index], spent[index] = NEVER, 0
            elif cap.length and ends[index] <= 0:
                ends[index], spent[index] = ends[index] + cap.length * (-ends[index] // cap.length + 1), 0
            elif cap.mark >= 0:
                ends[index] = max(ends[index], -1)
        return State(
            now - length,
            max(origin - length, -self._horizon),
            _shifted(reset, length),
            begun,
            tuple(_carried(visit, length) for visit in visits),
            tuple(spent),
            tuple(ends),
        )

    def _prepare(self, line: RateLine) -> _Line:
        increment = line.increment if isinstance(line.increment, timedelta) else timedelta(0)
        return _Line(line.kind, self._int(line.value), int(increment.total_seconds()), line.pro_rata)

    def _int(self, amount: Decimal) -> int:
        return int(amount * self.scale)


def _shifted(instant: int, length: int) -> int:
    return instant - length if -NEVER < instant < NEVER else instant


def _carried(visit: Visit, length: int) -> Visit:
    begun = _shifted(visit[0], length)
    return NO_VISIT if LONG_AGO < begun < OVER else (begun, *visit[1:])


def _scale(collection: RateLineCollection) -> int:
    """So that every amount is whole, and every second of an increment that may be charged in part."""
    amounts = [collection.minimum_charge, *(line.value for line in collection.lines)]
    amounts += [cap.amount for cap in collection.caps]
    digits = max(0, *(-exponent for a in amounts if isinstance(exponent := a.as_tuple().exponent, int)))
    split = collection.boundary is Boundary.SPLIT
    seconds = [
        int(line.increment.total_seconds())
        for line in collection.lines
        if isinstance(line.increment, timedelta) and (split or line.pro_rata)
    ]
    return int(10**digits * lcm(*seconds))


def _expand(collection: RateLineCollection) -> tuple[tuple[Cap, Band | None], ...]:
    """Each cap, and the band of lines that it is for: where each visit of any band has its own, one of each band."""
    caps: list[tuple[Cap, Band | None]] = []
    for cap in collection.caps:
        if cap.period is Span.VISIT and cap.band is None:
            caps.extend((cap, band) for band in collection.bands)
        else:
            caps.append((cap, None))
    return tuple(caps)


def _width(cap: Cap) -> float:
    match cap.period:
        case timedelta():
            return cap.period.total_seconds()
        case TariffDay():
            return 86_400
        case Span.VISIT:
            return 0
        case Span.STAY:
            return float("inf")


def _parts(lines: Sequence[RateLine], band: Band) -> tuple[list[int], list[int]]:
    """From which elapsed second on which line of the band applies: the first one, where several do."""
    edges: list[tuple[int, bool, int]] = []
    for index, line in enumerate(lines):
        if line.band == band:
            edges.append((int(line.start.total_seconds()), True, index))
            if line.end is not None:
                edges.append((int(line.end.total_seconds()), False, index))
    starts, applies = [0], [NO_LINE]
    ended: set[int] = set()
    begun: list[int] = []
    for at, begins, index in sorted(edges):
        if begins:
            heappush(begun, index)
        else:
            ended.add(index)
        while begun and begun[0] in ended:
            heappop(begun)
        first = begun[0] if begun else NO_LINE
        if starts[-1] == at:
            applies[-1] = first
        elif applies[-1] != first:
            starts.append(at)
            applies.append(first)
    return starts, applies
