from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.graph.hours import is_hours, parse_hours
from parkgraph.yards.exceptions import HoursException, with_exceptions

BERLIN = ZoneInfo("Europe/Berlin")
STUTTGART = Coordinates(48.78, 9.18)
CHRISTMAS = date(2026, 12, 24)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def is_open(hours: str | None, day: date, at: time) -> bool | None:
    assert hours
    parsed = parse_hours(hours, STUTTGART, BERLIN)
    assert parsed, hours
    return parsed.is_open(datetime.combine(day, at, BERLIN))


def test_a_day_off_is_closed_and_its_neighbours_are_not() -> None:
    hours = with_exceptions("Mo-Su 07:00-20:00", [HoursException(CHRISTMAS, date(2026, 12, 26))])
    for day, opened in ((23, True), (24, False), (25, False), (26, False), (27, True)):
        assert is_open(hours, date(2026, 12, day), time(12)) is opened


def test_other_hours_replace_the_usual_ones() -> None:
    hours = with_exceptions("Mo-Su 07:00-20:00", [HoursException(CHRISTMAS, CHRISTMAS, "10:00-12:00,22:00-24:00")])
    opened = {hour: is_open(hours, CHRISTMAS, time(hour)) for hour in (8, 11, 13, 23)}
    assert opened == {8: False, 11: True, 13: False, 23: True}


def test_where_two_hold_the_later_counts() -> None:
    closed, opened = HoursException(CHRISTMAS, CHRISTMAS), HoursException(CHRISTMAS, CHRISTMAS, "09:00-10:00")
    assert is_open(with_exceptions("24/7", [closed, opened]), CHRISTMAS, time(9, 30)) is True
    assert is_open(with_exceptions("24/7", [opened, closed]), CHRISTMAS, time(9, 30)) is False


def test_hours_that_are_unknown_stay_unknown() -> None:
    assert with_exceptions(None, []) is None


@given(days, st.integers(0, 400), st.none() | st.just("10:00-12:00"))
def test_an_exception_holds_from_its_first_day_to_its_last(first: date, length: int, hours: str | None) -> None:
    last = first + timedelta(days=length)
    text = with_exceptions("24/7", [HoursException(first, last, hours)])
    for day in (first, last):
        assert is_open(text, day, time(9)) is False
        assert is_open(text, day, time(11)) is (hours is not None)
    for day in (first - timedelta(days=1), last + timedelta(days=1)):
        assert is_open(text, day, time(9)) is True


@given(st.text(max_size=30) | st.from_regex(r"[0-3][0-9]:[0-6][0-9]-[0-3][0-9]:[0-6][0-9]", fullmatch=True))
def test_hours_of_an_exception_are_spans_of_the_clock_or_nothing(text: str) -> None:
    try:
        exception = HoursException(CHRISTMAS, CHRISTMAS, text)
    except ValueError:
        return
    assert is_hours(exception.rule)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"last": date(2026, 12, 23)}, "^last "),
        ({"first": date(1000, 1, 1)}, "^first "),
        ({"last": date(9999, 1, 1)}, "^first "),
        ({"hours": ""}, "^hours "),
        ({"hours": "24/7"}, "^hours "),
        ({"hours": "10:00-12:00; Mo off"}, "^hours "),
        ({"hours": ",".join(["10:00-11:00"] * 7)}, "^hours "),
        ({"note": " "}, "^note "),
        ({"note": "x" * 101}, "^note "),
    ],
)
def test_an_exception_that_cannot_be_is_refused(facts: dict[str, object], reason: str) -> None:
    usual: dict[str, object] = {"first": CHRISTMAS, "last": CHRISTMAS}
    with pytest.raises(ValueError, match=reason):
        HoursException(**{**usual, **facts})  # type: ignore[arg-type]
