"""The yard of the demo: invented, near Stuttgart main station."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parkgraph.db.engine import Database
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.tariff import Cap, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.yard import Space, Yard

_HOURLY: Final = RateLine(RateLineKind.INCREMENTING, Decimal("1.20"), increment=timedelta(hours=1))

YARD: Final = Yard(
    id=UUID("6d1f5c1e-3a0b-4c53-9a52-0d9f2b7e4c10"),
    name="Hof Birkenwald (demo)",
    location=Coordinates(48.7885, 9.1765),
    timezone=ZoneInfo("Europe/Berlin"),
    country="DE",
    address="Birkenwaldstraße, 70191 Stuttgart",
    kind=PlaceKind.SURFACE,
    opening_hours="Mo-Sa 07:00-20:00",
    max_height_cm=380,
    features=frozenset({Feature.LIT}),
    access=Access(AccessMethod.OPEN),
    description="An invented yard, which exists in the demo only.",
    rates=RateTable("EUR", (RateLineCollection((_HOURLY,), caps=(Cap(Decimal("9.60")),)),)),
    spaces=(
        Space("1", max_height_cm=210, covered=True),
        Space("2", max_height_cm=210, covered=True, ev=True),
        Space("3", max_height_cm=320),
        Space("4", max_height_cm=320),
        Space("5", max_height_cm=320),
        Space("6", max_height_cm=320, accessible=True, audience=Audience.DISABLED),
    ),
    published_at=datetime(2026, 1, 1, tzinfo=UTC),
)


async def seed(database: Database) -> None:
    """Store the demo's yard, if it is not there yet."""
    await YardRepository(database).add(YARD)
