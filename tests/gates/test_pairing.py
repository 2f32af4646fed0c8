"""Sessions of a vehicle: whatever the order in which its history is told, they are the same."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.gates.decision import Direction
from parkgraph.gates.pairing import AGAIN, Crossing, Pair, crossed_since, pair, session_of

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
IN, OUT, EITHER = Direction.ENTRY, Direction.EXIT, Direction.UNKNOWN


def crossing(n: int, way: Direction, minutes: float, *, suspect: bool = False) -> Crossing:
    return Crossing(UUID(int=n), way, NOON + timedelta(minutes=minutes), suspect)


def test_an_entry_and_the_exit_after_it_are_a_session() -> None:
    entry, leave = crossing(1, IN, 0), crossing(2, OUT, 90)
    assert pair([entry, leave]).pairs == (Pair(entry, leave),)


def test_without_an_exit_it_is_open() -> None:
    history = pair([crossing(1, IN, 0)])
    assert history.pairs == (Pair(crossing(1, IN, 0)),)
    assert history.orphans == ()


def test_who_comes_in_again_has_left_before_and_nobody_knows_when() -> None:
    first, second, leave = crossing(1, IN, 0), crossing(2, IN, 60), crossing(3, OUT, 90)
    assert pair([first, second, leave]).pairs == (Pair(first, lost=True), Pair(second, leave))


def test_an_exit_without_an_entry_belongs_to_no_session() -> None:
    leave = crossing(1, OUT, 0)
    assert pair([leave]).orphans == (leave,)
    assert pair([leave]).pairs == ()


def test_a_barrier_that_was_asked_again_was_crossed_once() -> None:
    entry, again, leave = crossing(1, IN, 0), crossing(2, IN, 1), crossing(3, OUT, 90)
    assert pair([entry, again, leave, crossing(4, OUT, 91)]).pairs == (Pair(entry, leave),)


def test_a_line_that_is_crossed_both_ways_is_crossed_in_turns() -> None:
    entry, leave = crossing(1, EITHER, 0), crossing(2, EITHER, 30)
    assert pair([entry, leave]).pairs == (Pair(entry, leave),)


def test_a_session_is_known_by_its_entry() -> None:
    (one,), (same,) = pair([crossing(1, IN, 0)]).pairs, pair([crossing(1, IN, 0), crossing(2, OUT, 9)]).pairs
    assert one.session == same.session == session_of(UUID(int=1))


def test_an_instant_that_is_not_believed_marks_its_session() -> None:
    assert pair([crossing(1, IN, 0), crossing(2, OUT, 9, suspect=True)]).pairs[0].suspect


CROSSINGS = st.lists(
    st.builds(
        crossing, st.integers(1, 8), st.sampled_from(Direction), st.integers(0, 600).map(float), suspect=st.booleans()
    ),
    max_size=12,
)


@given(CROSSINGS, st.data())
def test_any_order_repetition_and_delay_of_a_history_gives_the_same_sessions(
    told: list[Crossing], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(told), max_size=6)) if told else []
    assert pair(data.draw(st.permutations(told + again))) == pair(told)


@given(CROSSINGS)
def test_sessions_of_a_vehicle_follow_each_other(told: list[Crossing]) -> None:
    pairs = pair(told).pairs
    for each in pairs:
        assert each.exit is None or each.exit.at >= each.entry.at
    for one, other in itertools.pairwise(pairs):
        assert one.lost or (one.exit is not None and one.exit.at <= other.entry.at)
    assert len({each.session for each in pairs}) == len(pairs)


@given(CROSSINGS)
def test_nobody_crosses_twice_in_a_moment(told: list[Crossing]) -> None:
    entries = [each.entry.at for each in pair([c for c in told if c.direction is IN]).pairs]
    assert all(later - earlier > AGAIN for earlier, later in itertools.pairwise(entries))


ONCE_EACH = CROSSINGS.map(lambda told: list({each.passage: each for each in told}.values()))


@given(ONCE_EACH, ONCE_EACH, st.integers(0, 600))
def test_what_comes_after_a_session_that_is_over_is_paired_from_its_entry_on(
    told: list[Crossing], later: list[Crossing], minutes: int
) -> None:
    """Whatever comes to be known of that minute and after, nothing before that entry is another for it."""
    since = NOON + timedelta(minutes=minutes)
    before = [each for each in told if each.at < since]
    after = [replace(each, passage=UUID(int=each.passage.int + 100)) for each in later if each.at >= since]
    sessions = pair(told).pairs
    over = [n for n, each in enumerate(sessions) if each.exit and each.exit.at < since]
    last = max(over, default=0)
    tail = pair(crossed_since(sessions[last].entry.passage if over else None, before + after))
    assert pair(before + after).pairs == (*sessions[:last], *tail.pairs)
