from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.graph.patience import ASKED_FOR, BESIDES, LEAST_ASKED_FOR, LEFT, LONGEST_S, USUAL_S, Patience

D = 0.8


class Processor:
    """What the loop's thread has used of it, as a test says."""

    used = 0.0

    def __call__(self) -> float:
        return self.used


def measured(takes_s: float) -> Patience:
    """After many answers that took so long each."""
    processor = Processor()
    patience = Patience(D, processor)
    for _ in range(200):
        patience.answered()
        processor.used += takes_s
    return patience


def test_one_by_itself_leaves_what_it_needs_to_be_laid_together() -> None:
    patience = Patience(D)
    for now in (0.0, 5.0, 5.0):
        at = patience.begin(now, now)
        assert at == pytest.approx(now + D * ASKED_FOR)
        patience.end(at)


def test_those_that_come_at_once_end_one_after_the_other() -> None:
    patience = measured(0.001)
    ends = [patience.begin(0, 0) for _ in range(20)]
    assert [before - after for before, after in pairwise(ends)] == pytest.approx([BESIDES * 0.001] * 19, rel=0.01)


def test_those_that_come_too_near_to_each_other_have_instants_of_their_own_within_their_deadlines() -> None:
    patience, step = measured(0.002), 0.000_7
    ends = [patience.begin(number * step, number * step) for number in range(40)]
    assert all(end <= number * step + D * ASKED_FOR + 1e-9 for number, end in enumerate(ends))
    assert all(after - before > 0.99 * BESIDES * 0.002 for before, after in pairwise(sorted(ends)))


def test_those_that_came_together_end_one_after_the_other_though_they_begin_one_after_the_other() -> None:
    patience = measured(0.002)
    ends = [patience.begin(number * 0.000_7, 0) for number in range(40)]
    assert [before - after for before, after in pairwise(ends)] == pytest.approx([BESIDES * 0.002] * 39, rel=0.01)


def test_those_that_come_one_after_the_other_wait_as_long_as_one_by_itself() -> None:
    patience = measured(0.001)
    for number in range(100):
        now = number * 0.003
        assert patience.begin(now, now) == pytest.approx(now + D * ASKED_FOR)


def test_what_a_query_waited_for_before_its_search_is_a_part_of_its_deadline() -> None:
    assert Patience(D).begin(10.1, 10.0) == pytest.approx(10 + D * ASKED_FOR)
    assert Patience(D).begin(70.0, 10.0) == pytest.approx(70 + D * LEFT)


def test_an_answer_takes_what_the_processor_did_since_the_one_before_unless_that_was_something_else() -> None:
    for takes_s, expected in ((0.003, 0.003), (60.0, LONGEST_S), (0.0, 0.0)):
        patience = measured(takes_s)
        latest, before = (patience.begin(0, 0) for _ in range(2))
        assert latest - before == pytest.approx(BESIDES * expected, abs=0.000_01)
    patience = Patience(D)
    patience.answered()
    latest, before = (patience.begin(0, 0) for _ in range(2))
    assert latest - before == pytest.approx(BESIDES * USUAL_S)


@given(st.lists(st.tuples(st.floats(0, 0.05), st.booleans()), max_size=200))
def test_networks_have_most_of_the_deadline_however_many_searches_wait(steps: list[tuple[float, bool]]) -> None:
    patience, now, waiting = measured(60.0), 0.0, list[float]()
    for step, one_ends in steps:
        now += step
        at = patience.begin(now, now)
        assert D * LEAST_ASKED_FOR <= at - now + 1e-9 <= D * ASKED_FOR + 2e-9
        waiting.append(at)
        if one_ends:
            patience.end(waiting.pop(0))
