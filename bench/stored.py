"""`python -m bench.stored`: 100,000 car parks, those in a box, 50 at a time: beside PostGraphile on PostgreSQL.

`python -m bench.stored serve PORT DATA_DIR` is our server. Its car parks come from a network; they are stored in the
embedded PostgreSQL and served from memory. PostGraphile has the same rows in the same PostgreSQL, with an index over
their positions, and is asked for the same fields, which are nested and whose ids are UUIDs. Rows of plain columns with
numbers as ids, whose answer is a third smaller, are measured beside. No box is asked for twice. What PostgreSQL works
for a server is counted as its own work; the ratio without it stands beside.
"""

import asyncio
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import psutil
import uvicorn
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.figures import record
from bench.load import Cost, ask, measure, request
from bench.peers import NODE, install
from bench.processes import listens, running, yield_first_core
from bench.servers import parkgraph
from parkgraph.db.embedded import EmbeddedServer
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.networks.network import Network
from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, NetworkInfo
from parkgraph.sdk.replay import ReplayClient
from parkgraph.server import configured

POSTGRAPHILE: Final = NODE / "stored"

COUNT: Final = 100_000
IN_A_ROW: Final = 400
SOUTH, WEST, STEP = 36.0, -10.0, 0.01
"""Where the first one is, and how far the next, in degrees."""

ROWS, COLUMNS = 7, 8
"""Of a box: a little more than a page."""

ROUNDS: Final = 3
SECONDS: Final = 3.0
WARM_UP_SECONDS: Final = 2.0
READY_SECONDS: Final = 600.0

FIELDS: Final = "id name kind address operator capacity location { latitude longitude } occupancy { vacant }"
OURS: Final = f"""
query Box($south: Float!, $west: Float!, $north: Float!, $east: Float!) {{
  within(bounds: {{south: $south, west: $west, north: $north, east: $east}}, first: 50) {{ nodes {{ {FIELDS} }} }}
}}
"""
THEIRS: Final = f"""
query Box($south: Float!, $west: Float!, $north: Float!, $east: Float!) {{
  lotsWithinList(south: $south, west: $west, north: $north, east: $east, first: 50) {{ {FIELDS} }}
}}
"""
FLAT: Final = """
query Box($south: Float!, $west: Float!, $north: Float!, $east: Float!) {
  flatWithinList(south: $south, west: $west, north: $north, east: $east, first: 50) {
    id name kind address operator capacity latitude longitude vacant
  }
}
"""
TABLES: Final = f"""
CREATE SCHEMA lots;
CREATE TABLE lots.flat (
    id integer PRIMARY KEY, name text NOT NULL, kind text NOT NULL, address text, operator text, capacity integer,
    vacant integer, latitude double precision NOT NULL, longitude double precision NOT NULL
);
INSERT INTO lots.flat
    SELECT n, 'Parkplatz ' || n, 'SURFACE', 'Straße ' || n, 'Beispiel GmbH', 50 + n % 500, n % 50,
        {SOUTH} + n / {IN_A_ROW} * {STEP}, {WEST} + n % {IN_A_ROW} * {STEP}
    FROM generate_series(0, {COUNT - 1}) n;
CREATE INDEX ON lots.flat USING gist (point(longitude, latitude));
CREATE FUNCTION lots.flat_within(south double precision, west double precision, north double precision,
        east double precision) RETURNS SETOF lots.flat LANGUAGE sql STABLE AS
    'SELECT * FROM lots.flat WHERE point(longitude, latitude) <@ box(point(west, south), point(east, north))';

CREATE TYPE lots.kind AS ENUM ('GARAGE', 'SURFACE');
CREATE TYPE lots.coordinates AS (latitude double precision, longitude double precision);
CREATE TYPE lots.occupancy AS (vacant integer);
CREATE TABLE lots.lots (
    id uuid PRIMARY KEY, name text NOT NULL, kind lots.kind NOT NULL, address text, operator text, capacity integer,
    location lots.coordinates NOT NULL, occupancy lots.occupancy
);
INSERT INTO lots.lots
    SELECT gen_random_uuid(), name, kind::lots.kind, address, operator, capacity,
        ROW(latitude, longitude)::lots.coordinates, ROW(vacant)::lots.occupancy
    FROM lots.flat;
CREATE INDEX ON lots.lots USING gist (point((location).longitude, (location).latitude));
CREATE FUNCTION lots.lots_within(south double precision, west double precision, north double precision,
        east double precision) RETURNS SETOF lots.lots LANGUAGE sql STABLE AS
    'SELECT * FROM lots.lots
     WHERE point((location).longitude, (location).latitude) <@ box(point(west, south), point(east, north))';
"""


class Lots(FeedAdapter[AdapterSettings]):
    """The rows of TABLES."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self) -> None:
        super().__init__(AdapterSettings(), ReplayClient(Path()))

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo("Lots", ZoneInfo("Europe/Berlin"), frozenset({Capability.LISTINGS}))

    async def listings(self) -> Batch[Listing]:
        return await asyncio.to_thread(lambda: Batch(tuple(map(_lot, range(COUNT)))))


def _lot(number: int) -> Listing:
    row, column = divmod(number, IN_A_ROW)
    return Listing(
        local_id=str(number),
        name=f"Parkplatz {number}",
        location=Coordinates(SOUTH + row * STEP, WEST + column * STEP),
        kind=PlaceKind.SURFACE,
        address=f"Straße {number}",
        operator="Beispiel GmbH",
        capacity=50 + number % 500,
        occupancy=Occupancy(number % 50, 50 + number % 500, OccupancyLevel.VACANT),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request cost the server, and PostgreSQL for it (ms of CPU)."""

    cost: Cost
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.cost.cpu_ms + self.database_ms


