"""A stay walked along a ladder (`docs/pricing.md`, LADDER): what is charged when, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from parkgraph.domain.budget import Budget, TooComplex
from parkgraph.domain.civil import Calendar
from parkgraph.domain.ladder import NO_LINE, CountedCap, CountedLine, Ladder
from parkgraph.domain.tariff import Boundary, Outside, RateLineKind
from parkgraph.domain.timeline import DAY, LONG_AGO, NEVER, CivilDay, Segment, Timeline

OVER: Final = -2 * DAY
"""A visit that began before then is over: an occurrence of a band lasts a day at most."""

NO_CAP: Final = -1


class Uncovered(Exception):
    """No line says what the time from `at` (POSIX seconds) costs."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


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


class Visit(NamedTuple):
    """A band's occurrence since `begun`: the flat lines paid in it, the tier reached, and what tiers charged."""

    begun: int
    flats: frozenset[int]
    tier: int
    by_tiers: int


NO_VISIT: Final = Visit(NEVER, frozenset(), NO_LINE, 0)


class State(NamedTuple):
    """Where a walk stands at a midnight, in seconds since it: equal states go on alike.

    `next`: when the next charge begins. `origin`: since when elapsed time counts; beyond the last tier it makes no
    difference. `reset`: when it begins anew. `begun`: whether anything was charged. `visits`: of each band the one that
    was charged last. `spent`, `ends`: for each cap, what its window holds, and when it ends (a visit: when it began).
    """

    next: int
    origin: int
    reset: int
    begun: bool
    visits: tuple[Visit, ...]
    spent: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """What a stay costs: `total` / `scale`. Its charges explain it."""

    total: int
    scale: int
    days: Sequence[tuple[int, Sequence[Charge]]]


