import asyncio
import threading
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.place import Listing
from parkgraph.networks.network import Part
from parkgraph.networks.reports import Code
from parkgraph.networks.seen import remember
from parkgraph.networks.snapshots import apply, with_occupancies
from parkgraph.networks.store import CHANNEL, SnapshotStore
from parkgraph.networks.tables import SnapshotRow
from parkgraph.sdk.batch import Batch, Rejected
from tests.networks.scripted import NOW, batch, eventually, listing, update

LATER = NOW + timedelta(hours=1)
REJECTED = (Rejected("x", "no position"),)
SNAPSHOT, _ = apply(None, batch("a", "b", as_of=NOW - timedelta(hours=2), rejected=REJECTED), NOW)
LIVE = with_occupancies(SNAPSHOT, Batch((update("a", 7),), as_of=NOW), NOW)


async def rows(database: Database) -> dict[tuple[str, str], SnapshotRow]:
    async with database.session() as session:
        return {(row.network, row.part): row for row in await session.exec(select(SnapshotRow))}


async def put(database: Database, row: SnapshotRow) -> None:
    async with database.session() as session:
        session.add(row)
        await session.commit()


@asynccontextmanager
async def announcements(database: Database) -> AsyncIterator[list[str]]:
    heard: list[str] = []
    connection = await database.connect()
    await connection.add_listener(CHANNEL, lambda _connection, _pid, _channel, payload: heard.append(payload))
    yield heard
    await connection.close()


async def test_nothing_stored_is_nothing(database: Database) -> None:
    assert await SnapshotStore(database).load("city") is None


async def test_a_snapshot_comes_back_as_it_was(database: Database) -> None:
    store = SnapshotStore(database)
    await store.save("city", Part.LISTINGS, LIVE, None)
    await store.save("city", Part.OCCUPANCIES, LIVE, None)
    assert await SnapshotStore(database).load("city") == LIVE


async def test_a_suspicion_outlasts_a_restart(database: Database) -> None:
    held, _ = apply(SNAPSHOT, batch(), LATER)
    await SnapshotStore(database).save("city", Part.LISTINGS, held, Code.HELD_SMALLER)
    restored = await SnapshotStore(database).load("city")
    assert restored is not None
    assert restored.published.smaller_since == LATER


async def test_a_row_says_what_it_holds(database: Database) -> None:
    await SnapshotStore(database).save("city", Part.LISTINGS, SNAPSHOT, None)
    row = (await rows(database))["city", "listings"]
    assert (row.items, row.rejected, row.taken_at, row.as_of) == (2, 1, NOW, NOW - timedelta(hours=2))
    assert b"Garage a" not in row.body


async def test_an_unchanged_answer_only_moves_its_times(database: Database) -> None:
    store = SnapshotStore(database)
    await store.save("city", Part.LISTINGS, SNAPSHOT, None)
    before = (await rows(database))["city", "listings"]
    again, _ = apply(SNAPSHOT, batch("a", "b", as_of=NOW, rejected=REJECTED), LATER)
    await store.save("city", Part.LISTINGS, again, None)
    after = (await rows(database))["city", "listings"]
    assert (after.digest, after.body) == (before.digest, before.body)
    assert (after.taken_at, after.as_of) == (LATER, NOW)
    restored = await SnapshotStore(database).load("city")
    assert restored is not None
    assert restored.taken_at == LATER


async def test_a_changed_answer_replaces_the_body(database: Database) -> None:
    store = SnapshotStore(database)
    await store.save("city", Part.LISTINGS, SNAPSHOT, None)
    await store.load("city")
    changed, _ = apply(SNAPSHOT, batch("a", listing("b", name="New")), LATER)
    await store.save("city", Part.LISTINGS, changed, None)
    restored = await store.load("city")
    assert restored is not None
    assert restored.listings["b"].name == "New"


async def test_answers_are_written_one_after_the_other(database: Database) -> None:
    together = threading.Barrier(2)
    met: list[bool] = []

    class Listings(dict[str, Listing]):
        """Whoever is read waits a little for another one that is read."""

        def values(self) -> Any:
            with suppress(threading.BrokenBarrierError):
                together.wait(0.2)
                met.append(True)
            yield from super().values()

    listings = Listings(SNAPSHOT.published.listings)
    snapshot = replace(SNAPSHOT, published=replace(SNAPSHOT.published, listings=listings))
    store = SnapshotStore(database)
    await asyncio.gather(*(store.save(name, Part.LISTINGS, snapshot, None) for name in ("city", "town")))
    assert met == []
    assert {name for name, _ in await rows(database)} == {"city", "town"}


async def test_networks_are_stored_apart(database: Database) -> None:
    store = SnapshotStore(database)
    await store.save("city", Part.LISTINGS, SNAPSHOT, None)
    assert await store.load("town") is None


@pytest.mark.parametrize("body", [b"", b"garbage", zlib.compress(b'{"format":0}')])
async def test_a_body_that_cannot_be_read_any_more_counts_as_absent(database: Database, body: bytes) -> None:
    row = SnapshotRow(network="city", part="listings", body=body, digest="d", taken_at=NOW, items=1, rejected=0)
    await put(database, row)
    with capture_logs() as logs:
        assert await SnapshotStore(database).load("city") is None
    assert [(entry["event"], entry["network"]) for entry in logs] == [("stored_snapshot_unreadable", "city")]


async def test_unreadable_live_data_leave_the_listings(database: Database) -> None:
    store = SnapshotStore(database)
    await store.save("city", Part.LISTINGS, SNAPSHOT, None)
    row = SnapshotRow(network="city", part="occupancies", body=b"", digest="d", taken_at=NOW, items=1, rejected=0)
    await put(database, row)
    assert await store.load("city") == SNAPSHOT


async def test_what_is_stored_is_announced_with_the_fault_if_there_is_one(database: Database) -> None:
    store = SnapshotStore(database)
    async with announcements(database) as heard:
        await store.save("city", Part.LISTINGS, SNAPSHOT, None)
        await store.save("city", Part.LISTINGS, SNAPSHOT, Code.INCOMPLETE)
        await store.announce("town", Code.DENIED)
        await eventually(lambda: len(heard) == 3)
    assert heard == ["city", "city INCOMPLETE", "town DENIED"]


async def test_what_several_processes_saw_is_stored_together(database: Database) -> None:
    mine, _ = remember(None, batch("a", "b"), NOW)
    theirs, _ = remember(None, batch("b", "c"), LATER)
    await SnapshotStore(database).save_seen("city", mine)
    await SnapshotStore(database).save_seen("city", theirs)
    stored = await SnapshotStore(database).load("city")
    assert stored is not None
    assert set(stored.listings) == {"a", "b", "c"}


async def test_a_database_that_is_away_is_one_of_its_faults() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    store = SnapshotStore(away)
    with pytest.raises(DATABASE_FAULTS):
        await store.load("city")
    with pytest.raises(DATABASE_FAULTS):
        await store.save("city", Part.LISTINGS, SNAPSHOT, None)
    await away.close()


async def test_what_was_stored_from_elsewhere_counts_as_absent(database: Database) -> None:
    await SnapshotStore(database, {"city": "samples"}).save("city", Part.LISTINGS, LIVE, None)
    assert await SnapshotStore(database, {"city": "the network"}).load("city") is None
    assert await SnapshotStore(database, {"city": "samples"}).load("city") is not None
