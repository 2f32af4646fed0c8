import pytest

from parkgraph_sbb.hours import DAYS, OperationTime


def hours(start: object, end: object, days: object) -> str | None:
    return OperationTime.model_validate({"operatingFrom": start, "operatingTo": end, "daysOfWeek": days}).to_osm()


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (["MONDAY"], "Mo"),
        (["SATURDAY", "SUNDAY"], "Sa-Su"),
        (["FRIDAY", "MONDAY", "WEDNESDAY", "TUESDAY"], "Mo-We,Fr"),
        (["SUNDAY", "SUNDAY", "MONDAY"], "Mo,Su"),
        (list(DAYS), "Mo-Su"),
    ],
)
def test_days_in_a_row_become_a_range_in_whatever_order_they_come(days: list[str], written: str) -> None:
    assert hours("07:00:00", "19:30:00", days) == f"{written} 07:00-19:30"


def test_midnight_to_midnight_on_all_days_is_always_open() -> None:
    assert hours("00:00:00", "00:00:00", list(DAYS)) == "24/7"


def test_a_closing_time_of_midnight_is_the_end_of_the_day() -> None:
    assert hours("06:00:00", "00:00:00", ["MONDAY"]) == "Mo 06:00-24:00"


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (None, "19:00:00", ["MONDAY"]),
        ("07:00:00", None, ["MONDAY"]),
        ("07:00:00", "19:00:00", None),
        ("07:00:00", "19:00:00", []),
        ("07:00:00", "19:00:00", ["MONDAY", "HOLIDAY"]),
        ("07:00:30", "19:00:00", ["MONDAY"]),
        ("25:00:00", "26:00:00", ["MONDAY"]),
        ("7 o'clock", "19:00:00", ["MONDAY"]),
        ("19:00:00", "07:00:00", ["MONDAY"]),
        ("07:00:00", "07:00:00", ["MONDAY"]),
    ],
    ids=str,
)
def test_what_has_no_exact_reading_is_unknown(start: object, end: object, days: object) -> None:
    assert hours(start, end, days) is None
