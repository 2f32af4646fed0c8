"""What tariffs mean, and when they have no exact meaning. Amounts and times as Rotterdam published them in 2013."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parkgraph.domain.pricing import price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph_rdw.rates import Tariffs
from parkgraph_rdw.values import AMSTERDAM

WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
TUESDAY = datetime(2026, 11, 24, tzinfo=AMSTERDAM)
TUESDAY_AT_TEN = TUESDAY.replace(hour=10)


def rate(
    charge: float = 2, period: int | None = 60, start: int = 0, until: int | None = -1, **more: Any
) -> dict[str, Any]:
    return {
        "charge": charge,
        "chargePeriod": period,
        "durationType": "Minutes",
        "durationFrom": start,
        "durationUntil": until,
        "validityStartOfPeriod": 1356998400,
    } | more


def tariff(*rates: dict[str, Any], days: list[Any] | None = None, start: int = 0, until: int = 24, **more: Any) -> Any:
    """EUR 2 per hour on all days, but for the changes; the register writes the last second of a time frame."""
    return {
        "tariffDescription": "Kortparkeertarief gebied 2",
        "periodName": "",
        "startOfPeriod": 1356998400,
        "endOfPeriod": None,
        "validityDays": days or WEEK,
        "validityFromTime": {"h": start, "m": 0, "s": 0},
        "validityUntilTime": {"h": until - 1, "m": 59, "s": 59},
        "intervalRates": list(rates or (rate(),)),
    } | more


def table(*tariffs: Any, since: datetime | None = None) -> RateTable | None:
    return Tariffs(list(tariffs), since).to_rates()


def cost(rates: RateTable | None, hours: float, arrive: datetime = TUESDAY_AT_TEN) -> Decimal | None:
    assert rates is not None
    quoted = price(rates, Stay(arrive, arrive + timedelta(hours=hours)), AMSTERDAM)
    return quoted.total.amount if quoted.total else None


def test_each_started_period_is_paid() -> None:
    assert cost(table(tariff()), 1.1) == 4
    assert cost(table(tariff(rate(0.044, 1))), 1.5) == Decimal("3.96")


def test_a_tariff_holds_in_its_time_frame_of_its_days() -> None:
    days = [tariff(days=[day], start=9, until=23) for day in WEEK[:6]]
    rates = table(*days, tariff(rate(1), days=["Sun"], start=12, until=23))
    assert cost(rates, 3) == 6
    assert cost(rates, 3, datetime(2026, 11, 29, 13, tzinfo=AMSTERDAM)) == 3


def test_the_same_tariff_on_several_days_is_one_line() -> None:
    rates = table(*(tariff(days=[day], start=9, until=23) for day in WEEK))
    assert rates is not None
    assert len(rates.collections[0].lines) == 1


def test_time_without_a_tariff_has_no_price() -> None:
    assert cost(table(tariff(start=9, until=18)), 10) is None


def test_a_charge_of_nothing_is_free() -> None:
    rates = table(tariff(start=9, until=18), tariff(rate(0), start=18, until=24), tariff(rate(0), start=0, until=9))
    assert cost(rates, 12) == 16


def test_a_night_reaches_into_the_next_day() -> None:
    rates = table(tariff(start=8, until=20), tariff(rate(1), start=20, until=8))
    assert cost(rates, 12, TUESDAY.replace(hour=19)) == 2 + 11


def test_rates_are_a_ladder_of_the_time_parked() -> None:
    rates = table(tariff(rate(0, 60, 0, 60), rate(2, 60, 60, 180), rate(0.5, 30, 180)))
    assert [cost(rates, hours) for hours in (1, 2, 3, 4)] == [0, 2, 4, 5]


def test_beyond_the_last_rate_there_is_no_price() -> None:
    rates = table(tariff(rate(2, 60, 0, 120)))
    assert [cost(rates, hours) for hours in (2, 3)] == [4, None]


def test_a_fixed_charge_is_one_of_its_time_frame() -> None:
    rates = table(tariff(start=8, until=18), tariff(rate(3.5, 0), start=18, until=23))
    assert cost(rates, 4, TUESDAY.replace(hour=17)) == Decimal("5.50")


def test_day_and_evening_tickets_are_bought_where_they_are_cheaper() -> None:
    rates = table(
        tariff(rate(0.044, 1), start=9, until=23),
        tariff(rate(18.396, 840), start=9, until=23, tariffDescription="Dagkaart gebied 2"),
        tariff(rate(6.3, 240), start=19, until=23, tariffDescription="Avondkaart gebied 2"),
    )
    assert cost(rates, 2) == Decimal("5.28")
    assert cost(rates, 10) == Decimal("18.40")
    assert cost(rates, 3.5, TUESDAY.replace(hour=19)) == Decimal("6.30")


def test_a_tariff_for_some_is_not_everybodys() -> None:
    assert cost(table(tariff(), tariff(rate(0.1), tariffDescription="Bewonerstarief")), 1) == 2
    assert table(tariff(tariffDescription="Abonnement bedrijven")) is None


def epoch(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("scale", [1, 1000], ids=["seconds", "milliseconds"])
def test_a_new_price_holds_from_its_day_on(scale: int) -> None:
    change = epoch(2027, 1, 1) * scale
    rates = table(
        tariff(rate(2, validityEndOfPeriod=change), rate(3, validityStartOfPeriod=change, validityEndOfPeriod=-1))
    )
    assert cost(rates, 1, datetime(2026, 12, 31, 10, tzinfo=AMSTERDAM)) == 2
    assert cost(rates, 1, datetime(2027, 1, 1, 10, tzinfo=AMSTERDAM)) == 3


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(epoch(2027, 1, 1), id="midnight of UTC"),
        pytest.param(epoch(2026, 12, 31, 23), id="midnight of the Netherlands"),
        pytest.param(epoch(2026, 12, 31, 23, 59, 59), id="the second before midnight of UTC"),
        pytest.param(epoch(2026, 12, 31, 22, 59, 59), id="the second before midnight of the Netherlands"),
    ],
)
def test_a_tariff_ends_with_its_last_day(change: int) -> None:
    rates = table(tariff(endOfPeriod=change))
    assert cost(rates, 1, datetime(2026, 12, 31, 10, tzinfo=AMSTERDAM)) == 2
    assert cost(rates, 1, datetime(2027, 1, 1, 10, tzinfo=AMSTERDAM)) is None


def test_what_had_ended_when_the_document_was_written_is_left_out() -> None:
    old, new = tariff(endOfPeriod=1366988279), tariff(rate(3), startOfPeriod=1366988279)
    rates = table(old, new, since=datetime(2024, 1, 1, tzinfo=AMSTERDAM))
    assert rates is not None
    assert [line.value for line in rates.collections[0].lines] == [3]
    assert table(old, since=datetime(2024, 1, 1, tzinfo=AMSTERDAM)) is None


def test_an_end_in_the_year_9999_is_none() -> None:
    assert cost(table(tariff(rate(validityEndOfPeriod=253402214400), endOfPeriod=253402214400)), 1) == 2


@pytest.mark.parametrize(
    "tariffs",
    [
        pytest.param([], id="nothing"),
        pytest.param([None], id="a row that is none"),
        pytest.param([tariff(intervalRates=[])], id="no rates"),
        pytest.param([tariff(intervalRates=None)], id="rates that are none"),
        pytest.param([tariff(days=["Koningsdag"])], id="a special day"),
        pytest.param([tariff(days=["Mon", None])], id="a day that is none"),
        pytest.param([tariff(validityFromTime=None)], id="no start"),
        pytest.param([tariff(validityFromTime={"h": 25})], id="no time of day"),
        pytest.param([tariff(), tariff(rate(3))], id="two tariffs at one time"),
        pytest.param(
            [tariff(start=20, until=8), tariff(rate(3), days=["Wed"], start=6, until=12)], id="a night and a morning"
        ),
        pytest.param([tariff(rate(2), rate(10, 1440))], id="two rates at one time"),
        pytest.param([tariff(rate(2, 60, 0, 60), rate(2, 60, 90))], id="a gap"),
        pytest.param([tariff(rate(2, 60, 30))], id="no rate at first"),
        pytest.param([tariff(rate(2, 60, durationType="Hours"))], id="another unit"),
        pytest.param([tariff(rate(2, 60, 0, 90.5), rate(2, 60, 90.5))], id="half minutes"),  # type: ignore[arg-type]
        pytest.param([tariff(rate(-2))], id="a negative charge"),
        pytest.param([tariff(rate(1e300))], id="an absurd charge"),
        pytest.param([tariff({"chargePeriod": 60})], id="no charge"),
        pytest.param([tariff(rate(2, None))], id="a charge of the whole day, or of the stay"),
        pytest.param([tariff(rate(2, 0, 0, 60), rate(3, 0, 60), start=8, until=18)], id="steps without a period"),
        pytest.param(
            [tariff(), tariff(rate(9, 60), start=9, until=23, tariffDescription="Dagkaart")], id="a ticket for an hour"
        ),
        pytest.param(
            [tariff(), tariff(rate(9, 840), start=9, until=23, tariffDescription="Dagkaart VIP")],
            id="a ticket on conditions",
        ),
    ],
)
def test_what_has_no_exact_meaning_has_no_rates(tariffs: list[Any]) -> None:
    assert table(*tariffs) is None


@pytest.mark.parametrize("raw", [None, {}, "free", 7])
def test_what_is_no_list_of_tariffs_has_no_rates(raw: object) -> None:
    assert Tariffs(raw).to_rates() is None
    assert Tariffs(raw).to_text() is None


def test_the_words_have_everything_that_can_be_read() -> None:
    tariffs = [
        *(tariff(rate(0.044, 1), days=[day], start=9, until=23) for day in WEEK[:6]),
        tariff(rate(0, 60, 0, 60), rate(2, 60, 60), days=["Sun"], start=12, until=18, tariffDescription=None),
        tariff(rate(18.396, 840), rate(20, 840), days=["Mon"], start=9, until=23, tariffDescription="Dagkaart"),
        tariff(days=["Koningsdag"]),
    ]
    assert Tariffs(tariffs).to_text() == (
        "Kortparkeertarief gebied 2: Mo-Sa 09:00-23:00 EUR 0.044 per 1 min; "
        "Su 12:00-18:00 0-60 min free, then from 60 min on EUR 2 per 60 min; "
        "Dagkaart: Mo 09:00-23:00 EUR 18.396 per 840 min, then EUR 20 per 840 min"
    )


def test_another_unit_than_minutes_is_named_and_has_no_price() -> None:
    document = [tariff(rate(2, 1, durationType="Hours"))]
    assert Tariffs(document).to_rates() is None
    assert (Tariffs(document).to_text() or "").endswith("EUR 2 per 1 Hours")
