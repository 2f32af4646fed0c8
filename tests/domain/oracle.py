"""What a stay costs by the words of `docs/pricing.md`, minute by minute: slow, naive, and nothing of the engine in it.

Every time in the table and the stay must be a whole minute. Instants are minutes since 1970 in UTC; what the clock of
the place shows is minutes since 1970 of its own calendar, so that 1440 of them are a day there.
"""

from bisect import bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, gcd
from zoneinfo import ZoneInfo

from parkgraph.domain.civil import ALWAYS, WEEKDAYS, Band, Calendar, Day
from parkgraph.domain.money import minor_unit
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    Boundary,
    Cap,
    Choice,
    Combination,
    Elapsed,
    Months,
    Outside,
    Period,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    Rounding,
    RoundingMode,
    Span,
    TariffDay,
)
from parkgraph.domain.vehicle import Vehicle

MINUTE = timedelta(minutes=1)
DAY = 1440
EPOCH = date(1970, 1, 1)


class NotCovered(Exception):
    """There is time that no line covers."""


def total(
    table: RateTable, stay: Stay, zone: ZoneInfo, vehicle: Vehicle, calendar: Calendar | None
) -> Decimal | OfferStatus | OfferReason:
    """The amount, or NOT_COMPUTABLE, or why the offer is UNAVAILABLE."""
    asked = Asked(_instant(stay.arrive), _instant(stay.leave), zone, vehicle, calendar)
    if calendar is None and any(collection.needs_calendar for collection in table.collections):
        return OfferStatus.NOT_COMPUTABLE
    choices = [each for each in table.collections if not each.adds]
    applying = [each for each in choices if asked.fits(each) and not asked.is_too_long_for(each)]
    if not applying:
        only_length = any(asked.fits(each) for each in choices)
        return OfferReason.BEYOND_MAX_STAY if only_length else OfferReason.NOT_ELIGIBLE
    if table.known_until is not None and asked.leave > asked.after(table.known_until):
        return OfferStatus.NOT_COMPUTABLE
    prices = [_price(each, asked) for each in applying]
    if table.choice is Choice.FIRST:
        counting = prices[0]
    else:
        counting = min((each for each in prices if each is not None), default=None)
    surcharges = [each for each in table.collections if each.adds and asked.fits(each)]
    parts = [counting, *(_price(each, asked) for each in surcharges if not asked.is_too_long_for(each))]
    amounts = [each for each in parts if each is not None]
    if len(amounts) < len(parts):
        return OfferStatus.NOT_COMPUTABLE
    return _rounded(sum(amounts) * (1 + Fraction(table.added_tax or 0)), table.rounding, table.currency)


