"""What an entity says of its prices, as a rate table and in words."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Final

from parkgraph.domain.civil import ALWAYS, Band
from parkgraph.domain.pricing import describe
from parkgraph.domain.tariff import (
    MINUTE,
    NONE,
    ZERO,
    Period,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    tiers,
)
from parkgraph.sdk.durations import parse_period
from parkgraph_ngsi import values
from parkgraph_ngsi.entity import Entity
from parkgraph_ngsi.prices import Ladders, NotUnderstood, Step, read_ladders

DAY: Final = timedelta(hours=24)
MAX_REMARK: Final = 500
LONGEST_GOODWILL: Final = 60
"""Minutes; more is no time for leaving."""
_OF_MONEY: Final = re.compile(r"€|\beur(?:os?)?\b|tarif", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MORE_THAN_A_RATE: Final = {"firstintervalprice", "additionalintervalprice", "flat", "minimum", "maximum"}
"""Of DATEX II's ChargeTypeEnum: with these, a rate for a minute is not all that there is to pay."""
_FINEST_RATE: Final = -6


@dataclass(frozen=True, slots=True)
class Tariff:
    """`day`: from when to when the tariff named "Day" applies, None where that is not said; "Night" is the rest.

    `most_in_a_day`: the last price of a ladder is the most for 24 hours. `goodwill`: minutes for leaving.
    `per_minute`, `free`: the Smart Data Models' own attributes. `max_stay`: None is no limit. `remark`: words about
    money, which may change any price. `understood`: but for them, all of it was. `unread`: what was not, as it stands.
    """

    currency: str
    ladders: Ladders
    day: tuple[time, time] | None = None
    most_in_a_day: bool = False
    goodwill: timedelta = NONE
    per_minute: Decimal | None = None
    free: bool = False
    max_stay: Period | None = None
    remark: str | None = None
    understood: bool = True
    unread: tuple[str, ...] = ()

    def to_rates(self) -> RateTable | None:
        """None where there are no prices, or they cannot be read at all."""
        collections = tuple(self._collections())
        if not collections:
            return None
        exact = self.understood and self.remark is None and not self._contradicts_itself
        return RateTable(self.currency, collections, known_until=None if exact else NONE)

    @property
    def _contradicts_itself(self) -> bool:
        """Two tariffs whose hours are not told apart."""
        return not self.ladders.keys() <= {""} and (
            self.day is None or (self.day[0] == self.day[1] and "night" in self.ladders)
        )

    def _collections(self) -> Iterator[RateLineCollection]:
        """A stay wholly in the day's hours or wholly in the night's is exact. What one across both costs is not said:
        its price is unknown, but for steps of a day and more, which are across both whenever one arrives (unless the
        night has others).
        """
        if self.ladders:
            bands = self._bands()
            if len(bands) == 1:
                ((name, band),) = bands.items()
                yield self._ladder(self.ladders[name], band)
                return
            whole_days, others = ({s for s in self.ladders[name] if s.until >= DAY} for name in ("day", "night"))
            if whole_days and others <= whole_days:
                yield self._collection(tiers(*self.ladders["day"]), min_time=DAY)
            yield self._ladder(self.ladders["day"], bands["day"], arrive=bands["day"])
            yield self._ladder(self.ladders["night"], bands["night"])
        elif self.per_minute:
            yield self._collection((RateLine(RateLineKind.INCREMENTING, self.per_minute, MINUTE),))
        elif self.free:
            yield self._collection((RateLine(RateLineKind.FLAT, ZERO),))

    def _bands(self) -> dict[str, Band]:
        """The band of each ladder; one band for all hours where they cannot be told apart."""
        if self.day is None or self.day[0] == self.day[1]:
            return {next(name for name in ("", "day", "night") if name in self.ladders): ALWAYS}
        start, end = self.day
        bands = {"": ALWAYS, "day": Band(start, end, name="Day"), "night": Band(end, start, name="Night")}
        return {name: band for name, band in bands.items() if name in self.ladders}

    def _ladder(self, ladder: tuple[Step, ...], band: Band, arrive: Band | None = None) -> RateLineCollection:
        if not self.most_in_a_day or ladder[-1].until > DAY:
            return self._collection(tiers(*ladder, band=band), arrive=arrive)
        whole_day = (*ladder[:-1], Step(DAY, ladder[-1].price))
        return self._collection(tiers(*whole_day, band=band), arrive=arrive, reset=DAY)

    def _collection(
        self,
        lines: tuple[RateLine, ...],
        arrive: Band | None = None,
        min_time: timedelta = NONE,
        reset: timedelta | None = None,
    ) -> RateLineCollection:
        return RateLineCollection(
            lines,
            max_time=self.max_stay,
            arrive=arrive,
            min_time=min_time,
            grace_at_end=self.goodwill,
            reset=reset,
        )

    def to_text(self) -> str | None:
        """All that was read, in English; the remark in the network's own words."""
        parts = [self._ladder_text(name) for name in ("", "day", "night") if name in self.ladders]
        if self.ladders and self.most_in_a_day:
            parts.append("the last price is the most for 24 h")
        if self.ladders and self.goodwill:
            parts.append(f"{describe(self.goodwill)} of grace when leaving")
        if not self.ladders and self.per_minute:
            parts.append(f"{self.currency} {self.per_minute.normalize():f} per min")
        elif not self.ladders and self.free:
            parts.append("free")
        if parts and self.max_stay:
            parts.append(f"longest stay {describe(self.max_stay)}")
        parts.extend(self.unread)
        if self.remark:
            parts.append(self.remark)
        return "; ".join(parts) or None

    def _ladder_text(self, name: str) -> str:
        label = "" if len(self.ladders) == 1 else f"{name.capitalize()}: "
        if self.day and self.day[0] != self.day[1] and name:
            start, end = self.day if name == "day" else reversed(self.day)
            label = f"{name.capitalize()} {start:%H:%M}-{end:%H:%M}: "
        steps = ", ".join(f"up to {describe(step.until)} {step.price:.2f}" for step in self.ladders[name])
        return f"{label}{self.currency} {steps}"


