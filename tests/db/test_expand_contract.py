"""A migration while the version before it serves: what may be done at once, and what a release later."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from parkgraph.accounts.principal import Role
from parkgraph.app import create_app
from parkgraph.db import migrations
from parkgraph.db.engine import Database
from parkgraph.settings import load
from tests.signed_in import bearer

READ = "query ($id: ID!) { yard(id: $id) { name address } }"
WRITE = (
    "mutation ($key: String!, $input: YardInput!) { createYard(idempotencyKey: $key, input: $input) { id address } }"
)

EXPAND = """
ALTER TABLE yards ADD COLUMN street text;
CREATE FUNCTION yards_street() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.street IS DISTINCT FROM OLD.street THEN
    NEW.address := NEW.street;
  ELSE
    NEW.street := coalesce(NEW.address, NEW.street);
    NEW.address := NEW.street;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER yards_street BEFORE INSERT OR UPDATE ON yards FOR EACH ROW EXECUTE FUNCTION yards_street();
UPDATE yards SET address = address;
"""
"""A yard's address gets a new name: both columns are there, and say the same."""

CONTRACT = "DROP TRIGGER IF EXISTS yards_street ON yards; ALTER TABLE yards DROP COLUMN address;"


@dataclass(slots=True)
class Clients:
    """Owners who ask and write without a pause."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    answered: int = 0
    failed: list[Any] = field(default_factory=list)

    async def ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        answer: dict[str, Any] = (await self.http.post("/graphql", json=body, headers=self.headers)).json()
        if "errors" in answer:
            self.failed.append(answer["errors"])
        self.answered += 1
        return answer.get("data") or {}

    async def create(self, address: str) -> str:
        wish = {"name": "Hof", "timezone": "Europe/Berlin", "country": "DE", "address": address}
        made = await self.ask(WRITE, {"key": uuid4().hex, "input": wish})
        return str((made.get("createYard") or {}).get("id"))

    async def run(self, yard: str, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.ask(READ, {"id": yard})
            await self.create("Neue Straße 1")


@asynccontextmanager
async def serving(database: Database, data_dir: Path) -> AsyncIterator[Clients]:
    settings = load(None, {"PARKGRAPH_DATABASE_URL": database.url, "PARKGRAPH_DATA_DIR": str(data_dir)})
    app = create_app(settings, ())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parkgraph") as http,
    ):
        yield Clients(http, bearer(data_dir, Role.OWNER))


async def under_load(clients: Clients, change: Callable[[], Awaitable[object]]) -> None:
    """The change, while three clients ask; a hundred answers before it and after it."""
    yard, enough = await clients.create("Alte Straße 1"), asyncio.Event()
    async with asyncio.TaskGroup() as asking:
        for _ in range(3):
            asking.create_task(clients.run(yard, enough))
        for step in (lambda: asyncio.sleep(0), change):
            await step()
            until = clients.answered + 100
            while clients.answered < until:
                await asyncio.sleep(0.005)
        enough.set()


async def test_expanding_fails_no_request_and_both_names_say_the_same(database: Database, tmp_path: Path) -> None:
    connection: asyncpg.Connection = await database.connect()
    async with serving(database, tmp_path) as clients:
        await under_load(clients, lambda: connection.execute(EXPAND))
    rows = await connection.fetch("SELECT address, street FROM yards")
    await connection.execute("UPDATE yards SET street = 'Neuer Name 1'")  # as the next version writes
    renamed = await connection.fetchval("SELECT count(*) FROM yards WHERE address <> 'Neuer Name 1'")
    await connection.close()
    assert clients.answered > 200
    assert clients.failed == []
    assert {(row["address"], row["street"]) for row in rows} == {
        ("Alte Straße 1", "Alte Straße 1"), ("Neue Straße 1", "Neue Straße 1"),
    }  # fmt: skip
    assert renamed == 0


async def test_contracting_at_once_fails_requests(database: Database, tmp_path: Path) -> None:
    connection: asyncpg.Connection = await database.connect()
    async with serving(database, tmp_path) as clients:
        await under_load(clients, lambda: connection.execute(CONTRACT))
    await connection.close()
    assert len(clients.failed) > 50


async def test_a_revision_that_waits_for_a_lock_lets_others_pass(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's long transaction holds the table; the revision wants it alone, and readers come after it."""
    monkeypatch.setattr(migrations, "LOCK_SECONDS", 0.05)
    attempts = 0

    def wants_the_table(config: Any, _revision: str) -> None:
        nonlocal attempts
        attempts += 1
        connection = config.attributes["connection"]
        connection.exec_driver_sql("ALTER TABLE yards ADD COLUMN later text")
        connection.commit()

    monkeypatch.setattr("alembic.command.upgrade", wants_the_table)
    holder: asyncpg.Connection = await database.connect()
    await holder.execute("BEGIN; LOCK TABLE yards IN ACCESS SHARE MODE")
    upgrading = asyncio.create_task(migrations.upgrade(database))
    reader: asyncpg.Connection = await database.connect()
    while attempts < 3:
        assert await reader.fetchval("SELECT count(*) FROM yards") == 0
    await holder.execute("ROLLBACK")
    await upgrading
    assert await reader.fetchval("SELECT count(later) FROM yards") == 0
    await holder.close()
    await reader.close()
