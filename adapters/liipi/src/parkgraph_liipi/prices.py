"""The texts of prices, read strictly: what has no exact reading is NotUnderstood, never guessed."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from parkgraph.domain.tariff import RateLine, RateLineKind, tiers

HOUR: Final = timedelta(hours=1)


class NotUnderstood(ValueError):
    """A text that has no exact reading here."""


class Price(NamedTuple):
    """So much for each started unit; `unit` is None where the text is a bare amount."""

    amount: Decimal
    unit: timedelta | None


_AMOUNT: Final = r"[0-9]{1,3}(?:[.,][0-9]{1,2})?"
_UNITS: Final = {"min": timedelta(minutes=1), "h": HOUR, "vrk": timedelta(hours=24)}
_PRICE: Final = re.compile(
    rf"(?P<amount>{_AMOUNT}) ?(?:€|e|EUR)?(?: ?/ ?(?P<count>[1-9][0-9]{{0,2}})? ?(?P<unit>min|h|vrk))?"
)


def read_price(texts: Iterable[str]) -> Price:
    """Such as "2", "2 €/h" or "1 € / 30 min". The languages must say the same. Raises NotUnderstood."""
    read = {_read_price(text) for text in texts}
    if len(read) != 1:
        raise NotUnderstood
    return read.pop()


def _read_price(text: str) -> Price:
    found = _PRICE.fullmatch(text)
    if found is None or not _decimal(found["amount"]):
        raise NotUnderstood
    unit = _UNITS[found["unit"]] * int(found["count"] or 1) if found["unit"] else None
    return Price(_decimal(found["amount"]), unit)


_COMMERCIAL: Final = re.compile(
    rf"(?:Kaupallinen pysäköinti: )?1\. tunti (?P<first>{_AMOUNT}) € / 60 min, "
    rf"seuraavat tunnit (?P<next>{_AMOUNT}) € / (?P<minutes>[1-9][0-9]?) min"
)
_STEP: Final = rf"({_AMOUNT}) ?€ ?/ ?([1-9][0-9]{{0,2}}) ?h"
_STEPS: Final = re.compile(rf"(?:Parking fee )?{_STEP}(?:, {_STEP})*\.?")
_LIMIT: Final = re.compile(r"(?:Pysäköintikiekko max )?([1-9][0-9]{0,2}) h(?: aikarajoitus| rajoitus)?\.?")


def read_commercial(texts: Iterable[str]) -> tuple[RateLine, ...] | None:
    """`paymentInfo.detail`: what anyone pays. None where no language says so; raises NotUnderstood where they differ.

    "1. tunti 2 € / 60 min, seuraavat tunnit 1 € / 30 min" (the first hour, and the next ones), or the price of stays
    of up to so many hours: "5 €/16 h, 10 €/24 h, 20 €/48 h".
    """
    read = {lines for text in texts if (lines := _read_commercial(text))}
    if len(read) > 1:
        raise NotUnderstood
    return next(iter(read), None)


def _read_commercial(text: str) -> tuple[RateLine, ...] | None:
    if found := _COMMERCIAL.fullmatch(text):
        following = timedelta(minutes=int(found["minutes"]))
        return (
            RateLine(RateLineKind.INCREMENTING, _decimal(found["first"]), HOUR, end=HOUR),
            RateLine(RateLineKind.INCREMENTING, _decimal(found["next"]), following, start=HOUR),
        )
    if _STEPS.fullmatch(text):
        steps = [(int(hours) * HOUR, _decimal(amount)) for amount, hours in re.findall(_STEP, text)]
        grow = all(one[0] < next_[0] and one[1] < next_[1] for one, next_ in pairwise(steps))
        return tiers(*steps) if grow else None
    return None


def read_limit(texts: Iterable[str]) -> timedelta | None:
    """`paymentInfo.detail`: the longest stay, and nothing else. Raises NotUnderstood for other words."""
    found = [_LIMIT.fullmatch(text) for text in texts]
    limits = {int(limit[1]) * HOUR for limit in found if limit}
    if not all(found) or len(limits) > 1:
        raise NotUnderstood
    return next(iter(limits), None)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
