"""A crowd at one yard, at two server processes on one database: `python -m bench.yards`, part of `make bench`."""

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from sqlalchemy import text

from bench.figures import record
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from tests.yards.reservations.crowd import Wish, book_all, check_books, crowd_at, open_yard, quote_all, wishes

DRIVERS: Final = 1000
SPACES: Final = 50
OVERSOLD: Final = text("""
    SELECT count(*) FROM yard_occupations a JOIN yard_occupations b
    ON a.id < b.id AND a.space_id = b.space_id AND a.during && b.during
""")


async def measure(drivers: int = DRIVERS, spaces: int = SPACES) -> Mapping[str, tuple[float, str]]:
    """Fails where anybody is oversold, or an answer is not the truth."""
    with tempfile.TemporaryDirectory() as folder:
        async with crowd_at(Path(folder)) as crowd:
            server = EmbeddedServer(Path(folder))
            database = Database(await server.start(), pool_size=2)
            try:
                yard = await open_yard(database, spaces)
                asked: Sequence[Wish] = wishes(drivers, seed=1)
                await quote_all(crowd, yard, asked)
                began = time.perf_counter()
                await book_all(crowd, asked)
                taken = time.perf_counter() - began
                outcomes = await check_books(database, asked, spaces)
                async with database.engine.connect() as connection:
                    oversold = await connection.scalar(OVERSOLD)
            finally:
                await database.close()
                await server.stop()
    Console().print(f"{outcomes['booked']} booked, {outcomes['full']} full, in {taken:.1f} s")
    what = f"of {drivers} at once for {spaces} spaces of one yard, at two processes"
    return {
        "bookings_oversold": (float(oversold or 0), f"bookings that share a space, {what}"),
        "bookings_per_second": (drivers / taken, f"answers a second to `bookYard`, {what}"),
    }


def main() -> None:
    record(asyncio.run(measure()))


if __name__ == "__main__":
    main()
