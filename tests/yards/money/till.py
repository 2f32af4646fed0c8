"""A yard whose money tests move."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.domain.money import Money
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.payment import Payment, PaymentState
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.payments import Authorisation, Charge
from tests.yards.yards import yard

NOON: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
TAX: Final = Decimal(19)


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


@dataclass
class Terminal:
    """A gateway that has to ask somebody, and writes down what it was told to do."""

    name: str = "terminal"
    answer: PaymentState = PaymentState.PENDING
    asked: list[tuple[str, UUID]] = field(default_factory=list)

    async def authorise(self, session: AsyncSession, payment: Payment) -> PaymentState:
        self.asked.append(("authorise", payment.id))
        return self.answer

    async def capture(self, session: AsyncSession, payment: Payment) -> None:
        self.asked.append(("capture", payment.id))

    async def release(self, session: AsyncSession, payment: Payment) -> None:
        self.asked.append(("release", payment.id))

    async def refund(self, session: AsyncSession, payment: Payment, amount: Money) -> None:
        self.asked.append((f"refund {amount.amount}", payment.id))


@dataclass
class Till:
    """Charges of bookings of one yard; each call is a transaction of its own."""

    database: Database
    billing: Billing
    yard: UUID
    versions: dict[UUID, int] = field(default_factory=dict)

    async def authorise(self, booking: UUID, amount: str, at: datetime = NOON) -> Authorisation:
        answer: Authorisation = await self._in_transaction(self.billing.authorise, self.charge(booking, amount, at))
        return answer

    async def capture(self, booking: UUID, amount: str, at: datetime = NOON) -> None:
        await self._in_transaction(self.billing.capture, self.charge(booking, amount, at))

    async def release(self, booking: UUID, amount: str) -> None:
        await self._in_transaction(self.billing.release, self.charge(booking, amount, NOON))

    async def refund(self, booking: UUID, amount: str, at: datetime = NOON) -> None:
        await self._in_transaction(self.billing.refund, self.charge(booking, amount, at))

    async def paid(self, booking: UUID, amount: str, at: datetime = NOON) -> None:
        """Authorised and captured."""
        assert await self.authorise(booking, amount, at) is Authorisation.AUTHORISED
        await self.capture(booking, amount, at)

    def charge(self, booking: UUID, amount: str, at: datetime) -> Charge:
        version = self.versions[booking] = self.versions.get(booking, 0) + 1
        return Charge(booking, self.yard, "driver", euros(amount), version, at)

    async def rows(self, sql: str, **values: Any) -> Sequence[Any]:
        async with self.database.engine.begin() as connection:
            result = await connection.execute(text(sql), values)
            return result.all() if result.returns_rows else ()

    async def payments(self) -> Sequence[Any]:
        """(uuid, state, amount, captured, refunded, received, paid_back), the oldest first."""
        return await self.rows(
            "SELECT uuid, state, amount, captured, refunded, received, paid_back FROM yard_payments ORDER BY id"
        )

    async def ledger(self) -> Sequence[Any]:
        """(movement, driver, owner, fee, tax, clearing), the oldest first."""
        return await self.rows(
            "SELECT movement, driver_receivable, owner_payable, platform_fee, tax, gateway_clearing"
            " FROM yard_ledger ORDER BY id"
        )

    async def _in_transaction(self, move: Callable[[AsyncSession, Charge], Awaitable[Any]], charge: Charge) -> Any:
        async with self.database.session() as session:
            result = await move(session, charge)
            await session.commit()
            return result


async def open_till(database: Database, billing: Billing, **facts: Any) -> Till:
    """Of a new yard."""
    new = yard(**{"id": uuid4(), "owner_percent": Decimal(85), **facts})
    assert await YardRepository(database).add(new)
    return Till(database, billing, new.id)
