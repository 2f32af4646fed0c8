"""Snapshots in the database: what a restart serves at once, and what other processes follow.

Table `snapshots`, one row for each answer of a network. What is written is announced in the same transaction, on
CHANNEL: the network's id, followed by the code of its fault where the last attempt was not good ("sbb", "sbb DENIED").
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Generic, TypeVar

import asyncpg
import structlog

from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement
from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.networks import stored_form
from parkgraph.networks.network import Part
from parkgraph.networks.reports import Code
from parkgraph.networks.seen import together
from parkgraph.networks.sharing import kept
from parkgraph.networks.snapshots import Live, Published, Snapshot, combine
from parkgraph.networks.stored_form import Body, Particulars, Reader
from parkgraph.pauses import give_back_mappings, in_thread

_log = structlog.get_logger(__name__)

CHANNEL: Final = "parkgraph_snapshots"
_SEEN_LOCK: Final = 1_580_438
"""First half of the advisory lock's key under which processes take turns in merging what their searches saw."""

PATIENCE_S: Final = 15.0
"""With the database, for one snapshot."""

Item = TypeVar("Item", Listing, OccupancyUpdate)
Put = Callable[[asyncpg.Connection], Awaitable[None]]

_TIMES: Final = Statement("SELECT digest, as_of, taken_at FROM snapshots WHERE network = :network AND part = :part")
_WHOLE: Final = Statement(
    "SELECT digest, as_of, taken_at, body FROM snapshots WHERE network = :network AND part = :part"
)
_MOVE_TIMES: Final = Statement("""
UPDATE snapshots SET as_of = :as_of, taken_at = :taken_at
WHERE network = :network AND part = :part AND digest = :digest RETURNING network
""")
_REPLACE: Final = Statement("""
INSERT INTO snapshots (network, part, body, digest, as_of, taken_at, items, rejected)
VALUES (:network, :part, :body, :digest, :as_of, :taken_at, :items, :rejected)
ON CONFLICT (network, part) DO UPDATE SET body = excluded.body, digest = excluded.digest, as_of = excluded.as_of,
    taken_at = excluded.taken_at, items = excluded.items, rejected = excluded.rejected
""")
_ANNOUNCE: Final = Statement("SELECT pg_notify(:channel, :payload)")
_TAKE_TURN: Final = Statement(f"SELECT pg_advisory_xact_lock({_SEEN_LOCK}, hashtext(:network))")


