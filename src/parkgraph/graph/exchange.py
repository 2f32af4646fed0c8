"""Amounts of several currencies, compared: by rates of the configuration, or of a file as the ECB writes it."""

import csv
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    """Units per euro, newest day first or only: `eurofxref-daily.xml`, `eurofxref.csv`. Raises ValueError."""
    text = content.decode("utf-8-sig")
    return _read_xml(text) if text.lstrip().startswith("<") else _read_csv(text)


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


def _read_xml(text: str) -> Mapping[str, Decimal]:
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException):
        raise ValueError("not XML as the ECB writes it") from None
    days = [cube for cube in root.iter() if cube.tag.endswith("}Cube") and "time" in cube.attrib]
    if not days:
        raise ValueError("no day with rates in it")
    newest = max(days, key=lambda cube: cube.attrib["time"])
    return {_code(cube.get("currency")): _rate(cube.get("rate")) for cube in newest}


def _read_csv(text: str) -> Mapping[str, Decimal]:
    rows = [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if any(row)]
    if len(rows) < 2 or not rows[0] or rows[0][0].strip() != "Date":
        raise ValueError("neither XML nor CSV as the ECB writes it")
    columns, newest = rows[0][1:], rows[1][1:]
    pairs = zip(columns, newest, strict=False)
    return {_code(code): _rate(rate) for code, rate in pairs if code.strip() and rate.strip() not in ("", "N/A")}


def _code(code: str | None) -> str:
    return check_currency((code or "").strip())


def _rate(text: str | None) -> Decimal:
    try:
        rate = Decimal((text or "").strip())
    except InvalidOperation:
        raise ValueError("a rate that is no number") from None
    if not rate.is_finite() or not 0 < rate < 10**9:
        raise ValueError("a rate that cannot be")
    return rate
