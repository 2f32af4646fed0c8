"""Reservations whose money goes through the ledger."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.graph.calendars import calendar_of
from parkgraph.graph.hours import parse_hours
from parkgraph.yards.calendar.reader import CalendarReader
from parkgraph.yards.exports.library import Library
from parkgraph.yards.exports.links import Signer
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.payment import Invoices, PaymentGateway
from parkgraph.yards.money.statement import Statements
from parkgraph.yards.reservations.allotments import Allotments
from parkgraph.yards.reservations.desk import Desk
from parkgraph.yards.reservations.reservations import Reservations
from tests.yards.money.till import TAX
from tests.yards.reservations.stage import VAULT, Stage, stage_on

KEY: Final = bytes(range(32))
MONTH: Final = timedelta(days=30)


@dataclass
class Office:
    """A stage, and what its owner sees of it."""

    stage: Stage
    calendar: CalendarReader
    statements: Statements
    library: Library

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.stage.database.engine.begin() as connection:
            found = await connection.execute(text(sql), values)
            return list(found.all()) if found.returns_rows else []

    async def link(self, yard: UUID, export: str) -> str:
        found = await self.library.links(yard, MONTH)
        return {"calendar": found.ics, "statement": found.csv, "chart": found.svg}[export]


def office_on(database: Database, gateway: PaymentGateway | None = None) -> Office:
    stage = stage_on(database)
    billing = Billing(gateway or Invoices(), TAX)
    reservations = Reservations(
        database, stage.yards, VAULT, parse_hours, calendar_of, payments=billing, clock=stage.clock
    )
    allotments = Allotments(reservations, stage.yards, VAULT, calendar_of)
    stage = replace(stage, reservations=reservations, desk=Desk(reservations, stage.yards), allotments=allotments)
    reader = CalendarReader(database, clock=stage.clock)
    library = Library(database, stage.yards, Signer(KEY), clock=stage.clock)
    return Office(stage, reader, Statements(database), library)
