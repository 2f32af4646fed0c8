from hypothesis import given
from hypothesis import strategies as st

from parkgraph.graph.shards import Shards

keys = st.integers(-60, 60)
changes = st.lists(st.tuples(keys, st.none() | st.integers()), max_size=80)
"""Of each key its next value, or that it goes."""


def changed(before: Shards[int, int], changes: list[tuple[int, int | None]]) -> Shards[int, int]:
    edition = before.edit()
    for key, value in changes:
        if value is None:
            edition.pop(key, None)
        else:
            edition[key] = value
    return edition.done()


def applied(before: dict[int, int], changes: list[tuple[int, int | None]]) -> dict[int, int]:
    after = dict(before)
    for key, value in changes:
        if value is None:
            after.pop(key, None)
        else:
            after[key] = value
    return after


@given(st.dictionaries(keys, st.integers(), max_size=120), changes)
def test_it_is_what_a_dict_would_be_and_what_it_was_made_from_stays(
    entries: dict[int, int], changes: list[tuple[int, int | None]]
) -> None:
    before = Shards(entries)
    after, expected = changed(before, changes), applied(entries, changes)
    assert dict(after) == expected
    assert len(after) == len(expected)
    assert all(after.get(key) == expected.get(key) and (key in after) == (key in expected) for key in range(-60, 61))
    assert before == entries


def test_what_does_not_change_is_shared() -> None:
    before: Shards[int, int] = Shards(dict.fromkeys(range(10_000), 0))
    after = changed(before, [(5, 1)])
    assert len(before.not_in(after)) == len(after.not_in(before)) == 1
    assert after[5] == 1


def test_a_map_that_has_more_shards_than_before_shares_none() -> None:
    before: Shards[int, int] = Shards({0: 0})
    after = changed(before, [(number, 0) for number in range(1, 100)])
    assert len(before.not_in(after)) == 1
    assert len(after.not_in(before)) > 1
    assert before.not_in(before) == []