@dataclass(frozen=True)
class Asked:
    """From which minute to which, where, and who."""

    arrive: int
    leave: int
    zone: ZoneInfo
    vehicle: Vehicle
    calendar: Calendar | None

    def fits(self, collection: RateLineCollection) -> bool:
        """All that decides whether it applies, but for the longest stay."""
        audiences = {Audience.GENERAL}
        if self.vehicle.disabled_permit:
            audiences.add(Audience.DISABLED)
        if self.vehicle.electric:
            audiences.add(Audience.ELECTRIC)
        if collection.vehicles and self.vehicle.kind not in collection.vehicles:
            return False
        if collection.audiences and not collection.audiences & audiences:
            return False
        if collection.arrive and self.occurrence(collection.arrive, self.arrive) is None:
            return False
        if collection.leave and self.occurrence(collection.leave, self.leave - 1) is None:
            return False
        return self.leave - self.arrive >= _minutes(collection.min_time)

    def is_too_long_for(self, collection: RateLineCollection) -> bool:
        return collection.max_time is not None and self.leave > self.after(collection.max_time)

    def after(self, period: Period) -> int:
        """The instant so long after arrival; a calendar month later the clock shows the same time again."""
        if isinstance(period, timedelta):
            return self.arrive + _minutes(period)
        day, clock = divmod(shown(self.arrive, self.zone), DAY)
        arrived = EPOCH + timedelta(days=day)
        year, month = divmod(arrived.year * 12 + arrived.month - 1 + period.count, 12)
        later = date(year, month + 1, min(arrived.day, monthrange(year, month + 1)[1]))
        return reached((later - EPOCH).days, clock, self.zone)

    def occurrence(self, band: Band, instant: int) -> int | None:
        """The day on which that occurrence of the band started to which the instant belongs; None: it is not in it."""
        if band is ALWAYS or band == ALWAYS:
            return 0
        day, clock = divmod(shown(instant, self.zone), DAY)
        start, end = _clock(band.start), _clock(band.end)
        if start < end:
            return day if start <= clock < end and self.starts_on(band, day) else None
        if clock >= start and self.starts_on(band, day):
            return day
        return day - 1 if clock < end and self.starts_on(band, day - 1) else None

    def starts_on(self, band: Band, day: int) -> bool:
        on = EPOCH + timedelta(days=day)
        if band.first and on < band.first:
            return False
        if band.last and on > band.last:
            return False
        is_holiday = self.calendar is not None and self.calendar.is_holiday(on)
        if is_holiday and Day.HOLIDAY in band.days:
            return True
        if is_holiday and band.except_holidays:
            return False
        return WEEKDAYS[on.weekday()] in band.days

    def tariff_day(self, start: time, instant: int) -> int:
        """The last day whose beginning the clock had reached."""
        day = shown(instant, self.zone) // DAY + 1
        while reached(day, _clock(start), self.zone) > instant:
            day -= 1
        return day


@lru_cache(1 << 20)
def shown(instant: int, zone: ZoneInfo) -> int:
    """What the clock shows."""
    local = datetime.fromtimestamp(instant * 60, zone)
    return (local.toordinal() - EPOCH.toordinal()) * DAY + local.hour * 60 + local.minute


@lru_cache(1 << 16)
def reached(day: int, clock: int, zone: ZoneInfo) -> int:
    """The first instant at which the clock shows this or, where it never does, a later time."""
    instant = day * DAY + clock - 15 * 60
    while shown(instant, zone) < day * DAY + clock:
        instant += 1
    return instant


def _price(collection: RateLineCollection, asked: Asked) -> Fraction | None:
    """None where its lines do not cover the stay."""
    if asked.leave - asked.arrive <= _minutes(collection.grace):
        return Fraction(0)
    if collection.combination is Combination.CHEAPEST_COVER:
        return _cheapest_cover(collection, asked)
    try:
        exact = Ladder(collection, asked).walk()
    except NotCovered:
        return None
    return max(exact, Fraction(collection.minimum_charge)) if exact else exact


