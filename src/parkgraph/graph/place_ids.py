"""Where place ids are kept: in memory for answers, in the database for ever."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.place import ListingKey, Place
from parkgraph.graph.identity import Known
from parkgraph.graph.tables import PlaceListingRow, PlaceRow

log = structlog.get_logger()

CHUNK = 5_000


class PlaceIds:
    """`known` is what identity rules work on; what could not be saved yet is saved with the next record."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._founders: dict[UUID, ListingKey] = {}
        self._members: dict[ListingKey, UUID] = {}
        self._saved_founders: dict[UUID, ListingKey] = {}
        self._saved_members: dict[ListingKey, UUID] = {}

    @property
    def known(self) -> Known:
        return Known(self._founders, self._members)

    async def reload(self) -> None:
        """Read what was handed out. A database that cannot be reached leaves what is known."""
        try:
            async with self._database.session() as session:
                founders = await session.exec(
                    select(PlaceRow.id, PlaceRow.network, PlaceRow.local_id).order_by(col(PlaceRow.seq))
                )
                members = await session.exec(
                    select(PlaceListingRow.network, PlaceListingRow.local_id, PlaceListingRow.place_id)
                )
        except DATABASE_FAULTS as fault:
            log.warning("place_ids_not_read", fault=type(fault).__name__)
            return
        self._saved_founders = {place_id: ListingKey(network, local_id) for place_id, network, local_id in founders}
        self._saved_members = {ListingKey(network, local_id): place_id for network, local_id, place_id in members}
        self._founders, self._members = dict(self._saved_founders), dict(self._saved_members)

    async def record(self, places: Iterable[Place], *, save: bool) -> None:
        """Remember what these places are called, and with `save` write it down."""
        for place in places:
            self._founders.setdefault(place.id, min(key for key, _ in place.listings))
            self._members.update({key: place.id for key, _ in place.listings})
        if save:
            try:
                await self._save()
            except DATABASE_FAULTS as fault:
                log.warning("place_ids_not_saved", fault=type(fault).__name__)

    async def _save(self) -> None:
        founders = {i: key for i, key in self._founders.items() if i not in self._saved_founders}
        members = {key: i for key, i in self._members.items() if self._saved_members.get(key) != i}
        if not (founders or members):
            return
        async with self._database.session() as session:
            for rows in _chunks([{"id": i, "network": k.network, "local_id": k.local_id} for i, k in founders.items()]):
                await session.exec(insert(PlaceRow).values(rows).on_conflict_do_nothing())
            for rows in _chunks(
                [{"network": k.network, "local_id": k.local_id, "place_id": i} for k, i in members.items()]
            ):
                statement = insert(PlaceListingRow).values(rows)
                await session.exec(
                    statement.on_conflict_do_update(
                        index_elements=["network", "local_id"], set_={"place_id": statement.excluded.place_id}
                    )
                )
            await session.commit()
        self._saved_founders |= founders
        self._saved_members |= members


def _chunks(rows: list[dict[str, object]]) -> Iterable[list[dict[str, object]]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
