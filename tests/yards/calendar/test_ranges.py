"""Ranges of one space, without a gap."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.calendar.ranges import MAX_SPAN, Range, SpaceState, Window, with_free

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Window(NOON, NOON + 24 * HOUR)
FREE, BOOKED, HELD = SpaceState.FREE, SpaceState.BOOKED, SpaceState.HELD


def taken(begin: int, end: int, state: SpaceState = BOOKED) -> Range:
    return Range(NOON + begin * HOUR, NOON + end * HOUR, state)


def hours(*ranges: Range, until: datetime | None = None) -> list[tuple[float, float, SpaceState]]:
    return [
        ((begins - NOON) / HOUR, (ends - NOON) / HOUR, state) for begins, ends, state in with_free(ranges, DAY, until)
    ]


def test_a_space_that_nobody_has_is_free_all_the_time() -> None:
    assert hours() == [(0, 24, FREE)]


def test_what_is_between_is_free() -> None:
    assert hours(taken(6, 8), taken(2, 3, HELD)) == [
        (0, 2, FREE),
        (2, 3, HELD),
        (3, 6, FREE),
        (6, 8, BOOKED),
        (8, 24, FREE),
    ]


def test_between_one_that_ends_as_the_next_begins_nothing_is_free() -> None:
    assert hours(taken(0, 4), taken(4, 24)) == [(0, 4, BOOKED), (4, 24, BOOKED)]


def test_what_is_taken_is_whole_and_what_is_free_is_not() -> None:
    assert hours(taken(-5, 1), taken(20, 30)) == [(-5, 1, BOOKED), (1, 20, FREE), (20, 30, BOOKED)]


def test_a_space_that_was_taken_away_is_not_free_after_that() -> None:
    assert hours(taken(2, 4), until=NOON + 10 * HOUR) == [(0, 2, FREE), (2, 4, BOOKED), (4, 10, FREE)]


@given(st.lists(st.integers(-10, 40), max_size=12, unique=True))
def test_there_is_never_a_gap_nor_an_overlap(marks: list[int]) -> None:
    marks = sorted(marks)[: len(marks) // 2 * 2]
    pairs = [(a, b) for a, b in zip(marks[::2], marks[1::2], strict=True) if b > 0 and a < 24]
    found = hours(*(taken(a, b) for a, b in pairs))
    assert found[0][0] <= 0
    assert found[-1][1] >= 24
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert [each[:2] for each in found if each[2] is BOOKED] == pairs


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (NOON, NOON, "after"),
        (NOON, NOON - HOUR, "after"),
        (NOON, NOON + MAX_SPAN + HOUR, "at most 100 days"),
        (NOON.replace(tzinfo=None), NOON, "offset"),
    ],
)
def test_a_window_has_an_end_that_is_not_far(begins: datetime, ends: datetime, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Window(begins, ends)


def test_a_window_may_be_written_in_two_offsets() -> None:
    ends = (NOON + HOUR).astimezone(timezone(timedelta(hours=-11)))
    assert Window(NOON, ends).ends - NOON == HOUR