def _cheapest_cover(collection: RateLineCollection, asked: Asked) -> Fraction | None:
    """Tries every number of months; what they leave is covered by units of fixed length, as cheaply as can be."""
    end = max(asked.leave, asked.arrive + _minutes(collection.minimum))
    fixed: list[tuple[int, Fraction]] = []
    months: list[tuple[int, Fraction]] = []
    for line in collection.lines:
        if isinstance(line.increment, Months):
            months.append((line.increment.count, Fraction(line.value)))
        elif line.increment is not None:
            fixed.append((_minutes(line.increment), Fraction(line.value)))
    step = gcd(*(length for length, _ in fixed)) or 1
    covers: list[Fraction | None] = []
    bought: dict[int, Fraction] = {0: Fraction(0)}
    count = 0
    while True:
        if count in bought:
            uncovered = end - (asked.after(Months(count)) if count else asked.arrive)
            rest = _cover([(length // step, price) for length, price in fixed], ceil(Fraction(max(0, uncovered), step)))
            covers.append(None if rest is None else bought[count] + rest)
            if uncovered <= 0 and not any(count % each for each, _ in months):
                break
        if not months:
            break
        count += 1
        ways = [bought[count - size] + price for size, price in months if count - size in bought]
        if ways:
            bought[count] = min(ways)
    return min((each for each in covers if each is not None), default=None)


def _cover(units: list[tuple[int, Fraction]], length: int) -> Fraction | None:
    cheapest: list[Fraction | None] = [Fraction(0)]
    for short in range(1, length + 1):
        before = [(cheapest[max(0, short - size)], price) for size, price in units]
        cheapest.append(min((rest + price for rest, price in before if rest is not None), default=None))
    return cheapest[length]


Place = tuple[int, int]
"""The number of a band, and the day on which this occurrence of it started."""


class Ladder:
    """One walk from arrival to the end of what is charged for."""

    def __init__(self, collection: RateLineCollection, asked: Asked) -> None:
        self.terms = collection
        self.asked = asked
        self.bands = list(dict.fromkeys(line.band for line in collection.lines))
        self.lines = [[line for line in collection.lines if line.band == band] for band in self.bands]
        self.end = max(
            asked.leave - _minutes(collection.grace_at_end), asked.arrive + _minutes(collection.minimum)
        )  # fmt: skip
        increments = [_minutes(line.increment) for line in collection.lines if isinstance(line.increment, timedelta)]
        self.resets = self._resets(max(self.end, asked.leave) + max(increments, default=0))
        self.places: dict[int, Place | None] = {}
        self.spent: dict[Hashable, Fraction] = defaultdict(Fraction)
        self.flats: set[Hashable] = set()
        self.tiers: dict[Hashable, tuple[RateLine, Fraction]] = {}

    def walk(self) -> Fraction:
        """The sum of all charges. Raises NotCovered."""
        charged = Fraction(0)
        is_first = True
        now = self.asked.arrive
        while now < self.end or (is_first and now < self.asked.leave):
            place, line = self.place(now), None
            if now < self.charging_begins(now):
                now += 1
                continue
            if place is not None:
                line = self.line_after(now - self.elapsed_since(now, place), place[0])
            if place is None or line is None:
                if self.terms.outside is Outside.UNKNOWN:
                    raise NotCovered
                now += 1
                continue
            is_first = False
            visit_and_period = (place, self.period_begins(now))
            if line.kind is RateLineKind.FLAT:
                if (line, visit_and_period) not in self.flats:
                    self.flats.add((line, visit_and_period))
                    charged += self.charge(Fraction(line.value), now, place)
                now += 1
            elif line.kind is RateLineKind.TIER:
                before, charged_by_tiers = self.tiers.get(visit_and_period, (None, Fraction(0)))
                if line is not before:
                    amount = self.charge(Fraction(line.value) - charged_by_tiers, now, place)
                    self.tiers[visit_and_period] = (line, charged_by_tiers + amount)
                    charged += amount
                now += 1
            elif line.pro_rata:
                if now < self.end:
                    charged += self.charge(Fraction(line.value) / _increment(line), now, place)
                now += 1
            else:
                ends, part = self.unit(line, now, place)
                charged += self.charge(Fraction(line.value) * part, now, place)
                now = ends
        return charged

    def unit(self, line: RateLine, begins: int, place: Place) -> tuple[int, Fraction]:
        """When the unit ends, and which part of it is charged."""
        elapsed_since = self.elapsed_since(begins, place)
        now = begins
        while True:
            now += 1
            if self.terms.boundary is not Boundary.START_RATE and self.is_another(place, self.place(now)):
                is_split = self.terms.boundary is Boundary.SPLIT
                return now, Fraction(now - begins, _increment(line)) if is_split else Fraction(1)
            if now - begins == _increment(line):
                return now, Fraction(1)
            if self.line_after(now - elapsed_since, place[0]) is not line:
                return now, Fraction(1)
            if now in self.resets and not self.terms.carry_over:
                return now, Fraction(1)

    def is_another(self, place: Place, later: Place | None) -> bool:
        if later is None or self.terms.elapsed is Elapsed.VISIT:
            return later != place
        return later[0] != place[0]

    def place(self, now: int) -> Place | None:
        """The number of the band, and the day on which this occurrence of it started."""
        if now not in self.places:
            self.places[now] = None
            for number, band in enumerate(self.bands):
                day = self.asked.occurrence(band, now)
                if day is not None:
                    self.places[now] = (number, day)
                    break
        return self.places[now]

    def line_after(self, elapsed: int, band: int) -> RateLine | None:
        for line in self.lines[band]:
            begun = _minutes(line.start) <= elapsed
            if begun and (line.end is None or elapsed < _minutes(line.end)):
                return line
        return None

    def elapsed_since(self, now: int, place: Place) -> int:
        charging = self.charging_begins(now)
        number, day = place
        band = self.bands[number]
        if self.terms.elapsed is Elapsed.ARRIVAL or band == ALWAYS:
            return charging
        return max(charging, reached(day, _clock(band.start), self.asked.zone))

    def period_begins(self, now: int) -> int:
        passed = bisect_right(self.resets, now)
        return self.resets[passed - 1] if passed else self.asked.arrive

    def charging_begins(self, now: int) -> int:
        free = _minutes(self.terms.free)
        begins = self.period_begins(now)
        return begins + free if self.terms.free_again else max(begins, self.asked.arrive + free)

    def _resets(self, until: int) -> list[int]:
        """All up to the end of the last unit."""
        reset = self.terms.reset
        if reset is None:
            return []
        if isinstance(reset, timedelta):
            return list(range(self.asked.arrive + _minutes(reset), until + 1, _minutes(reset)))
        first = self.asked.tariff_day(reset.start, self.asked.arrive) + 1
        last = self.asked.tariff_day(reset.start, until)
        return [reached(day, _clock(reset.start), self.asked.zone) for day in range(first, last + 1)]

    def charge(self, amount: Fraction, now: int, place: Place) -> Fraction:
        """As much of it as every cap leaves."""
        windows = {number: self.window(cap, now, place) for number, cap in enumerate(self.terms.caps)}
        counting = [(number, window) for number, window in windows.items() if window is not None]
        for number, window in counting:
            amount = min(amount, Fraction(self.terms.caps[number].amount) - self.spent[number, window])
        for number, window in counting:
            self.spent[number, window] += amount
        return amount

    def window(self, cap: Cap, now: int, place: Place) -> Hashable:
        """The one of the cap's periods to which the instant belongs; None: the cap counts nothing then."""
        visited: Hashable = place
        if cap.band is not None:
            day = self.asked.occurrence(cap.band, now)
            visited = None if day is None else (cap.band, day)
        if visited is None:
            return None
        if isinstance(cap.period, timedelta):
            return (now - self.asked.arrive) // _minutes(cap.period)
        if isinstance(cap.period, TariffDay):
            return self.asked.tariff_day(cap.period.start, now)
        return visited if cap.period is Span.VISIT else "the stay"


def _rounded(exact: Fraction, rounding: Rounding, currency: str) -> Decimal:
    unit = rounding.unit or minor_unit(currency)
    units = exact / Fraction(unit)
    match rounding.mode:
        case RoundingMode.UP:
            return ceil(units) * unit
        case RoundingMode.DOWN:
            return floor(units) * unit
        case RoundingMode.HALF_UP:
            return floor(units + Fraction(1, 2)) * unit


def _instant(of: datetime) -> int:
    return _minutes(of.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC))


@lru_cache
def _clock(of: time) -> int:
    return _minutes(timedelta(hours=of.hour, minutes=of.minute, seconds=of.second))


def _increment(line: RateLine) -> int:
    if not isinstance(line.increment, timedelta):
        raise TypeError("a ladder has no calendar months")
    return _minutes(line.increment)


@lru_cache(1 << 16)
def _minutes(length: timedelta) -> int:
    minutes, rest = divmod(length, MINUTE)
    if rest:
        raise ValueError(f"the oracle knows whole minutes only, not {length}")
    return minutes
