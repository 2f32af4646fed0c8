"""What a stay with a car costs, from `pricingMethod`, `pricing` and the words beside them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from pydantic import Field

from parkgraph.domain.civil import Band, Day
from parkgraph.domain.tariff import ZERO, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph_liipi.hours import HOLIDAY, WEEK, Hours, clock
from parkgraph_liipi.prices import NotUnderstood, Price, read_commercial, read_limit, read_price
from parkgraph_liipi.row import Language, Localized, Row, Text

FREE_ALWAYS: Final = "PARK_AND_RIDE_247_FREE"
_FOR_HOURS: Final = re.compile(r"(FREE|PAID)_([1-9][0-9]?)H")
_NOTHING: Final = ("", "0")

_DAYS: Final = {
    "BUSINESS_DAY": frozenset({Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI}),
    "SATURDAY": frozenset({Day.SAT}),
    "SUNDAY": frozenset({Day.SUN}),
    HOLIDAY: frozenset({Day.HOLIDAY}),
}


class Pricing(Row):
    """One kind of spaces on one type of day; without a price they are free (the network's own tool clears it then).

    `price_extra` and `price_other` are not documented: with either, what one pays is not known.
    """

    usage: Text = ""
    capacity_type: Text = ""
    day_type: Text = ""
    time: Hours = Hours()
    price: Localized | None = None
    price_extra: Text = ""
    price_other: Text = ""

    def to_price(self) -> Price | None:
        """None is free. Raises NotUnderstood."""
        if self.price_extra not in _NOTHING or self.price_other not in _NOTHING:
            raise NotUnderstood
        return read_price(self.price.texts()) if self.price and self.price.texts() else None


class PaymentInfo(Row):
    detail: Localized = Localized()
    payment_methods: tuple[Text, ...] = Field(default=(), strict=False, max_length=50)


class Tariff(Row):
    """The part of a facility that is about money."""

    pricing_method: Text = ""
    authentication_methods: tuple[Text, ...] = Field(default=(), strict=False, max_length=50)
    pricing: tuple[Pricing, ...] = Field(default=(), strict=False, max_length=500)
    payment_info: PaymentInfo = PaymentInfo()

    def to_rates(self) -> RateTable | None:
        """What anyone pays; None where that is not exactly known. A price for those with a ticket is not for anyone."""
        try:
            commercial = read_commercial(self.payment_info.detail.texts())
            if commercial and not self.pricing_method.startswith("FREE"):
                return RateTable("EUR", (RateLineCollection(commercial),))
            max_time = read_limit(self.payment_info.detail.texts())
            lines = () if self.authentication_methods else tuple(self._lines())
        except NotUnderstood:
            return None
        return RateTable("EUR", (RateLineCollection(lines, max_time=max_time),)) if lines else None

    def _rows(self) -> Sequence[Pricing]:
        """The rows for cars: those for anyone, or else those for park and ride."""
        cars = [row for row in self.pricing if row.capacity_type == "CAR"]
        return [row for row in cars if row.usage == "COMMERCIAL"] or [r for r in cars if r.usage == "PARK_AND_RIDE"]

    def _lines(self) -> Iterator[RateLine]:
        """Raises NotUnderstood."""
        if self.pricing_method == FREE_ALWAYS:
            yield RateLine(RateLineKind.FLAT, ZERO)
            return
        rows = self._rows()
        prices = [row.to_price() for row in rows]
        if for_hours := _FOR_HOURS.fullmatch(self.pricing_method):
            amount, hours = _once(prices, free=for_hours[1] == "FREE"), timedelta(hours=int(for_hours[2]))
            yield RateLine(RateLineKind.FLAT, amount, end=hours)
            return
        for band, price in dict.fromkeys(_every_day(list(zip(map(_band, rows), prices, strict=True)))):
            if price is None:
                yield RateLine(RateLineKind.FLAT, ZERO, band=band)
            elif price.unit is None:
                raise NotUnderstood
            else:
                yield RateLine(RateLineKind.INCREMENTING, price.amount, price.unit, band=band)

    def to_text(self, language: Language) -> str | None:
        """What the network says, prices in its own words."""
        prices = dict.fromkeys(
            ", ".join(
                part for part in (row.price and row.price.in_(language), row.price_extra, row.price_other) if part
            )
            for row in self._rows()
        )
        method = self.pricing_method.replace("_", " ").lower()
        parts = [": ".join(part for part in (method, " / ".join(filter(None, prices))) if part)]
        if self.authentication_methods:
            parts.append("with " + ", ".join(name.replace("_", " ") for name in self.authentication_methods))
        parts.append(self.payment_info.detail.in_(language) or "")
        return "; ".join(part for part in parts if part) or None


def _once(prices: Iterable[Price | None], *, free: bool) -> Decimal:
    """The one price for so many hours, where all rows agree. Raises NotUnderstood."""
    distinct = set(prices)
    if free and distinct <= {None}:
        return ZERO
    only = distinct.pop() if len(distinct) == 1 else None
    if free or only is None or only.unit is not None:
        raise NotUnderstood
    return only.amount


def _band(row: Pricing) -> Band:
    """A public holiday is no business day, and perhaps no Saturday. Raises NotUnderstood."""
    span, days = row.time.minutes(), _DAYS.get(row.day_type)
    if span is None or days is None:
        raise NotUnderstood
    except_holidays = row.day_type in ("BUSINESS_DAY", "SATURDAY")
    return Band(clock(span[0]), clock(span[1]), days, except_holidays=except_holidays)


def _every_day(priced: Sequence[tuple[Band, Price | None]]) -> Sequence[tuple[Band, Price | None]]:
    """The same without types of days, where all of them are alike."""
    by_days: dict[frozenset[Day], set[tuple[Band, Price | None]]] = {}
    for band, price in priced:
        by_days.setdefault(band.days, set()).add((Band(band.start, band.end), price))
    if not {_DAYS[name] for name in WEEK} <= by_days.keys() or len(set(map(frozenset, by_days.values()))) > 1:
        return priced
    return sorted(next(iter(by_days.values())), key=lambda pair: pair[0].start)
