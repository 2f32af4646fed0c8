"""A payment, and the seam to whoever collects it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.domain.money import Money
from parkgraph.yards.money.ledger import Terms


class PaymentState(StrEnum):
    """PENDING: the driver has something to do yet. AUTHORISED: the amount may be taken. CAPTURED: it was, and REFUNDED:
    all of it was given back. FAILED: the driver does not pay. RELEASED: it was given up before it was taken.
    """

    PENDING = "PENDING"
    AUTHORISED = "AUTHORISED"
    CAPTURED = "CAPTURED"
    REFUNDED = "REFUNDED"
    FAILED = "FAILED"
    RELEASED = "RELEASED"


@dataclass(frozen=True, slots=True)
class Payment:
    """What one charge of a booking came to. The sums are the ledger's; `terms` are those of its first day."""

    id: UUID
    key: int
    yard: int
    booking: UUID
    principal: str = field(repr=False)
    gateway: str
    state: PaymentState
    amount: Money
    terms: Terms
    captured: Money
    refunded: Money
    received: Money
    paid_back: Money

    @property
    def kept(self) -> Money:
        """What was captured and not refunded."""
        return Money(self.captured.amount - self.refunded.amount, self.amount.currency)


class PaymentGateway(Protocol):
    """Collects money from drivers, outside of ParkGraph.

    Its methods are called inside of the transaction in which it happens, while the yard is locked: they wait for
    nobody. A gateway that has to ask somebody writes its question down in `session`, and asks when that is committed.
    What becomes of it, it tells by the webhook (`events.py`), with the payment's id.
    """

    @property
    def name(self) -> str:
        """As its webhook's address has it."""
        ...

    async def authorise(self, session: AsyncSession, payment: Payment) -> PaymentState:
        """AUTHORISED, FAILED, or PENDING where it is to be told later."""
        ...

    async def capture(self, session: AsyncSession, payment: Payment) -> None:
        """Take what was authorised."""
        ...

    async def release(self, session: AsyncSession, payment: Payment) -> None:
        """It will not be taken."""
        ...

    async def refund(self, session: AsyncSession, payment: Payment, amount: Money) -> None:
        """Give back this much of what was taken."""
        ...


class Invoices:
    """Drivers get an invoice afterwards, from whoever keeps the operator's books.

    So everything is authorised and nothing is asked: what drivers owe stands in the ledger, and the books tell by the
    webhook what has been paid.
    """

    name = "invoice"

    async def authorise(self, session: AsyncSession, payment: Payment) -> PaymentState:
        return PaymentState.AUTHORISED

    async def capture(self, session: AsyncSession, payment: Payment) -> None:
        return None

    async def release(self, session: AsyncSession, payment: Payment) -> None:
        return None

    async def refund(self, session: AsyncSession, payment: Payment, amount: Money) -> None:
        return None
