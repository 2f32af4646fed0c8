from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.hours import open_to_leave
from parkgraph.domain.stay import Stay
from parkgraph.graph.hours import parse_hours
from tests.graph.listings import STATION

BERLIN = ZoneInfo("Europe/Berlin")


def test_hours_are_read_in_the_places_own_time() -> None:
    hours = parse_hours("Mo-Fr 08:00-18:00", STATION, BERLIN)
    assert hours is not None
    assert hours.is_open(datetime(2026, 11, 24, 7, 30, tzinfo=UTC)) is True
    assert hours.is_open(datetime(2026, 11, 24, 17, 30, tzinfo=UTC)) is False


def test_public_holidays_are_those_of_the_place() -> None:
    hours = parse_hours("Mo-Su 08:00-18:00; PH off", STATION, BERLIN)
    assert hours is not None
    christmas = datetime(2026, 12, 25, 12, tzinfo=BERLIN)
    assert hours.is_open(christmas) is False


@pytest.mark.parametrize(
    ("text", "on_a_holiday"), [("Mo-Su,PH 08:00-18:00", True), ("Mo-Su 08:00-18:00;PH off", False)]
)
def test_holidays_count_wherever_they_are_named(text: str, on_a_holiday: bool) -> None:
    hours = parse_hours(text, STATION, BERLIN)
    assert hours is not None
    assert hours.is_open(datetime(2026, 12, 25, 12, tzinfo=BERLIN)) is on_a_holiday


def test_hours_that_say_unknown_are_unknown() -> None:
    hours = parse_hours("Mo-Su 08:00-18:00 unknown", STATION, BERLIN)
    assert hours is not None
    assert hours.is_open(datetime(2026, 11, 24, 12, tzinfo=BERLIN)) is None


def test_what_is_not_osm_syntax_is_not_guessed_at() -> None:
    assert parse_hours("rund um die Uhr", STATION, BERLIN) is None


@pytest.mark.parametrize(
    ("text", "leave", "expected"),
    [
        ("Mo-Su 08:00-18:00", "2026-11-24T18:00+01:00", True),
        ("Mo-Su 08:00-18:00", "2026-11-24T18:00:01+01:00", False),
        ("Mo-Su 08:00-18:00", "2026-11-25T08:00+01:00", True),
        ("Mo-Su 08:00-18:00", "2026-11-25T07:59+01:00", False),
        ("Mo-Su 08:00-24:00", "2026-11-25T00:00+01:00", True),
        ("Mo-Su 08:00-18:00 unknown", "2026-11-24T18:00+01:00", None),
        # The clocks go forward from 2:00 to 3:00: who leaves at 3:00 was there until 2:00, and no minute longer.
        ("Mo-Su 00:00-02:00", "2026-03-29T03:00+02:00", True),
        ("Mo-Su 00:00-01:30", "2026-03-29T03:00+02:00", False),
        # They go back from 3:00 to 2:00: the clock showed 2:59 before it showed 2:00 again.
        ("Mo-Su 00:00-02:00", "2026-10-25T02:00+02:00", True),
        ("Mo-Su 00:00-02:00", "2026-10-25T02:00+01:00", False),
        ("Mo-Su 00:00-03:00", "2026-10-25T02:00+01:00", True),
        ("Mo-Su 00:00-03:00", "2026-10-25T03:00+01:00", True),
    ],
)
@pytest.mark.parametrize("zone", [UTC, BERLIN])
def test_a_stay_may_end_in_the_instant_of_closing(text: str, leave: str, expected: bool | None, zone: tzinfo) -> None:
    hours = parse_hours(text, STATION, BERLIN)
    leaves = datetime.fromisoformat(leave)
    assert hours is not None
    assert open_to_leave(hours, Stay(leaves - timedelta(hours=1), leaves.astimezone(zone))) is expected
