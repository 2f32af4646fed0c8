"""A row is read once, and never taken for another one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing
from parkgraph.sdk.batch import Batch, read_rows
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


def test_ways_to_ask_that_bring_nothing_are_forgotten_too() -> None:
    known = KnownRows[Listing](limit=20)
    for number in range(100):
        read(known, asked=number)
        assert len(known._young) + len(known._old) <= 20
