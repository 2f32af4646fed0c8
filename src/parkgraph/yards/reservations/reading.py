"""What is booked and what is free, as it is stored: looked at outside of a turn, or in one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Text, cast, func, text, tuple_
from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.stay import MAX_STAY, Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import Vehicle
from parkgraph.privacy.vault import Vault
from parkgraph.yards import rates_form
from parkgraph.yards.reservations.blocks import Block
from parkgraph.yards.reservations.booking import YardBooking
from parkgraph.yards.reservations.permits import ONE_DAY, Permit, Span
from parkgraph.yards.reservations.quoting import YardQuote
from parkgraph.yards.reservations.rows import block_of, booking_of, permit_of, quote_of, spans_text
from parkgraph.yards.reservations.spaces import WayIn, fits, passes
from parkgraph.yards.reservations.tables import YardBlockRow, YardBookingRow, YardPermitRow, YardQuoteRow, YardTariffRow
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.stored import space_of
from parkgraph.yards.tables import YardRow, YardSpaceRow
from parkgraph.yards.yard import Space

_EXPIRED: Final = Statement("SELECT DISTINCT yard_id FROM yard_bookings WHERE waits_until <= :now")
NOT_TAKEN: Final = """
    NOT EXISTS (
        SELECT FROM yard_occupations o
        WHERE int8range(o.space_id, o.space_id, '[]') && int8range(yard_spaces.id, yard_spaces.id, '[]')
        AND o.during && CAST(CAST(:spans AS text) AS tstzmultirange)
        AND (o.expires_at IS NULL OR o.expires_at > CAST(:now AS timestamptz))
        AND (CAST(:own AS bigint) IS NULL OR o.booking_id IS DISTINCT FROM CAST(:own AS bigint))
    )
    AND NOT EXISTS (
        SELECT FROM yard_blocks b
        WHERE b.yard_id = yard_spaces.yard_id AND b.space_id IS NULL AND b.lifted_at IS NULL
        AND tstzrange(b.begins, b.ends) && CAST(CAST(:spans AS text) AS tstzmultirange)
    )
"""
"""Of a space: nothing takes it in any of the spans. A space that came after its yard was blocked is blocked too."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A booking as it is stored: its key, its wish, and its yard's key."""

    key: int | None
    yard_key: int
    fingerprint: bytes
    booking: YardBooking


class Vacancy(NamedTuple):
    """Spaces of a yard that fit, and where it is: an ISO 3166-1 code."""

    country: str
    spaces: int