def read_tariff(entity: Entity, currency: str) -> Tariff:
    """`currency` is the configured one, for entities that name none."""
    ladders: Ladders = {}
    unread: list[str] = []
    prices = entity.value("prices")
    if prices not in (None, "", []):
        try:
            ladders = read_ladders(prices)
        except NotUnderstood:
            unread.append(_as_written("prices", prices))
    if not ladders.keys() <= {"day", "night"} and ladders.keys() != {""}:
        ladders = {}
        unread.append(_as_written("prices", prices))
    max_stay = None
    if limit := entity.value("maximumParkingDuration"):
        try:
            max_stay = parse_period(limit) if isinstance(limit, str) else None
        except ValueError:
            max_stay = None
        if not max_stay:
            unread.append(_as_written("maximumParkingDuration", limit))
    if (ladders or _per_minute(entity)) and (named := entity.value("priceCurrency")) not in (None, ""):
        code = str(named).strip().upper()
        if _CURRENCY.fullmatch(code):
            currency = code
        else:
            unread.append(_as_written("priceCurrency", named))
            if ladders:
                unread.append(_as_written("prices", prices))
            ladders = {}
    goodwill = 0
    if ladders and (leaving := entity.value("goodwillPeriodInMinutes")) not in (None, ""):
        goodwill = values.count(leaving) or 0
        if values.count(leaving) is None or goodwill > LONGEST_GOODWILL:
            goodwill = 0
            unread.append(_as_written("goodwillPeriodInMinutes", leaving))
    start, end = values.clock(entity.value("dayStart")), values.clock(entity.value("dayEnd"))
    return Tariff(
        currency=currency,
        ladders=ladders,
        day=(start, end) if start is not None and end is not None else None,
        most_in_a_day=values.flag(entity.value("priceModelValidFor24h")) is True,
        goodwill=timedelta(minutes=goodwill),
        per_minute=None if unread else _per_minute(entity),
        free=not unread and _is_free(entity),
        max_stay=max_stay or None,
        remark=_remark(entity.value("description")),
        understood=not unread,
        unread=tuple(unread),
    )


def _as_written(name: str, value: object) -> str:
    """An attribute that was not understood, in the network's own writing, cut where it is long."""
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"{name}: {values.text(written[:MAX_REMARK], limit=MAX_REMARK) or '?'}"


def _remark(description: object) -> str | None:
    """The description where it speaks of money, cut where it is long."""
    if not isinstance(description, str) or not _OF_MONEY.search(description):
        return None
    return values.text(description[:MAX_REMARK], limit=MAX_REMARK)


def _per_minute(entity: Entity) -> Decimal | None:
    """None where there is more to pay, or where the rate is a rounded one (an hour's, divided)."""
    rate = entity.number("priceRatePerMinute")
    if rate is None or not 0 < rate <= 1000 or entity.words("chargeType") & _MORE_THAN_A_RATE:
        return None
    exponent = rate.normalize().as_tuple().exponent
    return rate if isinstance(exponent, int) and exponent >= _FINEST_RATE else None


def _is_free(entity: Entity) -> bool:
    """A price of zero alone may be a placeholder; the word is not."""
    said = entity.words("category", "chargeType")
    costs = entity.number("priceRatePerMinute")
    return "free" in said and said.isdisjoint({"feecharged", *_MORE_THAN_A_RATE}) and not costs
