"""Where place ids are kept: in memory for answers, in the database for ever."""

import asyncio
from collections.abc import Mapping, Sequence
from sys import intern
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import Boolean, Text, Uuid, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine
from sqlmodel import col

from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement, begun
from parkgraph.domain.place import ListingKey
from parkgraph.graph.identity import Identities, Members
from parkgraph.graph.tables import PlaceListingRow, PlaceRow

CHUNK: Final = 1_000
"""Ids that are written at a time: to put them together must not keep a query waiting."""

PATIENCE_S: Final = 15.0
"""With the database, each time."""

_LOCK: Final = 7_305_804_385_009
"""Processes write ids one at a time: what is new to one has then a higher number than all that it read before."""


class PlaceIds:
    """`identities` is what the rules work on; what could not be stored yet is stored with the next.

    Every process on a database writes the ids that it hands out, and reads those of the others.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.identities = Identities()
        self._stored: dict[UUID, Members] = {}
        """What is stored of each id of which more is known; of all others what is known is stored."""
        self._read_to = (0, 0)

    async def read(self) -> frozenset[UUID]:
        """Take over what was handed out by others: the ids that changed by that. Raises DATABASE_FAULTS."""
        async with asyncio.timeout(PATIENCE_S), self._database.driver() as driver:
            return await self._read(driver)

    def learn(self, learnt: Mapping[UUID, Members]) -> None:
        """These ids stand for these listings from now on."""
        for place_id, listings in learnt.items():
            self._stored.setdefault(place_id, self.identities.listings_of(place_id))
            self.identities.put(place_id, listings)

    async def store(self) -> frozenset[UUID]:
        """Write what is not stored yet; the ids of which others wrote meanwhile. Raises DATABASE_FAULTS."""
        touched: set[UUID] = set()
        place_ids = self.identities.eldest_first(self._stored)
        for start in range(0, len(place_ids), CHUNK):
            touched |= await self._store(place_ids[start : start + CHUNK])
        if not self._stored:
            self._stored = {}  # one that was emptied stays as large as it was
        return frozenset(touched)

    async def _store(self, place_ids: Sequence[UUID]) -> frozenset[UUID]:
        async with asyncio.timeout(PATIENCE_S), self._database.engine.begin() as connection:
            touched = await self._read(await begun(connection, _TAKE_TURN))
            ages, read_to = await self._write(connection, place_ids)
        for place_id in place_ids:
            self.identities.put(place_id, self.identities.listings_of(place_id), ages.get(place_id))
            del self._stored[place_id]
        self._read_to = read_to
        return touched

    async def _read(self, driver: asyncpg.Connection) -> frozenset[UUID]:
        places, members = self._read_to
        # In this order: whatever joins an id was written after the id itself.
        joined = await _JOINED.rows(driver, {"than": members})
        founded = await _FOUNDED.rows(driver, {"than": places})
        ages: dict[UUID, int] = {}
        changed: dict[UUID, list[ListingKey]] = {}
        for seq, place_id, network, local_id in founded:
            changed[place_id] = [ListingKey(intern(network), local_id)]
            ages[place_id] = places = seq
        for seq, place_id, network, local_id, stands in joined:
            listings = changed.setdefault(place_id, list(self._stored_of(place_id)))
            key, members = ListingKey(intern(network), local_id), seq
            if key in listings[1:]:
                listings.remove(key)
            if stands and key not in listings:
                listings.append(key)
        for place_id, listings in changed.items():
            stored = known = tuple(listings)
            if place_id in self._stored:
                self._stored[place_id], known = stored, self.identities.listings_of(place_id)
            self.identities.put(place_id, known, ages.get(place_id))
        self._read_to = (places, members)
        return frozenset(changed)

    def _stored_of(self, place_id: UUID) -> Members:
        stored = self._stored.get(place_id)
        return self.identities.listings_of(place_id) if stored is None else stored

    async def _write(
        self, connection: AsyncConnection, place_ids: Sequence[UUID]
    ) -> tuple[Mapping[UUID, int], tuple[int, int]]:
        """The ages of new ids, and up to where all is read once this is committed."""
        places, members = self._read_to
        ages: dict[UUID, int] = {}
        if founded := [(i, *self.identities.listings_of(i)[0]) for i in place_ids if not self._stored[i]]:
            ages = dict((await connection.execute(_founding(founded))).all())
        if changes := [row for place_id in place_ids for row in self._changes(place_id)]:
            members = max((await connection.execute(_joining(changes))).scalars().all())
        return ages, (max(places, *ages.values(), 0), members)

    def _changes(self, place_id: UUID) -> list[tuple[UUID, str, str, bool]]:
        """The rows by which what is stored of the id becomes what is known."""
        after, before = self.identities.listings_of(place_id), self._stored[place_id]
        gone = [(place_id, *key, False) for key in before if key not in after]
        return gone + [(place_id, *key, True) for key in after[1:] if key not in before]


_TAKE_TURN: Final = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_FOUNDED: Final = Statement("SELECT seq, id, network, local_id FROM places WHERE seq > :than ORDER BY seq")
_JOINED: Final = Statement(
    "SELECT seq, place_id, network, local_id, stands FROM place_listings WHERE seq > :than ORDER BY seq"
)


def _founding(rows: Sequence[tuple[Any, ...]]) -> ReturningInsert[Any]:
    """Of id, network and local id; gives back each id and its number."""
    ids, networks, local_ids = zip(*rows, strict=True)
    founders = select(_column(ids, Uuid), _column(networks, Text), _column(local_ids, Text))
    statement = insert(PlaceRow).from_select(["id", "network", "local_id"], founders)
    returned: list[Any] = [col(PlaceRow.id), col(PlaceRow.seq)]
    return statement.returning(*returned)


def _joining(rows: Sequence[tuple[Any, ...]]) -> ReturningInsert[Any]:
    """Of id, network, local id and whether the id stands for it; gives back the numbers."""
    ids, networks, local_ids, stands = zip(*rows, strict=True)
    members = select(_column(ids, Uuid), _column(networks, Text), _column(local_ids, Text), _column(stands, Boolean))
    statement = insert(PlaceListingRow).from_select(["place_id", "network", "local_id", "stands"], members)
    numbered = statement.on_conflict_do_update(
        index_elements=["place_id", "network", "local_id"],
        set_={"stands": statement.excluded.stands, "seq": text("DEFAULT")},
    )
    return numbered.returning(col(PlaceListingRow.seq))


def _column(values: Sequence[Any], kind: type[TypeEngine[Any]]) -> Any:
    return func.unnest(literal(list(values), ARRAY(kind)))