class Reader:
    """Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def find(self, booking_id: UUID) -> Kept | None:
        async with self._database.single() as session:
            return await find_booking(session, self._vault, col(YardBookingRow.uuid) == booking_id)

    async def find_by_key(self, key: Key) -> Kept | None:
        async with self._database.single() as session:
            return await find_booking(session, self._vault, *of_key(key))

    async def list_of(self, principal: str, after: UUID | None, limit: int) -> list[YardBooking]:
        """The driver's, the latest arrival first; those that come after the booking `after`."""
        where = [
            col(YardBookingRow.principal) == principal,
            *_beyond(YardBookingRow, YardBookingRow.arrive, after, descending=True),
        ]
        return await self._list(where, [col(YardBookingRow.arrive).desc(), col(YardBookingRow.id).desc()], limit)

    async def list_of_yard(
        self, yard: UUID, begins: datetime, ends: datetime, after: UUID | None, limit: int
    ) -> list[YardBooking]:
        """Those of a yard whose stay meets this span, the earliest arrival first; those that come after `after`."""
        of_yard = select(col(YardRow.id)).where(col(YardRow.uuid) == yard).scalar_subquery()
        where = [
            col(YardBookingRow.yard_id) == of_yard,
            col(YardBookingRow.arrive) < ends,
            col(YardBookingRow.arrive) > begins - MAX_STAY,  # else the index is read from the yard's first day on
            col(YardBookingRow.leave) > begins,
            *_beyond(YardBookingRow, YardBookingRow.arrive, after),
        ]
        return await self._list(where, [col(YardBookingRow.arrive), col(YardBookingRow.id)], limit)

    async def list_blocks(self, yard: UUID, now: datetime, after: UUID | None, limit: int) -> list[Block]:
        """Those of a yard that hold now or later, the earliest first; those that come after `after`."""
        rows = (
            select(YardBlockRow)
            .join(YardRow)
            .where(YardRow.uuid == yard, YardBlockRow.ends > now, col(YardBlockRow.lifted_at).is_(None))
            .where(*_beyond(YardBlockRow, YardBlockRow.begins, after))
            .order_by(col(YardBlockRow.begins), col(YardBlockRow.id))
            .limit(limit)
        )
        async with self._database.single() as session:
            return [block_of(row, yard) for row in (await session.exec(rows)).all()]

    async def list_permits(self, yard: UUID, now: datetime, after: UUID | None, limit: int) -> list[Permit]:
        """Those of a yard that hold now or later, the earliest first; those that come after `after`."""
        rows = (
            select(YardPermitRow, YardSpaceRow.label)
            .join(YardRow, col(YardRow.id) == col(YardPermitRow.yard_id))
            .join(YardSpaceRow, col(YardSpaceRow.id) == col(YardPermitRow.space_id))
            .where(
                YardRow.uuid == yard,
                col(YardPermitRow.last) >= (now - ONE_DAY).date(),
                col(YardPermitRow.revoked_at).is_(None),
                *_beyond(YardPermitRow, YardPermitRow.first, after),
            )
            .order_by(col(YardPermitRow.first), col(YardPermitRow.id))
            .limit(limit)
        )
        async with self._database.single() as session:
            return [permit_of(row, yard, label, self._vault) for row, label in (await session.exec(rows)).all()]

    async def yard_of(self, table: type[YardBlockRow] | type[YardPermitRow], right_id: UUID) -> UUID | None:
        """The yard of a block or a permit."""
        found = select(col(YardRow.uuid)).join(table, col(table.yard_id) == col(YardRow.id))
        async with self._database.single() as session:
            yard: UUID | None = (await session.exec(found.where(col(table.uuid) == right_id))).one_or_none()
            return yard

    async def find_quote(self, quote_id: UUID) -> tuple[int, YardQuote] | None:
        """The quote, and before it its yard's key."""
        found = select(YardQuoteRow, YardRow.uuid).join(YardRow).where(YardQuoteRow.uuid == quote_id)
        async with self._database.single() as session:
            row = (await session.exec(found)).one_or_none()
            return (row[0].yard_id, quote_of(*row)) if row else None

    async def yards_with_expired(self, now: datetime) -> Sequence[int]:
        """The keys of yards where something waited long enough."""
        async with self._database.driver() as driver:
            return [row["yard_id"] for row in await _EXPIRED.rows(driver, {"now": now})]

    async def rates(self, tariff: int) -> RateTable:
        """The rates of a quote. Raises ValueError for what is stored otherwise than this ParkGraph stores it."""
        async with self._database.single() as session:
            return await read_rates(session, tariff)

    async def vacancies(
        self, yards: Collection[UUID], stay: Stay, vehicle: Vehicle, now: datetime
    ) -> Mapping[UUID, Vacancy]:
        """Of each of these yards that takes bookings: what is free for the whole stay. One query."""
        way = (YardRow.max_height_cm, YardRow.max_width_cm, YardRow.max_length_cm, YardRow.max_weight_kg)
        kind = (
            YardSpaceRow.max_height_cm,
            YardSpaceRow.max_width_cm,
            YardSpaceRow.max_length_cm,
            YardSpaceRow.audience,
        )
        kinds = [col(YardRow.uuid), col(YardRow.country), *map(col, way), *map(col, kind)]
        free = text(NOT_TAKEN).bindparams(spans=spans_text([stay]), now=now, own=None)
        counted = (
            columns(*kinds, func.count().filter(free))
            .join(YardSpaceRow, col(YardSpaceRow.yard_id) == col(YardRow.id))
            .where(
                col(YardRow.uuid).in_(yards),
                col(YardRow.published_at).is_not(None),
                col(YardRow.withdrawn_at).is_(None),
                col(YardSpaceRow.removed_at).is_(None),
            )
            .group_by(*kinds)
        )
        found: dict[UUID, Vacancy] = {}
        async with self._database.engine.connect() as connection:
            rows: Iterable[Any] = await connection.execute(counted)
            for yard, country, *limits, height, width, length, audience, count in rows:
                space = Space(None, height, width, length, audience=Audience(audience))
                fitting = count if passes(WayIn(*limits), vehicle) and fits(space, vehicle) else 0
                found[yard] = Vacancy(country, fitting + (found[yard].spaces if yard in found else 0))
        return found

    async def _list(self, where: Sequence[Any], order: Sequence[Any], limit: int) -> list[YardBooking]:
        async with self._database.single() as session:
            found = await list_bookings(session, self._vault, *where, order=order, limit=limit)
            return [kept.booking for kept in found]


