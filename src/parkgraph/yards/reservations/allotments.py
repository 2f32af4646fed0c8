"""What owners keep for themselves: blocks, and permits for those who come again and again.

They take their room where bookings take theirs, so none can be given what another has. A yard that the
editor may not edit is unknown to them.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlmodel import col, select

from parkgraph.domain.civil import Band
from parkgraph.privacy.vault import Vault
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.blocks import Block, check_span
from parkgraph.yards.reservations.outcome import UNKNOWN, UNKNOWN_SPACE, UNKNOWN_YARD, Full, KeyConflict, Refused, Taken
from parkgraph.yards.reservations.permits import Permit, Span, dates, occasions
from parkgraph.yards.reservations.quoting import CalendarOf
from parkgraph.yards.reservations.reservations import Reservations, available
from parkgraph.yards.reservations.rows import block_of, during, permit_of, plate_values, spans_text
from parkgraph.yards.reservations.tables import YardBlockRow, YardOccupationRow, YardPermitRow
from parkgraph.yards.reservations.turns import Turn
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.service import Editor
from parkgraph.yards.yard import Space, Yard

T = TypeVar("T")
RowT = TypeVar("RowT", YardBlockRow, YardPermitRow)

NAMED: Final = 10
"""Of what takes a space, so many spans are named."""

_TAKEN: Final = text("""
    SELECT lower(during), upper(during) FROM yard_occupations
    WHERE space_id = :space AND during && CAST(CAST(:spans AS text) AS tstzmultirange)
    ORDER BY lower(during) LIMIT :named
""")
_FREE_AGAIN: Final = "DELETE FROM yard_occupations WHERE {of}_id = :key AND lower(during) >= CAST(:now AS timestamptz)"
_CUT_SHORT: Final = """
    UPDATE yard_occupations SET during = tstzrange(lower(during), CAST(:now AS timestamptz))
    WHERE {of}_id = :key AND upper(during) > CAST(:now AS timestamptz)
"""


@dataclass(frozen=True, slots=True)
class BlockWish:
    """`space` is a space's key; None: the whole yard."""

    key: Key
    yard: UUID
    space: int | None
    span: Span
    note: str | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> bytes:
        return self.key.fingerprint(self.yard.hex, self.space, self.span.begins, self.span.ends, self.note)


@dataclass(frozen=True, slots=True)
class PermitWish:
    """`space` is a space's key; None: one that is free on every occasion."""

    key: Key
    yard: UUID
    space: int | None
    hours: Band
    holder: str = field(repr=False)
    plate: str | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> bytes:
        hours = self.hours
        said = (hours.start, hours.end, sorted(hours.days), hours.except_holidays, hours.first, hours.last)
        return self.key.fingerprint(self.yard.hex, self.space, said, self.holder, self.plate)


