"""Every rate table that the model allows, for Hypothesis."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from parkgraph.domain.civil import ALWAYS, Band, Day
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.tariff import (
    Boundary,
    Cap,
    Choice,
    Combination,
    Elapsed,
    Months,
    Outside,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    Rounding,
    RoundingMode,
    Span,
    TariffDay,
)
from parkgraph.domain.vehicle import VehicleKind
from parkgraph.sdk.rows import one_line

AMOUNTS = st.decimals(0, 10**6, places=4) | st.decimals(0, 10**15 - 1, places=0)
LENGTHS = st.integers(0, 10**9).map(lambda seconds: timedelta(seconds=seconds)) | st.just(timedelta(days=999_999_999))
STEPS = st.integers(60, 10**8).map(lambda seconds: timedelta(seconds=seconds))
MONTHS = st.builds(Months, st.integers(1, 1200))
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))
DAYS = st.builds(TariffDay, CLOCKS)
NAMES = st.none() | st.text(max_size=20).map(lambda text: one_line(text) or None)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    first, last = sorted(draw(st.tuples(st.dates(date(1, 1, 1)), st.dates(date(1, 1, 1)))))
    return Band(
        draw(CLOCKS),
        draw(CLOCKS),
        draw(st.frozensets(st.sampled_from(Day), min_size=1)),
        draw(st.booleans()),
        draw(st.sampled_from([None, first])),
        draw(st.sampled_from([None, last])),
        draw(NAMES),
    )


CAPS = st.builds(Cap, AMOUNTS, STEPS | DAYS | st.sampled_from(Span), st.none() | bands())


@st.composite
def lines(draw: st.DrawFn, boundary: Boundary) -> RateLine:
    start = draw(st.integers(0, 10**8))
    end = draw(st.none() | st.integers(start + 1, 10**9))
    kind = draw(st.sampled_from(RateLineKind))
    increment = None
    if kind is RateLineKind.INCREMENTING:
        increment = draw(st.integers(60, 86_400 if boundary is not Boundary.START_RATE else 10**8))
    return RateLine(
        kind,
        draw(AMOUNTS),
        None if increment is None else timedelta(seconds=increment),
        timedelta(seconds=start),
        None if end is None else timedelta(seconds=end),
        draw(st.just(ALWAYS) | bands()),
        increment is not None and draw(st.booleans()),
    )


UNITS = st.builds(RateLine, st.just(RateLineKind.INCREMENTING), AMOUNTS, STEPS | MONTHS)


@st.composite
def collections(draw: st.DrawFn, adds: st.SearchStrategy[bool]) -> RateLineCollection:
    ladder = draw(st.booleans())
    boundary = draw(st.sampled_from(Boundary))
    zero = st.just(timedelta(0))
    return RateLineCollection(
        lines=tuple(draw(st.lists(lines(boundary) if ladder else UNITS, min_size=1, max_size=4))),
        combination=Combination.LADDER if ladder else Combination.CHEAPEST_COVER,
        max_time=draw(st.none() | LENGTHS | MONTHS),
        minimum=draw(st.integers(0, 366 * 86_400).map(lambda seconds: timedelta(seconds=seconds))),
        caps=tuple(draw(st.lists(CAPS, max_size=3))) if ladder else (),
        name=draw(NAMES),
        audiences=draw(st.frozensets(st.sampled_from(Audience))),
        vehicles=draw(st.frozensets(st.sampled_from(VehicleKind))),
        arrive=draw(st.none() | bands() | st.just(ALWAYS)),
        leave=draw(st.none() | bands()),
        min_time=draw(LENGTHS),
        adds=draw(adds),
        minimum_charge=draw(AMOUNTS) if ladder else Decimal(0),
        grace=draw(LENGTHS),
        free=draw(LENGTHS if ladder else zero),
        free_again=draw(st.booleans()),
        grace_at_end=draw(LENGTHS if ladder else zero),
        elapsed=draw(st.sampled_from(Elapsed)),
        boundary=boundary,
        reset=draw(st.none() | STEPS | DAYS) if ladder else None,
        carry_over=draw(st.booleans()),
        outside=draw(st.sampled_from(Outside)),
    )


@st.composite
def rate_tables(draw: st.DrawFn) -> RateTable:
    others = draw(st.lists(collections(st.booleans()), max_size=2))
    units = st.decimals(Decimal("0.0001"), 1000, places=4).filter(bool)
    return RateTable(
        draw(st.from_regex(r"[A-Z]{3}", fullmatch=True)),
        (draw(collections(st.just(False))), *others),
        draw(st.none() | LENGTHS | MONTHS),
        draw(st.sampled_from(Choice)),
        draw(st.none() | st.decimals(0, 1, places=5)),
        Rounding(draw(st.sampled_from(RoundingMode)), draw(st.none() | units)),
    )
