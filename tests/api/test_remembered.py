"""What was made of arguments is known by their identity."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.api.remembered import LIMIT, remembered


def test_the_same_arguments_give_the_very_same() -> None:
    made = remembered(lambda a, b: [a, b])
    one, other = (1,), (2,)
    assert made(one, other) is made(one, other)
    assert made(one, None) is not made(one, other)


def test_equal_arguments_that_say_something_else_are_others() -> None:
    said = remembered(lambda at: at.isoformat())
    assert said(datetime.fromisoformat("2026-11-24T09:00:00+01:00")).endswith("+01:00")
    assert said(datetime.fromisoformat("2026-11-24T08:00:00+00:00")).endswith("+00:00")


@given(st.lists(st.integers(0, 2 * LIMIT), max_size=3 * LIMIT))
def test_whatever_was_asked_before_the_answer_is_the_function_s(asked: list[int]) -> None:
    """Most of the tuples are gone when their successors take their places in memory."""
    first = remembered(lambda numbers: numbers[0])
    assert [first((number,)) for number in asked] == asked
