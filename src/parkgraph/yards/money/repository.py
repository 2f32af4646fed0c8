"""Payments and the ledger in the database: rows are read and added in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.domain.money import Money
from parkgraph.yards.money.ledger import Posting, Terms
from parkgraph.yards.money.payment import Payment, PaymentState
from parkgraph.yards.money.tables import YardLedgerRow, YardPaymentEventRow, YardPaymentRow
from parkgraph.yards.tables import YardRow


async def add(session: AsyncSession, yard: UUID, payment: dict[str, Any]) -> Payment:
    """Store a new one of this yard, on its terms of today: its owner's part of a price."""
    key, part = (
        select(column).where(YardRow.uuid == yard).scalar_subquery()
        for column in (col(YardRow.id), col(YardRow.owner_percent))
    )
    new = insert(YardPaymentRow).values(yard_id=key, owner_percent=part, **payment)
    return _read((await session.exec(new.returning(YardPaymentRow))).scalar_one())


async def payments_of(session: AsyncSession, booking: UUID) -> Sequence[Payment]:
    """The booking's, the oldest first. They are locked: nobody else moves their money until the transaction ends."""
    return await _locked(session, col(YardPaymentRow.booking) == booking)


async def find(session: AsyncSession, payment: UUID, gateway: str) -> Payment | None:
    """That gateway's of this id, locked."""
    found = await _locked(session, col(YardPaymentRow.uuid) == payment, col(YardPaymentRow.gateway) == gateway)
    return found[0] if found else None


async def enter(session: AsyncSession, payment: Payment, state: PaymentState) -> None:
    """One of the states in which no money has moved."""
    await session.exec(update(YardPaymentRow).where(col(YardPaymentRow.id) == payment.key).values(state=state))


async def post(session: AsyncSession, payment: Payment, posting: Posting, reference: str, at: datetime) -> None:
    """Add to the ledger. Raises IntegrityError for what the database refuses, such as the same posting again."""
    await session.exec(
        insert(YardLedgerRow).values(
            payment_id=payment.key,
            yard_id=payment.yard,
            movement=posting.movement,
            reference=reference,
            currency=posting.currency,
            driver_receivable=posting.driver,
            owner_payable=posting.owner,
            platform_fee=posting.fee,
            tax=posting.tax,
            gateway_clearing=posting.clearing,
            at=at,
        )
    )


async def note(session: AsyncSession, payment: Payment, event: str, digest: bytes, at: datetime) -> YardPaymentEventRow:
    """What a gateway tells, as it was when it was told first."""
    new = insert(YardPaymentEventRow).values(
        gateway=payment.gateway, event=event, digest=digest, payment_id=payment.key, received_at=at
    )
    await session.exec(new.on_conflict_do_nothing(index_elements=["gateway", "event"]))
    known = select(YardPaymentEventRow).where(
        YardPaymentEventRow.gateway == payment.gateway, YardPaymentEventRow.event == event
    )
    return (await session.exec(known)).one()


async def done(session: AsyncSession, gateway: str, event: str) -> None:
    """All that an event asked for has happened."""
    of_event = (col(YardPaymentEventRow.gateway) == gateway, col(YardPaymentEventRow.event) == event)
    await session.exec(update(YardPaymentEventRow).where(*of_event).values(applied_at=func.now()))


async def _locked(session: AsyncSession, *where: Any) -> Sequence[Payment]:
    rows = select(YardPaymentRow).where(*where).order_by(col(YardPaymentRow.id)).with_for_update()
    fresh = rows.execution_options(populate_existing=True)  # the ledger's trigger changes them
    return [_read(row) for row in (await session.exec(fresh)).all()]


def _read(row: YardPaymentRow) -> Payment:
    assert row.id is not None
    return Payment(
        id=row.uuid,
        key=row.id,
        yard=row.yard_id,
        booking=row.booking,
        principal=row.principal,
        gateway=row.gateway,
        state=PaymentState(row.state),
        amount=Money(row.amount, row.currency),
        terms=Terms(row.owner_percent, row.tax_percent),
        captured=Money(row.captured, row.currency),
        refunded=Money(row.refunded, row.currency),
        received=Money(row.received, row.currency),
        paid_back=Money(row.paid_back, row.currency),
    )
