"""A collection of rate lines prepared for a walk (`docs/pricing.md`, LADDER): whole seconds and exact integers."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from heapq import heappop, heappush
from math import lcm
from typing import Final, NamedTuple

from parkgraph.domain.budget import TooComplex
from parkgraph.domain.civil import Band
from parkgraph.domain.tariff import Boundary, Cap, Elapsed, RateLine, RateLineCollection, RateLineKind, Span, TariffDay
from parkgraph.domain.timeline import NEVER, NO_BAND, Bands, Segment

MAX_LINES: Final = 1_000
MAX_BANDS: Final = 64
MAX_CAPS: Final = 16
NO_LINE: Final = -1


class CountedLine(NamedTuple):
    """A rate line in integers; `increment` is 0 where it has none."""

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


class Ladder:
    """One collection; raises TooComplex. Amounts are integers: 1 is 1 / `scale` of the currency.

    `minimum`, `grace_at_end`, `free`, `free_again` and `reset` are lengths, `reset_mark` is the mark of a tariff day,
    like those of the bands.
    """

    def __init__(self, collection: RateLineCollection) -> None:
        bands = collection.bands
        if len(collection.lines) > MAX_LINES or len(collection.caps) > MAX_CAPS or len(bands) > MAX_BANDS:
            raise TooComplex
        self.collection = collection
        self.band_count = len(bands)
        self.scale = _scale(collection)
        self.caps = _expand(collection)
        self.widest_first = sorted(range(len(self.caps)), key=lambda index: -_width(self.caps[index][0]))
        self.by_visit = collection.elapsed is Elapsed.VISIT
        days = [period for cap, _ in self.caps if isinstance(period := cap.period, TariffDay)]
        days += [collection.reset] if isinstance(collection.reset, TariffDay) else []
        marks = list(dict.fromkeys(day.start for day in days))
        watched = list(dict.fromkeys(cap.band for cap, own in self.caps if cap.band and own is None))
        self.bands = Bands(bands, watched, marks, by_visit=self.by_visit)
        self.lines = [
            CountedLine(line.kind, self.integer(line.value), _seconds(line.increment), line.pro_rata)
            for line in collection.lines
        ]
        self.counted = [
            CountedCap(
                self.integer(cap.amount),
                _seconds(cap.period),
                marks.index(cap.period.start) if isinstance(cap.period, TariffDay) else -1,
                cap.period is Span.VISIT,
                NO_BAND if own is None else bands.index(own),
                NO_BAND if own is not None or cap.band is None else watched.index(cap.band),
            )
            for cap, own in self.caps
        ]
        self.caps_visits = any(cap.by_visit for cap in self.counted)
        self._of_band = [
            [(index, cap) for index, cap in enumerate(self.counted) if cap.band in (NO_BAND, band)]
            for band in (*range(len(bands)), NO_BAND)
        ]
        self.reset = _seconds(collection.reset)
        self.reset_mark = marks.index(collection.reset.start) if isinstance(collection.reset, TariffDay) else -1
        self.minimum = _seconds(collection.minimum)
        self.grace_at_end = _seconds(collection.grace_at_end)
        self.free = _seconds(collection.free)
        self.free_again = self.free if collection.free_again else 0
        self.minimum_charge = self.integer(collection.minimum_charge)
        of_band: dict[Band, list[tuple[int, RateLine]]] = {band: [] for band in bands}
        for index, line in enumerate(collection.lines):
            of_band[line.band].append((index, line))
        self._parts = [_parts(lines) for lines in of_band.values()]
        self.horizon = 1 + max((starts[-1] for starts, _ in self._parts), default=0)

    def line_after(self, elapsed: int, band: int) -> tuple[int, int]:
        """The line of the band that applies after so much time, and until when; beyond `horizon` nothing changes."""
        if band == NO_BAND:
            return NO_LINE, NEVER
        starts, lines = self._parts[band]
        index = bisect_right(starts, elapsed)
        return lines[index - 1], starts[index] if index < len(starts) else NEVER

    def counting(self, segment: Segment) -> Sequence[tuple[int, CountedCap]]:
        """The caps that count what begins in this segment, each with its index."""
        caps = self._of_band[segment.band]
        return [each for each in caps if each[1].counts(segment)] if segment.watched else caps

    def integer(self, amount: Decimal) -> int:
        numerator, denominator = amount.as_integer_ratio()
        return numerator * self.scale // denominator


def _seconds(length: object) -> int:
    """0 for what is no length of time."""
    return int(length.total_seconds()) if isinstance(length, timedelta) else 0


def _scale(collection: RateLineCollection) -> int:
    """So that every amount is whole, and every second of an increment that may be charged in part."""
    amounts = [collection.minimum_charge, *(line.value for line in collection.lines)]
    amounts += [cap.amount for cap in collection.caps]
    digits = max(0, *(-exponent for a in amounts if isinstance(exponent := a.as_tuple().exponent, int)))
    split = collection.boundary is Boundary.SPLIT
    seconds = (_seconds(line.increment) for line in collection.lines if split or line.pro_rata)
    return int(10**digits * lcm(*filter(None, seconds)))


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


def _parts(lines: Iterable[tuple[int, RateLine]]) -> tuple[list[int], list[int]]:
    """From which elapsed second on which of a band's lines applies: the first one, where several do."""
    edges: list[tuple[int, bool, int]] = []
    for index, line in lines:
        edges.append((_seconds(line.start), True, index))
        if line.end is not None:
            edges.append((_seconds(line.end), False, index))
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
