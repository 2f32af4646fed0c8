from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.exceptions import HoursException
from parkgraph.yards.yard import Space
from tests.yards.yards import yard

heights = st.none() | st.integers(1, 1000)


@given(heights, st.lists(heights, max_size=5))
def test_a_vehicle_is_too_high_only_where_the_way_in_or_every_space_is_too_low(
    way_in: int | None, spaces: list[int | None]
) -> None:
    limit = yard(
        max_height_cm=way_in, spaces=tuple(Space(max_height_cm=height) for height in spaces)
    ).highest_vehicle_cm

    def fits(vehicle: int) -> bool:
        passes = way_in is None or vehicle <= way_in
        return passes and (not spaces or any(height is None or vehicle <= height for height in spaces))

    for vehicle in (1, 200, 1000, 1001, *(h + d for h in (way_in, *spaces) if h for d in (0, 1))):
        assert fits(vehicle) == (limit is None or vehicle <= limit)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "Hof\x00"}, "name"),
        ({"name": "Hof\ud800"}, "name"),
        ({"name": "Hof\nBeispiel"}, "name"),
        ({"address": ""}, "address"),
        ({"description": "x" * 2001}, "description"),
        ({"description": "x\x1b[31m"}, "description"),
        ({"instructions": "x" * 2001}, "instructions"),
        ({"opening_hours": "x" * 501}, "opening_hours"),
        ({"payout_reference": "x" * 141}, "payout_reference"),
        ({"exceptions": (HoursException(date(2026, 12, 24), date(2026, 12, 24)),)}, "exceptions"),
        ({"photos": ("http://example.org/1.jpg",)}, "photos"),
        ({"photos": ("https://example.org/1.jpg",) * 11}, "photos"),
        ({"spaces": (Space("1"), Space("1"))}, "spaces"),
        ({"spaces": (Space(),) * 1001}, "spaces"),
        ({"owner_percent": Decimal(101)}, "owner_percent"),
        ({"owner_percent": Decimal(-1)}, "owner_percent"),
        ({"owner_percent": Decimal("NaN")}, "owner_percent"),
        ({"owner_percent": Decimal("33.333")}, "owner_percent"),
        ({"max_height_cm": 10_001}, "max_height_cm"),
        ({"max_weight_kg": 100_001}, "max_weight_kg"),
        ({"country": "de"}, "country"),
        ({"country": "DEU"}, "country"),
        ({"max_height_cm": 0}, "max_height_cm"),
        ({"max_width_cm": -1}, "max_width_cm"),
        ({"max_length_cm": 0}, "max_length_cm"),
        ({"max_weight_kg": 0}, "max_weight_kg"),
        ({"published_at": datetime(2026, 1, 1)}, "published_at"),  # noqa: DTZ001
        ({"withdrawn_at": datetime(2026, 1, 1)}, "withdrawn_at"),  # noqa: DTZ001
    ],
)
def test_a_yard_that_cannot_be_is_refused(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        yard(**facts)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"label": ""}, "label"),
        ({"label": "x" * 21}, "label"),
        ({"max_height_cm": 0}, "max_height_cm"),
        ({"max_width_cm": 0}, "max_width_cm"),
        ({"max_length_cm": -5}, "max_length_cm"),
    ],
)
def test_a_space_that_cannot_be_is_refused(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Space(**facts)


@pytest.mark.parametrize(("method", "code"), [(AccessMethod.CODE, None), (AccessMethod.OPEN, "4711"), ("CODE", " ")])
def test_a_code_belongs_to_the_method_that_needs_one(method: AccessMethod, code: str | None) -> None:
    with pytest.raises(ValueError, match=r"^code "):
        Access(AccessMethod(method), code)


def test_how_to_get_in_is_in_no_representation() -> None:
    one = yard(access=Access(AccessMethod.CODE, "4711"), instructions="Ring twice.")
    assert "4711" not in repr(one)
    assert "Ring twice." not in repr(one)


def test_a_description_may_have_several_lines_and_any_script() -> None:
    assert yard(name="Höfle 庭 🅿️", description="Erstens.\nZweitens: 庭 👩‍👩‍👧").description


def test_two_spaces_of_a_plain_count_are_no_conflict() -> None:
    assert len(yard(spaces=(Space(), Space(), Space("1"))).spaces) == 3
