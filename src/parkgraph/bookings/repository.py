"""Bookings in the database."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from parkgraph.bookings.booking import BOOKED, Booking, Status
from parkgraph.bookings.tables import NetworkBookingRow
from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement
from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.sdk.booking import Refusal, RefusalReason

_ANY_DUE: Final = Statement("SELECT 1 FROM network_bookings WHERE check_at <= :now LIMIT 1")


class BookingRepository:
    """Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, booking_id: UUID) -> Booking:
        """Raises KeyError."""
        found = await self.find(booking_id)
        if found is None:
            raise KeyError(booking_id)
        return found

    async def find(self, booking_id: UUID) -> Booking | None:
        return await self._one(col(NetworkBookingRow.uuid) == booking_id)

    async def find_by_key(self, principal: str, key_digest: bytes) -> Booking | None:
        return await self._one(
            col(NetworkBookingRow.principal) == principal, col(NetworkBookingRow.key_digest) == key_digest
        )

    async def principal_of(self, client_reference: str) -> str | None:
        """Whose wish has this reference of ours; empty for nobody's."""
        found = await self._one(col(NetworkBookingRow.client_reference) == client_reference)
        return found.principal if found else None

    async def add(self, booking: Booking) -> bool:
        """Store a new booking, unless its key has one; whether it was stored."""
        row = insert(NetworkBookingRow).values(
            uuid=booking.id,
            principal=booking.principal,
            key_digest=booking.key_digest,
            fingerprint=booking.fingerprint,
            client_reference=booking.client_reference,
            network=booking.network,
            local_id=booking.local_id,
            offer_ref=booking.offer_ref,
            arrive=booking.stay.arrive,
            leave=booking.stay.leave,
            total_amount=booking.total.amount,
            total_currency=booking.total.currency,
            created_at=booking.created_at,
            version=booking.version,
            **_changing(booking),
        )
        once = row.on_conflict_do_nothing(index_elements=["principal", "key_digest"])
        async with self._database.session() as session:
            added = await session.exec(once.returning(col(NetworkBookingRow.id)))
            stored = added.scalar_one_or_none() is not None
            await session.commit()
            return stored

    async def save(self, before: Booking, after: Booking) -> Booking | None:
        """Store what became of a booking; None where somebody else changed it since `before` was read."""
        changed = (
            update(NetworkBookingRow)
            .where(
                col(NetworkBookingRow.uuid) == before.id,
                col(NetworkBookingRow.version) == before.version,
            )
            .values(version=before.version + 1, updated_at=func.now(), **_changing(after))
            .returning(NetworkBookingRow)
        )
        async with self._database.session() as session:
            row = (await session.exec(changed)).scalar_one_or_none()
            await session.commit()
            return _read(row) if row else None

    async def list_of(self, principal: str, after: UUID | None, limit: int) -> Sequence[Booking]:
        """Those of the principal's that their networks have, the newest first; those made before `after`."""
        mine = select(NetworkBookingRow).where(
            NetworkBookingRow.principal == principal, col(NetworkBookingRow.status).in_(BOOKED)
        )
        if after is not None:
            made = select(NetworkBookingRow.id).where(NetworkBookingRow.uuid == after).scalar_subquery()
            mine = mine.where(col(NetworkBookingRow.id) < made)
        async with self._database.single() as session:
            found = await session.exec(mine.order_by(col(NetworkBookingRow.id).desc()).limit(limit))
            return [_read(row) for row in found.all()]

    async def list_due(self, now: datetime, limit: int) -> Sequence[Booking]:
        """Those whose networks are to be asked by now, the longest overdue first: nearly always none."""
        async with self._database.driver() as driver:
            if await _ANY_DUE.row(driver, {"now": now}) is None:
                return ()
        due = (
            select(NetworkBookingRow)
            .where(col(NetworkBookingRow.check_at) <= now)
            .order_by(col(NetworkBookingRow.check_at))
            .limit(limit)
        )
        async with self._database.session() as session:
            return [_read(row) for row in (await session.exec(due)).all()]

    async def _one(self, *where: Any) -> Booking | None:
        async with self._database.session() as session:
            row = (await session.exec(select(NetworkBookingRow).where(*where))).one_or_none()
            return _read(row) if row else None


def _changing(booking: Booking) -> dict[str, Any]:
    """What changes in a booking's life."""
    return {
        "status": booking.status,
        "was": booking.was,
        "attempted_at": booking.attempted_at,
        "check_at": booking.check_at,
        "reference": booking.reference,
        "charged_amount": booking.charged.amount if booking.charged else None,
        "charged_currency": booking.charged.currency if booking.charged else None,
        "instructions": booking.instructions,
        "url": booking.url,
        "cancellable_until": booking.cancellable_until,
        "refusal_reason": booking.refusal.reason if booking.refusal else None,
        "refusal_text": booking.refusal.text if booking.refusal else None,
    }


def _read(row: NetworkBookingRow) -> Booking:
    return Booking(
        id=row.uuid,
        principal=row.principal,
        key_digest=row.key_digest,
        fingerprint=row.fingerprint,
        client_reference=row.client_reference,
        network=row.network,
        local_id=row.local_id,
        offer_ref=row.offer_ref,
        stay=Stay(row.arrive, row.leave),
        total=Money(row.total_amount, row.total_currency),
        status=Status(row.status),
        was=Status(row.was) if row.was else None,
        attempted_at=row.attempted_at,
        check_at=row.check_at,
        reference=row.reference,
        charged=_money(row.charged_amount, row.charged_currency),
        instructions=row.instructions,
        url=row.url,
        cancellable_until=row.cancellable_until,
        refusal=_refusal(row.refusal_reason, row.refusal_text),
        version=row.version,
        created_at=row.created_at,
    )


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)


def _refusal(reason: str | None, text: str | None) -> Refusal | None:
    return None if reason is None or text is None else Refusal(RefusalReason(reason), text)
