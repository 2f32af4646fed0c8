"""What a yard has earned: read off the ledger, so that it can be nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.domain.money import Money
from parkgraph.yards.money.ledger import Movement
from parkgraph.yards.money.month import Month
from parkgraph.yards.service import available

STATEMENT: Final = """
SELECT l.currency,
    count(DISTINCT booking) FILTER (WHERE movement = 'CAPTURE'),
    coalesce(sum(driver_receivable) FILTER (WHERE movement = 'CAPTURE'), 0),
    coalesce(-sum(driver_receivable) FILTER (WHERE movement = 'REFUND'), 0),
    -sum(platform_fee), -sum(l.tax), -sum(owner_payable)
FROM yard_ledger l JOIN yard_payments p ON p.id = l.payment_id
WHERE l.yard_id = (SELECT id FROM yards WHERE uuid = :yard) AND at >= :begins AND at < :ends
    AND movement IN ('CAPTURE', 'REFUND')
GROUP BY l.currency ORDER BY l.currency
"""
ENTRIES: Final = """
SELECT at, movement, booking, b.arrive, b.leave, label, driver_receivable, -owner_payable, -platform_fee, -l.tax,
    l.currency
FROM yard_ledger l JOIN yard_payments p ON p.id = l.payment_id
    LEFT JOIN yard_bookings b ON b.uuid = p.booking LEFT JOIN yard_spaces s ON s.id = b.space_id
WHERE l.yard_id = (SELECT id FROM yards WHERE uuid = :yard) AND at >= :begins AND at < :ends
    AND movement IN ('CAPTURE', 'REFUND')
ORDER BY at, l.id
"""
INCOME: Final = """
SELECT l.currency, (at AT TIME ZONE :zone)::date, -sum(owner_payable) FROM yard_ledger l
WHERE l.yard_id = (SELECT id FROM yards WHERE uuid = :yard) AND at >= :begins AND at < :ends
    AND movement IN ('CAPTURE', 'REFUND')
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """What was captured and refunded, in one currency: `gross` less `refunds` is `fees`, `tax` and `payout` together.

    `bookings`: of how many something was captured. `payout` is the owner's; it is below zero where more was
    refunded than captured.
    """

    bookings: int
    gross: Money
    refunds: Money
    fees: Money
    tax: Money
    payout: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """Of a month of the yard's clock. One for each currency in which money was moved."""

    month: Month
    totals: tuple[Totals, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of the ledger. The stay is that of the booking as it is now. Amounts of a refund are below zero."""

    at: datetime
    movement: Movement
    booking: UUID
    arrive: datetime | None
    leave: datetime | None
    space: str | None
    amount: Decimal
    owner: Decimal
    fee: Decimal
    tax: Decimal
    currency: str


class Statements:
    """Every method raises YardsUnavailable where the database is not to be had."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def month(self, yard: UUID, month: Month, zone: ZoneInfo) -> Statement:
        rows = await self._rows(STATEMENT, yard, month, zone)
        totals = (
            Totals(bookings, *(Money(amount, currency) for amount in amounts)) for currency, bookings, *amounts in rows
        )
        return Statement(month, tuple(totals))

    async def entries(self, yard: UUID, month: Month, zone: ZoneInfo) -> Sequence[Entry]:
        """What the statement adds up, the earliest first."""
        rows = await self._rows(ENTRIES, yard, month, zone)
        return [Entry(at, Movement(movement), *rest) for at, movement, *rest in rows]

    async def income(self, yard: UUID, month: Month, zone: ZoneInfo) -> dict[str, dict[date, Decimal]]:
        """The owner's part, for each currency and each day on which money was moved."""
        income: dict[str, dict[date, Decimal]] = {}
        for currency, day, amount in await self._rows(INCOME, yard, month, zone, zone=zone.key):
            income.setdefault(currency, {})[day] = amount
        return income

    async def _rows(
        self, sql: str, yard: UUID, month: Month, local: ZoneInfo, **values: str
    ) -> Sequence[tuple[Any, ...]]:
        begins, ends = month.bounds(local)
        with available():
            async with self._database.session() as session:
                connection = await session.connection()
                found = await connection.execute(text(sql), {"yard": yard, "begins": begins, "ends": ends, **values})
                return [tuple(row) for row in found.all()]
