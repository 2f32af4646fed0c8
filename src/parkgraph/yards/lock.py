"""One at a time may change what a yard has room for: its bookings and its spaces."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('yard', CAST(:yard AS bigint)))")


async def lock(session: AsyncSession, yard_id: int) -> None:
    """Wait for this yard's turn, which lasts until the transaction ends. Take it before any row of the yard's."""
    await session.connection()
    await session.exec(_LOCK, params={"yard": yard_id})  # type: ignore[call-overload]
