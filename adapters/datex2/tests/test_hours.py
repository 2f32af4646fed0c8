"""Opening times become OSM opening_hours where all of them is understood, else None."""

from datetime import date, datetime, timedelta
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from parkgraph_datex2.hours import opening_hours

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONDAY = date(2023, 12, 4)


def hours(inner: str) -> str | None:
    return opening_hours(fromstring(f"<parkingFacility><openingTimes>{inner}</openingTimes></parkingFacility>"))


def on(day: str, start: str = "00:00", end: str = "23:59", extra: str = "") -> str:
    """A period of the older shape, dated to the week of that Monday."""
    dated = MONDAY + timedelta(days=WEEK.index(day))
    return (
        f"<period><startOfPeriod>{dated}T{start}:00</startOfPeriod><endOfPeriod>{dated}T{end}:00</endOfPeriod>"
        f"<periodName><values><value>{day}</value></values></periodName>{extra}</period>"
    )


def daily(start: str, end: str, days: str = "", extra: str = "", status: str = "definedByValidityTimeSpec") -> str:
    """A validity of the newer shape."""
    return (
        f"<validity><validityStatus>{status}</validityStatus><validityTimeSpecification>"
        "<overallStartTime>2024-01-01T00:00:00</overallStartTime><validPeriod><recurringTimePeriodOfDay>"
        f"<startTimeOfPeriod>{start}</startTimeOfPeriod><endTimeOfPeriod>{end}</endTimeOfPeriod>"
        f"</recurringTimePeriodOfDay>{days}</validPeriod>{extra}</validityTimeSpecification></validity>"
    )


def named(*days: str) -> str:
    inner = "".join(f"<applicableDay>{day}</applicableDay>" for day in days)
    return f"<recurringDayWeekMonthPeriod>{inner}</recurringDayWeekMonthPeriod>"


def test_every_weekday_around_the_clock_is_24_7() -> None:
    assert hours("".join(on(day) for day in WEEK)) == "24/7"


def test_periods_in_any_order_and_again_change_nothing() -> None:
    assert hours("".join(on(day) * 2 for day in reversed(WEEK))) == "24/7"


def test_equal_days_in_a_row_are_one_rule() -> None:
    weekdays = "".join(on(day, "07:00", "22:00") for day in WEEK[:5])
    assert hours(weekdays + on("Saturday", "08:00", "20:00")) == "Mo-Fr 07:00-22:00; Sa 08:00-20:00"


def test_a_break_at_noon_stays_one() -> None:
    assert hours(on("Monday", "07:00", "12:00") + on("Monday", "13:00", "18:00")) == "Mo 07:00-12:00,13:00-18:00"


def test_hours_that_overlap_are_joined() -> None:
    assert hours(on("Monday", "07:00", "12:00") + on("Monday", "11:00", "18:00")) == "Mo 07:00-18:00"


def test_0_to_0_is_a_whole_day() -> None:
    assert hours(daily("00:00:00", "00:00:00")) == "24/7"


def test_times_of_day_are_those_of_every_day_unless_days_are_named() -> None:
    assert hours(daily("06:30:00", "23:59:59")) == "Mo-Su 06:30-24:00"
    assert hours(daily("06:30:00", "22:00:00", named("saturday", "sunday"))) == "Sa-Su 06:30-22:00"


def test_a_night_belongs_to_both_of_its_days() -> None:
    assert hours(daily("22:00:00", "02:00:00", named("friday"))) == "Fr 22:00-24:00; Sa 00:00-02:00"


@pytest.mark.parametrize(
    "inner",
    [
        "",
        on("Monday").replace("Monday", "Tuesday"),
        on("Monday").replace("Monday", "Feiertag"),
        on("Monday", "10:00", "09:00"),
        on("Monday") + on("Monday", "07:00", "22:00").replace("2023-12-04", "2023-12-11"),
        on("Monday", extra="<recurringTimePeriodOfDay/>"),
        on("Monday").replace("T00:00:00", "T00:00:00Z"),
        on("Monday", "07:00", "22:00") + "<period/>",
        "<exceptionPeriod/>" + on("Monday"),
        daily("06:00:00", "06:00:00"),
        daily("06:00:30", "07:00:00"),
        daily("06:00:00", "26:00:00"),
        daily("06:00:00", "22:00:00", named("monday").replace("applicableDay", "applicableMonth")),
        daily("06:00:00", "22:00:00", named("weekday")),
        daily("06:00:00", "22:00:00", "<recurringSpecialDay/>"),
        daily("06:00:00", "22:00:00", extra="<exceptionPeriod/>"),
        daily("06:00:00", "22:00:00", extra="<overallEndTime>2024-06-30T00:00:00</overallEndTime>"),
        daily("06:00:00", "22:00:00", extra=f"<validPeriod>{named('sunday')}</validPeriod>"),
        daily("06:00:00", "22:00:00", status="suspended"),
    ],
)
def test_what_is_not_exactly_a_weekly_rhythm_is_unknown(inner: str) -> None:
    assert hours(inner) is None


def test_the_hours_of_version_3_say_it_in_a_word_or_in_periods() -> None:
    assert opening_hours(fromstring('<r><operatingHours type="fac:OpenAllHours"/></r>')) == "24/7"
    specification = (
        daily("06:00:00", "22:00:00").partition("<validityTimeSpecification>")[2].partition("</validityTime")[0]
    )
    assert (
        opening_hours(
            fromstring(f"<r><operatingHours><overallPeriod>{specification}</overallPeriod></operatingHours></r>")
        )
        == "Mo-Su 06:00-22:00"
    )


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(
    st.lists(
        st.tuples(st.sampled_from(WEEK), st.integers(0, 1438), st.integers(0, 1438)).filter(lambda p: p[1] < p[2]),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 7 * 1440 - 1),
)
def test_it_is_open_exactly_in_its_periods(periods: list[tuple[str, int, int]], minute: int) -> None:
    written = hours("".join(on(day, clock(start), clock(end)) for day, start, end in periods))
    assert written is not None
    day, of_day = divmod(minute, 1440)
    instant = f"{MONDAY + timedelta(days=day)}T{clock(of_day)}"
    inside = any(WEEK[day] == name and start <= of_day < end for name, start, end in periods)
    assert OpeningHours(written).is_open(datetime.fromisoformat(instant)) is inside
