"""Sites and gates in the database."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from parkgraph.db.engine import Database
from parkgraph.gates.decision import Direction
from parkgraph.gates.gate import Gate, Site

SITES: Final = """
SELECT s.uuid, s.id, coalesce(y.name, s.name), coalesce(y.timezone, s.timezone), coalesce(y.country, s.country),
    CASE WHEN s.yard_id IS NULL THEN s.owner ELSE y.owner END, y.uuid, s.yard_id
FROM gate_sites s LEFT JOIN yards y ON y.id = s.yard_id
"""
GATES: Final = """
SELECT g.uuid, g.id, g.name, g.direction, g.created_at, g.removed_at, g.heard_at, g.heartbeat,
    s.uuid, s.id, coalesce(y.name, s.name), coalesce(y.timezone, s.timezone), coalesce(y.country, s.country),
    CASE WHEN s.yard_id IS NULL THEN s.owner ELSE y.owner END, y.uuid, s.yard_id
FROM gates g JOIN gate_sites s ON s.id = g.site_id LEFT JOIN yards y ON y.id = s.yard_id
"""
COUNTRIES: Final = """
SELECT DISTINCT coalesce(y.country, s.country) FROM gate_sites s LEFT JOIN yards y ON y.id = s.yard_id
"""


class Registry:
    """`hidden`: gates that are not found, such as the demo's at a server that is none."""

    def __init__(self, database: Database, hidden: Collection[UUID] = ()) -> None:
        self._database = database
        self._hidden = frozenset(hidden)

    async def find(self, gate: UUID) -> Gate | None:
        """The gate, be it removed or not."""
        found = await self._gates("WHERE g.uuid = :gate", gate=gate)
        return found[0] if found else None

    async def list_of_yard(self, yard: UUID) -> Sequence[Gate]:
        """Those that are not removed, the oldest first."""
        return await self._gates("WHERE y.uuid = :yard AND g.removed_at IS NULL ORDER BY g.id", yard=yard)

    async def list_owned(self, owner: str) -> Sequence[Gate]:
        """Those of all sites of an owner."""
        mine = (
            "WHERE (s.owner = :owner AND s.yard_id IS NULL OR y.owner = :owner) AND g.removed_at IS NULL ORDER BY g.id"
        )
        return await self._gates(mine, owner=owner)

    async def countries(self) -> Collection[str]:
        """In which there are gates."""
        async with self._database.engine.connect() as connection:
            return (await connection.execute(text(COUNTRIES))).scalars().all()

    async def site(self, connection: AsyncConnection, site: UUID) -> Site | None:
        row = (await connection.execute(text(SITES + "WHERE s.uuid = :site"), {"site": site})).one_or_none()
        return site_of(row) if row else None

    async def _gates(self, where: str, **values: Any) -> Sequence[Gate]:
        async with self._database.engine.connect() as connection:
            rows = (await connection.execute(text(GATES + where), values)).all()
        return [gate for row in rows if (gate := _gate(row)).id not in self._hidden]


async def site_of_yard(connection: AsyncConnection, yard: UUID) -> Site | None:
    row = (await connection.execute(text(SITES + "WHERE y.uuid = :yard"), {"yard": yard})).one_or_none()
    return site_of(row) if row else None


def site_of(row: Any) -> Site:
    uuid, key, name, zone, country, owner, yard, yard_key = row
    return Site(uuid, key, name, ZoneInfo(zone), country, owner, yard, yard_key)


def _gate(row: Any) -> Gate:
    uuid, key, name, direction, created, removed, heard, heartbeat, *site = row
    return Gate(uuid, key, site_of(site), name, Direction(direction), created, removed, heard, heartbeat)
