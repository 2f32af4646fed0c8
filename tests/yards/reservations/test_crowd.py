"""Many at once, at two server processes, while the database and one of them die, and all is sent three times."""

import asyncio
import os
from pathlib import Path

import pytest

from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
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
            await book_all(crowd, asked, times=times, meanwhile=lambda: dying(crowd, kills, times * drivers))
            outcomes = await check_books(database, asked, spaces)
            assert min(outcomes["booked"], outcomes["full"]) > 0, "else nobody competed"
            assert kills == 0 or crowd.unanswered > 0, "else the database died when nobody asked"
        finally:
            await database.close()
            await server.stop()


async def dying(crowd: Crowd, kills: int, requests: int) -> None:
    """The database so many times, and in the end one server for good, evenly over all that is answered."""
    if not kills:
        return
    for n in range(1, kills + 1):
        await crowd.answers(n * requests // (kills + 2))
        kill_database(crowd.servers[0])
        while not await asyncio.to_thread(crowd.servers[0].ready):
            await asyncio.sleep(0.1)
    await crowd.answers((kills + 1) * requests // (kills + 2))
    crowd.servers[1].process.kill()


async def test_a_small_crowd_while_database_and_server_die_and_all_is_sent_three_times(tmp_path: Path) -> None:
    await campaign(tmp_path, drivers=60, spaces=2, times=3, kills=1)


@in_soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("times", "kills"), [(1, 0), (3, 0), (1, 3), (3, 3)])
async def test_a_thousand_drivers_for_fifty_spaces(tmp_path: Path, times: int, kills: int) -> None:
    await campaign(tmp_path, drivers=1000, spaces=50, times=times, kills=kills)
