"""The calendar of a large yard: 90 days of 200 spaces with 72,000 bookings, as many before and in another yard."""

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench.figures import record
from parkgraph.db import migrations
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.db.engine import Database
from parkgraph.domain.geo import Coordinates
from parkgraph.yards.calendar.ranges import Window
from parkgraph.yards.calendar.reader import CALENDAR, CalendarReader
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.yard import Space, Yard

SPACES = 200
DAYS = 90
BEGINS = datetime(2027, 1, 1, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=DAYS)
TIMES = 15

TARIFFS = "INSERT INTO yard_tariffs (yard_id, digest, rates) SELECT id, '', '{}' FROM yards"
BOOKINGS = """
INSERT INTO yard_bookings (uuid, yard_id, space_id, principal, key_digest, fingerprint, quote, status, arrive, leave,
    vehicle, plate, plate_digest, total_amount, paid_amount, currency, lines, tariff_id, free_hours, refund_percent,
    needs_approval, version, created_at, updated_at)
SELECT gen_random_uuid(), s.yard_id, s.id, 'driver', decode(md5(s.id || ' ' || n), 'hex'), '', gen_random_uuid(),
    'CONFIRMED', b + n * interval '6 hours', b + n * interval '6 hours' + interval '5 hours', '{}', '', '',
    6, 6, 'EUR', '[]', t.id, 24, 0, false, 1, b, b
FROM (SELECT $1::timestamptz AS b) begins CROSS JOIN generate_series(-4 * $2::int, 4 * $2 - 1) n
    CROSS JOIN yard_spaces s
    JOIN yard_tariffs t USING (yard_id)
WHERE n >= 0 OR s.yard_id = (SELECT min(id) FROM yards)
ORDER BY random()
"""
"""Four stays of five hours a day on every space, in no order."""

OCCUPATIONS = """
INSERT INTO yard_occupations (yard_id, space_id, during, kind, booking_id)
SELECT yard_id, space_id, tstzrange(arrive, leave), 'BOOKING', id FROM yard_bookings ORDER BY id
"""


async def measure() -> tuple[list[float], list[float]]:
    """(in the database, read into ranges), each in ms."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder))
        database = Database(await server.start())
        try:
            await migrations.upgrade(database)
            large = await _fill(database)
            return await _explained(database, large), await _read(database, large)
        finally:
            await database.close()
            await server.stop()


async def _fill(database: Database) -> UUID:
    yards = [_yard(), _yard()]
    for yard in yards:
        await YardRepository(database).add(yard)
    maintenance = await database.connect()
    await maintenance.execute(TARIFFS)
    await maintenance.execute(BOOKINGS, BEGINS, DAYS)
    await maintenance.execute(OCCUPATIONS)
    await maintenance.execute("VACUUM (ANALYZE) yard_occupations, yard_spaces, yards")
    await maintenance.close()
    return yards[0].id


async def _explained(database: Database, yard: UUID) -> list[float]:
    values = {"yard": yard, "after": 0, "first": SPACES, "begins": BEGINS, "ends": ENDS, "now": BEGINS}
    explain = text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {CALENDAR}")
    taken = []
    async with database.engine.connect() as connection:
        for _ in range(TIMES):
            (plan,) = (await connection.execute(explain, values)).scalar_one()
            assert plan["Plan"]["Actual Rows"] == SPACES + 4 * DAYS * SPACES
            taken.append(float(plan["Execution Time"]))
    return taken


async def _read(database: Database, yard: UUID) -> list[float]:
    reader = CalendarReader(database, clock=lambda: BEGINS)
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        spaces = await reader.spaces(yard, Window(BEGINS, ENDS))
        taken.append((time.perf_counter() - started) * 1000)
        assert len(spaces) == SPACES
    return taken


def _yard() -> Yard:
    spaces = tuple(Space(str(n)) for n in range(SPACES))
    return Yard(uuid4(), "Hof", Coordinates(48.78, 9.18), ZoneInfo("Europe/Berlin"), "DE", spaces)


def main() -> None:
    explained, read = asyncio.run(measure())
    table = Table("Calendar of 72,000 bookings", "median ms", "worst ms")
    for name, taken in (("in the database", explained), ("read into ranges", read)):
        table.add_row(name, f"{statistics.median(taken):.1f}", f"{max(taken):.1f}")
    Console().print(table)
    unit = "ms in the database, median: 90 days of 200 spaces, 72,000 bookings"
    record({"calendar_ms": (statistics.median(explained), unit)})


if __name__ == "__main__":
    main()
