"""Reservations over a real database, with a clock and a till that a test holds in its hands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph.calendars import calendar_of
from parkgraph.graph.hours import parse_hours
from parkgraph.privacy.vault import Vault
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.allotments import Allotments
from parkgraph.yards.reservations.booking import YardBooking
from parkgraph.yards.reservations.desk import Desk
from parkgraph.yards.reservations.payments import Authorisation, Charge
from parkgraph.yards.reservations.quoting import YardQuote
from parkgraph.yards.reservations.reservations import Reservations, Wish
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.service import Editor
from parkgraph.yards.yard import Space, Yard
from tests.networks.scripted import Clock
from tests.yards.yards import RATES, yard

NOON: Final = datetime(2026, 11, 24, 11, tzinfo=UTC)
"""12:00 in Berlin, a Tuesday; the stage's clock stands three days before it."""

HOUR: Final = timedelta(hours=1)
OWNER: Final = "the owner"
EDITOR: Final = Editor(OWNER)
STRANGER: Final = Editor("another owner")
OPERATOR: Final = Editor("the operator", all_yards=True)
VAULT: Final = Vault(bytes(range(32)))


def hours_from(first: float, last: float) -> Stay:
    """From so many hours after NOON to so many."""
    return Stay(NOON + first * HOUR, NOON + last * HOUR)


@dataclass
class Till:
    """Payments that are written down. `answer`: what authorising comes to."""

    answer: Authorisation = Authorisation.AUTHORISED
    told: list[tuple[str, Decimal]] = field(default_factory=list)
    kept: dict[UUID, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    async def authorise(self, session: AsyncSession, charge: Charge) -> Authorisation:
        self._tell("authorise", charge)
        return self.answer

    async def capture(self, session: AsyncSession, charge: Charge) -> None:
        self._tell("capture", charge)
        self.kept[charge.booking] += charge.amount.amount

    async def release(self, session: AsyncSession, charge: Charge) -> None:
        self._tell("release", charge)

    async def refund(self, session: AsyncSession, charge: Charge) -> None:
        self._tell("refund", charge)
        self.kept[charge.booking] -= charge.amount.amount

    def _tell(self, verb: str, charge: Charge) -> None:
        self.told.append((verb, charge.amount.amount))


@dataclass
class Stage:
    """One server process' reservations."""

    database: Database
    clock: Clock
    till: Till
    yards: YardRepository
    reservations: Reservations
    desk: Desk
    allotments: Allotments

    async def open(self, **facts: Any) -> Yard:
        """A published yard of OWNER's, at 1.20 an hour, as it is stored."""
        new = yard(**{"owner": OWNER, "rates": RATES, **facts})
        await self.yards.add(new)
        stored = await self.yards.find(new.id)
        assert stored is not None
        return stored.read()

    async def quote(self, of: Yard, stay: Stay, who: str = "a driver", vehicle: Vehicle | None = None) -> Any:
        return await self.reservations.quote(who, of.id, stay, vehicle or Vehicle())

    async def quoted(self, of: Yard, stay: Stay, who: str = "a driver", vehicle: Vehicle | None = None) -> YardQuote:
        quote = await self.quote(of, stay, who, vehicle)
        assert isinstance(quote, YardQuote), quote
        return quote

    async def book(self, quote: YardQuote, *, key: str | None = None, plate: str = "S-AB 123", who: str = "") -> Any:
        wish = Wish(Key(who or quote.principal, key or uuid4().hex), quote.id, plate)
        return await self.reservations.book(wish)

    async def booked(self, of: Yard, stay: Stay, who: str = "a driver", vehicle: Vehicle | None = None) -> YardBooking:
        booking = await self.book(await self.quoted(of, stay, who, vehicle))
        assert isinstance(booking, YardBooking), booking
        return booking

    async def occupied(self, of: Yard | None = None) -> Sequence[tuple[int, datetime, datetime, str]]:
        """What takes which space of the yard, or of all, and when."""
        rows = text(
            "SELECT space_id, lower(during), upper(during), o.kind"
            " FROM yard_occupations o JOIN yards y ON y.id = yard_id"
            " WHERE CAST(:of AS uuid) IS NULL OR y.uuid = :of ORDER BY 1, 2"
        )
        async with self.database.engine.connect() as connection:
            return [tuple(row) for row in (await connection.execute(rows, {"of": of.id if of else None})).all()]


def stage_on(database: Database, clock: Clock | None = None, till: Till | None = None) -> Stage:
    """Another server process on this database."""
    clock, till = clock or Clock(NOON - timedelta(days=3)), till or Till()
    yards = YardRepository(database)
    reservations = Reservations(database, yards, VAULT, parse_hours, calendar_of, payments=till, clock=clock)
    allotments = Allotments(reservations, yards, VAULT, calendar_of)
    return Stage(database, clock, till, yards, reservations, Desk(reservations, yards), allotments)


def spaces(count: int, **facts: Any) -> tuple[Space, ...]:
    return tuple(Space(str(n), **facts) for n in range(1, count + 1))
