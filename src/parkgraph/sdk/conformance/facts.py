"""The numbers, instants, texts and amounts inside of an answer, each with the name of its field. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from parkgraph.domain.money import Money
from parkgraph.domain.place import Listing

Fact = tuple[str, object]

TELLING: Final = frozenset({"amount", "capacity", "latitude", "longitude", "max_height_cm", "vacant", "value"})
"""Fields in which 0 says something that unknown does not."""


def facts(part: object, name: str = "") -> Iterator[Fact]:
    """Every value that is no container, and what it is called, such as `occupancy.vacant`."""
    if is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from facts(getattr(part, field.name), f"{name}.{field.name}" if name else field.name)
    elif isinstance(part, (tuple, frozenset, list)):
        for inner in part:
            yield from facts(inner, name)
    else:
        yield name, part


def telling(part: object, *, is_zero: bool) -> Counter[str]:
    """How often each telling field is the number 0, or another number."""
    return Counter(
        name
        for name, value in facts(part)
        if name.rpartition(".")[2] in TELLING and isinstance(value, (int, float, Decimal)) and (value == 0) is is_zero
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
