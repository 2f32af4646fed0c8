"""The days of a stay, cut into bands, where the clocks of a place change in every way that they do.

The oracle says what the clock shows, and when it first shows it.
"""

from datetime import datetime, time, timedelta
from itertools import islice, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.domain.civil import ALWAYS, Band
from parkgraph.domain.timeline import NO_BAND, Bands, CivilDay, Timeline
from parkgraph.domain.vehicle import Vehicle
from tests.domain import oracle
from tests.domain.tariffs import CHANGE_EVES, HOLIDAYS, ZONES, bands

MINUTE: Final = 60
CHANGING: Final = [zone for zone in ZONES if CHANGE_EVES[zone.key]]


@st.composite
def eves(draw: st.DrawFn) -> datetime:
    """A midnight of a place, one or two days before its clocks change."""
    zone = draw(st.sampled_from(CHANGING))
    day = draw(st.sampled_from(CHANGE_EVES[zone.key])) - timedelta(days=draw(st.integers(0, 1)))
    return datetime.combine(day, time(), zone)


def days(of: list[Band], arrive: datetime) -> list[tuple[int, CivilDay]]:
    cut = Bands(of, (), (time(0), time(2, 30)), by_visit=True)
    return list(islice(Timeline(cut, HOLIDAYS, int(arrive.timestamp()), arrive), 4))


def first_shown(arrive: datetime, day: int, clock: int) -> int:
    """When, in POSIX seconds; `day`: after that of arrival, `clock`: in minutes."""
    assert isinstance(arrive.tzinfo, ZoneInfo)
    return oracle.reached(arrive.toordinal() - oracle.EPOCH.toordinal() + day, clock, arrive.tzinfo) * MINUTE


@given(eves())
def test_a_day_begins_when_the_clock_first_shows_its_midnight_or_a_later_time(arrive: datetime) -> None:
    told = days([], arrive)
    assert [midnight for midnight, _ in told] == [first_shown(arrive, number, 0) for number in range(4)]
    for number, (midnight, civil) in enumerate(told):
        marks = [tuple(first_shown(arrive, number + later, mark) for later in (0, 1)) for mark in (0, 150)]
        assert [tuple(midnight + mark for mark in pair) for pair in civil.marks] == marks


@settings(max_examples=100)
@given(eves(), st.lists(bands().filter(lambda band: band != ALWAYS), min_size=1, max_size=3, unique=True))
def test_a_band_holds_as_long_as_the_clock_shows_its_times(arrive: datetime, several: list[Band]) -> None:
    """Twice, where it shows them twice, and from the change on, where it skips the first of them."""
    assert isinstance(arrive.tzinfo, ZoneInfo)
    asked = oracle.Asked(0, 0, arrive.tzinfo, Vehicle(), HOLIDAYS)
    for midnight, civil in days(several, arrive):
        assert [civil.segments[0].start, civil.segments[-1].end] == [0, civil.length] if civil.length else True
        assert all(earlier.end == later.start for earlier, later in pairwise(civil.segments))
        for segment in civil.segments:
            for second in (segment.start, segment.end - MINUTE):
                minute, rest = divmod(midnight + second, MINUTE)
                assert rest == 0
                started = [asked.occurrence(band, minute) for band in several]
                holding = next((number for number, day in enumerate(started) if day is not None), NO_BAND)
                assert segment.band == holding
                if holding != NO_BAND:
                    day, band = started[holding], several[holding]
                    assert day is not None
                    begun = oracle.reached(day, band.start.hour * 60 + band.start.minute, arrive.tzinfo)
                    assert midnight + segment.visit == begun * MINUTE
