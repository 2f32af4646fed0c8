"""What an owner's edits need to know of the bookings of a yard."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.yards.reservations.booking import YardBookingStatus
from parkgraph.yards.reservations.tables import YardBookingRow, YardOccupationRow
from parkgraph.yards.tables import YardRow

EARLY: Final = timedelta(hours=1)
"""So long before arrival may a driver know how to get in."""


class Guests:
    """Both methods raise what SQLAlchemy and asyncpg raise."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def booked(self, session: AsyncSession, spaces: Collection[int], now: datetime) -> Collection[int]:
        """Those of these spaces that a driver has a right to, now or later; what their owner blocks counts not.

        The transaction of `session` has the yard's turn.
        """
        taken = select(YardOccupationRow.space_id).where(
            col(YardOccupationRow.space_id).in_(spaces),
            YardOccupationRow.kind != "BLOCK",
            func.upper(YardOccupationRow.during) > now,
            or_(col(YardOccupationRow.expires_at).is_(None), col(YardOccupationRow.expires_at) > now),
        )
        return (await session.exec(taken.distinct())).all()

    async def entered_by(self, subject: str, yards: Collection[UUID], now: datetime) -> Collection[UUID]:
        """Those of these yards of which this account has a booking that begins soon or goes on."""
        current = (
            select(YardRow.uuid)
            .join(YardBookingRow)
            .where(
                col(YardRow.uuid).in_(yards),
                YardBookingRow.principal == subject,
                YardBookingRow.status == YardBookingStatus.CONFIRMED,
                YardBookingRow.arrive <= now + EARLY,
                YardBookingRow.leave > now,
            )
        )
        async with self._database.single() as session:
            return (await session.exec(current.distinct())).all()
