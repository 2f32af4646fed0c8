"""Rate tables as JSON: what is read, what is refused, and that nothing is lost."""

import json
from copy import deepcopy
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.civil import Band, Day
from parkgraph.domain.pricing import price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    Cap,
    Choice,
    Months,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    Span,
    TariffDay,
    tiers,
)
from parkgraph.sdk.rate_tables import as_document, parse_rate_table, read_rate_table
from tests.sdk.tariffs import rate_tables

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def document(*lines: dict[str, Any], **collection: object) -> dict[str, Any]:
    hourly = {"rateLineType": "incrementingRate", "value": "2.50", "incrementPeriod": "PT1H"}
    return {"rateLineCollections": [{"applicableCurrency": "EUR", "rateLines": list(lines) or [hourly], **collection}]}


def tier(start: str, end: str, value: str, **more: object) -> dict[str, Any]:
    return {"rateLineType": "flatRateTier", "durationStart": start, "durationEnd": end, "value": value, **more}


def collection(found: RateTable) -> RateLineCollection:
    (only,) = found.collections
    return only


@given(rate_tables())
def test_every_table_of_the_model_is_read_back_as_it_was_written(table: RateTable) -> None:
    text = json.dumps(as_document(table))
    assert parse_rate_table(text) == table
    assert as_document(parse_rate_table(text)) == json.loads(text)


def test_what_is_usual_is_not_written() -> None:
    assert as_document(read_rate_table(document())) == {
        "rateLineCollections": [
            {
                "collectionSequence": 1,
                "applicableCurrency": "EUR",
                "rateLines": [
                    {"sequence": 1, "rateLineType": "incrementingRate", "value": "2.50", "incrementPeriod": "PT1H"}
                ],
            }
        ]
    }


def test_a_rate_table_of_the_standard_is_read() -> None:
    """As the standard's own messages write one: names in languages, numbers as numbers, times for lengths."""
    text = """{
      "id": "d0c1", "version": 1, "rateTableName": [{"language": "en", "string": "Day"}], "availability": "public",
      "rateLineCollections": [{
        "id": "d0c1-0", "version": 1, "collectionSequence": 0, "applicableCurrency": "GBP", "relativeTimes": false,
        "maxTime": "PT7H", "taxIncluded": true, "taxRate": 20,
        "rateLines": [
          {"sequence": 1, "rateLineType": "incrementingRate", "durationStart": "00:30", "durationEnd": "07:00",
           "incrementPeriod": "PT1H", "value": 1.10, "usageCondition": "unlimited"},
          {"sequence": 0, "rateLineType": "flatRate", "durationStart": "00:00", "durationEnd": "00:30",
           "incrementPeriod": "PT30M", "value": 3, "usageCondition": "once"}]}]}"""
    half, end = timedelta(minutes=30), timedelta(hours=7)
    assert parse_rate_table(text) == RateTable(
        "GBP",
        (
            RateLineCollection(
                (
                    RateLine(RateLineKind.FLAT, Decimal(3), end=half),
                    RateLine(RateLineKind.INCREMENTING, Decimal("1.10"), HOUR, half, end),
                ),
                max_time=end,
            ),
        ),
    )


def test_numbers_are_exact_to_the_last_digit() -> None:
    text = json.dumps(document()).replace('"2.50"', "0.1000000000000000055511151231257827")
    (line,) = collection(parse_rate_table(text)).lines
    assert str(line.value) == "0.1000000000000000055511151231257827"


def test_collections_come_by_their_sequence() -> None:
    early = {**document(collectionName="early")["rateLineCollections"][0], "collectionSequence": 1}
    late = {**document(collectionName="late")["rateLineCollections"][0], "collectionSequence": 2}
    found = read_rate_table({"rateLineCollections": [late, early], "choice": "CHEAPEST"})
    assert [one.name for one in found.collections] == ["early", "late"]
    assert found.choice is Choice.CHEAPEST


def test_a_tier_without_an_increment_is_the_price_of_everything_until_its_end() -> None:
    found = collection(read_rate_table(document(tier("PT0S", "PT1H", "2"), tier("PT1H", "PT2H", "3"))))
    assert found.lines == tiers((HOUR, Decimal(2)), (2 * HOUR, Decimal(3)))


