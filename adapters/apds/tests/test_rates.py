"""Which rate tables are understood: a wrong price is worse than none."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.civil import EVERY_DAY, Band, Day
from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import Boundary, RateTable, TariffDay, tiers
from parkgraph_apds.rates import to_tariff
from parkgraph_apds.rights import entitlement
from parkgraph_apds.validity import NotUnderstood, Validity, read_dates, read_validity

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
MORNING = datetime(2026, 11, 24, 9, tzinfo=LONDON)
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def line(kind: str, value: float, start: str | None = None, end: str | None = None, **more: object) -> dict[str, Any]:
    found = {"rateLineType": kind, "value": Decimal(str(value)), "durationStart": start, "durationEnd": end, **more}
    return {key: entry for key, entry in found.items() if entry is not None}


HOURLY = line("incrementingRate", 2.5, incrementPeriod="PT1H")


def table(*lines: object, of: dict[str, object] | None = None, **collection: object) -> dict[str, Any]:
    said = {"applicableCurrency": "GBP", "rateLines": list(lines) or [HOURLY], **collection}
    return {"rateLineCollections": [said], **(of or {})}


ALWAYS = Validity()


def rates(document: object, validity: Validity = ALWAYS) -> RateTable | None:
    return to_tariff(document, validity, LONDON).rates


def quote(document: object, hours: float, validity: Validity = ALWAYS, arrive: datetime = MORNING) -> Quote:
    return price(rates(document, validity), Stay(arrive, arrive + hours * HOUR), LONDON)


def total(*asked: Any, **more: Any) -> str | None:
    found = quote(*asked, **more).total
    return f"{found.amount:f}" if found else None


SECONDS = ("P0S", "P3599S", "P3600S", "P7199S")
CLOCK = ("00:00", "01:00", "01:01", "02:00")
DURATIONS = ("PT0S", "PT1H", "PT1H", "PT2H")


@pytest.mark.parametrize(("a", "b", "c", "d"), [SECONDS, CLOCK, DURATIONS])
@pytest.mark.parametrize("kind", ["incrementingRate", "flatRateTier"])
def test_up_to_so_long_is_written_in_many_ways(kind: str, a: str, b: str, c: str, d: str) -> None:
    found = rates(table(line(kind, 3.2, a, b), line(kind, 6.7, c, d)))
    assert found is not None
    assert found.collections[0].lines == tiers((HOUR, Decimal("3.2")), (2 * HOUR, Decimal("6.7")))


def test_tiers_that_say_their_increment_add_up_as_in_the_standard_s_examples() -> None:
    """First half hour 3, second half hour 2, any subsequent hour 1, at most 7 hours."""
    document = table(
        line("flatRateTier", 3, "00:00", "00:30", incrementPeriod="PT30M", usageCondition="once"),
        line("flatRateTier", 2, "00:30", "01:00", incrementPeriod="PT30M", usageCondition="once"),
        line("incrementingRate", 1, "01:00", "07:00", incrementPeriod="PT1H", usageCondition="unlimited"),
        maxTime="PT7H",
    )
    assert [total(document, hours) for hours in (0.5, 1, 1.5, 7)] == ["3.00", "5.00", "6.00", "11.00"]
    assert total(document, 7.5) is None


def test_a_maximum_without_a_reset_is_known_for_a_day() -> None:
    document = table(line("incrementingRate", 1.5, incrementPeriod="PT30M", maxValue=Decimal("7.5")))
    assert [total(document, hours) for hours in (2, 3, 24, 25)] == ["6.00", "7.50", "7.50", None]


def test_a_maximum_begins_anew_at_the_reset() -> None:
    document = table(line("incrementingRate", 2, incrementPeriod="PT1H"), maxValueCollection=10, resetTime="02:00")
    assert total(document, 17) == "10.00"
    assert total(document, 19) == "14.00"


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        table() | {"activeTimes": ["P1D"]},
        table() | {"extensions": {}},
        table() | {"validity": {"validityStatus": "suspended"}},
        table() | {"validity": "always"},
        table() | {"validityStart": "soon"},
        {"rateLineCollections": table()["rateLineCollections"] * 2},
        {"rateLineCollections": [table()["rateLineCollections"][0] | {"rateLines": [HOURLY] * 101}]},
        table(HOURLY, HOURLY),
        table(line("incrementingRate", 1), line("incrementingRate", 2)),
        table(line("flatRateTier", 2, "00:00", "01:00"), line("flatRateTier", 3, "02:00", "03:00")),
        table(line("flatRateTier", 2, "00:00", "02:00"), line("flatRateTier", 3, "01:00", "03:00")),
        table(line("flatRateTier", 2, "01:00", "02:00")),
        table(line("flatRateTier", 3, "00:00", "01:00"), line("flatRateTier", 2, "01:00", "02:00")),
        table(
            line("flatRateTier", 2, "00:00", "01:00"),
            line("flatRateTier", 3, "01:00", "02:00"),
            line("incrementingRate", 1, "02:00", incrementPeriod="PT1H"),
        ),
        table(line("perUnit", 1)),
        table(line("flatRate", 4, usageCondition="fixedNumber")),
        table(line("flatRate", -4)),
        table(line("flatRate", 4, rateLineTax={})),
        table(resetTime="02:00", referenceTimeStart="2026-01-01T00:00:00Z"),
        table(taxIncluded=False),
        table(applicableCurrency="pounds"),
    ],
)
def test_what_may_mean_two_things_has_no_price(document: object) -> None:
    assert rates(document) is None


def test_a_table_that_is_not_public_is_no_tariff_at_all() -> None:
    found = to_tariff(table(of={"availability": "private", "rateTableName": "Staff"}), Validity(), LONDON)
    assert (found.rates, found.text) == (None, None)


def test_what_has_no_price_keeps_its_words() -> None:
    document = table(HOURLY | {"description": {"en": "per hour"}}, HOURLY, of={"rateTableName": {"en": "Day"}})
    found = to_tariff(document, Validity(), LONDON)
    assert (found.rates, found.text) == (None, "Day; per hour: 2.50 GBP")


def validity(days: list[str], start: str | None = None, end: str | None = None) -> dict[str, Any]:
    period: dict[str, Any] = {"periodName": {"en": "x"}, "recurringDayWeekMonthPeriod": {"applicableDay": days}}
    if start:
        period["recurringTimePeriodOfDay"] = [{"startTimeOfPeriod": start, "endTimeOfPeriod": end}]
    return {"validPeriods": [period]}


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"validityStatus": "active"},
        validity(WEEK),
        validity(WEEK, "00:00", "23:59"),
        validity(WEEK, "00:00", "24:00"),
        {"validityStatus": "definedByValidityTimeSpec", "validityTimeSpecification": validity(WEEK)},
    ],
)
def test_all_week_long_is_always(value: object) -> None:
    assert read_validity(value, LONDON) == Validity()


def test_hours_of_some_days_are_a_band() -> None:
    found = read_validity(validity(["monday", "friday"], "08:00", "20:00"), LONDON)
    assert found.band == Band(time(8), time(20), frozenset({Day.MON, Day.FRI}))


@pytest.mark.parametrize(
    "value",
    [
        validity(["monday"]),
        validity([]),
        validity(["someday"]),
        validity([{}]),  # type: ignore[list-item]
        validity(WEEK, "8am", "20:00"),
        {"validPeriods": validity(WEEK)["validPeriods"] * 2},
        {"validPeriods": [{"recurringSpecialDay": {}}]},
        {"validPeriods": ["x"]},
        {"exceptionPeriods": [{}]},
        {"validityStatus": "suspended"},
        {"overallStartTime": "yesterday"},
        [],
    ],
)
def test_another_period_is_not_understood(value: object) -> None:
    with pytest.raises(NotUnderstood):
        read_validity(value, LONDON)


def test_dates_are_the_local_days_that_lie_wholly_between_two_instants() -> None:
    assert read_dates("2026-06-30T23:00:00Z", "2026-12-31T23:59:59Z", LONDON) == Validity(
        first=date(2026, 7, 1), last=date(2026, 12, 31)
    )
    assert read_dates("2026-06-30T12:00:00Z", "2026-12-31T12:00:00Z", LONDON) == Validity(
        first=date(2026, 7, 1), last=date(2026, 12, 30)
    )


def test_outside_of_its_hours_a_table_has_no_price() -> None:
    hours = read_validity(validity(WEEK, "08:00", "20:00"), LONDON)
    assert total(table(), 2, hours) == "5.00"
    assert total(table(), 11, hours) == "27.50"
    assert total(table(), 11.5, hours) is None
    assert total(table(), 2, hours, arrive=MORNING - 3 * HOUR) is None


def test_a_unit_ends_where_the_hours_do() -> None:
    found = rates(table(), Validity(Band(time(8), time(20), EVERY_DAY)))
    assert found is not None
    assert found.collections[0].boundary is Boundary.RESTART


@pytest.mark.parametrize(("first", "last", "known"), [(24, 25, True), (25, 30, False), (1, 23, False), (24, 24, False)])
def test_a_stay_lies_in_the_dates_or_has_no_price(first: int, last: int, *, known: bool) -> None:
    dates = Validity(first=date(2026, 11, first), last=date(2026, 11, last))
    assert (total(table(), 20, dates) is not None) is known


def test_the_dates_of_right_table_and_collection_meet() -> None:
    document = table(of={"validityStart": "2026-03-01T00:00:00Z"}, validStart="2026-01-01T00:00:00Z")
    found = rates(document, Validity(last=date(2026, 12, 31)))
    assert found is not None
    assert (
        found.collections[0].arrive
        == found.collections[0].leave
        == Band(first=date(2026, 3, 1), last=date(2026, 12, 31))
    )


def test_hours_within_other_hours_are_not_understood() -> None:
    document = table(of={"validity": validity(WEEK, "10:00", "12:00")})
    assert rates(document, Validity(Band(time(8), time(20)))) is None


def test_a_reset_is_a_tariff_day() -> None:
    found = rates(table(resetTime="02:00"))
    assert found is not None
    assert found.collections[0].reset == TariffDay(time(2))


RATE = {"id": "e1", "rate": {"id": "t1", "version": 1}}


def right(*eligible: object, **more: object) -> dict[str, Any]:
    return {"type": "oneTimeUseParking", "rateEligibility": list(eligible) or [RATE], **more}


def test_everybody_pays_by_the_only_rate_of_the_only_casual_right() -> None:
    found = entitlement([right(), {"type": "seasonTicket"}], LONDON)
    assert found is not None
    assert (found.rate_id, found.validity) == ("t1", Validity())


def test_a_right_ends_with_its_expiry() -> None:
    found = entitlement([right(expiry="2026-12-31T23:59:59Z")], LONDON)
    assert found is not None
    assert found.validity == Validity(last=date(2026, 12, 31))


@pytest.mark.parametrize(
    "rights",
    [
        [],
        [None],
        [right(), right()],
        [right(), None],
        [{"type": "seasonTicket"}],
        [{"type": "oneTimeUseParking"}],
        [right(RATE, RATE)],
        [right({"id": "e1"})],
        [right("t1")],
        [right(RATE | {"qualifications": [{"vehicleFuelType": "diesel"}]})],
        [right(RATE | {"eligibility": {"id": "residents"}})],
        [right(validity=validity(["monday"]))],
        [right(expiry="one day")],
    ],
)
def test_where_it_is_not_certain_who_pays_what_nobody_is_told(rights: list[Any]) -> None:
    assert entitlement(rights, LONDON) is None


@pytest.mark.parametrize(("rate", "amount"), [("20", "3.00"), ("1", "2.53"), ("0.2", None)])
def test_a_tax_below_one_may_be_a_fifth_or_the_fifth_of_a_hundredth(rate: str, amount: str | None) -> None:
    assert total(table(taxIncluded=False, taxRate=Decimal(rate)), 1) == amount