async def free_spaces(
    session: AsyncSession, yard_key: int, spans: Sequence[Span | Stay], now: datetime, own: int | None = None
) -> list[Space]:
    """The yard's spaces that nothing takes in any of these spans, but for the booking with the key `own`."""
    free = text(NOT_TAKEN).bindparams(spans=spans_text(spans), now=now, own=own)
    of_yard = (YardSpaceRow.yard_id == yard_key, col(YardSpaceRow.removed_at).is_(None))
    rows = select(YardSpaceRow).where(*of_yard, free).order_by(col(YardSpaceRow.id))
    return [space_of(row) for row in (await session.exec(rows)).all()]


async def read_rates(session: AsyncSession, tariff: int) -> RateTable:
    """Raises ValueError for what is stored otherwise than this ParkGraph stores it."""
    form = select(cast(col(YardTariffRow.rates), Text)).where(col(YardTariffRow.id) == tariff)
    return rates_form.read((await session.exec(form)).one())


def of_key(key: Key) -> tuple[Any, ...]:
    """The condition that a booking was made under this key."""
    return col(YardBookingRow.principal) == key.principal, col(YardBookingRow.key_digest) == key.digest


async def find_booking(session: AsyncSession, vault: Vault, *where: Any) -> Kept | None:
    found = await list_bookings(session, vault, *where)
    return found[0] if found else None


async def list_bookings(
    session: AsyncSession, vault: Vault, *where: Any, order: Sequence[Any] = (), limit: int | None = None
) -> list[Kept]:
    """Those that meet every condition."""
    rows = (
        select(YardBookingRow, YardRow.uuid, YardSpaceRow.label)
        .join(YardRow, col(YardRow.id) == col(YardBookingRow.yard_id))
        .join(YardSpaceRow, col(YardSpaceRow.id) == col(YardBookingRow.space_id))
        .where(*where)
        .order_by(*order)
        .limit(limit)
    )
    return [
        Kept(row.id, row.yard_id, row.fingerprint, booking_of(row, yard, label, vault))
        for row, yard, label in (await session.exec(rows)).all()
    ]


def _beyond(
    table: type[YardBookingRow] | type[YardBlockRow] | type[YardPermitRow],
    column: Any,
    after: UUID | None,
    *,
    descending: bool = False,
) -> Sequence[Any]:
    """The condition that a row comes after this one, in the order of the column and then of the keys."""
    if after is None:
        return ()
    place = (col(column), col(table.id))
    known = select(*place).where(col(table.uuid) == after).scalar_subquery()
    return (tuple_(*place) < known if descending else tuple_(*place) > known,)
