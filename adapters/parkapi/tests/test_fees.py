"""Words about fees: a price where the whole text is understood, and none where not."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import Stay
from parkgraph_parkapi.fees import read_fees

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY_AT_TEN = datetime(2026, 11, 24, 10, tzinfo=BERLIN)
SUNDAY_AT_TEN = datetime(2026, 11, 29, 10, tzinfo=BERLIN)


def quote(text: str, hours: float, arrive: datetime = TUESDAY_AT_TEN) -> Quote:
    return price(read_fees(text), Stay(arrive, arrive + timedelta(hours=hours)), BERLIN)


def total(text: str, hours: float, arrive: datetime = TUESDAY_AT_TEN) -> str | None:
    found = quote(text, hours, arrive).total
    return f"{found.amount}" if found else None


@pytest.mark.parametrize(
    "text", ["1,50 €/h", "1.50 EUR / Std.", "1,50 € pro angefangene Stunde", "0,75 € je 30 Min", "1,50€/1h."]
)
def test_each_started_unit_is_paid(text: str) -> None:
    assert [total(text, hours) for hours in (1, 1.5, 26)] == ["1.50", "2.25" if "30" in text else "3.00", "39.00"]


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Sa 9-18h; 1,00 €/h",
        "Mo.-Sa. 9:00-18:00 Uhr: 1,00 €/h",
        "Mo bis Sa von 9 bis 18 Uhr 1 €/h",
        "Montag bis Samstag 09.00 Uhr - 18.00 Uhr, 1,00 €/h",
        "Mo-Fr 9-18h; 1,00 €/h; Sa 9-18h; 1,00 €/h",
    ],
)
def test_in_its_hours_each_started_unit_is_paid_and_other_hours_have_no_price(text: str) -> None:
    assert total(text, 3) == "3.00"
    assert total(text, 9) is None
    assert total(text, 1, SUNDAY_AT_TEN) is None


def test_other_hours_are_free_where_the_text_says_so() -> None:
    text = "Mo-Fr 8-18 Uhr: 2,00 €/h; Sa 9-14 Uhr: 1,00 €/h; sonst frei"
    assert [total(text, hours) for hours in (1, 24)] == ["2.00", "20.00"]
    assert total(text, 1, SUNDAY_AT_TEN) == "0.00"


def test_a_stay_of_up_to_so_long_costs_so_much_and_a_longer_one_is_unknown() -> None:
    assert [total("0,5 Std: 1,00 €", hours) for hours in (0.5, 0.6)] == ["1.00", None]
    steps = "bis 30 Min: frei; bis 1 Std: 2,00 €; bis zu 3 Stunden: 3,50 €"
    assert [total(steps, hours) for hours in (0.5, 1, 2, 3, 4)] == ["0.00", "2.00", "3.50", "3.50", None]


def test_each_further_unit_comes_on_top_of_the_steps() -> None:
    text = "0,5 Std: 1,00 €, 1 Std: 2,00 €, jede weitere Std: 1,50 €"
    assert [total(text, hours) for hours in (1, 1.1, 2, 3.5)] == ["2.00", "3.50", "3.50", "6.50"]


def test_beyond_a_maximum_for_a_day_there_is_no_price_for_it_is_not_said_which_day() -> None:
    text = "1,00 €/h; Tageshöchstsatz: 10,00 €"
    assert [total(text, hours) for hours in (3, 10, 11)] == ["3.00", "10.00", None]


@pytest.mark.parametrize("text", ["frei", "kostenlos", "gebührenfrei"])
def test_what_is_free_is_free(text: str) -> None:
    assert total(text, 26) == "0.00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mo-Sa 9-18h",
        "Tageshöchstsatz: 24,00 €",
        "Tageshöchstsatz: 24,00 €, Nachttarif: 1,00 €/h",
        "an Sonn- und Feiertagen gebührenfrei",
        "1,00 €/h, erste Stunde frei",
        "1,00 €/h; 2,00 €/h",
        "1,00 €/h für Anwohner",
        "1,00 €/hh",
        "1.000 €/h",
        "Mo-Sa 9-18h; 1,00 €/h; Mo 10-12h; 2,00 €/h",
        "Mo-Sa 18-9h; 1,00 €/h",
        "Mo-Sa 9-25h; 1,00 €/h",
        "Moenstag 9-18h; 1,00 €/h",
        "So-Mo 9-18h; 1,00 €/h",
        "2 Std: 3,00 €; 1 Std: 2,00 €",
        "1 Std: 3,00 €; 2 Std: 2,00 €",
        "0 Min: 1,00 €",
        "1 Tag: 5,00 €",
    ],
)
def test_a_text_of_which_anything_is_not_understood_is_no_price(text: str) -> None:
    assert read_fees(text) is None


words = st.lists(
    st.sampled_from(
        ["Mo-Sa 9-18h", "1,00 €/h", "0,5 Std: 1,00 €", "sonst frei", "frei", "jede weitere Std: 1 €", "nur"]
    ),
    max_size=5,
).map("; ".join)


@given(words | st.text("0129,.-:;€/hStdMoSa ", max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    read_fees(text)
