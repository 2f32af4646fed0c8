"""`pricingModel`: minutes and rappen to a rate table, and the table in words."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from parkgraph.domain.pricing import describe
from parkgraph.domain.tariff import Cap, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph_sbb.row import Minutes, Rappen, Row

CURRENCY: Final = "CHF"


class PriceSegment(Row):
    """From `starting_from` minutes after arrival on, each started increment costs `price`."""

    starting_from: Minutes
    price: Rappen


class PricingModel(Row):
    """The season tickets beside it are no price for one stay, and stay unread."""

    minimum_duration: Minutes | None = None
    maximum_duration: Minutes | None = None
    maximum_day_price: Rappen | None = None
    viable_increment: Minutes | None = None
    price_segments: list[PriceSegment] | None = None

    def to_rates(self) -> RateTable | None:
        """None unless every figure is given and they agree with each other.

        A day price of zero or none, and a price of zero throughout, are the network's placeholder:
        they do not say that parking is free.
        """
        segments = sorted(self.price_segments or (), key=lambda segment: segment.starting_from)
        if (
            not self.viable_increment
            or not self.maximum_day_price
            or not self.maximum_duration
            or self.minimum_duration is None
            or self.minimum_duration > self.maximum_duration
            or not any(segment.price for segment in segments)
        ):
            return None
        starts = [segment.starting_from for segment in segments]
        if starts[0] != 0 or any(a == b for a, b in pairwise(starts)) or any(s % self.viable_increment for s in starts):
            return None
        lines = tuple(
            RateLine(
                RateLineKind.INCREMENTING,
                _francs(segment.price),
                increment=_minutes(self.viable_increment),
                start=_minutes(segment.starting_from),
                end=None if end is None else _minutes(end),
            )
            for segment, end in zip(segments, [*starts[1:], None], strict=True)
        )
        collection = RateLineCollection(
            lines,
            max_time=_minutes(self.maximum_duration),
            minimum=_minutes(self.minimum_duration),
            caps=(Cap(_francs(self.maximum_day_price)),),
        )
        return RateTable(CURRENCY, (collection,))


def tariff_text(rates: RateTable) -> str:
    """A table made by `to_rates` in words: "CHF 1.00 per h, at most CHF 6.00 in 24 h, longest stay 1 week"."""
    (collection,) = rates.collections
    parts = [_line_text(line) for line in collection.lines]
    increment, caps, max_time = collection.lines[0].increment, collection.caps, collection.max_time
    if isinstance(increment, timedelta) and collection.minimum > increment:
        parts.append(f"at least {describe(collection.minimum)} are charged")
    parts.extend(f"at most {CURRENCY} {cap.amount} in 24 h" for cap in caps)
    if max_time:
        parts.append(f"longest stay {describe(max_time)}")
    return ", ".join(parts)


def _line_text(line: RateLine) -> str:
    assert line.increment is not None
    price = f"{CURRENCY} {line.value} per {describe(line.increment).removeprefix('1 ')}" if line.value else "free"
    return f"from {describe(line.start)} on {price}" if line.start else price


def _francs(rappen: int) -> Decimal:
    return Decimal(rappen).scaleb(-2)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
