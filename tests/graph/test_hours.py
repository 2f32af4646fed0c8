from datetime import UTC, datetime
from zoneinfo import ZoneInfo

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


def test_hours_that_say_unknown_are_unknown() -> None:
    hours = parse_hours("Mo-Su 08:00-18:00 unknown", STATION, BERLIN)
    assert hours is not None
    assert hours.is_open(datetime(2026, 11, 24, 12, tzinfo=BERLIN)) is None


def test_what_is_not_osm_syntax_is_not_guessed_at() -> None:
    assert parse_hours("rund um die Uhr", STATION, BERLIN) is None
