from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ({"max_height_cm": 0}, "max_height_cm"),
        ({"max_width_cm": 0}, "max_width_cm"),
        ({"max_length_cm": -5}, "max_length_cm"),
    ],
)
def test_a_space_that_cannot_be_is_refused(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Space(**facts)
