"""Quotes: a price for a stay, that holds until it expires whatever the owner's rates become meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import Vehicle
from parkgraph.yards import rates_form
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.outcome import NO_RATES, UNKNOWN_YARD, Full, Refused
from parkgraph.yards.reservations.quoting import (
    VALID_FOR,
    CalendarOf,
    HoursOf,
    YardQuote,
    barred,
    check_begin,
    priced,
)
from parkgraph.yards.reservations.reading import free_spaces
from parkgraph.yards.reservations.rows import quote_values
from parkgraph.yards.reservations.spaces import fits
from parkgraph.yards.reservations.tables import YardQuoteRow, YardTariffRow

_FORGET: Final = Statement("DELETE FROM yard_quotes WHERE valid_until < :before")


class Quotes:
    """Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    def __init__(
        self,
        database: Database,
        yards: YardRepository,
        hours_of: HoursOf,
        calendar_of: CalendarOf,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._yards = yards
        self._hours_of = hours_of
        self._calendar_of = calendar_of
        self._clock = clock

    async def make(self, principal: str, yard_id: UUID, stay: Stay, vehicle: Vehicle) -> YardQuote | Full | Refused:
        """A quote, stored. Raises ValueError for a stay that begins at no time that can be booked."""
        now = self._clock()
        check_begin(stay, now)
        stored = await self._yards.find(yard_id)
        if stored is None or stored.row.id is None:
            return UNKNOWN_YARD
        yard, yard_key = stored.read(), stored.row.id
        if refusal := barred(yard, stay, vehicle, self._hours_of):
            return refusal
        if yard.rates is None:
            return NO_RATES
        price = priced(yard.rates, yard, stay, vehicle, self._calendar_of)
        if isinstance(price, Refused):
            return price
        async with self._database.session() as session:
            free = await free_spaces(session, yard_key, [stay], now)
            vacant = sum(fits(space, vehicle) for space in free)
            if vacant == 0:
                return Full()
            quote = YardQuote(
                id=uuid4(),
                yard=yard_id,
                principal=principal,
                stay=stay,
                vehicle=vehicle,
                total=price.total,
                lines=price.lines,
                tariff=await _tariff(session, yard_key, yard.rates),
                cancellation=yard.cancellation,
                needs_approval=yard.approval_required,
                created_at=now,
                valid_until=now + VALID_FOR,
            )
            await session.exec(insert(YardQuoteRow).values(yard_id=yard_key, **quote_values(quote)))
            await session.commit()
        return replace(quote, vacant=vacant)

    async def forget(self, before: datetime) -> None:
        """Remove the quotes that were valid until then."""
        async with self._database.driver() as driver:
            await _FORGET.rows(driver, {"before": before})


async def _tariff(session: AsyncSession, yard_key: int, rates: RateTable) -> int:
    """The key of these rates, which are stored once."""
    form: dict[str, Any] = rates_form.write(rates)
    digest = sha256(orjson.dumps(form, option=orjson.OPT_SORT_KEYS)).digest()
    of_rates = (col(YardTariffRow.yard_id) == yard_key, col(YardTariffRow.digest) == digest)
    stored = select(col(YardTariffRow.id)).where(*of_rates)
    key: int | None = (await session.exec(stored)).one_or_none()
    if key is None:
        new = insert_or(YardTariffRow).values(yard_id=yard_key, digest=digest, rates=form)
        await session.exec(new.on_conflict_do_nothing())
        key = (await session.exec(stored)).one()
    if key is None:
        raise LookupError("rates that are stored have a key")
    return key
