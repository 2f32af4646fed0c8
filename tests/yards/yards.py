"""Yards that tests write."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.yards.yard import Space, Yard

PUBLISHED: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
RATES: Final = RateTable(
    "EUR",
    (RateLineCollection((RateLine(RateLineKind.INCREMENTING, Decimal("1.20"), increment=timedelta(hours=1)),)),),
)

INPUT: Final[Mapping[str, Any]] = {
    "name": "Hof",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "location": {"latitude": 48.78, "longitude": 9.18},
    "openingHours": "24/7",
    "spaces": [{"count": 5}],
    "rates": {"simple": {"currency": "EUR", "price": "1.20"}},
    "access": {"method": "PLATE"},
}
"""A yard of five spaces, as YardInput has it."""


def yard(**facts: Any) -> Yard:
    """A published yard of one space."""
    usual: dict[str, Any] = {
        "id": uuid4(),
        "name": "Hof Beispiel",
        "location": Coordinates(48.78, 9.18),
        "timezone": ZoneInfo("Europe/Berlin"),
        "country": "DE",
        "spaces": (Space(),),
        "published_at": PUBLISHED,
    }
    return Yard(**{**usual, **facts})


async def change(database: Database, yard_id: UUID, column: str, sql: str) -> None:
    """Sets a column of a stored yard, past every rule but the database's own."""
    async with database.engine.begin() as connection:
        await connection.execute(text(f"UPDATE yards SET {column} = {sql} WHERE uuid = :id"), {"id": yard_id})


def digits(rates: RateTable | None) -> list[str]:
    """The amounts as they are written: equal ones may differ in their digits."""
    return re.findall(r"Decimal\('([^']*)'\)", repr(rates))
