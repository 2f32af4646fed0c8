"""What a driver gets back who cancels: the owner's rule, kept with each booking as it was when it was made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from parkgraph.domain.money import Money

MAX_NOTICE: Final = timedelta(days=90)
HOUR: Final = timedelta(hours=1)
PERCENT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class CancellationRule:
    """Everything comes back up to `free_until` before arrival, and `refund_percent` of it after that.

    `refund_percent` is a whole number from 0 to 100.
    """

    free_until: timedelta = timedelta(hours=24)
    refund_percent: int = 0

    def __post_init__(self) -> None:
        if not timedelta() <= self.free_until <= MAX_NOTICE or self.free_until % HOUR:
            raise ValueError(f"free_until must be whole hours, between 0 and {MAX_NOTICE.days} days")
        if not 0 <= self.refund_percent <= 100:
            raise ValueError(f"refund_percent must be between 0 and 100, not {self.refund_percent}")

    def refund(self, paid: Money, arrive: datetime, now: datetime) -> Money:
        """What comes back of `paid` now, in the currency's minor unit; never more than was paid."""
        if now <= arrive - self.free_until:
            return paid
        part = Money(paid.amount * self.refund_percent / PERCENT, paid.currency).rounded()
        return min(part, paid)
