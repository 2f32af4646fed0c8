"""Many at once, at two server processes, while the database and one of them die, and all is sent three times."""

import asyncio
import os
from pathlib import Path

import pytest

from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from tests.process import Server
from tests.yards.reservations.crowd import (
    Crowd,
    book_all,
    check_books,
    crowd_at,
    kill_database,
    open_yard,
    quote_all,
    wishes,
)

in_soak = pytest.mark.skipif("PARKGRAPH_SOAK" not in os.environ, reason="a crowd of a thousand takes long: make soak")


async def campaign(data_dir: Path, *, drivers: int, spaces: int, times: int, kills: int) -> None:
    async with crowd_at(data_dir) as crowd:
        server = EmbeddedServer(data_dir)
        database = Database(await server.start(), pool_size=2)
        try:
            yard = await open_yard(database, spaces)
            asked = wishes(drivers, seed=drivers + spaces + kills)
            await quote_all(crowd, yard, asked)
            await book_all(crowd, asked, times=times, meanwhile=lambda: dying(crowd.servers[0], crowd, kills))
            outcomes = await check_books(database, asked, spaces)
            assert min(outcomes["booked"], outcomes["full"]) > 0, "else nobody competed"
            assert kills == 0 or crowd.unanswered > 0, "else the database died when nobody asked"
        finally:
            await database.close()
            await server.stop()


async def dying(server: Server, crowd: Crowd, kills: int) -> None:
    """The database so many times, and in the end the other server, for good."""
    for _ in range(kills):
        await asyncio.sleep(0.7)
        kill_database(server)
        while not await asyncio.to_thread(server.ready):
            await asyncio.sleep(0.1)
    if kills:
        await asyncio.sleep(0.3)
        crowd.servers[1].process.kill()


async def test_a_small_crowd_while_database_and_server_die_and_all_is_sent_three_times(tmp_path: Path) -> None:
    await campaign(tmp_path, drivers=120, spaces=4, times=3, kills=1)


@in_soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("times", "kills"), [(1, 0), (3, 0), (1, 3), (3, 3)])
async def test_a_thousand_drivers_for_fifty_spaces(tmp_path: Path, times: int, kills: int) -> None:
    await campaign(tmp_path, drivers=1000, spaces=50, times=times, kills=kills)