def test_a_tier_with_an_increment_adds_up_as_an_incrementing_rate_does() -> None:
    found = collection(read_rate_table(document(tier("00:00", "01:00", "2", incrementPeriod="PT1H"))))
    assert found.lines == (RateLine(RateLineKind.INCREMENTING, Decimal(2), HOUR, end=HOUR),)


def test_a_maximum_holds_in_each_tariff_day_where_the_rate_resets() -> None:
    found = collection(read_rate_table(document(resetTime="02:00", maxValueCollection="10")))
    day = TariffDay(time(2))
    assert (found.reset, found.caps) == (day, (Cap(Decimal(10), day),))


def test_a_maximum_holds_for_the_stay_where_nothing_resets() -> None:
    assert collection(read_rate_table(document(maxValueCollection=10))).caps == (Cap(Decimal(10), Span.STAY),)


def test_the_bounds_of_a_sole_line_are_those_of_its_collection() -> None:
    line = {"rateLineType": "incrementingRate", "value": 1.0, "incrementPeriod": "PT30M"} | {"value": "1.50"}
    found = collection(read_rate_table(document(line | {"minValue": "3", "maxValue": "7.50"})))
    assert (found.minimum_charge, found.caps) == (Decimal(3), (Cap(Decimal("7.50"), Span.STAY),))


def test_bounds_that_a_line_cannot_pass_change_nothing() -> None:
    first = tier("00:00", "07:00", "3", incrementPeriod="PT1H", maxValue="21", minValue="3")
    found = collection(read_rate_table(document(first, tier("07:00", "12:00", "3", maxValue="3"))))
    assert (found.minimum_charge, found.caps) == (Decimal(0), ())


def test_tax_comes_on_top_where_it_is_not_included() -> None:
    found = read_rate_table(document(taxIncluded=False, taxRate="8.1"))
    assert found.added_tax == Decimal("0.081")


def test_a_month_is_a_calendar_month() -> None:
    assert collection(read_rate_table(document(maxTime="P1M"))).max_time == Months(1)


