"""What classes say of their attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from parkgraph.api.execution.declared import declared, item_of
from parkgraph.graph.lazily import lazily

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Stated:
    plain: int
    optional: int | None
    either: int | str
    many: tuple[int, ...]
    two: tuple[int, str]
    sequence: "Sequence[int | None] | None"

    @property
    def given(self) -> str | None:
        return None


class Unstated:
    later: "Fraction"

    def __init__(self) -> None:
        self.silent = 1

    @lazily
    def worked_out(self) -> int:
        return 1

    @property
    def mute(self):  # type: ignore[no-untyped-def]
        return 1


@pytest.mark.parametrize(
    ("owner", "attribute", "expected"),
    [
        (Stated, "plain", int),
        (Stated, "optional", int),
        (Stated, "either", None),
        (Stated, "given", str),
        (Stated, "missing", None),
        (Unstated, "worked_out", int),
        (Unstated, "silent", None),
        (Unstated, "mute", None),
        (Unstated, "later", None),
    ],
)
def test_the_type_of_an_attribute(owner: type, attribute: str, expected: Any) -> None:
    assert declared(owner, attribute) == expected


@pytest.mark.parametrize(("attribute", "expected"), [("many", int), ("two", None), ("sequence", int), ("plain", None)])
def test_the_items_of_a_sequence(attribute: str, expected: Any) -> None:
    assert item_of(declared(Stated, attribute)) == expected
