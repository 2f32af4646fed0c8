"""How often a network is asked."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.sdk.transport.pace import Pace, RetryBudget


@given(st.integers(1, 200), st.lists(st.floats(0, 90), max_size=300))
def test_no_minute_sees_more_than_is_allowed(per_minute: int, pauses: list[float]) -> None:
    pace, now, sent = Pace(per_minute), 0.0, []
    for pause in pauses:
        now += pause
        sent.append(now + pace.take(now))
    for number, start in enumerate(sent):
        assert sum(start <= other < start + 60 - 1e-6 for other in sent[number:]) <= per_minute


@given(st.integers(1, 200), st.lists(st.floats(0, 5), max_size=100))
def test_turns_come_in_order(per_minute: int, pauses: list[float]) -> None:
    pace, now, turns = Pace(per_minute), 0.0, []
    for pause in pauses:
        now += pause
        turns.append(now + pace.take(now))
    assert all(earlier <= later + 1e-6 for earlier, later in pairwise(turns))


def test_half_of_a_minute_s_requests_may_go_at_once() -> None:
    pace = Pace(60)
    assert [pace.take(100.0) for _ in range(30)] == [0.0] * 30
    assert pace.take(100.0) == pytest.approx(2.0)


def test_a_turn_given_back_is_free_again() -> None:
    pace = Pace(1)
    assert pace.take(0.0) == 0.0
    assert pace.take(0.0) == pytest.approx(60.0)
    pace.give_back()
    assert pace.take(0.0) == pytest.approx(60.0)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Pace(0)


@given(st.lists(st.booleans(), max_size=300))
def test_of_all_requests_at_most_one_in_ten_is_a_retry_from_the_first_on(outcomes: list[bool]) -> None:
    """Each request that fails is repeated where the budget allows, and the repetition fails too."""
    budget, retries = RetryBudget(), 0
    for requests, well in enumerate(outcomes, start=1):
        if well:
            budget.earn()
        else:
            retries += budget.spend()
        assert retries <= 0.1 * requests


def test_ten_successes_pay_for_one_retry() -> None:
    budget = RetryBudget(price=10)
    for _ in range(9):
        budget.earn()
    assert not budget.spend()
    budget.earn()
    assert [budget.spend() for _ in range(2)] == [True, False]


def test_savings_are_bounded() -> None:
    budget = RetryBudget(most=2)
    for _ in range(1_000):
        budget.earn()
    assert [budget.spend() for _ in range(3)] == [True, True, False]
