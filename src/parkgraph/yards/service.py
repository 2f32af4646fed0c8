"""The room's face for owners: describe a yard, publish it, withdraw it."""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import structlog
from sqlalchemy import func
from sqlmodel import select

from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.yards.guests import Guests
from parkgraph.yards.outcome import Conflict, Incomplete, NotFound, Outcome, Saved, SpacesBooked
from parkgraph.yards.publishing import missing, published, withdrawn
from parkgraph.yards.repository import Edit, YardRepository
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.stored import StoredYard, space_values, yard_values
from parkgraph.yards.yard import Yard, YardStatus

_log = structlog.get_logger(__name__)

MADE_BY: Final = UUID("b31f4a52-7c6e-4f0e-9d39-0f6f4f1f6a08")
"""The namespace of ids that follow from an owner and a key."""


class YardsUnavailable(Exception):
    """The database is not to be had right now, or holds what cannot be read. The same may be asked again."""


class KeyUsed(Exception):
    """The idempotency key made another yard."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits: an owner theirs, whoever has `all_yards` everybody's. Its representation names nobody."""

    subject: str
    all_yards: bool = False

    def __repr__(self) -> str:
        return f"Editor(all_yards={self.all_yards})"

    def may_edit(self, yard: Yard) -> bool:
        return self.all_yards or bool(self.subject and self.subject == yard.owner)


def _now() -> datetime:
    return datetime.now(UTC)


class Yards:
    """`is_hours`: whether a text is OSM opening hours. `news`: the channel and the words that announce a change of what
    is listed.

    Every method raises YardsUnavailable; those that change raise ValueError for what a yard cannot be, with a sentence
    that begins with the field's name.
    """

    def __init__(
        self,
        repository: YardRepository,
        guests: Guests,
        is_hours: Callable[[str], bool],
        news: tuple[str, str],
        *,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._repository = repository
        self._guests = guests
        self._is_hours = is_hours
        self._news = news
        self._clock = clock

    async def find(self, yard_id: UUID, editor: Editor) -> Yard | None:
        """The yard, if it is published or the editor's."""
        with available():
            found = await self._repository.find(yard_id)
        yard = read(found) if found else None
        return yard if yard and (yard.status is YardStatus.PUBLISHED or editor.may_edit(yard)) else None

    async def owned(self, owner: str, after: UUID | None, limit: int) -> Sequence[Yard]:
        """The owner's, the newest first; those made before `after`."""
        with available():
            found = await self._repository.list_owned(owner, after, limit)
        return [read(stored) for stored in found]

    async def of_bookings(self, yards: Collection[UUID]) -> Mapping[UUID, Yard]:
        """These yards, whatever became of them: for whoever has a booking there."""
        with available():
            found = await self._repository.list_of(yards)
        return {stored.row.uuid: read(stored) for stored in found}

    async def entered_by(self, subject: str, yards: Collection[UUID]) -> Collection[UUID]:
        """Of which of these yards this account may know how to get in, since it has a booking there now."""
        if not subject:
            return ()
        with available():
            return await self._guests.entered_by(subject, yards, self._clock())

    async def create(self, editor: Editor, key: str, facts: Mapping[str, Any]) -> Yard:
        """A draft of these facts, once for each key of this owner however often it is asked. Raises KeyUsed."""
        made = uuid5(MADE_BY, f"{len(editor.subject)} {editor.subject} {key}")
        yard = Yard(id=made, owner=editor.subject, **facts)
        self._check(yard)
        wish = Key(editor.subject, key).fingerprint(yard_values(yard), [space_values(each) for each in yard.spaces])
        with available():
            await self._repository.add(yard, wish)
            stored = await self._repository.find(made)
        if stored is None:
            raise YardsUnavailable
        if stored.row.fingerprint is not None and not secrets.compare_digest(stored.row.fingerprint, wish):
            raise KeyUsed
        return read(stored)

    async def change(self, editor: Editor, yard_id: UUID, version: int, revise: Callable[[Yard], Yard]) -> Outcome:
        """What `revise` makes of the yard, if this is still its version."""
        with available():
            async with self._repository.edit(yard_id) as edit:
                before = read(edit.stored) if edit else None
                if edit is None or before is None or not editor.may_edit(before):
                    return NotFound()
                if before.version != version:
                    return Conflict(before)
                return await self._save(edit, before, revise(before))

    async def publish(self, editor: Editor, yard_id: UUID, version: int) -> Outcome:
        return await self.change(editor, yard_id, version, lambda yard: published(yard, self._clock()))

    async def withdraw(self, editor: Editor, yard_id: UUID, version: int) -> Outcome:
        return await self.change(editor, yard_id, version, lambda yard: withdrawn(yard, self._clock()))

    async def _save(self, edit: Edit, before: Yard, after: Yard) -> Outcome:
        if after == before:
            return Saved(before)
        self._check(after)
        if after.status is YardStatus.PUBLISHED and (lacks := missing(after)):
            return Incomplete(lacks)
        kept = {space.id for space in after.spaces}
        gone = {space.id: space for space in before.spaces if space.id is not None and space.id not in kept}
        if gone and (booked := await self._guests.booked(edit.session, gone, self._clock())):
            return SpacesBooked(tuple(gone[key] for key in sorted(booked)))
        saved = await edit.save(before, after)
        if YardStatus.PUBLISHED in {before.status, after.status}:
            await edit.session.exec(select(func.pg_notify(*self._news)))
        await edit.session.commit()
        return Saved(saved)

    def _check(self, yard: Yard) -> None:
        if yard.hours is not None and not self._is_hours(yard.hours):
            raise ValueError('opening_hours are in OSM syntax, such as "Mo-Fr 07:00-19:00; PH off"')


@contextmanager
def available() -> Iterator[None]:
    """Turns what says that the database is not to be had into YardsUnavailable."""
    try:
        yield
    except DATABASE_FAULTS as fault:
        _log.warning("yards_not_available", fault=type(fault).__name__)
        raise YardsUnavailable from None


def read(stored: StoredYard) -> Yard:
    """Raises YardsUnavailable for a yard that was stored otherwise than this ParkGraph stores it."""
    try:
        return stored.read()
    except ValueError:
        _log.error("yard_not_readable", yard=str(stored.row.uuid))
        raise YardsUnavailable from None
