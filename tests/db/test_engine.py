"""`Database`: sessions on a bounded pool, connections of one's own, and whether it answers."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import bindparam, func, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import select

from parkgraph.db import engine
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement
from parkgraph.graph.tables import PlaceListingRow, PlaceRow
from parkgraph.networks.tables import SnapshotRow


async def answers(database: Database) -> bool:
    """Whether a session of the pool can be used."""
    async with database.session() as session:
        return (await session.exec(select(1))).one() == 1


async def test_what_a_session_commits_another_reads(database: Database) -> None:
    async with database.session() as session:
        session.add(PlaceRow(id=uuid4(), network="bahn", local_id="1"))
        await session.commit()

    async with database.session() as session:
        assert (await session.exec(select(PlaceRow.local_id))).all() == ["1"]


async def test_what_a_session_does_not_commit_is_gone(database: Database) -> None:
    async with database.session() as session:
        session.add(PlaceRow(id=uuid4(), network="bahn", local_id="1"))
        await session.flush()

    async with database.session() as session:
        assert (await session.exec(select(PlaceRow.local_id))).all() == []


async def test_each_statement_of_a_driver_is_a_transaction_of_its_own(database: Database) -> None:
    add = Statement("INSERT INTO places (id, network, local_id) VALUES (gen_random_uuid(), 'bahn', :local_id)")
    async with database.driver() as driver:
        await add.rows(driver, {"local_id": "1"})
        with pytest.raises(asyncpg.UniqueViolationError):
            await add.rows(driver, {"local_id": "1"})
        await add.rows(driver, {"local_id": "2"})

    async with database.session() as session:
        assert sorted(await session.exec(select(PlaceRow.local_id))) == ["1", "2"]


async def test_a_driver_whose_user_was_cancelled_is_of_use_to_the_next(database: Database) -> None:
    one = Database(database.url, pool_size=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), one.driver() as driver:
            await Statement("SELECT pg_sleep(60)").rows(driver, {})
    assert await answers(one)
    await one.close()


async def test_what_was_cancelled_in_a_transaction_of_a_driver_is_gone(database: Database) -> None:
    one = Database(database.url, pool_size=1)
    add = "INSERT INTO places (id, network, local_id) VALUES (gen_random_uuid(), 'bahn', '1')"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), one.driver() as driver, driver.transaction():
            await driver.execute(f"{add}; SELECT pg_sleep(60)")
    async with one.session() as session:
        assert (await session.exec(select(PlaceRow.local_id))).all() == []
    await one.close()


async def test_a_driver_that_is_left_in_a_transaction_is_nobody_elses(database: Database) -> None:
    one = Database(database.url, pool_size=1)
    async with one.driver() as left:
        await left.execute("BEGIN")
    async with one.driver() as driver:
        assert driver is not left
        assert not driver.is_in_transaction()
    await one.close()


async def test_a_later_place_has_a_higher_seq_and_a_creation_time_with_an_offset(database: Database) -> None:
    senior, junior = (
        PlaceRow(id=uuid4(), network="bahn", local_id="1"),
        PlaceRow(id=uuid4(), network="bahn", local_id="2"),
    )
    async with database.session() as session:
        for place in (senior, junior):
            session.add(place)
            await session.flush()
        await session.commit()

    assert senior.seq is not None
    assert junior.seq is not None
    assert senior.seq < junior.seq
    assert senior.created_at is not None
    assert senior.created_at.utcoffset() == timedelta(0)


async def test_instants_come_back_as_the_same_instant(database: Database) -> None:
    taken_at = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    async with database.session() as session:
        session.add(
            SnapshotRow(network="sbb", part="listings", body=b"\0z", digest="d", taken_at=taken_at, items=1, rejected=0)
        )
        await session.commit()

    async with database.session() as session:
        row = (await session.exec(select(SnapshotRow))).one()
    assert (row.taken_at, row.taken_at.tzinfo, row.as_of, row.body) == (taken_at, UTC, None, b"\0z")


async def test_one_listing_founds_one_place(database: Database) -> None:
    async with database.session() as session:
        session.add_all(
            [PlaceRow(id=uuid4(), network="bahn", local_id="1"), PlaceRow(id=uuid4(), network="bahn", local_id="1")]
        )
        with pytest.raises(Exception, match="uq_places_network_local_id"):
            await session.flush()


async def test_a_listing_belongs_to_a_place_that_exists(database: Database) -> None:
    async with database.session() as session:
        session.add(PlaceListingRow(network="bahn", local_id="1", place_id=uuid4(), stands=True))
        with pytest.raises(Exception, match="fk_place_listings_place_id_places"):
            await session.flush()


async def test_a_snapshot_is_of_listings_or_of_occupancies(database: Database) -> None:
    async with database.session() as session:
        session.add(
            SnapshotRow(
                network="sbb", part="prices", body=b"", digest="d", taken_at=datetime.now(UTC), items=0, rejected=0
            )
        )
        with pytest.raises(Exception, match="ck_snapshots_part"):
            await session.flush()


async def test_json_is_exact_both_ways(database: Database) -> None:
    value = {"name": "Zürich", "spaces": [1, None]}
    async with database.engine.connect() as connection:
        assert (await connection.execute(select(bindparam("value", value, type_=JSONB)))).scalar_one() == value


async def test_the_pool_is_bounded(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parkgraph.db.engine._CONNECT_SECONDS", 0.2)
    database = Database(database_url, pool_size=2)
    async with database.session() as first, database.session() as second, database.session() as third:
        await first.connection()
        await second.connection()
        with pytest.raises(PoolTimeout):
            await third.connection()
    await database.close()


async def test_ping_is_true_of_a_database_that_answers_even_when_the_pool_is_exhausted(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    async with database.session() as session:
        await session.connection()
        assert await database.ping(5)
    await database.close()


async def test_ping_is_false_of_a_database_that_is_not_there(tmp_path: Path) -> None:
    database = Database(f"postgresql://parkgraph@/parkgraph?host={tmp_path}")
    assert not await database.ping(1)
    await database.close()


async def test_ping_is_false_of_a_server_that_accepts_and_says_nothing() -> None:
    hung_up = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = Database(f"postgresql://parkgraph@127.0.0.1:{port}/parkgraph?sslmode=disable")
    assert not await database.ping(0.2)
    await database.close()
    await hung_up.wait()
    server.close()
    await server.wait_closed()


async def test_a_connection_of_ones_own_hears_notifications(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection = await database.connect()
    await connection.add_listener("news", lambda _connection, _pid, _channel, payload: heard.put_nowait(payload))

    async with database.engine.begin() as other:
        await other.execute(text("NOTIFY news, 'bahn'"))

    assert await asyncio.wait_for(heard.get(), 5) == "bahn"
    await connection.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_a_url_may_be_spelled_in_three_ways(database_url: str, scheme: str) -> None:
    database = Database(database_url.replace("postgresql", scheme, 1))
    assert await answers(database)
    assert await database.ping(5)
    await database.close()


async def test_a_url_may_name_its_unix_socket_unquoted(database_url: str) -> None:
    host = parse_qs(urlsplit(database_url).query)["host"][0]
    database = Database(f"postgresql+asyncpg://parkgraph@/parkgraph?host={host}")
    assert await database.ping(5)
    await database.close()


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://u:secret@h/d", ""])
def test_another_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^a database's URL begins with postgresql://$"):
        Database(url)


async def test_the_pool_survives_a_restart_of_the_server(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    database = Database(await server.start())
    assert await answers(database)
    await server.stop()
    await server.start()
    assert await answers(database)
    await database.close()
    await server.stop()


async def backend_of(database: Database) -> int:
    """Which server process answers a session of the pool."""
    async with database.session() as session:
        found: int = (await session.exec(select(func.pg_backend_pid()))).one()
        return found


async def test_a_connection_that_the_server_has_ended_is_not_handed_out(database: Database) -> None:
    ended = asyncio.Event()
    async with database.session() as session:
        raw = await (await session.connection()).get_raw_connection()
        assert raw.driver_connection is not None
        raw.driver_connection.add_termination_listener(lambda _: ended.set())
    mine = await backend_of(database)
    other = await database.connect()
    await other.fetchval("SELECT pg_terminate_backend($1)", mine)
    await other.close()
    await ended.wait()
    assert await backend_of(database) != mine


async def test_a_connection_that_was_idle_is_asked_before_it_is_handed_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await backend_of(database)
    dialect = database.engine.dialect

    def silence(_connection: object) -> bool:
        raise dialect.loaded_dbapi.InterfaceError("connection is closed")

    monkeypatch.setattr(dialect, "do_ping", silence)
    assert await backend_of(database) == mine, "it was in use a moment ago"
    monkeypatch.setattr(engine, "_TRUSTED_SECONDS", 0)
    assert await backend_of(database) != mine


async def test_a_single_statement_is_stored_by_itself(database: Database) -> None:
    async with database.single() as session:
        await session.exec(insert(PlaceRow).values(id=uuid4(), network="bahn", local_id="1"))
    async with database.session() as session:
        assert (await session.exec(select(PlaceRow.local_id))).all() == ["1"]
        assert (await session.exec(select(func.current_setting("transaction_isolation")))).one() == "read committed"
