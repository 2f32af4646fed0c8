"""What a server does every few seconds, or with each refresh, while there is nothing to do.

SQLAlchemy makes each of its statements in one turn of the event loop, which then answers nobody: where its code is no
longer in the processor's caches, that was up to 40 ms. So it makes none of these.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy import event

from parkgraph.bookings.repository import BookingRepository
from parkgraph.db.engine import Database
from parkgraph.gates.figures import FigureReader
from parkgraph.gates.observer import nobody
from parkgraph.graph.match_pins import MatchPins
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.networks.network import Part
from parkgraph.networks.snapshots import Published, combine
from parkgraph.networks.store import SnapshotStore
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.reading import Reader
from tests.networks.scripted import listing
from tests.yards.reservations.stage import VAULT

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SNAPSHOT = combine(Published({"1": listing("1")}, NOW, NOW))

ROUNDS: dict[str, Callable[[Database], Awaitable[object]]] = {
    "bookings whose networks are to be asked": lambda on: BookingRepository(on).list_due(NOW, 20),
    "reservations that waited long enough": lambda on: Reader(on, VAULT).yards_with_expired(NOW),
    "yards": lambda on: YardRepository(on).list_published(),
    "what other processes learnt of ids": lambda on: PlaceIds(on).read(),
    "what was pinned": lambda on: MatchPins(on).read(),
    "an answer is stored": lambda on: SnapshotStore(on).save("sbb", Part.LISTINGS, SNAPSHOT, None),
    "what another process stored is read": lambda on: SnapshotStore(on).load("sbb"),
    "a fault is announced": lambda on: SnapshotStore(on).announce("sbb", None),
    "gates are counted": lambda on: FigureReader(on, lambda: NOW, nobody).read(),
}


async def test_a_round_makes_no_statement(database: Database) -> None:
    made: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *asked: made.append(asked[2]))
    for name, work in ROUNDS.items():
        await work(database)
        assert [each for each in made if each != "SELECT"] == [], name  # which only begins a transaction
