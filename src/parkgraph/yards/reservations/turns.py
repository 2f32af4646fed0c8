"""A yard's turn: one transaction at a time changes what a yard has room for, in whichever process.

An advisory lock makes them take turns; that no two share a space is the database's own constraint, whoever writes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy import and_, delete, insert, or_, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.privacy.vault import Vault
from parkgraph.yards.lock import lock
from parkgraph.yards.reservations.booking import WAITING, YardBooking
from parkgraph.yards.reservations.outcome import Refused
from parkgraph.yards.reservations.permits import Span
from parkgraph.yards.reservations.reading import Kept, find_booking, free_spaces, list_bookings, of_key, read_rates
from parkgraph.yards.reservations.rows import booking_values, during, new_booking_values, plate_values
from parkgraph.yards.reservations.tables import YardBookingRow, YardOccupationRow
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.tables import YardRow
from parkgraph.yards.yard import Space

T = TypeVar("T")

ATTEMPTS: Final = 5
PAUSE_S: Final = 0.02
_dice: Final = SystemRandom()
_AGAIN: Final = frozenset({"40001", "40P01", "23P01", "23505"})
"""Serialization failure, deadlock, a space or a key that another transaction has taken meanwhile: look again."""

_LISTED: Final = and_(col(YardRow.published_at).is_not(None), col(YardRow.withdrawn_at).is_(None))


class Undone(Exception):
    """Ends a turn with this outcome, and with nothing changed."""

    def __init__(self, outcome: Refused) -> None:
        super().__init__()
        self.outcome = outcome


class Turns:
    """Where turns are had. Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._doors: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def take(self, yard_key: int, work: Callable[["Turn"], Awaitable[T]]) -> T | Refused:
        """What `work` comes to: committed, unless it raises. It may run again from the start, with nothing done."""
        door = self._doors.setdefault(yard_key, asyncio.Lock())
        async with door:  # so that a crowd at one yard leaves connections to the others
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return await self._once(yard_key, work)
                except Undone as end:
                    return end.outcome
                except DBAPIError as fault:
                    if attempt == ATTEMPTS or getattr(fault.orig, "sqlstate", None) not in _AGAIN:
                        raise
                await asyncio.sleep(_dice.uniform(0, PAUSE_S * attempt))
            raise AssertionError("the last attempt returns or raises")

    async def _once(self, yard_key: int, work: Callable[["Turn"], Awaitable[T]]) -> T:
        async with self._database.session() as session:
            await lock(session, yard_key)
            outcome = await work(Turn(session, yard_key, self._vault))
            await session.commit()
            return outcome


class Look(NamedTuple):
    """`takes_bookings`: the yard is published now. `is_booked`: the quote is, or the key was used. `has_expired`: a
    booking of the yard waited long enough.
    """

    takes_bookings: bool
    is_booked: bool
    has_expired: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """The yard is nobody else's until the transaction of `session` ends."""

    session: AsyncSession
    yard_key: int
    vault: Vault

    async def takes_bookings(self) -> bool:
        """Whether the yard is published now."""
        return bool((await self.session.exec(select(_LISTED).where(YardRow.id == self.yard_key))).one())

    async def look(self, key: Key, quote: UUID, now: datetime) -> Look:
        """All that a new booking asks before it asks for a space, in one query: a crowd waits for each of them."""
        booked = select(YardBookingRow.id).where(or_(col(YardBookingRow.quote) == quote, and_(*of_key(key))))
        expired = select(YardBookingRow.id).where(*self._expired(now))
        found = select(_LISTED, booked.exists(), expired.exists()).where(YardRow.id == self.yard_key)
        return Look(*(await self.session.exec(found)).one())

    async def rates(self, tariff: int) -> RateTable:
        """The rates of a quote. Raises ValueError for what is stored otherwise than this ParkGraph stores it."""
        return await read_rates(self.session, tariff)

    async def booking(self, booking_id: UUID) -> Kept | None:
        return await find_booking(self.session, self.vault, col(YardBookingRow.uuid) == booking_id)

    async def booking_by_key(self, key: Key) -> Kept | None:
        return await find_booking(self.session, self.vault, *of_key(key))

    async def expired(self, now: datetime) -> Sequence[Kept]:
        """Those of the yard that waited long enough."""
        return await list_bookings(self.session, self.vault, *self._expired(now))

    async def free(self, spans: Sequence[Span | Stay], now: datetime, own: int | None = None) -> list[Space]:
        """The spaces that nothing takes in any of these spans, but for the booking with the key `own`."""
        return await free_spaces(self.session, self.yard_key, spans, now, own)

    async def add(self, booking: YardBooking, quote: UUID, key_digest: bytes, fingerprint: bytes) -> None:
        """Store a new booking with its room."""
        row = insert(YardBookingRow).values(
            yard_id=self.yard_key,
            key_digest=key_digest,
            fingerprint=fingerprint,
            quote=quote,
            **new_booking_values(booking, self.vault),
        )
        key = select(row.returning(col(YardBookingRow.id)).cte().c.id).scalar_subquery()
        await self.session.exec(
            insert(YardOccupationRow).values(yard_id=self.yard_key, kind="BOOKING", booking_id=key, **_room(booking))
        )

    async def save(
        self, kept: Kept, after: YardBooking, now: datetime, *, until: datetime | None = None
    ) -> YardBooking:
        """Store what became of a booking, and give back the room that it does not keep, from `until` on if given."""
        before = kept.booking
        values = booking_values(after)
        if after.plate != before.plate:
            values |= plate_values(after.plate, self.vault)
        await self.session.exec(
            update(YardBookingRow).where(col(YardBookingRow.id) == kept.key).values(updated_at=now, **values)
        )
        of_booking = col(YardOccupationRow.booking_id) == kept.key
        if after.keeps_room:
            await self.session.exec(update(YardOccupationRow).where(of_booking).values(**_room(after)))
        elif until is not None and after.stay.arrive < until:
            shorter = during(Span(after.stay.arrive, min(until, after.stay.leave)))
            await self.session.exec(update(YardOccupationRow).where(of_booking).values(during=shorter, expires_at=None))
        else:
            await self.session.exec(delete(YardOccupationRow).where(of_booking))
        return after

    def _expired(self, now: datetime) -> tuple[Any, ...]:
        return col(YardBookingRow.yard_id) == self.yard_key, col(YardBookingRow.waits_until) <= now


def _room(booking: YardBooking) -> dict[str, Any]:
    return {
        "space_id": booking.space,
        "during": during(booking.stay),
        "expires_at": booking.waits_until if booking.status in WAITING else None,
    }
