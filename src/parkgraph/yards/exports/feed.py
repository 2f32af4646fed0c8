"""What happens in a yard, as events of a calendar. Nobody's plate or name is among it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.yards.exports.ics import Event

BACK: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=90)
MAX_EVENTS: Final = 10_000

EVENTS: Final = """
SELECT kind, coalesce(b.uuid, k.uuid, p.uuid), o.space_id, label, lower(during), upper(during), expires_at IS NOT NULL
FROM yard_occupations o JOIN yard_spaces s ON s.id = o.space_id LEFT JOIN yard_bookings b ON b.id = o.booking_id
    LEFT JOIN yard_blocks k ON k.id = o.block_id LEFT JOIN yard_permits p ON p.id = o.permit_id
WHERE o.yard_id = (SELECT id FROM yards WHERE uuid = :yard) AND upper(during) > :begins AND lower(during) < :ends
    AND (expires_at IS NULL OR expires_at > :now)
ORDER BY lower(during), o.space_id LIMIT :most
"""
_WORDS: Final = {"BOOKING": "Booked", "BLOCK": "Blocked", "PERMIT": "Permit"}


async def events(session: AsyncSession, yard: UUID, location: str | None, now: datetime) -> Sequence[Event]:
    """From a week ago to three months ahead; where there are too many, the earliest."""
    connection = await session.connection()
    around = {"begins": now - BACK, "ends": now + AHEAD, "now": now}
    found = await connection.execute(text(EVENTS), {"yard": yard, "most": MAX_EVENTS, **around})
    return [_event(*row, location=location) for row in found.all()]


def _event(
    kind: str,
    of: UUID,
    space: int,
    label: str | None,
    begins: datetime,
    ends: datetime,
    waits: bool,
    *,
    location: str | None,
) -> Event:
    words = "Held" if waits else _WORDS[kind]
    part = {"BLOCK": f"-{space}", "PERMIT": f"-{begins.astimezone(UTC):%Y%m%d%H%M}"}.get(kind, "")
    summary = f"{words}: {label}" if label else words
    return Event(f"{of.hex}{part}@parkgraph", begins, ends, summary, location, tentative=waits)