class Allotments:
    """Every method raises ReservationsUnavailable where nothing can be kept."""

    def __init__(
        self, reservations: Reservations, yards: YardRepository, vault: Vault, calendar_of: CalendarOf
    ) -> None:
        self._reservations = reservations
        self._yards = yards
        self._vault = vault
        self._calendar_of = calendar_of

    async def block(self, editor: Editor, wish: BlockWish) -> Block | Taken | KeyConflict | Refused:
        """Keep everybody else off. What is taken already has to be cancelled before. Raises ValueError."""
        check_span(wish.span, self._reservations.clock())

        async def work(turn: Turn, yard: Yard) -> Block | Taken | KeyConflict | Refused:
            now = self._reservations.clock()
            if known := await _row(turn, YardBlockRow, *_of_key(YardBlockRow, wish.key)):
                return block_of(known, yard.id) if _same(known, wish.fingerprint) else KeyConflict()
            spaces = [space for space in yard.spaces if wish.space in (None, space.id)]
            if not spaces and wish.space is not None:
                return UNKNOWN_SPACE
            await self._reservations.changes.expire(turn, now)
            free = {space.id for space in await turn.free([wish.span], now)}
            for space in spaces:
                if space.id not in free:
                    return await _taken(turn, space, [wish.span])
            row = YardBlockRow(
                uuid=uuid4(),
                yard_id=turn.yard_key,
                space_id=wish.space,
                principal=wish.key.principal,
                key_digest=wish.key.digest,
                fingerprint=wish.fingerprint,
                begins=wish.span.begins,
                ends=wish.span.ends,
                note=wish.note,
                created_at=now,
            )
            await _occupy(turn, "block", row, spaces, [wish.span])
            return block_of(row, yard.id)

        return await self._take(editor, wish.yard, work)

    async def permit(self, editor: Editor, wish: PermitWish) -> Permit | Taken | Full | KeyConflict | Refused:
        """Give one space away on every occasion of these hours; Full where none is free on all. Raises ValueError."""
        first, last = dates(wish.hours)

        async def work(turn: Turn, yard: Yard) -> Permit | Taken | Full | KeyConflict | Refused:
            now = self._reservations.clock()
            if known := await _row(turn, YardPermitRow, *_of_key(YardPermitRow, wish.key)):
                if not _same(known, wish.fingerprint):
                    return KeyConflict()
                return permit_of(known, yard.id, _label(yard, known.space_id), self._vault)
            wanted = next((space for space in yard.spaces if space.id == wish.space), None)
            if wanted is None and wish.space is not None:
                return UNKNOWN_SPACE
            spans = occasions(wish.hours, yard.timezone, self._calendar_of(yard.country), now)
            if not spans:
                raise ValueError("last lies in the past, or the hours have no occasion until then")
            await self._reservations.changes.expire(turn, now)
            free = [space for space in await turn.free(spans, now) if wish.space in (None, space.id)]
            if not free or free[0].id is None:
                return await _taken(turn, wanted, spans) if wanted else Full()
            row = YardPermitRow(
                uuid=uuid4(),
                yard_id=turn.yard_key,
                space_id=free[0].id,
                principal=wish.key.principal,
                key_digest=wish.key.digest,
                fingerprint=wish.fingerprint,
                holder=wish.holder,
                **plate_values(wish.plate, self._vault),
                starts=wish.hours.start,
                ends=wish.hours.end,
                days=sorted(wish.hours.days),
                except_holidays=wish.hours.except_holidays,
                first=first,
                last=last,
                created_at=now,
            )
            await _occupy(turn, "permit", row, free[:1], spans)
            return permit_of(row, yard.id, free[0].label, self._vault)

        return await self._take(editor, wish.yard, work)

    async def lift(self, editor: Editor, block_id: UUID) -> Block | Refused:
        """The block holds no more from now on."""
        yard_id = await self._yard_of(YardBlockRow, block_id)

        async def work(turn: Turn, yard: Yard) -> Block | Refused:
            row = await _row(turn, YardBlockRow, col(YardBlockRow.uuid) == block_id)
            if row is None:
                return UNKNOWN
            if row.lifted_at is None:
                row.lifted_at = self._reservations.clock()
                await _give_back(turn, "block", row.id, row.lifted_at)
                await turn.session.flush()
            return block_of(row, yard.id)

        return await self._take(editor, yard_id, work, UNKNOWN) if yard_id else UNKNOWN

    async def revoke(self, editor: Editor, permit_id: UUID) -> Permit | Refused:
        """The permit holds no more from now on."""
        yard_id = await self._yard_of(YardPermitRow, permit_id)

        async def work(turn: Turn, yard: Yard) -> Permit | Refused:
            row = await _row(turn, YardPermitRow, col(YardPermitRow.uuid) == permit_id)
            if row is None:
                return UNKNOWN
            if row.revoked_at is None:
                row.revoked_at = self._reservations.clock()
                await _give_back(turn, "permit", row.id, row.revoked_at)
                await turn.session.flush()
            return permit_of(row, yard.id, _label(yard, row.space_id), self._vault)

        return await self._take(editor, yard_id, work, UNKNOWN) if yard_id else UNKNOWN

    async def list_blocks(self, editor: Editor, yard_id: UUID, after: UUID | None, limit: int) -> Sequence[Block]:
        """Those of one's yard that hold now or later, the earliest first; those that come after `after`."""
        with available():
            stored = await self._yards.find(yard_id)
            if stored is None or not editor.may_edit(stored.read()):
                return ()
            return await self._reservations.reader.list_blocks(yard_id, self._reservations.clock(), after, limit)

    async def list_permits(self, editor: Editor, yard_id: UUID, after: UUID | None, limit: int) -> Sequence[Permit]:
        """Those of one's yard that hold now or later, the earliest first; those that come after `after`."""
        with available():
            stored = await self._yards.find(yard_id)
            if stored is None or not editor.may_edit(stored.read()):
                return ()
            return await self._reservations.reader.list_permits(yard_id, self._reservations.clock(), after, limit)

    async def _yard_of(self, table: type[YardBlockRow] | type[YardPermitRow], right_id: UUID) -> UUID | None:
        with available():
            return await self._reservations.reader.yard_of(table, right_id)

    async def _take(
        self, editor: Editor, yard_id: UUID, work: Callable[[Turn, Yard], Awaitable[T]], unknown: Refused = UNKNOWN_YARD
    ) -> T | Refused:
        with available():
            stored = await self._yards.find(yard_id)
            if stored is None or stored.row.id is None or not editor.may_edit(yard := stored.read()):
                return unknown
            return await self._reservations.turns.take(stored.row.id, lambda turn: work(turn, yard))


async def _row(turn: Turn, table: type[RowT], *where: Any) -> RowT | None:
    return (await turn.session.exec(select(table).where(*where))).one_or_none()


def _of_key(table: type[YardBlockRow] | type[YardPermitRow], key: Key) -> tuple[Any, ...]:
    return col(table.principal) == key.principal, col(table.key_digest) == key.digest


def _same(row: YardBlockRow | YardPermitRow, fingerprint: bytes) -> bool:
    return secrets.compare_digest(row.fingerprint, fingerprint)


def _label(yard: Yard, space: int) -> str | None:
    return next((each.label for each in yard.spaces if each.id == space), None)


async def _taken(turn: Turn, space: Space, spans: Sequence[Span]) -> Taken:
    """What is in the way; the whole yard may be blocked, which shows as nothing of the space's own."""
    connection = await turn.session.connection()
    found = await connection.execute(_TAKEN, {"space": space.id, "spans": spans_text(spans), "named": NAMED})
    return Taken(space.label, tuple(Span(begins, ends) for begins, ends in found.all()))


async def _occupy(turn: Turn, of: str, right: RowT, spaces: Sequence[Space], spans: Sequence[Span]) -> None:
    """Store a right with its room."""
    turn.session.add(right)
    await turn.session.flush()
    room = {"yard_id": turn.yard_key, "kind": of.upper(), f"{of}_id": right.id}
    rows = [{**room, "space_id": space.id, "during": during(span)} for space in spaces for span in spans]
    if rows:
        await (await turn.session.connection()).execute(insert(YardOccupationRow), rows)


async def _give_back(turn: Turn, of: str, key: int | None, now: datetime) -> None:
    """The room from now on; what is past stays."""
    connection = await turn.session.connection()
    for statement in (_FREE_AGAIN, _CUT_SHORT):
        await connection.execute(text(statement.format(of=of)), {"key": key, "now": now})
