"""`openingHours` in OSM syntax."""

import pytest

from parkgraph_hongkong.period import Period, opening_hours

WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
WEEK = [*WEEKDAYS, "SAT", "SUN"]


def period(days: list[str], start: str, end: str, *, exclude: bool = False) -> Period:
    return Period.model_validate(
        {"weekdays": days, "excludePublicHoliday": exclude, "periodStart": start, "periodEnd": end}
    )


@pytest.mark.parametrize(
    ("periods", "osm"),
    [
        ([period([*WEEK, "PH"], "00:00", "24:00")], "24/7"),
        ([period([*WEEK, "PH"], "00:00", "23:59")], "24/7"),
        ([period(WEEK, "00:00", "00:00")], "24/7"),
        ([period(WEEK, "00:00", "24:00", exclude=True)], "Mo-Su 00:00-24:00; PH off"),
        ([period([*WEEK, "PH"], "07:00", "23:00")], "Mo-Su,PH 07:00-23:00"),
        ([period(WEEKDAYS, "07:00", "23:00", exclude=True)], "Mo-Fr 07:00-23:00; PH off"),
        (
            [period(WEEKDAYS, "07:00", "23:00", exclude=True), period(["SAT", "SUN", "PH"], "08:00", "22:00")],
            "Mo-Fr 07:00-23:00; Sa-Su,PH 08:00-22:00",
        ),
        (
            [period(["SAT", "SUN"], "08:00", "22:00"), period([*WEEKDAYS, "PH"], "07:00", "23:00")],
            "Sa-Su 08:00-22:00; Mo-Fr,PH 07:00-23:00",
        ),
        (
            [period(["MON", "WED"], "13:00", "20:00"), period(["MON", "WED"], "07:00", "12:00")],
            "Mo,We 07:00-12:00,13:00-20:00",
        ),
        ([period(["FRI"], "19:00", "07:00")], "Fr 19:00-07:00"),
        ([period(["SAT"], "07:00", "07:00")], "Sa 07:00-31:00"),
        ([period(WEEKDAYS, "19:00", "07:00"), period(["SAT"], "19:00", "09:00")], "Mo-Fr 19:00-07:00, Sa 19:00-09:00"),
        (
            [period(WEEKDAYS, "19:00", "07:00", exclude=True), period(["SAT", "PH"], "07:00", "07:00")],
            "Mo-Fr 19:00-07:00, Sa,PH 07:00-31:00",
        ),
        ([period(WEEKDAYS, "19:00", "07:00", exclude=True), period(["PH"], "20:00", "07:00")], None),
        ([period(WEEKDAYS, "19:00", "07:00", exclude=True)], None),
        ([], None),
        ([period(["MON"], "07:00", "12:00"), period(["MON"], "11:00", "20:00")], None),
        ([period(["MON"], "07:00", "12:00"), period(["TUE"], "07:00", "12:00", exclude=True)], None),
    ],
)
def test_periods_are_a_week(periods: list[Period], osm: str | None) -> None:
    assert opening_hours(periods) == osm
