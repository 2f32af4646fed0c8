"""The German texts beside the prices: read exactly, or not at all."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parkgraph.domain.tariff import Months, Period
from parkgraph_bahn.terms import NotUnderstood, Special, read_free_time, read_max_stay, read_special


@pytest.mark.parametrize(
    ("text", "limit", "ticket"),
    [
        ("", None, None),
        ("Max. 30 Min.", timedelta(minutes=30), None),
        ("Max. 90 Minuten", timedelta(minutes=90), None),
        ("Max. 1 Stunde", timedelta(hours=1), None),
        ("Max. 1 Tag", timedelta(days=1), None),
        ("Max. 3 Tage", timedelta(days=3), None),
        ("Max. 1 Woche am Automaten", timedelta(weeks=1), None),
        ("Max. 10 Tage oder Monatsparkschein", timedelta(days=10), Months(1)),
        ("Max. 9 Tage oder 4-Wochen-Parkschein", timedelta(days=9), timedelta(weeks=4)),
    ],
)
def test_a_longest_stay_is_a_limit_and_perhaps_a_ticket_beyond_it(
    text: str, limit: timedelta | None, ticket: Period | None
) -> None:
    assert read_max_stay(text) == (limit, ticket)


@pytest.mark.parametrize(
    "text",
    [
        "3 Tage",
        "Max. 0 Tage",
        "Max. 999 Tage",
        "Max. drei Tage",
        "Max. 3 Tage (außer Sonntag)",
        "Max. 3 Tage oder mehr",
    ],
)
def test_a_longest_stay_in_other_words_is_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read_max_stay(text)


@pytest.mark.parametrize(("text", "free"), [("", None), ("nein", None), ("15 Min.", timedelta(minutes=15))])
def test_a_free_time_is_a_number_of_minutes_or_none(text: str, free: timedelta | None) -> None:
    assert read_free_time(text) == free


@pytest.mark.parametrize("text", ["ja", "0 Min.", "15 Min. samstags", "erste Stunde"])
def test_a_free_time_in_other_words_is_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read_free_time(text)


def test_no_special_text_adds_nothing() -> None:
    assert read_special("") == Special()


@pytest.mark.parametrize(
    "text",
    [
        "Stellplätze online buchbar!",
        "Anwohnerparken (Mo-Fr: 16:00 - 09:00 Uhr; Sa, So, Ftg.: ganztägig): 35,00 pro Monat*.",
        "Halbjahreskarte über den VVS: 140,00",
        "Abschließbare Fahrradbox: 15,00 pro Monat (mind. 3 Mon.), www.meinfahrradambahnhof.de",
        "mit Pcard: 2,00 pro Stunde",
        "Stellplätze online buchbar! Halbjahreskarten zum Preis von EUR 222,00 über den VVS erhältlich",
    ],
)
def test_what_a_casual_stay_cannot_buy_adds_nothing(text: str) -> None:
    assert read_special(text) == Special()


@pytest.mark.parametrize(
    ("text", "special"),
    [
        ("2 Wochen: 44,00", Special(units=((timedelta(weeks=2), Decimal("44.00")),))),
        ("4-Wochen-Parkschein: 30,00", Special(units=((timedelta(weeks=4), Decimal("30.00")),))),
        ("Stundentakt ab der zweiten Parkstunde.", Special(whole_hours=True)),
        ("je weitere Stunde 2,50", Special(whole_hours=True, next_hour=Decimal("2.50"))),
        ("Der Tagestarif gilt je Parkvorgang pro Kalendertag bis 03:00 Uhr früh.", Special(calendar_days=True)),
        ("Nachteulentarif: 18:00 bis 03:00 Uhr: 6,00 max.", Special(caps=(Decimal("6.00"),))),
    ],
)
def test_a_known_rule_is_read(text: str, special: Special) -> None:
    assert read_special(text) == special


@pytest.mark.parametrize(
    "text",
    [
        "Bis 2 Stunden: 3,00; bis 3 Stunden: 4,00",
        "Vier Stunden frei parken an Samstagen.",
        "Im Dezember Tag 9,00, sonst 6,00.",
        "12 Wochen: 44,00",
        "bis 2 Wochen: 44,00",
        "2 Wochen: 44,005",
        "Stellplätze online buchbar! Sonntags frei",
        "Stellplätze ausschließlich online buchbar!",
        "je weitere Stunde 2,50; je weitere Stunde 3,00",
    ],
)
def test_one_unknown_clause_fails_the_whole_text(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read_special(text)
