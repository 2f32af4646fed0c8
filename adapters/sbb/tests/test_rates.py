from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from parkgraph.domain.tariff import Cap, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph_sbb.rates import PricingModel, tariff_text

HOUR = timedelta(hours=1)


def rates(**changes: Any) -> RateTable | None:
    """A plain tariff, CHF 1.00 an hour and CHF 8.00 a day for up to a week, but for the changes."""
    model = {
        "minimumDuration": 60,
        "maximumDuration": 10_080,
        "maximumDayPrice": 800,
        "viableIncrement": 60,
        "priceSegments": [segment(0, 100)],
    }
    return PricingModel.model_validate(model | changes).to_rates()


def segment(start: int, price: int) -> dict[str, int]:
    return {"startingFrom": start, "price": price}


def test_minutes_and_rappen_become_durations_and_exact_francs() -> None:
    line = RateLine(RateLineKind.INCREMENTING, Decimal("1.00"), increment=HOUR)
    cap = Cap(Decimal("8.00"), timedelta(hours=24))
    assert rates() == RateTable(
        "CHF", (RateLineCollection((line,), max_time=timedelta(days=7), minimum=HOUR, caps=(cap,)),)
    )


def test_a_segment_ends_where_the_next_begins_in_whatever_order_they_come() -> None:
    table = rates(priceSegments=[segment(180, 0), segment(0, 100), segment(300, 50)])
    assert table is not None
    assert [(line.start, line.end, line.value) for line in table.collections[0].lines] == [
        (0 * HOUR, 3 * HOUR, Decimal("1.00")),
        (3 * HOUR, 5 * HOUR, Decimal("0.00")),
        (5 * HOUR, None, Decimal("0.50")),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"priceSegments": [segment(0, 0)]}, id="a price of zero throughout"),
        pytest.param({"maximumDayPrice": 0}, id="a day price of zero"),
        pytest.param({"maximumDayPrice": None}, id="no day price"),
        pytest.param({"maximumDuration": None}, id="no longest stay"),
        pytest.param({"maximumDuration": 0}, id="a longest stay of zero"),
        pytest.param({"minimumDuration": None}, id="no least time"),
        pytest.param({"minimumDuration": 20_000}, id="a least time beyond the longest stay"),
        pytest.param({"viableIncrement": None}, id="no increment"),
        pytest.param({"viableIncrement": 0}, id="an increment of zero"),
        pytest.param({"priceSegments": None}, id="no segments"),
        pytest.param({"priceSegments": []}, id="an empty list of segments"),
        pytest.param({"priceSegments": [segment(60, 100)]}, id="a first part without a price"),
        pytest.param({"priceSegments": [segment(0, 100), segment(0, 50)]}, id="two prices for the same part"),
        pytest.param({"priceSegments": [segment(0, 100), segment(90, 50)]}, id="a price that changes within a unit"),
    ],
)
def test_figures_that_are_missing_or_do_not_agree_give_no_rates(changes: dict[str, Any]) -> None:
    assert rates(**changes) is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "CHF 1.00 per h, at most CHF 8.00 in 24 h, longest stay 1 week"),
        (
            {"minimumDuration": 240, "priceSegments": [segment(0, 80)]},
            "CHF 0.80 per h, at least 4 h are charged, at most CHF 8.00 in 24 h, longest stay 1 week",
        ),
        (
            {"maximumDuration": 720, "priceSegments": [segment(0, 100), segment(180, 0), segment(300, 150)]},
            "CHF 1.00 per h, from 3 h on free, from 5 h on CHF 1.50 per h, at most CHF 8.00 in 24 h, longest stay 12 h",
        ),
        (
            {"minimumDuration": 120, "viableIncrement": 120},
            "CHF 1.00 per 2 h, at most CHF 8.00 in 24 h, longest stay 1 week",
        ),
    ],
)
def test_the_table_in_words_leaves_nothing_out(changes: dict[str, Any], text: str) -> None:
    table = rates(**changes)
    assert table is not None
    assert tariff_text(table) == text