async def costs(rounds: int = ROUNDS) -> dict[str, list[Asked]]:
    """Of both servers in each round, PostGraphile's with each of its tables."""
    found: dict[str, list[Asked]] = {"parkgraph": [], "postgraphile": [], "flat": []}
    with tempfile.TemporaryDirectory() as folder:
        database = EmbeddedServer(Path(folder))
        url = await database.start()
        try:
            await _fill(url)
            postmaster = _postmaster(folder)
            serve = [sys.executable, "-m", "bench.stored", "serve"]
            with (
                running(lambda port: [*serve, str(port), folder], listens) as ours,
                running(lambda port: ["node", "server.mjs", str(port), url], listens, POSTGRAPHILE) as theirs,
            ):
                _await_places(ours[0])
                asked = {
                    "parkgraph": (*ours, _boxes(ours[0], OURS)),
                    "postgraphile": (*theirs, _boxes(theirs[0], THEIRS)),
                    "flat": (*theirs, _boxes(theirs[0], FLAT)),
                }
                for (port, process, boxes), query in zip(asked.values(), (OURS, THEIRS, FLAT), strict=True):
                    for box in _cover(port, query):
                        await ask(port, box)
                    await measure(port, process, WARM_UP_SECONDS, boxes)
                for _ in track(range(rounds), "Measuring stored places", console=Console(stderr=True)):
                    for kind, (port, process, boxes) in asked.items():
                        before = _seconds(postmaster)
                        cost = await measure(port, process, SECONDS, boxes)
                        worked = 1000 * (_seconds(postmaster) - before)
                        found[kind].append(Asked(cost, worked / (cost.rate * SECONDS)))
        finally:
            await database.stop()
    return found


def main() -> None:
    console = Console()
    missing = install(POSTGRAPHILE)
    if missing:
        console.print(missing)
        return
    yield_first_core()
    found = asyncio.run(costs())
    table = Table("Server", "CPU ms", "PostgreSQL's", "Requests a second", "p50 ms", "p99 ms", "RSS MB", "kB")
    for kind, rows in found.items():
        of = {name: statistics.median(getattr(row.cost, name) for row in rows) for name in Cost.__slots__}
        database_ms = statistics.median(row.database_ms for row in rows)
        table.add_row(
            kind, f"{of['cpu_ms']:.3f}", f"{database_ms:.3f}", f"{of['rate']:.0f}", f"{of['p50_ms']:.1f}",
            f"{of['p99_ms']:.1f}", f"{of['rss_mb']:.0f}", f"{of['bytes'] / 1000:.1f}",
        )  # fmt: skip
    console.print(table)
    what = "requests a second of CPU, ratio, 50 of 100,000 places in a box, PostgreSQL's {}"
    figures = {
        "stored_vs_postgraphile": (_ratio(found, "postgraphile"), what.format("included")),
        "stored_vs_postgraphile_alone": (_ratio(found, "postgraphile", alone=True), what.format("left out")),
        "stored_vs_postgraphile_flat": (_ratio(found, "flat"), what.format("included; its rows flat, a third smaller")),
    }
    for name, (value, unit) in figures.items():
        console.print(f"{name}: {value:.3f} ({unit})")
    record(figures)


def _ratio(found: Mapping[str, Sequence[Asked]], kind: str, *, alone: bool = False) -> float:
    """How many times as many requests ParkGraph answers for the same time of the processor."""
    pairs = zip(found[kind], found["parkgraph"], strict=True)
    if alone:
        return statistics.median(theirs.cost.cpu_ms / ours.cost.cpu_ms for theirs, ours in pairs)
    return statistics.median(theirs.cpu_ms / ours.cpu_ms for theirs, ours in pairs)


def _postmaster(folder: str) -> psutil.Process:
    return psutil.Process(int(next(Path(folder).rglob("postmaster.pid")).read_text().split()[0]))


def _seconds(postmaster: psutil.Process) -> float:
    """Of CPU, that PostgreSQL used so far."""
    times = [process.cpu_times() for process in (postmaster, *postmaster.children(recursive=True))]
    return sum(spent.user + spent.system for spent in times)


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES)
    await connection.execute("ANALYZE lots.flat, lots.lots")
    await connection.close()


def _boxes(port: int, query: str) -> Iterator[bytes]:
    """By chance, no two of them alike."""
    chance = Random(7)
    for nth in count():
        south = SOUTH + (chance.randrange(COUNT // IN_A_ROW - ROWS) - 0.5) * STEP + nth * 1e-9
        west = WEST + (chance.randrange(IN_A_ROW - COLUMNS) - 0.5) * STEP
        box = {"south": south, "west": west, "north": south + ROWS * STEP, "east": west + COLUMNS * STEP}
        yield request(port, box, query)


def _cover(port: int, query: str) -> Iterator[bytes]:
    """Every place is in one of these: both servers have seen them all before they are measured."""
    for row in range(0, COUNT // IN_A_ROW, ROWS):
        for column in range(0, IN_A_ROW, COLUMNS - 1):
            south, west = SOUTH + (row - 0.5) * STEP, WEST + (column - 0.5) * STEP
            box = {"south": south, "west": west, "north": south + ROWS * STEP, "east": west + (COLUMNS - 1) * STEP}
            yield request(port, box, query)


def _await_places(port: int) -> None:
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        page = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
        if f"parkgraph_places {COUNT}.0" in page.splitlines():
            return
        time.sleep(1)
    raise TimeoutError(f"{COUNT} places were not there after {READY_SECONDS:g} s")


def _serve(port: int, data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", port), backlog=2048) as listener:
        uvicorn.Server(configured(parkgraph(data_dir, [Network("lots", Lots())]))).run([listener])


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _serve(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