class SnapshotStore:
    """Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    def __init__(self, database: Database, sources: Mapping[str, str] | None = None) -> None:
        """`sources`: where each network has its data from; what was stored from elsewhere counts as absent."""
        self._sources = sources or {}
        self._database = database
        self._listings = _Shelf(Part.LISTINGS, stored_form.LISTINGS)
        self._occupancies = _Shelf(Part.OCCUPANCIES, stored_form.OCCUPANCIES)
        # Two that are written at once keep everybody else waiting for their turn of the interpreter twice as long.
        self._turn = asyncio.Lock()

    async def load(self, network_id: str) -> Snapshot | None:
        """What is stored of a network. A body that cannot be read any more counts as absent."""
        async with self._database.driver() as driver:
            return await self._load(driver, network_id)

    async def save(self, network_id: str, part: Part, snapshot: Snapshot, fault: Code | None) -> None:
        """Store one answer of a feed network. An unchanged one only moves its times.

        The database has PATIENCE_S for it; to write a large answer may take longer, and is not its fault.
        """
        put: Put | None = None
        if part is Part.LISTINGS:
            put = await self._prepared(network_id, snapshot)
        elif snapshot.live:
            put = await self._prepared_live(network_id, snapshot.live)
        async with asyncio.timeout(PATIENCE_S), self._database.driver() as driver, driver.transaction():
            if put:
                await put(driver)
            await _announce(driver, network_id, fault)

    async def save_seen(self, network_id: str, seen: Snapshot) -> None:
        """Store what searches of this process saw, together with what those of others did."""
        async with self._database.driver() as driver, driver.transaction():
            await _TAKE_TURN.rows(driver, {"network": network_id})
            merged, _ = together(await self._load(driver, network_id), seen)
            put = await self._prepared(network_id, merged)
            await put(driver)
            await _announce(driver, network_id)

    async def announce(self, network_id: str, fault: Code | None) -> None:
        """Tell the processes that follow."""
        async with self._database.driver() as driver:
            await _announce(driver, network_id, fault)

    async def _load(self, driver: asyncpg.Connection, network_id: str) -> Snapshot | None:
        stored = await self._listings.take(driver, network_id)
        if stored is None or stored.particulars.source != self._source(network_id):
            return None
        particulars = stored.particulars
        published = Published(
            stored.items, stored.as_of, stored.taken_at, particulars.rejected, particulars.smaller_since
        )
        live = await self._occupancies.take(driver, network_id)
        if live is None or live.particulars.source != self._source(network_id):
            return await in_thread(combine, published)
        updates = Live(live.items, live.as_of, live.taken_at, live.particulars.rejected)
        return await in_thread(combine, published, updates)

    def _source(self, network_id: str) -> str:
        return self._sources.get(network_id, "")

    async def _prepared(self, network_id: str, snapshot: Snapshot) -> Put:
        of = snapshot.published
        particulars = Particulars(source=self._source(network_id), rejected=of.rejected, smaller_since=of.smaller_since)
        async with self._turn:
            return await self._listings.prepared(network_id, Stored(of.listings, of.as_of, of.taken_at, particulars))

    async def _prepared_live(self, network_id: str, live: Live) -> Put:
        particulars = Particulars(source=self._source(network_id), rejected=live.rejected)
        async with self._turn:
            return await self._occupancies.prepared(
                network_id, Stored(live.updates, live.as_of, live.taken_at, particulars)
            )


@dataclass(frozen=True, slots=True)
class Stored(Generic[Item]):
    """One row of the table, read."""

    items: Mapping[str, Item]
    as_of: datetime | None
    taken_at: datetime
    particulars: Particulars


class _Shelf(Generic[Item]):
    """The rows of one part. Remembers the last one, so that an unchanged body is not read again."""

    def __init__(self, part: Part, reader: Reader[Item]) -> None:
        self._part = part
        self._reader: Reader[Item] = reader
        self._last: dict[str, tuple[str, Particulars, Mapping[str, Item]]] = {}

    async def take(self, driver: asyncpg.Connection, network_id: str) -> Stored[Item] | None:
        where = {"network": network_id, "part": self._part}
        found = await _TIMES.row(driver, where)
        if found is None:
            return None
        digest, as_of, taken_at = found
        if network_id not in self._last or self._last[network_id][0] != digest:
            found = await _WHOLE.row(driver, where)
            if found is None:
                return None
            digest, as_of, taken_at, body = found
            before = self._last[network_id][2] if network_id in self._last else {}
            try:
                particulars, items = await in_thread(self._read, body, before)
            except ValueError:
                _log.warning("stored_snapshot_unreadable", network=network_id, part=self._part)
                return None
            del before
            await self._remember(network_id, digest, particulars, items)
        _, known_particulars, known_items = self._last[network_id]
        return Stored(known_items, as_of, taken_at, known_particulars)

    def _read(self, body: bytes, before: Mapping[str, Item]) -> tuple[Particulars, Mapping[str, Item]]:
        particulars, items = self._reader.read(body, before.values())
        return particulars, kept(items, before)

    async def _remember(
        self, network_id: str, digest: str, particulars: Particulars, items: Mapping[str, Item]
    ) -> None:
        """Instead of the last one, of which nobody else may have anything by now: it goes bit by bit."""
        _, _, before = self._last.pop(network_id, (None, None, items))
        self._last[network_id] = (digest, particulars, items)
        gone: list[Mapping[Any, object]] = [] if before is items else [before]
        del before
        await give_back_mappings(gone)

    async def prepared(self, network_id: str, stored: Stored[Item]) -> Put:
        """What puts it there, once its body is written."""
        body = await asyncio.to_thread(stored_form.write, stored.items.values(), stored.particulars)
        return partial(self._put, network_id, stored, body)

    async def _put(self, network_id: str, stored: Stored[Item], body: Body, driver: asyncpg.Connection) -> None:
        await self._remember(network_id, body.digest, stored.particulars, stored.items)
        values = {
            "network": network_id,
            "part": self._part,
            "body": body.compressed,
            "digest": body.digest,
            "as_of": stored.as_of,
            "taken_at": stored.taken_at,
            "items": len(stored.items),
            "rejected": len(stored.particulars.rejected),
        }
        if await _MOVE_TIMES.row(driver, values) is None:
            await _REPLACE.rows(driver, values)


async def _announce(driver: asyncpg.Connection, network_id: str, fault: Code | None = None) -> None:
    payload = f"{network_id} {fault}" if fault else network_id
    await _ANNOUNCE.rows(driver, {"channel": CHANNEL, "payload": payload})
