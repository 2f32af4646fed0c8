"""Statements that go past SQLAlchemy, within its transactions."""

import asyncpg
import pytest
from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement, begun


def test_names_become_numbers_and_casts_stay() -> None:
    statement = Statement("SELECT :b::text, CAST(:a AS int), :b, '12:30', x.y:z FROM t WHERE a = :a")
    assert statement.sql == "SELECT $1::text, CAST($2 AS int), $1, '12:30', x.y:z FROM t WHERE a = $2"


async def test_it_is_part_of_the_transaction(database: Database) -> None:
    count = Statement("SELECT count(*) FROM gate_sites WHERE name = :name")
    insert = Statement("""
    INSERT INTO gate_sites (uuid, name, timezone, country) VALUES (gen_random_uuid(), :name, 'UTC', 'DE') RETURNING name
    """)
    async with database.session() as session:
        connection = await begun(await session.connection(), text("SELECT"))
        assert await insert.value(connection, {"name": "Hof", "unused": 1}) == "Hof"
        assert await count.value(connection, {"name": "Hof"}) == 1
    async with database.session() as session:
        connection = await begun(await session.connection(), text("SELECT"))
        assert await count.value(connection, {"name": "Hof"}) == 0
        assert await Statement("SELECT 1 WHERE false").row(connection, {}) is None
        assert await Statement("SELECT 1 WHERE false").value(connection, {}) is None
        with pytest.raises(asyncpg.UndefinedTableError):
            await Statement("SELECT FROM nowhere").rows(connection, {})
