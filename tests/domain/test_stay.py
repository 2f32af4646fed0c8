from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.stay import Stay

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_stay_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="after"):
        Stay(NOON, NOON)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        Stay(NOON.replace(tzinfo=None), NOON)


def test_a_stay_is_at_most_366_days() -> None:
    assert Stay(NOON, NOON + timedelta(days=366)).duration == timedelta(days=366)
    with pytest.raises(ValueError, match="366 days"):
        Stay(NOON, NOON + timedelta(days=366, seconds=1))


def test_the_duration_is_elapsed_time_across_a_change_of_the_clocks() -> None:
    night = Stay(datetime(2026, 10, 25, 0, tzinfo=BERLIN), datetime(2026, 10, 25, 6, tzinfo=BERLIN))
    assert night.duration == timedelta(hours=7)


def test_the_last_instant_is_before_the_clocks_are_put_back() -> None:
    """They show 2:59 before they show 2:00 again."""
    night = Stay(NOON - timedelta(days=35), datetime(2026, 10, 25, 2, tzinfo=BERLIN, fold=1))
    assert f"{night.last_instant.astimezone(BERLIN):%H:%M:%S %z}" == "02:59:59 +0200"


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
def test_a_stay_is_where_the_calendar_is_known(year: int) -> None:
    with pytest.raises(ValueError, match="between the years 1970 and 2199"):
        Stay(datetime(year, 6, 1, tzinfo=UTC), datetime(year, 6, 2, tzinfo=UTC))
