"""What charges mean, and when they have no exact meaning."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parkgraph.domain.pricing import price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import VehicleKind
from parkgraph_hongkong.rates import Charges
from parkgraph_hongkong.values import HONG_KONG

WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
ALL = [*WEEKDAYS, "SAT", "SUN", "PH"]
TUESDAY = datetime(2026, 11, 24, tzinfo=HONG_KONG)
CHRISTMAS = datetime(2026, 12, 25, tzinfo=HONG_KONG)


class Christmas:
    def is_holiday(self, day: date) -> bool:
        return (day.month, day.day) == (12, 25)


def hourly(price: float = 20, **changes: Any) -> dict[str, Any]:
    """HKD 20 per started hour, always, but for the changes."""
    return {
        "type": "hourly",
        "weekdays": ALL,
        "excludePublicHoliday": False,
        "periodStart": "00:00",
        "periodEnd": "24:00",
        "price": price,
        "covered": "covered",
        "usageMinimum": 1,
        "remark": "",
    } | changes


def park(price: float = 100, **changes: Any) -> dict[str, Any]:
    """A day park from 08:00 to 20:00, every day, but for the changes."""
    return {
        "type": "day-park",
        "weekdays": ALL,
        "excludePublicHoliday": False,
        "periodStart": "08:00",
        "periodEnd": "20:00",
        "validUntil": "same-day",
        "price": price,
        "covered": "covered",
    } | changes


def table(charges: object = None, parks: object = None, grace: object = None) -> RateTable | None:
    return Charges(hourly=charges, parks=parks, grace=grace).to_rates(VehicleKind.CAR)


def cost(rates: RateTable | None, arrive: datetime, hours: float) -> Decimal | None:
    assert rates is not None
    quoted = price(rates, Stay(arrive, arrive + timedelta(hours=hours)), HONG_KONG, calendar=Christmas())
    return quoted.total.amount if quoted.total else None


def at(hour: int, day: datetime = TUESDAY) -> datetime:
    return day.replace(hour=hour)


def test_each_started_hour_or_half_hour_is_paid() -> None:
    assert cost(table([hourly(20)]), at(9), 1.25) == 40
    assert cost(table([hourly(12, type="half-hourly", usageMinimum=None)]), at(9), 1.25) == 36


def test_cents_are_exact() -> None:
    assert cost(table([hourly(16.5)]), at(9), 3) == Decimal("49.50")


def test_a_charge_holds_in_its_hours_of_its_days() -> None:
    rates = table(
        [
            hourly(30, weekdays=WEEKDAYS, excludePublicHoliday=True, periodStart="08:00", periodEnd="20:00"),
            hourly(10, weekdays=WEEKDAYS, excludePublicHoliday=True, periodStart="20:00", periodEnd="08:00"),
            hourly(40, weekdays=["SAT", "SUN", "PH"], periodStart="08:00", periodEnd="08:00"),
        ]
    )
    assert cost(rates, at(18), 4) == 2 * 30 + 2 * 10
    assert cost(rates, at(9, CHRISTMAS), 2) == 2 * 40
    assert cost(rates, at(9, TUESDAY + timedelta(days=4)), 2) == 2 * 40


def test_on_a_public_holiday_the_charge_that_names_it_counts() -> None:
    rates = table([hourly(30, weekdays=[*WEEKDAYS, "SAT", "SUN"]), hourly(40, weekdays=["PH"])])
    assert cost(rates, at(9), 1) == 30
    assert cost(rates, at(9, CHRISTMAS), 1) == 40


def test_a_public_holiday_that_is_excluded_and_not_named_has_no_price() -> None:
    rates = table([hourly(30, weekdays=WEEKDAYS, excludePublicHoliday=True)])
    assert cost(rates, at(9, CHRISTMAS), 1) is None


def test_time_that_no_charge_covers_has_no_price() -> None:
    assert cost(table([hourly(periodStart="08:00", periodEnd="20:00")]), at(19), 3) is None


def test_a_last_minute_is_meant_whole() -> None:
    rates = table(
        [hourly(30, periodStart="07:00", periodEnd="22:59"), hourly(10, periodStart="23:00", periodEnd="06:59")]
    )
    assert cost(rates, at(21), 4) == 2 * 30 + 2 * 10


def test_a_minimum_of_two_hours_is_charged() -> None:
    rates = table([hourly(20, usageMinimum=2)])
    assert cost(rates, at(9), 0.5) == 40
    assert cost(rates, at(9), 3) == 60


def test_up_to_the_threshold_each_hour_has_the_other_price() -> None:
    rates = table([hourly(20, usageThresholds=[{"hours": 2, "price": 30}])])
    assert [cost(rates, at(9), hours) for hours in (1, 2, 3)] == [30, 60, 80]


def test_a_stay_of_the_grace_period_is_free() -> None:
    rates = table([hourly(20)], [park()], [{"minutes": 15}])
    assert cost(rates, at(9), 0.25) == 0
    assert cost(rates, at(9), 0.3) == 20


def test_a_flat_price_counts_where_it_is_cheaper_and_the_stay_lies_in_its_period() -> None:
    rates = table([hourly(20)], [park(100)])
    assert cost(rates, at(9), 3) == 60
    assert cost(rates, at(9), 8) == 100
    assert cost(rates, at(9), 12) == 240


def test_flat_prices_alone_price_what_they_cover() -> None:
    rates = table(None, [park(100)])
    assert cost(rates, at(9), 2) == 100
    assert cost(rates, at(21), 2) is None


def test_a_night_park_ends_on_the_following_day() -> None:
    night = park(60, type="night-park", periodStart="19:00", periodEnd="08:00", validUntil="following-day")
    assert cost(table([hourly(20)], [night | {"validUntilEnd": "08:00"}]), at(20), 11) == 60


def test_24_hours_are_counted_from_arrival() -> None:
    day = park(200, type="24-hours-park", periodStart="00:00", periodEnd="24:00", validUntil="no-restrictions")
    rates = table([hourly(20)], [day])
    assert cost(rates, at(12), 23) == 200
    assert cost(rates, at(12), 25) == 500


def test_24_hours_of_some_days_begin_and_end_on_them() -> None:
    weekend = park(200, type="24-hours-park", weekdays=["SAT", "SUN"], periodStart="00:00", periodEnd="24:00")
    rates = table([hourly(20)], [weekend | {"validUntil": "no-restrictions"}])
    saturday = TUESDAY + timedelta(days=4)
    assert cost(rates, at(12, saturday), 20) == 200
    assert cost(rates, at(12, saturday + timedelta(days=1)), 20) == 400


def test_six_hours_are_six_hours() -> None:
    rates = table([hourly(20)], [park(70, type="6-hours-park")])
    assert cost(rates, at(9), 6) == 70
    assert cost(rates, at(9), 7) == 140


@pytest.mark.parametrize(
    ("charges", "parks", "grace"),
    [
        pytest.param(None, None, None, id="nothing"),
        pytest.param([], [], [], id="empty lists"),
        pytest.param({"price": 20}, None, None, id="no list"),
        pytest.param([hourly(), None], None, None, id="a row that is none"),
        pytest.param([hourly(remark="Residents only")], None, None, id="a remark"),
        pytest.param([hourly()], [park(remark="EV only")], None, id="a remark on a flat price"),
        pytest.param([hourly()], None, [{"minutes": 15, "remark": "non-resident"}], id="grace on a condition"),
        pytest.param([hourly()], None, [{"minutes": 15}, {"minutes": 30}], id="two graces"),
        pytest.param([hourly()], None, [{"minutes": -5}], id="a negative grace"),
        pytest.param([hourly()], None, [{"minutes": 7.5}], id="half a minute of grace"),
        pytest.param([hourly(0)], [park(0)], None, id="prices of 0 throughout"),
        pytest.param([hourly(-20)], None, None, id="a negative price"),
        pytest.param([hourly(1e300)], None, None, id="an absurd price"),
        pytest.param([hourly(price="20")], None, None, id="a price as text"),  # type: ignore[arg-type]
        pytest.param([hourly(type="quarter-hourly")], None, None, id="an unknown unit"),
        pytest.param([hourly(weekdays=[])], None, None, id="no days"),
        pytest.param([hourly(weekdays=["MONDAY"])], None, None, id="an unknown day"),
        pytest.param([hourly(excludePublicHoliday=True)], None, None, id="holidays both named and excluded"),
        pytest.param([hourly(periodEnd="25:00")], None, None, id="no time of day"),
        pytest.param([hourly(periodStart=None)], None, None, id="no start"),
        pytest.param([hourly(20), hourly(30)], None, None, id="two prices at one time"),
        pytest.param(
            [
                hourly(20, weekdays=["FRI"], periodStart="19:00", periodEnd="09:00"),
                hourly(30, weekdays=["SAT"]),
            ],
            None,
            None,
            id="a night that reaches into another price",
        ),
        pytest.param(
            [
                hourly(20, usageMinimum=2, periodEnd="12:00"),
                hourly(20, usageMinimum=3, periodStart="12:00"),
            ],
            None,
            None,
            id="two minima",
        ),
        pytest.param([hourly(10, type="half-hourly", usageMinimum=2)], None, None, id="a minimum of half hours"),
        pytest.param(
            [hourly(usageThresholds=[{"hours": 1, "price": 5}, {"hours": 2, "price": 6}])],
            None,
            None,
            id="two thresholds",
        ),
        pytest.param([hourly(usageThresholds=[{"hours": 0, "price": 5}])], None, None, id="a threshold of nothing"),
        pytest.param([hourly()], [park(type="week-park")], None, id="an unknown flat price"),
        pytest.param([hourly()], [park(validUntil="next-week")], None, id="an unknown validity"),
        pytest.param([hourly()], [park(validUntilEnd="18:00")], None, id="a validity that ends before its period"),
        pytest.param(
            [hourly()],
            [park(periodStart="19:00", periodEnd="07:00", validUntil="same-day")],
            None,
            id="a night of the same day",
        ),
    ],
)
def test_what_has_no_exact_meaning_has_no_rates(charges: object, parks: object, grace: object) -> None:
    assert table(charges, parks, grace) is None


def test_two_charges_of_one_price_at_one_time_are_one() -> None:
    assert cost(table([hourly(20, covered="covered"), hourly(20, covered="open-air")]), at(9), 2) == 40


def test_the_words_have_everything_that_can_be_read_and_the_remarks() -> None:
    charges = Charges(
        hourly=[
            hourly(15, weekdays=WEEKDAYS, excludePublicHoliday=True, periodStart="07:00", periodEnd="23:00"),
            hourly(20, weekdays=["SAT", "SUN", "PH"], usageMinimum=2, usageThresholds=[{"hours": 2, "price": 30}]),
            hourly(8, type="half-hourly", weekdays=["WED", "FRI"], remark="Zone B"),
            hourly(-1),
        ],
        parks=[park(100)],
        grace=[{"minutes": 10}],
    )
    assert charges.to_rates(VehicleKind.CAR) is None
    assert charges.to_text() == (
        "Mo-Fr 07:00-23:00 (not on public holidays) HKD 15 per h; "
        "Sa-Su,PH 00:00-24:00 HKD 30 in the first 2 h, then HKD 20 per h, at least 2; "
        "We,Fr 00:00-24:00 HKD 8 per 30 min (Zone B); "
        "Mo-Su,PH 08:00-20:00 day-park HKD 100; "
        "free up to 10 min"
    )
