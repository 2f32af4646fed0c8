"""CSV that is data only."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.exports.sheet import sheet

CALCULATED = ("=", "+", "-", "@", "\t", "\r", "\n")


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_numbers_are_plain_and_what_is_unknown_is_empty() -> None:
    assert sheet(["a", "b", "c"], [[Decimal("-1.20"), None, 3]]) == "a,b,c\r\n-1.20,,3\r\n"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "\u00a0=1"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_text(cell: str) -> None:
    assert cells(sheet(["a"], [[cell]]))[1] == [f"'{cell}"]


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_but_for_the_mark(rows: list[list[str]]) -> None:
    read = cells(sheet(["a", "b"], rows))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell.startswith(CALCULATED) for row in read for cell in row)
