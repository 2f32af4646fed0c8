"""The ledger's rules: what each movement of money puts into which account. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from parkgraph.domain.money import Money

PERCENT: Final = Decimal(100)


class Movement(StrEnum):
    """CAPTURE: a driver owes for a stay. REFUND: this much of it is owed no more. RECEIPT: the money has come. PAYBACK:
    it went back.
    """

    CAPTURE = "CAPTURE"
    REFUND = "REFUND"
    RECEIPT = "RECEIPT"
    PAYBACK = "PAYBACK"


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction of double entry: what comes into an account is above zero, what it owes below.

    `driver` is what drivers owe, `clearing` what lies at the gateway; `owner`, `fee` and `tax` are what is owed to the
    yard's owner, to the platform and to the tax office. Their sum is zero.
    """

    movement: Movement
    currency: str
    driver: Decimal
    owner: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    clearing: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.driver + self.owner + self.fee + self.tax + self.clearing != 0:
            raise ValueError("the accounts of a posting sum to zero")
        if self.driver == 0:
            raise ValueError("a posting moves something")


@dataclass(frozen=True, slots=True)
class Terms:
    """How a price is shared: `owner_percent` of it is the owner's, the rest the platform's, tax on it included."""

    owner_percent: Decimal
    tax_percent: Decimal

    def share(self, price: Money) -> tuple[Decimal, Decimal, Decimal]:
        """(owner, fee, tax), which sum to the price; the first and the last in the currency's minor unit."""
        owner = min(Money(price.amount * self.owner_percent / PERCENT, price.currency).rounded(), price).amount
        rest = price.amount - owner
        tax = Money(rest * self.tax_percent / (PERCENT + self.tax_percent), price.currency).rounded().amount
        tax = min(tax, rest)
        return owner, rest - tax, tax


def capture(price: Money, terms: Terms) -> Posting:
    """A driver owes the price."""
    return _moved(Movement.CAPTURE, Money(Decimal(0), price.currency), price, terms)


def refund(kept: Money, amount: Money, terms: Terms) -> Posting:
    """`amount` of the `kept` price is owed no more. What remains is shared as if it had been the price from the first.

    Raises ValueError for more than is kept.
    """
    if amount.currency != kept.currency or not 0 < amount.amount <= kept.amount:
        raise ValueError("a refund is above zero, and at most what was captured and not refunded yet")
    return _moved(Movement.REFUND, kept, Money(kept.amount - amount.amount, kept.currency), terms)


def receipt(amount: Money) -> Posting:
    """A driver's money lies at the gateway."""
    return Posting(Movement.RECEIPT, amount.currency, driver=-amount.amount, clearing=amount.amount)


def payback(amount: Money) -> Posting:
    """It went back from there."""
    return Posting(Movement.PAYBACK, amount.currency, driver=amount.amount, clearing=-amount.amount)


def allocate(amount: Money, kept: Sequence[Money]) -> Iterator[tuple[int, Money]]:
    """From which payments a refund is taken: (index, how much), the last payment first. Raises ValueError."""
    left = amount.amount
    for index in reversed(range(len(kept))):
        part = min(left, kept[index].amount)
        if part > 0:
            yield index, Money(part, amount.currency)
            left -= part
    if left > 0:
        raise ValueError("a refund is at most what was captured and not refunded yet")


def _moved(movement: Movement, before: Money, after: Money, terms: Terms) -> Posting:
    """The price that a driver owes becomes another; so does each share of it."""
    owner, fee, tax = (old - new for old, new in zip(terms.share(before), terms.share(after), strict=True))
    return Posting(movement, before.currency, driver=after.amount - before.amount, owner=owner, fee=fee, tax=tax)
