"""Yards in the database: read as they are stored, changed one at a time."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Update, cast, func, insert, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.db.engine import Database
from parkgraph.db.statement import Statement
from parkgraph.yards.lock import lock
from parkgraph.yards.stored import StoredYard, space_values, yard_values
from parkgraph.yards.tables import YardRow, YardSpaceRow
from parkgraph.yards.yard import Space, Yard

__all__ = ["Edit", "StoredYard", "YardRepository"]

AT_ONCE: Final = 100
"""Yards that are read in one go: whoever asks meanwhile waits for no more."""

_PUBLISHED: Final = Statement("""
SELECT id FROM yards WHERE published_at IS NOT NULL AND withdrawn_at IS NULL AND uuid <> ALL(:hidden) ORDER BY id
""")
_NO_RATES: Final = defer(col(YardRow.rates), raiseload=True)  # type: ignore[arg-type]  # a column is what it takes


@dataclass(frozen=True, slots=True)
class Edit:
    """A yard that nobody else changes or books until the transaction of `session` ends."""

    session: AsyncSession
    key: int
    stored: StoredYard

    async def save(self, before: Yard, after: Yard) -> Yard:
        """The yard as it is stored now. Spaces are told by their ids: one without is new, one that is gone is kept
        for the bookings that it had.
        """
        version = before.version + 1
        changed = update(YardRow).where(col(YardRow.id) == self.key).returning(col(YardRow.updated_at))
        values = {**yard_values(after), "version": version, "updated_at": func.now()}
        updated_at = (await self.session.exec(changed.values(**values))).scalar_one()
        spaces = await self._save_spaces(before.spaces, after.spaces)
        return replace(after, spaces=spaces, version=version, updated_at=updated_at)

    async def _save_spaces(self, before: Sequence[Space], spaces: Sequence[Space]) -> tuple[Space, ...]:
        known = {space.id: space for space in before}
        kept = {space.id: space for space in spaces if space.id is not None}
        if gone := [key for key in known if key not in kept]:
            await self.session.exec(_spaces(*gone).values(removed_at=func.now()))
        changed = {key: space for key, space in kept.items() if space != known[key]}
        if changed:
            # Labels first: two spaces may have changed theirs.
            await self.session.exec(_spaces(*changed).values(label=None))
        for key, space in changed.items():
            await self.session.exec(_spaces(key).values(**space_values(space)))
        return (*kept.values(), *await _add_spaces(self.session, self.key, [s for s in spaces if s.id is None]))


class YardRepository:
    """`hidden`: yards that are neither listed nor found. All methods raise what SQLAlchemy and asyncpg raise."""

    def __init__(self, database: Database, *, hidden: Collection[UUID] = ()) -> None:
        self._database = database
        self._hidden = hidden

    async def list_published(self) -> list[StoredYard]:
        """Every yard that is published and not withdrawn, with its spaces in the order in which they were added."""
        async with self._database.driver() as driver:
            keys = [row["id"] for row in await _PUBLISHED.rows(driver, {"hidden": list(self._hidden)})]
        found: list[StoredYard] = []
        still = col(YardRow.published_at).is_not(None), col(YardRow.withdrawn_at).is_(None)
        for start in range(0, len(keys), AT_ONCE):
            async with self._database.session() as session:
                found += await _list(session, col(YardRow.id).in_(keys[start : start + AT_ONCE]), *still)
        return found

    async def list_owned(self, owner: str, after: UUID | None, limit: int) -> list[StoredYard]:
        """The owner's, the newest first; those made before `after`."""
        conditions = [col(YardRow.owner) == owner]
        if after is not None:
            made = select(YardRow.id).where(YardRow.uuid == after).scalar_subquery()
            conditions.append(col(YardRow.id) < made)
        newest = select(YardRow.id).where(*conditions).order_by(col(YardRow.id).desc()).limit(limit)
        async with self._database.session() as session:
            found = await _list(session, col(YardRow.id).in_(newest))
        return found[::-1]

    async def find(self, yard_id: UUID) -> StoredYard | None:
        """The yard, be it published or not."""
        found = await self.list_of([yard_id])
        return found[0] if found else None

    async def list_of(self, yards: Collection[UUID]) -> list[StoredYard]:
        """Those of these that there are, be they published or not."""
        async with self._database.session() as session:
            return await _list(session, col(YardRow.uuid).in_(yards), col(YardRow.uuid).not_in(self._hidden))

    async def add(self, yard: Yard, fingerprint: bytes | None = None) -> bool:
        """Store the yard and its spaces, unless there is a yard of this id; whether it was stored."""
        row = insert_or(YardRow).values(uuid=yard.id, fingerprint=fingerprint, **yard_values(yard))
        async with self._database.session() as session:
            added = await session.exec(row.on_conflict_do_nothing(index_elements=["uuid"]).returning(col(YardRow.id)))
            key = added.scalar_one_or_none()
            if key is None:
                return False
            await _add_spaces(session, key, yard.spaces)
            await session.commit()
            return True

    @asynccontextmanager
    async def edit(self, yard_id: UUID) -> AsyncIterator[Edit | None]:
        """The yard, if there is one, and nobody else's until the end; what is not committed by then is rolled back."""
        async with self._database.session() as session:
            key = (await session.exec(select(YardRow.id).where(YardRow.uuid == yard_id))).one_or_none()
            if key is None:
                yield None
                return
            await lock(session, key)
            (stored,) = await _list(session, col(YardRow.id) == key, consistent=False)
            yield Edit(session, key, stored)


async def _list(session: AsyncSession, *conditions: ColumnElement[bool], consistent: bool = True) -> list[StoredYard]:
    """By their keys. `consistent`: both queries see the database at one moment."""
    if consistent:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    yards = select(YardRow, cast(YardRow.rates, Text)).where(*conditions).order_by(col(YardRow.id))
    spaces = select(YardSpaceRow).join(YardRow).where(*conditions, col(YardSpaceRow.removed_at).is_(None))
    in_order = (col(YardSpaceRow.yard_id), col(YardSpaceRow.id))
    rows = (await session.exec(yards.options(_NO_RATES))).all()
    of_yards = groupby((await session.exec(spaces.order_by(*in_order))).all(), lambda space: space.yard_id)
    spaces_of: dict[int | None, Sequence[YardSpaceRow]] = {yard: tuple(group) for yard, group in of_yards}
    return [StoredYard(row, rates, spaces_of.get(row.id, ())) for row, rates in rows]


def _spaces(*keys: int | None) -> Update:
    return update(YardSpaceRow).where(col(YardSpaceRow.id).in_(keys))


async def _add_spaces(session: AsyncSession, yard: int, spaces: Sequence[Space]) -> tuple[Space, ...]:
    if not spaces:
        return ()
    rows: list[dict[str, Any]] = [{"yard_id": yard, **space_values(space)} for space in spaces]
    added = insert(YardSpaceRow).returning(col(YardSpaceRow.id), sort_by_parameter_order=True)
    ids = (await session.exec(added, params=rows)).scalars().all()
    return tuple(replace(space, id=key) for space, key in zip(spaces, ids, strict=True))
