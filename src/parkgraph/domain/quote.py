"""The price of one stay, and the lines that explain it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from parkgraph.domain.money import Money


class OfferStatus(StrEnum):
    """PRICED and FREE (total 0) have a total; the other two have a reason."""

    PRICED = "PRICED"
    FREE = "FREE"
    NOT_COMPUTABLE = "NOT_COMPUTABLE"
    UNAVAILABLE = "UNAVAILABLE"


class OfferReason(StrEnum):
    """Why there is no price, why it is not compared with others, or why the offer cannot be taken."""

    BEYOND_MAX_STAY = "BEYOND_MAX_STAY"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    CLOSED = "CLOSED"
    FULL = "FULL"
    TOO_HIGH = "TOO_HIGH"
    NO_STRUCTURE = "NO_STRUCTURE"
    RULE_NOT_UNDERSTOOD = "RULE_NOT_UNDERSTOOD"
    TOO_COMPLEX = "TOO_COMPLEX"
    NO_EXCHANGE_RATE = "NO_EXCHANGE_RATE"


@dataclass(frozen=True, slots=True)
class PriceLine:
    """`quantity` equal consecutive units; `start` and `end` bound the part of the stay that they pay for.

    Where more time is charged than the stay lasts, what is paid for the rest starts and ends at leaving.
    `unit_amount` is None where the amount is not a whole number of units (pro rata, a rounding).
    """

    label: str
    start: datetime
    end: datetime
    quantity: int
    unit_amount: Money | None
    amount: Money


def _no_lines() -> tuple[PriceLine, ...]:
    return ()


@dataclass(frozen=True)
class Quote:
    """The price of one stay. Its lines add up to the total exactly; they are made when they are first asked for."""

    status: OfferStatus
    total: Money | None = None
    reason: OfferReason | None = None
    reason_text: str | None = None
    explain: Callable[[], tuple[PriceLine, ...]] = field(default=_no_lines, repr=False, compare=False)

    @cached_property
    def lines(self) -> tuple[PriceLine, ...]:
        return self.explain()
