"""The shapes that most owners' prices have, as a form can ask for them, and as the rate tables that they mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Final

from parkgraph.domain.civil import EVERY_DAY, Band, Day
from parkgraph.domain.money import check_currency
from parkgraph.domain.tariff import (
    NONE,
    Cap,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    Span,
)

MAX_BANDS: Final = 10
MAX_PRICE: Final = Decimal(100_000)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BandPrice:
    """Another price from `start` to `end` of the local clock on `days`; `maximum`: at most so much each time."""

    start: time
    end: time
    price: Decimal
    days: frozenset[Day] = EVERY_DAY
    maximum: Decimal | None = None

    def __post_init__(self) -> None:
        _check_price("price", self.price)
        _check_price("maximum", self.maximum)
        if not self.days:
            raise ValueError("days must name at least one")

    @property
    def band(self) -> Band:
        return Band(self.start, self.end, self.days)


@dataclass(frozen=True, slots=True)
class SimpleRates:
    """`price` for each started `unit`; 0 is free. `free`: the first part of a stay is not charged.

    `day_maximum`: at most so much in each 24 hours since arrival. `max_stay`: longer ones are not sold. Where two
    `bands` hold, the first one counts.
    """

    currency: str
    price: Decimal
    unit: timedelta = HOUR
    free: timedelta = NONE
    day_maximum: Decimal | None = None
    max_stay: timedelta | None = None
    bands: tuple[BandPrice, ...] = ()

    def __post_init__(self) -> None:
        try:
            check_currency(self.currency)
        except ValueError:
            raise ValueError(f"currency is three capital letters (ISO 4217), not {self.currency[:20]!r}") from None
        _check_price("price", self.price)
        _check_price("day_maximum", self.day_maximum)
        if not MINUTE <= self.unit <= DAY:
            raise ValueError("unit_minutes must be between 1 and 1440")
        if not NONE <= self.free <= timedelta(days=7):
            raise ValueError("free_minutes must be between 0 and 10080")
        if self.max_stay is not None and not MINUTE <= self.max_stay <= timedelta(days=366):
            raise ValueError("max_stay_minutes must be between 1 and 527040")
        if len(self.bands) > MAX_BANDS:
            raise ValueError(f"bands are at most {MAX_BANDS}, not {len(self.bands)}")
        if len({each.band for each in self.bands}) < len(self.bands):
            raise ValueError("bands differ in their times or days")

    def table(self) -> RateTable:
        """The rate table that this means."""
        caps = [] if self.day_maximum is None else [Cap(self.day_maximum, DAY)]
        caps += [Cap(each.maximum, Span.VISIT, each.band) for each in self.bands if each.maximum is not None]
        lines = RateLineCollection(tuple(self._lines()), max_time=self.max_stay, free=self.free, caps=tuple(caps))
        return RateTable(self.currency, (lines,))

    def _lines(self) -> Iterator[RateLine]:
        for each in self.bands:
            yield RateLine(RateLineKind.INCREMENTING, each.price, increment=self.unit, band=each.band)
        yield RateLine(RateLineKind.INCREMENTING, self.price, increment=self.unit)


def simple(table: RateTable) -> SimpleRates | None:
    """The simple rates that mean exactly this table; None where none do."""
    try:
        found = _read(table)
    except (ValueError, TypeError):
        return None
    return found if found.table() == table else None


def _read(table: RateTable) -> SimpleRates:
    """What would be simple rates if nothing else stood in the table."""
    collection = table.collections[0]
    *bands, usual = collection.lines
    maxima = {cap.band: cap.amount for cap in collection.caps}
    return SimpleRates(
        currency=table.currency,
        price=usual.value,
        unit=_length(usual.increment),
        free=collection.free,
        day_maximum=maxima.get(None),
        max_stay=None if collection.max_time is None else _length(collection.max_time),
        bands=tuple(
            BandPrice(line.band.start, line.band.end, line.value, line.band.days, maxima.get(line.band))
            for line in bands
        ),
    )


def _length(period: object) -> timedelta:
    if not isinstance(period, timedelta):
        raise TypeError("calendar months are not simple")
    return period


def _check_price(name: str, price: Decimal | None) -> None:
    if price is not None and not (price.is_finite() and 0 <= price <= MAX_PRICE):
        raise ValueError(f"{name} must be between 0 and {MAX_PRICE}")
