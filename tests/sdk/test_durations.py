"""ISO 8601 durations."""

from datetime import timedelta

import pytest

from parkgraph.domain.tariff import Months
from parkgraph.sdk.durations import format_period, parse_duration, parse_period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("PT90M", timedelta(minutes=90)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("P2W", timedelta(weeks=2)),
        ("P1D", timedelta(hours=24)),
        ("PT0S", timedelta(0)),
        ("P1M", Months(1)),
        ("P1Y2M", Months(14)),
    ],
)
def test_it_is_elapsed_time_or_calendar_months(text: str, period: timedelta | Months) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "1H", "PT1.5H", "-PT1H", "P3599S", "P1M2D", "P0M", "PT1h", "PT٣H", "01:30", "PT1H\n"],
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an ISO 8601 duration"):
        parse_period(text)


def test_what_is_longer_than_time_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a shorter duration"):
        parse_duration("P99999999999999D")


def test_a_time_may_say_a_length_where_apds_writes_one_so() -> None:
    assert parse_duration("24:00", clock=True) == timedelta(days=1)
    assert parse_duration("01:30:15", clock=True) == timedelta(hours=1, minutes=30, seconds=15)


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(hours=36, seconds=1), "P1DT12H1S"),
        (timedelta(days=7), "P7D"),
        (timedelta(minutes=90), "PT1H30M"),
        (Months(18), "P18M"),
    ],
)
def test_the_shortest_form_is_written(period: timedelta | Months, text: str) -> None:
    assert format_period(period) == text


@pytest.mark.parametrize("length", [timedelta(seconds=-1), timedelta(microseconds=1)])
def test_what_has_no_form_is_not_written(length: timedelta) -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        format_period(length)
