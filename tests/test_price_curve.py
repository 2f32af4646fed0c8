"""The drawing of a price over the length of the stay."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import MAX_STAY, Stay
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.price_curve import PLAIN, Curve, as_bars, as_svg, curve_of

HOUR = timedelta(hours=1)
MINUTES = timedelta(minutes=30)
HOURLY = RateTable(
    "EUR", (RateLineCollection((RateLine(RateLineKind.INCREMENTING, Decimal("1.50"), HOUR),), max_time=4 * HOUR),)
)
SVG = "{http://www.w3.org/2000/svg}"


def ask(length: timedelta) -> Quote:
    arrive = datetime(2026, 11, 24, 9, tzinfo=UTC)
    return price(HOURLY, Stay(arrive, arrive + length), UTC)


def curve(*totals: str | None) -> Curve:
    return Curve(MINUTES, tuple(None if total is None else Decimal(total) for total in totals), "EUR")


def test_each_step_is_asked_for_in_whole_minutes() -> None:
    found = curve_of(ask, 2 * HOUR, "EUR", points=4)
    assert found == curve("1.50", "1.50", "3.00", "3.00")
    assert curve_of(ask, timedelta(minutes=7), "EUR", points=5).step == timedelta(minutes=2)


def test_no_stay_is_longer_than_what_is_drawn() -> None:
    asked: list[timedelta] = []

    def listen(length: timedelta) -> Quote:
        asked.append(length)
        return ask(length)

    curve_of(listen, MAX_STAY, "EUR", points=7)
    assert asked[-1] == MAX_STAY


def test_a_terminal_shows_a_column_a_step_and_where_there_is_no_price() -> None:
    assert as_bars(curve("1", "2", None, "0"), height=4, blocks=PLAIN).splitlines() == [
        " EUR",
        "2.00 | #",
        "     | #",
        "1.00 |##",
        "     |##?",
        "0.00 +----",
        "      0 2 h",
    ]


def test_a_drawing_is_well_formed_whatever_the_name() -> None:
    drawing = ElementTree.fromstring(as_svg(curve("1", "2", None, "0"), "P & R <1>"))
    assert drawing.findtext(f"{SVG}title") == "P & R <1>"


def test_a_drawing_has_one_line_for_each_stretch_that_has_a_price() -> None:
    drawing = ElementTree.fromstring(as_svg(curve("1", "2", None, "0"), "x"))
    lines = [path.get("d") for path in drawing.findall(f"{SVG}path")]
    assert lines == ["M72.0 178.0H228.0V44.0H384.0", "M540.0 312.0H696.0"]


@pytest.mark.parametrize("totals", [(None, None), ("0", "0"), ("0.01",), ("123456789.99",)])
def test_any_prices_can_be_drawn(totals: tuple[str | None, ...]) -> None:
    assert ElementTree.fromstring(as_svg(curve(*totals), "x")).tag == f"{SVG}svg"
    assert len(as_bars(curve(*totals)).splitlines()) == 13


@pytest.mark.parametrize("highest", ["0.01", "0.99", "1", "20.50", "30", "999", "1000000"])
def test_the_axis_of_money_holds_the_highest_price(highest: str) -> None:
    assert Decimal(highest) <= curve(highest).top <= 2 * Decimal(highest)
