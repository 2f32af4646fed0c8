"""Where pins are kept: in memory for matching, in the database for ever."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.db.statement import Statement
from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching import NO_PINS, Pins
from parkgraph.graph.pins import Pin, as_pins, contradicting, pairs
from parkgraph.graph.tables import MatchPinRow, PlaceListingRow, PlaceRow
from parkgraph.networks.service import LOOK_AGAIN
from parkgraph.networks.store import CHANNEL

_LOCK: Final = 7_305_804_385_010
"""Pins are changed one at a time, so that none contradicts another."""

PATIENCE_S: Final = 15.0
"""With the database, each time."""

_STAMP: Final = Statement("SELECT count(*), max(seq) FROM match_pins")

_PAIR: Final = tuple_(
    col(MatchPinRow.network_a), col(MatchPinRow.local_id_a), col(MatchPinRow.network_b), col(MatchPinRow.local_id_b)
)


class PinsUnavailable(Exception):
    """The database is not to be had right now. The same may be asked again."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Nothing was pinned: of two listings that `pin` holds apart, others hold together."""

    pin: Pin


class MatchPins:
    """`current`: as this process has read them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stamp: tuple[int, int | None] = (0, None)
        self.current: Pins = NO_PINS

    async def read(self) -> None:
        """Take over what was pinned since. Raises DATABASE_FAULTS."""
        async with asyncio.timeout(PATIENCE_S):
            async with self._database.driver() as driver:
                ((count, last),) = await _STAMP.rows(driver, {})
            if (count, last) != self._stamp:
                async with self._database.session() as session:
                    self.current = as_pins(await _all(session))
                self._stamp = (count, last)

    async def list(self) -> Sequence[Pin]:
        """All, in the order in which they were made. Raises PinsUnavailable."""
        async with self._session() as session:
            return await _all(session)

    async def pin(
        self, keys: Iterable[ListingKey], *, same: bool, by: str | None = None
    ) -> Sequence[Pin] | Contradiction:
        """Decide it of every two of these listings; a later word about two of them replaces an earlier one.

        Raises ValueError for fewer than two listings and for one that never was in any place, PinsUnavailable.
        """
        now, keys = datetime.now(UTC), set(keys)
        new = [Pin(a, b, same, now, by) for a, b in pairs(keys)]
        async with self._session() as session:
            for stranger in sorted(keys - await _seen(session, keys)):
                raise ValueError(f"there never was a listing {stranger.local_id!r} of {stranger.network!r}")
            await session.exec(select(func.pg_advisory_xact_lock(_LOCK)))
            kept = {pin.pair: pin for pin in await _all(session)}
            wrong = contradicting([*(kept | {pin.pair: pin for pin in new}).values()])
            if wrong:
                return Contradiction(wrong)
            statement = insert(MatchPinRow).values([_values(pin) for pin in new])
            changed = {name: statement.excluded[name] for name in ("same", "pinned_by", "pinned_at")}
            await session.exec(
                statement.on_conflict_do_update(
                    index_elements=["network_a", "local_id_a", "network_b", "local_id_b"],
                    set_=changed | {"seq": text("DEFAULT")},
                )
            )
            await _announce(session)
            await session.commit()
        return new

    async def unpin(self, keys: Iterable[ListingKey]) -> Sequence[Pin]:
        """Leave every two of these listings to matching again: the pins that there were.

        Raises ValueError for fewer than two listings, PinsUnavailable.
        """
        wanted = [(*a, *b) for a, b in pairs(keys)]
        async with self._session() as session:
            await session.exec(select(func.pg_advisory_xact_lock(_LOCK)))
            rows = await session.exec(delete(MatchPinRow).where(_PAIR.in_(wanted)).returning(MatchPinRow))
            gone = [_read(row) for row in rows.scalars().all()]
            await _announce(session)
            await session.commit()
        return gone

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        try:
            async with asyncio.timeout(PATIENCE_S), self._database.session() as session:
                yield session
        except DATABASE_FAULTS:
            raise PinsUnavailable from None


async def _all(session: AsyncSession) -> list[Pin]:
    return [_read(row) for row in (await session.exec(select(MatchPinRow).order_by(col(MatchPinRow.seq)))).all()]


async def _seen(session: AsyncSession, keys: Collection[ListingKey]) -> set[ListingKey]:
    """Those of the listings that are or were in a place."""
    founders = select(PlaceRow.network, PlaceRow.local_id)
    others = select(PlaceListingRow.network, PlaceListingRow.local_id)
    founding = await session.exec(founders.where(tuple_(col(PlaceRow.network), col(PlaceRow.local_id)).in_(keys)))
    joining = await session.exec(
        others.where(tuple_(col(PlaceListingRow.network), col(PlaceListingRow.local_id)).in_(keys))
    )
    return {ListingKey(*row) for row in (*founding, *joining)}


async def _announce(session: AsyncSession) -> None:
    await session.exec(select(func.pg_notify(CHANNEL, LOOK_AGAIN)))


def _values(pin: Pin) -> dict[str, object]:
    return {
        "network_a": pin.a.network,
        "local_id_a": pin.a.local_id,
        "network_b": pin.b.network,
        "local_id_b": pin.b.local_id,
        "same": pin.same,
        "pinned_by": pin.by,
        "pinned_at": pin.at,
    }


def _read(row: MatchPinRow) -> Pin:
    a, b = ListingKey(row.network_a, row.local_id_a), ListingKey(row.network_b, row.local_id_b)
    return Pin(a, b, row.same, row.pinned_at, row.pinned_by)
