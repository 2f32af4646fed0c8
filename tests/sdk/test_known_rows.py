"""A row is read once, and never taken for another one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing
from parkgraph.sdk.batch import Batch, read_rows
from parkgraph.sdk.client import Response
from parkgraph.sdk.faults import Malformed
from parkgraph.sdk.known_rows import KnownRows

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, 0.0, -0.0, 1, 1.0, True, "1", Decimal(1), Decimal("1.0"), "d1", None, "null"])
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def to_listing(row: Mapping[str, Any]) -> Listing:
    """With all of the row in it, types included."""
    return Listing(row["id"], f"Garage {row!r}", Coordinates(48.78, 9.18))


def name(row: Mapping[str, Any]) -> object:
    return row["id"]


def read(known: KnownRows[Listing], *rows: Mapping[str, Any], asked: object = None) -> Batch[Listing]:
    return known.read(rows, to_listing, name, asked)


@given(st.lists(st.lists(values, max_size=4), max_size=4))
def test_it_reads_what_read_rows_reads(answers: list[list[Any]]) -> None:
    known = KnownRows[Listing](limit=6)
    for answer in answers:
        rows = [{"id": str(number), "value": value} for number, value in enumerate(answer)]
        assert read(known, *rows) == read_rows(rows, to_listing, name)


def test_an_equal_row_is_the_very_listing_of_before() -> None:
    known = KnownRows[Listing]()
    for row in ({"id": "a", "price": 1.5}, {"id": "a", "price": Decimal("1.50")}):
        (first,) = read(known, row).items
        (again,) = read(known, dict(row)).items
        assert again is first


def answered(known: KnownRows[Listing], *rows: Mapping[str, Any], asked: object = None) -> Batch[Listing]:
    return known.read_answer(Response(200, {}, orjson.dumps(rows)), list, to_listing, name, asked)


def test_an_answer_of_the_same_bytes_is_the_very_batch_of_before() -> None:
    known = KnownRows[Listing]()
    first, second, *others = (answered(known, {"id": "a", "price": 1}, {"id": "b"}) for _ in range(5))
    assert first == second
    assert all(other is second for other in others)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=3), max_size=12), st.data())
def test_an_answer_is_what_its_rows_are(answers: list[list[str]], draw: st.DataObject) -> None:
    known = KnownRows[Listing](limit=draw.draw(st.integers(2, 20)))
    for ids in answers:
        asked = draw.draw(st.sampled_from(["morning", "evening"]))
        rows = [{"id": each, "asked": asked} for each in ids]
        assert answered(known, *rows, asked=asked) == read_rows(rows, to_listing, name)


def test_an_answer_to_another_question_is_another_batch() -> None:
    known = KnownRows[Listing]()
    for _ in range(5):
        morning, evening = (answered(known, {"id": "a"}, asked=asked) for asked in ("morning", "evening"))
        assert morning.items[0] is not evening.items[0]


def test_an_answer_with_a_row_that_is_rejected_is_read_again() -> None:
    known = KnownRows[Listing]()
    for _ in range(3):
        assert [row.reason for row in answered(known, {"id": "a"}, {}).rejected] == [
            "a required field is missing: 'id'"
        ]


def test_an_answer_that_is_no_json_is_malformed_each_time() -> None:
    known = KnownRows[Listing]()
    for _ in range(2):
        with pytest.raises(Malformed):
            known.read_answer(Response(200, {}, b"["), list, to_listing, name, None)


def test_a_row_that_was_asked_for_in_another_way_is_another_listing() -> None:
    known = KnownRows[Listing]()
    (morning,) = read(known, {"id": "a"}, asked="morning").items
    (evening,) = read(known, {"id": "a"}, asked="evening").items
    assert morning is not evening


def test_what_was_rejected_is_rejected_again() -> None:
    known = KnownRows[Listing]()
    first, again = read(known, {"name": "no id"}), read(known, {"name": "no id"})
    assert len(first.rejected) == 1
    assert again == first


def test_what_is_no_json_is_read_anew() -> None:
    known = KnownRows[Listing]()
    row = {"id": "a", "at": datetime(2026, 11, 24, tzinfo=UTC)}
    assert read(known, row).items[0] is not read(known, row).items[0]


@pytest.mark.parametrize("limit", [6, 20])
def test_so_many_are_known_and_no_more_and_those_that_come_again_stay(limit: int) -> None:
    known = KnownRows[Listing](limit)
    (always,) = read(known, {"id": "always"}).items
    for number in range(3 * limit):
        assert read(known, {"id": "always"}).items[0] is always
        read(known, {"id": f"{number}"}, asked=number % 3)
        kept = [rows for of in (known._young, known._old) for rows in of.values()]
        assert sum(map(len, kept)) <= limit


def test_the_rows_of_whole_answers_count_too() -> None:
    known = KnownRows[Listing](limit=20)
    for number in range(60):
        for _ in range(2):
            answered(known, {"id": f"{number}"}, {"id": "always"})
        assert len(known._young_answers) + len(known._old_answers) <= 20


def test_ways_to_ask_that_bring_nothing_are_forgotten_too() -> None:
    known = KnownRows[Listing](limit=20)
    for number in range(100):
        read(known, asked=number)
        assert len(known._young) + len(known._old) <= 20
