import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from parkgraph.db.engine import Database
from parkgraph.networks.leader import Leader, Role
from parkgraph.networks.store import CHANNEL
from tests.networks.outages import cut_connections, out_of_reach
from tests.networks.scripted import eventually


class Candidate:
    """A leader that records what it becomes and hears."""

    def __init__(self, database: Database) -> None:
        self.roles: list[Role] = []
        self.heard: list[str] = []
        self.leader = Leader(database, self.roles.append, self.heard.append)


@asynccontextmanager
async def candidate(database: Database) -> AsyncIterator[Candidate]:
    standing = Candidate(database)
    task = asyncio.create_task(standing.leader.run())
    try:
        yield standing
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def announce(connection: asyncpg.Connection, payload: str) -> None:
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)


async def test_a_process_alone_leads(database: Database) -> None:
    async with candidate(database) as only:
        await eventually(lambda: only.leader.is_leader)
        assert only.roles == [Role.LEADING]


async def test_of_several_processes_one_leads_and_the_others_follow(database: Database) -> None:
    async with candidate(database) as first:
        await eventually(lambda: first.leader.is_leader)
        async with candidate(database) as second, candidate(database) as third:
            await eventually(lambda: second.leader.role is third.leader.role is Role.FOLLOWING)
            assert first.leader.is_leader


async def test_when_the_leader_ends_another_takes_over(database: Database) -> None:
    async with candidate(database) as first:
        await eventually(lambda: first.leader.is_leader)
        async with candidate(database) as second:
            await eventually(lambda: second.leader.role is Role.FOLLOWING)
            async with candidate(database) as third:
                await eventually(lambda: third.leader.role is Role.FOLLOWING)
    async with candidate(database) as last:
        await eventually(lambda: last.leader.is_leader)


async def test_a_follower_becomes_the_leader(database: Database) -> None:
    first = Candidate(database)
    leading = asyncio.create_task(first.leader.run())
    await eventually(lambda: first.leader.is_leader)
    async with candidate(database) as second:
        await eventually(lambda: second.leader.role is Role.FOLLOWING)
        leading.cancel()
        await eventually(lambda: second.leader.is_leader)
        assert second.roles == [Role.FOLLOWING, Role.LEADING]


async def test_a_lost_connection_means_a_lost_lock_and_then_a_new_election(database: Database) -> None:
    async with candidate(database) as only:
        await eventually(lambda: only.leader.is_leader)
        await cut_connections(database)
        await eventually(lambda: only.roles == [Role.LEADING, Role.APART, Role.LEADING])


async def test_while_the_database_is_away_nobody_leads(database: Database, database_url: str) -> None:
    async with candidate(database) as only:
        await eventually(lambda: only.leader.is_leader)
        async with out_of_reach(database, database_url):
            await eventually(lambda: only.leader.role is Role.APART)
            assert not only.leader.is_leader
        await eventually(lambda: only.leader.is_leader)


async def test_a_database_that_was_never_there_is_waited_for() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    async with candidate(away) as only:
        await asyncio.sleep(0.3)
        assert only.leader.role is Role.APART
        assert only.roles == []


async def test_announcements_are_heard_by_all(database: Database) -> None:
    async with candidate(database) as first:
        await eventually(lambda: first.leader.is_leader)
        async with candidate(database) as second:
            await eventually(lambda: second.leader.role is Role.FOLLOWING)
            connection = await database.connect()
            await announce(connection, "city")
            await connection.close()
            await eventually(lambda: first.heard == second.heard == ["city"])


async def test_announcements_are_heard_after_a_new_connection_too(database: Database) -> None:
    async with candidate(database) as only:
        await eventually(lambda: only.leader.is_leader)
        await cut_connections(database)
        await eventually(lambda: len(only.roles) == 3)
        connection = await database.connect()
        await announce(connection, "city")
        await connection.close()
        await eventually(lambda: only.heard == ["city"])
