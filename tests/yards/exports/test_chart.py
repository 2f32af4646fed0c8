"""The picture says what the figures say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.calendar.ranges import Range, SpaceCalendar, SpaceState, Window, with_free
from parkgraph.yards.exports.chart import chart, occupancy
from parkgraph.yards.money.month import Month

BERLIN = ZoneInfo("Europe/Berlin")
NOVEMBER = Month(2026, 11)
MARCH = Month(2027, 3)
SVG = "{http://www.w3.org/2000/svg}"
HOUR = timedelta(hours=1)


def space(*taken: Range, month: Month = NOVEMBER) -> SpaceCalendar:
    return SpaceCalendar(1, None, tuple(with_free(taken, Window(*month.bounds(BERLIN)))))


def local(day: int, hour: int, month: Month = NOVEMBER) -> datetime:
    return datetime(month.year, month.month, day, hour, tzinfo=BERLIN).astimezone(UTC)


def busy(*spaces: SpaceCalendar, month: Month = NOVEMBER) -> dict[int, Decimal | None]:
    found = occupancy(spaces, month.days, BERLIN)
    return {day.day: value for day, value in zip(month.days, found, strict=True) if value != 0}


def drawn(name: str = "Hof", income: dict[str, dict[date, Decimal]] | None = None) -> Element:
    days = NOVEMBER.days
    figures = [None, Decimal("12.5"), *[Decimal(0)] * (len(days) - 2)]
    root: Element = fromstring(chart(name, days, figures, income or {}))
    return root


def bars(root: Element, kind: str) -> list[str]:
    found = [rect.find(f"{SVG}title") for rect in root.iter(f"{SVG}rect") if rect.get("class") == kind]
    return [title.text or "" for title in found if title is not None]


def test_a_day_is_as_busy_as_its_spaces_are_booked() -> None:
    booked = Range(local(24, 6), local(24, 18), SpaceState.BOOKED)
    assert busy(space(booked), space()) == {24: Decimal("25.0")}


def test_what_reaches_over_midnight_counts_for_both_days() -> None:
    assert busy(space(Range(local(24, 18), local(25, 12), SpaceState.BOOKED))) == {24: Decimal(25), 25: Decimal(50)}


def test_what_reaches_beyond_the_month_counts_as_far_as_it_is_in_it() -> None:
    long = Range(local(1, 0) - 48 * HOUR, local(1, 12), SpaceState.PERMIT)
    assert busy(space(long)) == {1: Decimal(50)}


def test_what_is_held_is_free_yet_and_what_is_blocked_nobody_could_have() -> None:
    held = Range(local(3, 0), local(3, 12), SpaceState.HELD)
    blocked = Range(local(4, 0), local(4, 12), SpaceState.BLOCKED)
    booked = Range(local(4, 12), local(4, 18), SpaceState.BOOKED)
    assert busy(space(held, blocked, booked)) == {4: Decimal(50)}


def test_a_day_without_any_space_is_unknown() -> None:
    whole = Range(local(5, 0), local(6, 0), SpaceState.BLOCKED)
    assert busy(space(whole)) == {5: None}
    assert set(busy().values()) == {None}


def test_a_day_on_which_the_clock_changes_has_23_hours() -> None:
    booked = Range(local(28, 0, MARCH), local(29, 0, MARCH), SpaceState.BOOKED)
    assert booked.ends - booked.begins == 23 * HOUR
    assert busy(space(booked, month=MARCH), month=MARCH) == {28: Decimal(100)}


@given(st.lists(st.tuples(st.integers(0, 700), st.integers(1, 40)), max_size=12))
def test_no_day_is_busier_than_full_and_none_less_than_empty(stays: list[tuple[int, int]]) -> None:
    taken, end = [], 0
    for begin, hours in sorted(stays):
        if begin >= end:
            end = begin + hours
            taken.append(Range(local(1, 0) + begin * HOUR, local(1, 0) + end * HOUR, SpaceState.BOOKED))
    for value in occupancy([space(*taken)], NOVEMBER.days, BERLIN):
        assert value is not None
        assert 0 <= value <= 100


def test_there_is_a_bar_for_each_day_that_has_something() -> None:
    root = drawn(income={"EUR": {date(2026, 11, 3): Decimal("4.20"), date(2026, 11, 9): Decimal("-1.10")}})
    assert bars(root, "occupancy") == ["2026-11-02: 12.5 %"]
    assert bars(root, "income") == ["2026-11-03: 4.20 EUR"]
    assert bars(root, "loss") == ["2026-11-09: -1.10 EUR"]


def test_each_currency_has_its_own_panel() -> None:
    root = drawn(income={"EUR": {date(2026, 11, 3): Decimal(1)}, "CHF": {date(2026, 11, 3): Decimal(2)}})
    assert bars(root, "income") == ["2026-11-03: 2 CHF", "2026-11-03: 1 EUR"]


@given(st.text(max_size=60))
def test_no_name_becomes_markup(name: str) -> None:
    root = drawn(name="</text><script>alert(1)</script>" + name.encode(errors="ignore").decode())
    assert {each.tag for each in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "style", "rect", "text", "line")
    }
    assert (root.findtext(f"{SVG}title") or "").startswith("</text><script>alert(1)</script>")


@given(st.dictionaries(st.sampled_from(NOVEMBER.days), st.decimals(-9999, 9999, places=2), min_size=1))
def test_every_bar_is_in_its_panel(income: dict[date, Decimal]) -> None:
    root = drawn(income={"EUR": income})
    height = float(root.get("height") or 0)
    for rect in root.iter(f"{SVG}rect"):
        if rect.get("class"):
            top, tall = float(rect.get("y") or 0), float(rect.get("height") or 0)
            assert tall >= 0
            assert top >= 48 - 0.01
            assert top + tall <= height - 44 + 0.01
