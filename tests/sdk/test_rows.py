"""What the payload classes of adapters share."""

from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BeforeValidator, ValidationError

from parkgraph.domain.place import Listing
from parkgraph.sdk import Rejected, Row, RowRejected, exact, one_line, read_rows


class Facility(Row):
    id: str
    spaces: int | None = None
    price: Annotated[Decimal, BeforeValidator(exact)] = Decimal(1)


def test_null_is_absent() -> None:
    assert Facility.model_validate({"id": "1", "spaces": None, "price": None}) == Facility(id="1")


@pytest.mark.parametrize("row", [{}, [], None, "1", {"id": 1}, {"id": "1", "spaces": "7"}, {"id": "1", "spaces": True}])
def test_a_value_of_another_type_rejects_the_row(row: object) -> None:
    with pytest.raises(ValidationError):
        Facility.model_validate(row)


def test_what_came_is_not_quoted() -> None:
    with pytest.raises(ValidationError) as refused:
        Facility.model_validate({"id": "1", "spaces": "confidential"})
    assert "confidential" not in str(refused.value)


def test_a_whole_number_is_an_exact_one_and_a_truth_is_none() -> None:
    assert Facility.model_validate({"id": "1", "price": 3}).price == Decimal(3)
    with pytest.raises(ValidationError):
        Facility.model_validate({"id": "1", "price": True})


@given(st.text())
def test_a_line_is_printable_and_has_single_blanks_inside_only(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert line == line.strip()
    assert "  " not in line
    assert one_line(line) == line


def test_what_cannot_be_printed_is_not_in_the_name_of_a_rejected_row() -> None:
    def to_listing(row: dict[str, str]) -> Listing:
        raise RowRejected(f"{row['id']} is no facility")

    (rejected,) = read_rows([{"id": "\x1b[31m7\u202e\n8"}], to_listing, lambda row: row["id"]).rejected
    assert rejected == Rejected("[31m7 8", "[31m7 8 is no facility")
