"""Amounts of several currencies, compared: by rates of the configuration, or of a file as the ECB writes it."""

import csv
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import ParseError

import structlog
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from parkgraph.domain.money import Money, check_currency

_log = structlog.get_logger(__name__)

EURO: Final = "EUR"
LOOK_EVERY_S: Final = 60.0
LARGEST_FILE: Final = 10_000_000

_Day = tuple[date, list[tuple[str, str]]]
"""A day, and its rates by currency, as they are written."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`rates`: how many units of a currency one unit of `currency` buys."""

    currency: str = EURO
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def convert(self, money: Money) -> Money | None:
        """The same in `currency`, rounded to its minor unit; None without a rate."""
        if money.currency == self.currency:
            return money
        rate = self.rates.get(money.currency)
        return Money(money.amount / rate, self.currency).rounded() if rate else None

    def sort_key(self, total: Money | None) -> tuple[int, str, Decimal]:
        """The cheapest first; then what has no rate, compared within its currency only; then what has no price."""
        if total is None:
            return 2, "", Decimal(0)
        one = self.convert(total)
        return (0, "", one.amount) if one else (1, total.currency, total.amount)


def exchange(currency: str, euro_rates: Mapping[str, Decimal], rates: Mapping[str, Decimal]) -> Exchange:
    """Rates per euro, and rates per unit of `currency`, which win, as one table."""
    euro = dict(euro_rates)
    if euro:
        euro[EURO] = Decimal(1)
    one = euro.pop(currency, None)
    crossed = {code: rate / one for code, rate in euro.items()} if one else {}
    return Exchange(currency, {**crossed, **rates})


def read_ecb(content: bytes) -> Mapping[str, Decimal]:
    """Units per euro on the newest day: `eurofxref-daily.xml`, `eurofxref.csv`, and the same of 90 days or of all.

    Raises ValueError, whose words go on after "it is".
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("not UTF-8, or packed") from None
    days = _xml_days(text) if text.lstrip().startswith("<") else _csv_days(text)
    for _, pairs in sorted(days, key=_date_of, reverse=True):
        if rates := _rates(pairs):
            return rates
    raise ValueError("without a rate")


class RatesFile:
    """The file's rates, read again when it has changed. A file that cannot be read leaves the rates as they were."""

    def __init__(
        self,
        path: Path,
        currency: str,
        rates: Mapping[str, Decimal],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises OSError and ValueError for a file that cannot be read now."""
        self._path = path
        self._currency = currency
        self._rates = rates
        self._clock = clock
        self._looked_at = clock()
        self._stamp = self._stat()
        self._exchange = self._read()

    def __call__(self) -> Exchange:
        now = self._clock()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            try:
                stamp = self._stat()
                if stamp != self._stamp:
                    self._exchange, self._stamp = self._read(), stamp
            except (OSError, ValueError) as fault:
                reason = fault.strerror if isinstance(fault, OSError) else str(fault)
                _log.warning("exchange_rates_unreadable", reason=reason)
        return self._exchange

    def _stat(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_size

    def _read(self) -> Exchange:
        if self._path.stat().st_size > LARGEST_FILE:
            raise ValueError("too large for exchange rates")
        of_a_euro = read_ecb(self._path.read_bytes())
        if self._currency != EURO and self._currency not in of_a_euro:
            raise ValueError(f"without a rate of {self._currency}, in which prices are compared")
        return exchange(self._currency, of_a_euro, self._rates)


def _date_of(day: _Day) -> date:
    return day[0]


def _xml_days(text: str) -> list[_Day]:
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException):
        raise ValueError("not XML as the ECB writes it") from None
    days = [cube for cube in root.iter() if cube.tag.endswith("}Cube") and "time" in cube.attrib]
    return [
        (_date(day.attrib["time"]), [(one.get("currency", ""), one.get("rate", "")) for one in day]) for day in days
    ]


def _csv_days(text: str) -> list[_Day]:
    try:
        rows = [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if any(row)]
    except csv.Error:
        rows = []
    if len(rows) < 2 or rows[0][0].strip() != "Date":
        raise ValueError("neither XML nor CSV as the ECB writes it")
    columns = [code.strip() for code in rows[0][1:]]
    while columns and not columns[-1]:
        columns.pop()
    if any(len(row) <= len(columns) for row in rows):
        raise ValueError("CSV of which a line is too short")
    return [(_date(row[0]), list(zip(columns, row[1:], strict=False))) for row in rows[1:]]


def _date(text: str) -> date:
    """2026-11-27, or as the daily CSV has it: 27 November 2026."""
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError("with a day that is no date")


def _rates(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Decimal]:
    """Of one day; a currency without a rate on it says so, or nothing."""
    rates: dict[str, Decimal] = {}
    for code, rate in pairs:
        if rate.strip() in ("", "N/A"):
            continue
        if _code(code) in rates:
            raise ValueError("with two rates of one currency for one day")
        rates[_code(code)] = _rate(rate)
    return rates


def _code(code: str) -> str:
    try:
        return check_currency(code.strip())
    except ValueError:
        raise ValueError("with a currency that is not three capital letters") from None


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("with a rate that is no number") from None
    if not rate.is_finite() or not 0 < rate < 10**9:
        raise ValueError("with a rate that cannot be")
    return rate