def test_a_band_is_part_of_a_line() -> None:
    night = {"rateLineType": "flatRate", "value": "4", "band": {"start": "20:00", "end": "06:00", "days": ["SAT"]}}
    (line,) = collection(read_rate_table(document(night))).lines
    assert line.band == Band(time(20), time(6), frozenset({Day.SAT}))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([], "a rate table must be a JSON object"),
        (None, "a rate table must be a JSON object"),
        ({}, "rateLineCollections is missing"),
        ({"rateLineCollections": []}, "rateLineCollections must hold at least one collection"),
        ({"rateLineCollections": [1]}, "rateLineCollections[0] must be a JSON object"),
        (document() | {"choice": "DEAREST"}, "choice must be 'FIRST' or 'CHEAPEST'"),
        (document() | {"validityStart": "2026-01-01"}, "validityStart cannot be honoured: say it with the dates of"),
        (document() | {"price": 1}, "price cannot be honoured: a rate table knows no such key"),
        (document() | {"availability": "private"}, "availability must be 'public'"),
        (document() | {"rounding": {"unit": "0"}}, "rounding: a rounding unit must be above zero"),
        (document(applicableCurrency="Euro"), "a currency is three capital letters"),
        (document(adds=True), "a rate table needs at least one collection that prices a stay by itself"),
        (document(minTime="1 hour"), "rateLineCollections[0].minTime must be an ISO 8601 duration"),
        (document(minTime="P1M"), "rateLineCollections[0].minTime must be an ISO 8601 duration"),
        (document(maxValueCollection=1.5), "rateLineCollections[0].maxValueCollection must be an exact number"),
        (document(maxValueCollection=True), "rateLineCollections[0].maxValueCollection must be an exact number"),
        (document(maxValueCollection="NaN"), "rateLineCollections[0].maxValueCollection must be an exact number"),
        (document(maxValueCollection="-1"), "rateLineCollections[0]: a cap must be a finite amount, zero or more"),
        (document(resetTime="25:00"), "rateLineCollections[0].resetTime"),
        (document(resetTime="02:00", resetAfter="P1D"), "rateLineCollections[0]: resetTime and resetAfter exclude"),
        (document(taxRate=20), "rateLineCollections[0]: taxIncluded is missing"),
        (document(taxIncluded=False), "rateLineCollections[0]: taxRate is missing"),
        (document(taxValue=1), "rateLineCollections[0].taxValue cannot be honoured: say it with taxRate"),
        (document(referenceTimeStart="x"), "rateLineCollections[0].referenceTimeStart cannot be honoured: times count"),
        (document(collectionName="x" * 101), "rateLineCollections[0].collectionName must have at most 100 characters"),
        (document(adds=1), "rateLineCollections[0].adds must be a valid boolean"),
        (document(caps=[{"amount": 1, "period": "WEEK"}]), "rateLineCollections[0]: caps[0]: must be an ISO 8601"),
        (document(caps=[{"amount": 1, "period": "STAY", "dayStart": "06:00"}]), "caps[0]: dayStart belongs to"),
        (document(arrive={"days": []}), "rateLineCollections[0]: a band needs at least one day"),
        (document(arrive={"first": "20260101"}), "rateLineCollections[0].arrive.first must be a date"),
        (document(tier("PT1H", "PT1H", "1")), "rateLineCollections[0]: rateLines[0]: a rate line must end after"),
        (document(tier("PT0S", "PT1H", "1", perUnit=1)), "rateLineCollections[0].rateLines[0].perUnit cannot be"),
        (document({"rateLineType": "perUnit", "value": 1}), "rateLineCollections[0].rateLines[0].rateLineType must be"),
        (document({"rateLineType": "incrementingRate", "value": 1}), "rateLines[0]: incrementPeriod is missing"),
        (document({"rateLineType": "flatRate", "value": 1, "incrementPeriod": "P1D"}), "a flatRate is paid once"),
        (document({"rateLineType": "flatRate", "value": 1, "usageCondition": "unlimited"}), "usageCondition unlimited"),
        (document({"rateLineType": "flatRate", "value": 1, "usageCondition": "fixedNumber"}), "usageCondition must be"),
        (document(tier("00:00", "02:00", "1", incrementPeriod="PT1H", usageCondition="once")), "usageCondition once"),
        (document(tier("00:00", "01:00", "2", maxValue=1), tier("01:00", "02:00", "3")), "rateLines[0].minValue and"),
        (document(tier("00:00", "01:00", "2", sequence=1), tier("01:00", "02:00", "3")), "sequence must be given to"),
    ],
)
def test_what_cannot_be_honoured_is_refused_in_a_sentence_that_names_it(wrong: object, sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        read_rate_table(wrong)
    assert sentence in str(refusal.value)


def test_currencies_and_taxes_are_not_mixed() -> None:
    first = document()["rateLineCollections"][0]
    for other, key in (
        ({"applicableCurrency": "CHF"}, "applicableCurrency"),
        ({"taxIncluded": False, "taxRate": 1}, "tax"),
    ):
        with pytest.raises(ValueError, match=f"{key}.* must be the same in all"):
            read_rate_table({"rateLineCollections": [first, first | other]})


@pytest.mark.parametrize("text", ["", "{", b"\xff", "[" * 100_000, '{"a": NaN}', '{"a": 1e99999999999999999999}'])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="this is not JSON"):
        parse_rate_table(text)


def test_a_key_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="choice is given twice in one object"):
        parse_rate_table('{"choice": "FIRST", "choice": "CHEAPEST"}')


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(
        ["PT1H", "08:00", "PT0S", "-PT1H", "P1M", "-1", "1e9", Decimal("1E-999999"), Decimal("1E999999")]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=4,
)


@given(rate_tables(), JSON, st.randoms(use_true_random=False))
def test_a_spoilt_document_is_a_table_or_a_refusal(table: RateTable, value: object, random: Any) -> None:
    spoilt = deepcopy(as_document(table))
    parts = [spoilt, *spoilt["rateLineCollections"]]
    parts += [line for part in spoilt["rateLineCollections"] for line in part["rateLines"]]
    part = random.choice(parts)
    part[random.choice(sorted(part))] = value
    try:
        found = read_rate_table(spoilt)
    except ValueError:
        return
    assert read_rate_table(as_document(found)) == found
    stay = Stay(datetime(2026, 10, 24, 9, tzinfo=BERLIN), datetime(2026, 10, 26, 9, tzinfo=BERLIN))
    quote = price(found, stay, BERLIN)
    assert quote.total is not None or quote.reason is not None
    assert sum(line.amount.amount for line in quote.lines) == (quote.total.amount if quote.total else 0)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_the_examples_are_read_and_written_back(file: Path) -> None:
    found = parse_rate_table(file.read_bytes())
    assert read_rate_table(as_document(found)) == found
