"""Exports of yards: who owns one gets links to them, and whoever has a link gets what it leads to."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from parkgraph.db.engine import Database
from parkgraph.yards.calendar.ranges import Window
from parkgraph.yards.calendar.reader import CalendarReader
from parkgraph.yards.exports.chart import chart, occupancy
from parkgraph.yards.exports.feed import events
from parkgraph.yards.exports.ics import calendar
from parkgraph.yards.exports.links import LONGEST, Export, Link, LinkExpired, LinkInvalid, Signer
from parkgraph.yards.exports.sheet import Cell, sheet
from parkgraph.yards.money.month import Month
from parkgraph.yards.money.statement import Entry, Statements
from parkgraph.yards.money.tables import YardLinkRow
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.reservations import utc_now
from parkgraph.yards.service import available, read
from parkgraph.yards.tables import YardRow
from parkgraph.yards.yard import Yard

_COLUMNS: Final = (
    "at", "movement", "booking", "arrive", "leave", "space", "amount", "owner", "fee", "tax", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """`name`: what a browser saves it as; None where it is shown."""

    text: str
    media_type: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Paths on this server."""

    ics: str
    csv: str
    svg: str
    expires: datetime


class Library:
    """Every method raises YardsUnavailable where the database is not to be had."""

    def __init__(
        self,
        database: Database,
        yards: YardRepository,
        signer: Signer,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._yards = yards
        self._signer = signer
        self._calendar = CalendarReader(database, clock=clock)
        self._statements = Statements(database)
        self._clock = clock

    async def links(self, yard: UUID, lifetime: timedelta) -> Links:
        """Links that are valid for so long. Raises ValueError for a lifetime that none may have."""
        if not timedelta() < lifetime <= LONGEST:
            raise ValueError(f"a link is valid for at most {LONGEST.days} days")
        expires = (self._clock() + lifetime).replace(microsecond=0)
        generation = await self._generation(yard)
        paths = {export: self._signer.path(Link(yard, export, generation, expires)) for export in Export}
        return Links(paths[Export.CALENDAR], paths[Export.STATEMENT], paths[Export.CHART], expires)

    async def revoke(self, yard: UUID) -> None:
        """No link that was ever given to this yard is valid any more."""
        of_yard = select(col(YardRow.id), 2).where(YardRow.uuid == yard)
        new = insert(YardLinkRow).from_select(["yard_id", "generation"], of_yard)
        again = new.on_conflict_do_update(
            index_elements=["yard_id"], set_={"generation": col(YardLinkRow.generation) + 1}
        )
        with available():
            async with self._database.session() as session:
                await session.exec(again)
                await session.commit()

    async def fetch(self, yard_id: str, export: str, query: Mapping[str, str]) -> Document:
        """What a link leads to. Its `month` is not signed: it is one's own choice, this month if there is none.

        Raises LinkInvalid, LinkExpired, and ValueError for a month that is none.
        """
        now = self._clock()
        link = self._signer.read(yard_id, export, query, now)
        if link.generation != await self._generation(link.yard):
            raise LinkExpired
        given = Month.parse(query["month"]) if "month" in query else None
        with available():
            stored = await self._yards.find(link.yard)
        if stored is None:
            raise LinkInvalid
        yard = read(stored)
        month = given or Month.of(now, yard.timezone)
        match link.export:
            case Export.CALENDAR:
                return await self._feed(yard, now)
            case Export.STATEMENT:
                return await self._sheet(yard, month)
            case Export.CHART:
                return await self._chart(yard, month)

    async def _feed(self, yard: Yard, now: datetime) -> Document:
        with available():
            async with self._database.session() as session:
                found = await events(session, yard.id, yard.address, now)
        text = await asyncio.to_thread(calendar, yard.name, found, now)
        return Document(text, "text/calendar; charset=utf-8")

    async def _sheet(self, yard: Yard, month: Month) -> Document:
        entries = await self._statements.entries(yard.id, month, yard.timezone)
        text = await asyncio.to_thread(sheet, _COLUMNS, (_row(entry, yard) for entry in entries))
        return Document(text, "text/csv; charset=utf-8; header=present", f"statement-{month}.csv")

    async def _chart(self, yard: Yard, month: Month) -> Document:
        spaces = await self._calendar.spaces(yard.id, Window(*month.bounds(yard.timezone)))
        income = await self._statements.income(yard.id, month, yard.timezone)
        busy = await asyncio.to_thread(occupancy, spaces, month.days, yard.timezone)
        return Document(chart(yard.name, month.days, busy, income), "image/svg+xml")

    async def _generation(self, yard: UUID) -> int:
        current = select(YardLinkRow.generation).join(YardRow).where(YardRow.uuid == yard)
        with available():
            async with self._database.session() as session:
                return (await session.exec(current)).one_or_none() or 1


def _row(entry: Entry, yard: Yard) -> list[Cell]:
    return [
        _local(entry.at, yard),
        entry.movement,
        str(entry.booking),
        _local(entry.arrive, yard),
        _local(entry.leave, yard),
        entry.space,
        entry.amount,
        entry.owner,
        entry.fee,
        entry.tax,
        entry.currency,
    ]


def _local(instant: datetime | None, yard: Yard) -> str | None:
    return instant.astimezone(yard.timezone).isoformat() if instant else None
