"""The texts beside the prices, read strictly: what has no exact reading is NotUnderstood, never guessed."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from parkgraph.domain.tariff import Months, Period


class NotUnderstood(ValueError):
    """A text that has no exact reading here."""


class MaxStay(NamedTuple):
    """The longest casual stay, and the ticket for a longer one; None: the network names none."""

    limit: timedelta | None = None
    ticket: Period | None = None


_UNITS: Final = {"M": timedelta(minutes=1), "S": timedelta(hours=1), "T": timedelta(days=1), "W": timedelta(weeks=1)}
_MAX_STAY: Final = re.compile(
    r"Max\. (?P<count>[1-9][0-9]?) (?P<unit>Min\.|Minuten|Stunden?|Tage?|Wochen?)(?: am Automaten)?"
    r"(?: oder (?:(?P<month>Monats)parkschein|(?P<weeks>[2-9])-Wochen-Parkschein))?"
)


def read_max_stay(text: str) -> MaxStay:
    """`tariffMaxParkingTime`: "Max. 3 Tage", "Max. 2 Wochen am Automaten", "Max. 10 Tage oder Monatsparkschein"."""
    if not text:
        return MaxStay()
    found = _MAX_STAY.fullmatch(text)
    if found is None:
        raise NotUnderstood
    ticket: Period | None = None
    if found["month"]:
        ticket = Months(1)
    elif found["weeks"]:
        ticket = timedelta(weeks=int(found["weeks"]))
    return MaxStay(int(found["count"]) * _UNITS[found["unit"][0]], ticket)


_FREE_TIME: Final = re.compile(r"([1-9][0-9]?) Min\.")


def read_free_time(text: str) -> timedelta | None:
    """`tariffFreeParkingTime`: a stay no longer than "15 Min." costs nothing; "nein" is none."""
    if text in ("", "nein"):
        return None
    found = _FREE_TIME.fullmatch(text)
    if found is None:
        raise NotUnderstood
    return timedelta(minutes=int(found[1]))


@dataclass(frozen=True, slots=True)
class Special:
    """What `tariffSpecial` adds to the casual prices.

    `units`: more units than the list of prices has. `whole_hours`: after the first hour only whole hours are sold, at
    this price where it is repeated. `calendar_days`: a day is not 24 hours. `caps`: maxima at some times of the day.
    """

    units: tuple[tuple[timedelta, Decimal], ...] = ()
    whole_hours: bool = False
    next_hour: Decimal | None = None
    calendar_days: bool = False
    caps: tuple[Decimal, ...] = ()


_AMOUNT: Final = r"[0-9]{1,4},[0-9]{2}"
_UNTIL: Final = r"(?:am ersten Parktag )?bis 0[0-9]:00 Uhr früh"
_RULES: Final = (
    rf"(?P<weeks>[2-9])(?: Wochen|-Wochen-Parkschein): (?P<price>{_AMOUNT})",
    rf"[Jj]e weitere Stunde:? (?P<next_hour>{_AMOUNT})",
    r"\(?(?P<whole_hours>Stundentakt ab der (?:2\.|zweiten) Parkstunde)\)?",
    rf"(?P<calendar_days>Der Tagestarif gilt|Tagestarife gelten) je Parkvorgang pro Kalendertag(?: \(?{_UNTIL}\)?)?",
    rf"[A-Z][a-z]+tarif: [0-9:]{{5}} bis [0-9:]{{5}} Uhr: (?P<cap>{_AMOUNT}) max(?:imal|\.)",
)
_NOT_CASUAL: Final = (
    rf"Abschließbare Fahrradbox: {_AMOUNT} pro Monat \(mind\. [0-9] Mon\.\), www\.meinfahrradambahnhof\.de",
    rf"Fahrradboxen tageweise online buchbar: {_AMOUNT} pro Kalendertag",
    rf"Anwohnerparken \([^()]*\)(?:: {_AMOUNT} pro Monat\*?)?",
    rf"Dauerparker mit Zeitfahrkarte, Monat: {_AMOUNT}",
    rf"Halbjahreskarten? (?:zum Preis von EUR {_AMOUNT} )?über den VVS(?: erhältlich?|: {_AMOUNT})",
    rf"Monat\* Dauerparken mit Zeitfahrkarte: {_AMOUNT}",
    rf"Monatstarif für ÖPNV-Kunden: {_AMOUNT}",
    rf"Online-Reservierung für gewünschten Einfahrtstermin: {_AMOUNT}; Zahlung des Parkentgelts am Kassenautomaten",
    rf"Pflegetarif \([^()]*\): {_AMOUNT} pro Monat\*?",
    r"Stellplätze online buchbar",
    rf"Tag mit physischer BahnCard oder Rabattierung im DB Reisezentrum: {_AMOUNT}",
    r"Wochentarif gilt je Parkvorgang",
    rf"mit Pcard: {_AMOUNT} pro Stunde",
)
_CLAUSE: Final = re.compile("(?:" + "|".join(_RULES + _NOT_CASUAL) + r")(?=[ .,;!]|$)")


def read_special(text: str) -> Special:
    """`tariffSpecial`: clauses in any order. One unknown clause could change any price, so it fails the whole text."""
    if _CLAUSE.sub("", text).strip(" .,;!"):
        raise NotUnderstood
    clauses = list(_CLAUSE.finditer(text))
    next_hours = {_amount(clause["next_hour"]) for clause in clauses if clause["next_hour"]}
    if len(next_hours) > 1:
        raise NotUnderstood
    return Special(
        units=tuple((timedelta(weeks=int(c["weeks"])), _amount(c["price"])) for c in clauses if c["weeks"]),
        whole_hours=any(clause["whole_hours"] or clause["next_hour"] for clause in clauses),
        next_hour=next(iter(next_hours), None),
        calendar_days=any(clause["calendar_days"] for clause in clauses),
        caps=tuple(_amount(clause["cap"]) for clause in clauses if clause["cap"]),
    )


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
