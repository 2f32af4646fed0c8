"""What bookings ask of whoever handles money: a seam, so that no card number ever comes near a yard."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.domain.money import Money


class Authorisation(StrEnum):
    """PENDING: the driver has something to do yet; `Reservations.payment_settled` is called when that is done."""

    AUTHORISED = "AUTHORISED"
    PENDING = "PENDING"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount, above zero, of one booking. `version` is the booking's after this: one charge of a kind for each."""

    booking: UUID
    yard: UUID
    principal: str = field(repr=False)
    amount: Money
    version: int
    at: datetime


class Payments(Protocol):
    """Called inside of the transaction in which it happens, so that both are stored or neither is.

    Nothing outside may be waited for here: the yard is locked. An outside gateway stores what it has to ask, and
    answers PENDING.
    """

    async def authorise(self, session: AsyncSession, charge: Charge) -> Authorisation:
        """Whether this much may be taken."""
        ...

    async def capture(self, session: AsyncSession, charge: Charge) -> None:
        """Take what was authorised."""
        ...

    async def release(self, session: AsyncSession, charge: Charge) -> None:
        """Give up what was authorised, or is about to be, and not taken."""
        ...

    async def refund(self, session: AsyncSession, charge: Charge) -> None:
        """Give back of what was taken."""
        ...


class Unbilled:
    """Nobody handles money: everything is authorised, and nothing is written down."""

    async def authorise(self, session: AsyncSession, charge: Charge) -> Authorisation:
        return Authorisation.AUTHORISED

    async def capture(self, session: AsyncSession, charge: Charge) -> None:
        return None

    async def release(self, session: AsyncSession, charge: Charge) -> None:
        return None

    async def refund(self, session: AsyncSession, charge: Charge) -> None:
        return None
