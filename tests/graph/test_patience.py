from itertools import pairwise

import pytest

from parkgraph.graph.patience import ASKED_FOR, LEAST_ASKED_FOR, LEFT, Patience


def test_one_by_itself_leaves_what_it_needs_to_be_laid_together() -> None:
    patience = Patience(0.8)
    for _ in range(3):
        assert patience.begin() == pytest.approx(0.8 * ASKED_FOR)
        patience.end()


def test_those_that_wait_together_end_one_after_the_other() -> None:
    patience = Patience(0.8)
    for _ in range(100):
        patience.took(0.003)
    waits = [patience.begin() for _ in range(20)]
    assert [before - after for before, after in pairwise(waits)] == pytest.approx([0.003] * 19, rel=0.01)


def test_what_a_query_waited_for_before_its_search_is_a_part_of_its_deadline() -> None:
    patience = Patience(0.8)
    assert patience.begin(0.1) == pytest.approx(0.8 * ASKED_FOR - 0.1)
    assert patience.begin(60) == 0.8 * LEFT


def test_networks_have_most_of_the_deadline_however_many_searches_wait() -> None:
    patience = Patience(0.8)
    for _ in range(100):
        patience.took(60)
    assert min(patience.begin() for _ in range(1000)) == pytest.approx(0.8 * LEAST_ASKED_FOR)