def walk(
    ladder: Ladder,
    begins: int,
    until: int,
    leave: int,
    arrive: datetime,
    calendar: Calendar | None,
    budget: Budget,
) -> Walk:
    """Charges from `begins` to `until`, but the first that begins before `leave` (POSIX seconds) in any case.

    `arrive` is the local time of `begins`. A day that is like another, and begins in a state like its, is not walked
    again. Raises Uncovered and TooComplex.
    """
    weight = 1 + len(ladder.counted) // 2
    recurs = until - begins > 2 * DAY
    total = count = number = 0
    days: list[tuple[int, Sequence[Charge]]] = []
    numbers: dict[State, int] = {}
    seen: dict[tuple[object, int], tuple[Sequence[Charge], int, State, int]] = {}
    state, work = None, ladder.bands.work
    for midnight, day in Timeline(ladder.bands, calendar, begins, arrive):
        limit, last = until - midnight, max(until, leave) - midnight
        if state is None:
            state = _at_arrival(ladder, begins - midnight, day)
        kept = recurs and day.key and limit > day.length
        done = seen.get((day.key, number)) if kept else None
        if done is None:
            charges, amount, after, taken = _day(ladder, midnight, day, state, limit, last, budget.steps // weight)
            budget.steps -= weight * taken + ladder.bands.work - work
            work = ladder.bands.work
            done = charges, amount, after, numbers.setdefault(after, len(numbers) + 1) if recurs else 0
            if kept:
                seen[day.key, number] = done
        charges, amount, state, number = done
        if charges:
            days.append((midnight, charges))
            total += amount
            count += len(charges)
        if last <= day.length or (state.begun and limit <= day.length):
            budget.take_charges(count)
            return Walk(max(total, ladder.minimum_charge) if total else 0, ladder.scale, days)
    raise AssertionError("the days do not end")


def _day(
    ladder: Ladder, midnight: int, day: CivilDay, state: State, limit: int, last: int, steps: int
) -> tuple[Sequence[Charge], int, State, int]:
    """The charges that begin on this day before `limit`, their sum, the state at its end, and the steps taken."""
    now, origin, reset, begun = state[:4]
    visits, spent, ends = list(state.visits), list(state.spent), list(state.ends)
    lines, by_visit = ladder.lines, ladder.by_visit
    charges: list[Charge] = []
    total = taken = 0
    opens = LONG_AGO
    for segment in day.segments:
        if segment.end <= now:
            continue
        caps = ladder.counting(segment)
        if ladder.caps_visits:
            opens = LONG_AGO
        while now < segment.end and now < (limit if begun else last):
            taken += 1
            if reset <= now:
                origin, reset, passed = _anew(ladder, now, origin, reset, day, steps - taken, begun=begun)
                taken += passed
                visits = [NO_VISIT] * len(visits)
            if taken > steps:
                raise TooComplex
            if origin > now:
                now = origin
                continue
            since = max(segment.visit, origin) if by_visit else origin
            number, lasts = ladder.line_after(now - since, segment.band)
            line_end = NEVER if lasts == NEVER else since + lasts
            stop = min(segment.end, line_end, reset)
            if number == NO_LINE:
                if ladder.collection.outside is Outside.UNKNOWN:
                    raise Uncovered(midnight + now)
                charges.append(Charge(now, min(stop, last), NO_LINE, 1, 0, NO_CAP, segment, now))
                now = stop
                continue
            line = lines[number]
            if opens <= now:
                opens = _open_windows(ladder, spent, ends, now, segment, day)
            if line.kind is RateLineKind.INCREMENTING:
                bound = stop if stop < limit else max(now, limit)
                if opens < bound:
                    bound = _bound(caps, ends, bound)
                quantity, end, amount = _units(ladder, line, segment, now, bound, line_end, reset)
                reduced, capped = _under_caps(caps, amount, spent)
                following = end
            else:
                visit = visits[segment.band]
                if visit.begun != segment.visit:
                    visit = NO_VISIT
                if number == visit.tier or number in visit.flats:
                    now = stop
                    continue
                is_tier = line.kind is RateLineKind.TIER
                amount = line.value - visit.by_tiers if is_tier else line.value
                reduced, capped = _under_caps(caps, amount, spent)
                visits[segment.band] = (
                    Visit(segment.visit, visit.flats, number, visit.by_tiers + reduced)
                    if is_tier
                    else Visit(segment.visit, visit.flats | {number}, visit.tier, visit.by_tiers)
                )
                quantity, end, following = 1, min(line_end, segment.until, reset), stop
            begun = True
            total += reduced
            charges.append(Charge(now, end, number, quantity, reduced, capped, segment, since))
            now = following
    if last <= day.length:
        return charges, total, state, taken  # the last day: nothing goes on from here
    length = day.length
    _leave_behind(ladder, spent, ends, length)
    after = State(
        now - length,
        max(origin - length, -ladder.horizon),
        _shifted(reset, length),
        begun,
        tuple([visit if visit is NO_VISIT else _carried(visit, length) for visit in visits]),
        tuple(spent),
        tuple(ends),
    )
    return charges, total, after, taken


def _units(
    ladder: Ladder, line: CountedLine, segment: Segment, now: int, bound: int, line_end: int, reset: int
) -> tuple[int, int, int]:
    """How many units begin before `bound`, when the last one ends, and what they cost."""
    value, increment = line.value, line.increment
    if line.pro_rata:
        return 1, bound, value * (bound - now) // increment
    quantity = -((now - bound) // increment) or 1
    end, amount = now + quantity * increment, value * quantity
    collection = ladder.collection
    cut = line_end if collection.carry_over else min(line_end, reset)
    if collection.boundary is not Boundary.START_RATE and segment.change <= cut and segment.change < end:
        if collection.boundary is Boundary.SPLIT:
            amount -= value * (end - segment.change) // increment
        return quantity, segment.change, amount
    return quantity, min(end, cut), amount


def _bound(caps: Sequence[tuple[int, CountedCap]], ends: Sequence[int], bound: int) -> int:
    """No later than where a window of a cap ends: what begins after it counts in the next."""
    for index, cap in caps:
        if ends[index] < bound and not cap.by_visit:
            bound = ends[index]
    return bound


def _anew(
    ladder: Ladder, now: int, origin: int, reset: int, day: CivilDay, steps: int, *, begun: bool
) -> tuple[int, int, int]:
    """Since when elapsed time counts after the resets up to now, the next reset, and how many there were."""
    passed = 0
    while reset <= now and passed <= steps:
        # Nothing begins within the free time of the first period.
        begins, reset = reset + ladder.free_again, _next_reset(ladder, reset, reset, day)
        origin = begins if begun else max(begins, origin)
        passed += 1
    return origin, reset, passed


def _at_arrival(ladder: Ladder, arrive: int, day: CivilDay) -> State:
    start = arrive + ladder.free
    return State(
        start,
        start,
        _next_reset(ladder, arrive, arrive, day),
        False,
        (NO_VISIT,) * ladder.band_count,
        (0,) * len(ladder.counted),
        tuple([NEVER if cap.by_visit else _next_end(cap, arrive, arrive, day) for cap in ladder.counted]),
    )


def _next_reset(ladder: Ladder, last: int, now: int, day: CivilDay) -> int:
    if ladder.reset:
        return last + ladder.reset
    if ladder.reset_mark >= 0:
        return next((mark for mark in day.marks[ladder.reset_mark] if mark > now), NEVER)
    return NEVER


def _next_end(cap: CountedCap, last: int, now: int, day: CivilDay) -> int:
    if cap.length:
        return last + cap.length * max(1, (now - last) // cap.length + 1)
    return next((mark for mark in day.marks[cap.mark] if mark > now), NEVER) if cap.mark >= 0 else NEVER


def _open_windows(ladder: Ladder, spent: list[int], ends: list[int], now: int, segment: Segment, day: CivilDay) -> int:
    """Begins the windows that are due, and says when the next one is, but for a visit's."""
    opens = NEVER
    for index, cap in enumerate(ladder.counted):
        if cap.by_visit:
            if cap.counts(segment) and ends[index] != cap.visit(segment):
                spent[index], ends[index] = 0, cap.visit(segment)
            continue
        if ends[index] <= now:
            spent[index], ends[index] = 0, _next_end(cap, ends[index], now, day)
        opens = min(opens, ends[index])
    return opens


def _under_caps(caps: Sequence[tuple[int, CountedCap]], amount: int, spent: list[int]) -> tuple[int, int]:
    """What the caps leave of an amount, and the one that reduced it last."""
    capped = NO_CAP
    for index, cap in caps:
        if amount > cap.amount - spent[index]:
            amount, capped = cap.amount - spent[index], index
    for index, _ in caps:
        spent[index] += amount
    return amount, capped


def _leave_behind(ladder: Ladder, spent: list[int], ends: list[int], length: int) -> None:
    """Ends of windows as the next midnight sees them: those that are over are alike."""
    for index, cap in enumerate(ladder.counted):
        ends[index] = _shifted(ends[index], length)
        if cap.by_visit and LONG_AGO < ends[index] < OVER:
            ends[index], spent[index] = NEVER, 0
        elif cap.length and ends[index] <= 0:
            ends[index], spent[index] = ends[index] + cap.length * (-ends[index] // cap.length + 1), 0
        elif cap.mark >= 0:
            ends[index] = max(ends[index], -1)


def _shifted(instant: int, length: int) -> int:
    return instant - length if -NEVER < instant < NEVER else instant


def _carried(visit: Visit, length: int) -> Visit:
    begun = _shifted(visit.begun, length)
    return NO_VISIT if LONG_AGO < begun < OVER else Visit(begun, *visit[1:])
