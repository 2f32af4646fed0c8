"""The demo's counts and prices move with the clock, and stay what a network might say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel, level_of
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.networks import registry
from parkgraph.networks.demo import COUNTED_EVERY, PRICED_EVERY, SURCHARGES, Moving, occupancy_at, rates_at
from parkgraph.networks.network import Part
from parkgraph.settings import load

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
COUNT = Occupancy(358, 870, OccupancyLevel.VACANT, NOON - timedelta(days=8))
HOURLY = RateTable("EUR", (RateLineCollection((RateLine(RateLineKind.FLAT, Decimal("3.50")),)),))

instants = st.integers(0, 4 * 365 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))


@given(instants, st.integers(0, 2000), st.integers(0, 2000), st.text())
def test_a_count_is_of_now_and_within_its_capacity(at: datetime, vacant: int, capacity: int, name: str) -> None:
    moved = occupancy_at(name, Occupancy(vacant, capacity, level_of(vacant, capacity), NOON), at)
    assert moved.observed_at == at
    assert moved.vacant is not None
    assert 0 <= moved.vacant <= max(vacant, capacity)
    assert moved.level is level_of(moved.vacant, capacity)


def test_a_large_garage_is_counted_anew_within_seconds() -> None:
    counts = {occupancy_at("a", COUNT, NOON + n * COUNTED_EVERY).vacant for n in range(20)}
    assert len(counts) > 10


def test_what_was_not_counted_stays_unknown() -> None:
    assert occupancy_at("a", Occupancy(None, 870, OccupancyLevel.UNKNOWN), NOON) == Occupancy(None, 870)
    closed = Occupancy(None, 870, OccupancyLevel.CLOSED, NOON - timedelta(days=1))
    assert occupancy_at("a", closed, NOON).level is OccupancyLevel.CLOSED


def test_prices_change_in_turns_and_are_whole_dimes() -> None:
    lines = [rates_at(HOURLY, NOON + n * PRICED_EVERY).collections[0].lines[0] for n in range(len(SURCHARGES))]
    assert {str(line.value) for line in lines} == {"3.50", "3.9", "4.2"}


async def test_the_demo_moves_where_it_is_served_and_stands_still_elsewhere() -> None:
    settings = load(None, {})
    still = next(each for each in registry.build_demo(settings) if each.id == "stuttgart")
    moving = next(each for each in registry.build_demo(settings, moving=True) if each.id == "stuttgart")
    assert (moving.source, moving.asking[Part.OCCUPANCIES].every) == (still.source, COUNTED_EVERY)
    counts = {}
    for instant in (NOON, NOON + timedelta(minutes=1)):
        assert not isinstance(still.adapter, Moving)
        batch = await Moving(still.adapter, lambda instant=instant: instant).occupancies()  # type: ignore[misc,arg-type]
        counts[instant] = {update.local_id: update.occupancy.vacant for update in batch.items}
        assert batch.as_of == instant
    first, second = counts.values()
    assert first.keys() == second.keys()
    assert first != second
