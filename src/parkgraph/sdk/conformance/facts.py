"""The numbers, instants, texts and amounts inside of an answer, each with the name of its field. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from parkgraph.domain.money import Money
from parkgraph.domain.place import Listing

Fact = tuple[str, object]
Number = int | float | Decimal
Numbers = Counter[tuple[str, Number]]

TELLING: Final = frozenset({"amount", "capacity", "latitude", "longitude", "max_height_cm", "vacant", "value"})
"""Fields in which 0 says something that unknown does not."""

PLACEHOLDERS: Final = frozenset({0, 99, 999, 9_999, 99_999, 32_767, 65_535})
"""Numbers that stand for one that nobody knows, as far as they can be numbers of spaces."""


def facts(part: object, name: str = "") -> Sequence[Fact]:
    """Every value that is no container, and what it is called, such as `occupancy.vacant`."""
    found: list[Fact] = []
    _collect(part, name, found)
    return found


def _collect(part: object, name: str, found: list[Fact]) -> None:
    kind: Any = type(part)
    if names := _fields(kind):
        for field in names:
            _collect(getattr(part, field), f"{name}.{field}" if name else field, found)
    elif isinstance(part, (tuple, frozenset, list)):
        for inner in part:
            _collect(inner, name, found)
    else:
        found.append((name, part))


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Of a dataclass; none of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def known_numbers(part: object) -> Numbers:
    """The telling fields and their numbers, each as often as it is there."""
    return Counter(
        (name, value)
        for name, value in facts(part)
        if name.rpartition(".")[2] in TELLING and isinstance(value, (int, float, Decimal))
    )


def instants(part: object) -> Iterator[tuple[str, datetime]]:
    yield from ((name, value) for name, value in facts(part) if isinstance(value, datetime))


def texts(part: object) -> Iterator[tuple[str, str]]:
    """The network's texts; words of ours (enums) are not among them."""
    yield from ((name, value) for name, value in facts(part) if type(value) is str)


def amounts(listing: Listing) -> Iterator[tuple[str, Decimal, str]]:
    """Every amount of money: its field, itself, its currency."""
    if listing.rates:
        for name, value in facts(listing.rates, "rates"):
            if isinstance(value, Decimal):
                yield name, value, listing.rates.currency
    for offer in listing.offers:
        for money in (offer.total, *(part for line in offer.lines for part in (line.unit_amount, line.amount))):
            if isinstance(money, Money):
                yield f"offers[{offer.ref}]", money.amount, money.currency
