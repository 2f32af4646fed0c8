"""`prices`: cumulative ladders, one for each named tariff ("Day", "Night")."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from parkgraph_ngsi import values

MAX_STEPS: Final = 500
MAX_MINUTES: Final = 366 * 24 * 60
MAX_PRICE: Final = Decimal(100_000)
FINEST_PRICE: Final = Decimal("0.0001")
"""More digits are the noise of a binary fraction."""


class NotUnderstood(ValueError):
    """Prices that have no exact reading here."""


class Step(NamedTuple):
    """A stay of up to this time costs this much."""

    until: timedelta
    price: Decimal


Ladders = Mapping[str, tuple[Step, ...]]
"""Steps that grow in time, by the name of their tariff in lower case; "" where it has none."""


def read_ladders(value: object) -> Ladders:
    """Raises NotUnderstood where one step is not understood, for it could be the one that counts."""
    if not isinstance(value, list) or len(value) > MAX_STEPS:
        raise NotUnderstood
    found: dict[str, dict[timedelta, Decimal]] = {}
    for entry in value:
        name, step = _read_step(entry)
        known = found.setdefault(name, {}).setdefault(step.until, step.price)
        if known != step.price:
            raise NotUnderstood
    ladders = {name: tuple(Step(*step) for step in sorted(steps.items())) for name, steps in found.items()}
    for ladder in ladders.values():
        if any(later.price < earlier.price for earlier, later in pairwise(ladder)) or not ladder[-1].price:
            raise NotUnderstood
    return ladders


def _read_step(entry: object) -> tuple[str, Step]:
    if not isinstance(entry, dict):
        raise NotUnderstood
    minutes, price = values.number(entry.get("minutes")), values.number(entry.get("price"))
    name = entry.get("tarif")
    if minutes is None or price is None or not isinstance(name, str | None):
        raise NotUnderstood
    if not 0 < minutes <= MAX_MINUTES or minutes != int(minutes) or not 0 <= price <= MAX_PRICE or price % FINEST_PRICE:
        raise NotUnderstood
    return (name or "").strip().lower(), Step(timedelta(minutes=int(minutes)), price)
