"""Owners block spaces of their yards and give permits; and what may come of that."""

from datetime import date, datetime
from typing import Annotated, Final

import strawberry

from parkgraph.api import ids, inputs
from parkgraph.api.access import own
from parkgraph.api.bookings import IdempotencyConflict
from parkgraph.api.connections import Connection, connect
from parkgraph.api.context import Info
from parkgraph.api.inputs import page_size
from parkgraph.api.owners import OWNERS, editor
from parkgraph.api.yard_bookings import (
    IdempotencyKey,
    YardFull,
    YardRefused,
    available,
    checked_plate,
    full,
    key_conflict,
    refused,
    subject,
)
from parkgraph.api.yard_inputs import clock, naming
from parkgraph.api.yards import yard_id
from parkgraph.domain.civil import EVERY_DAY, WEEKDAYS, Band, Day
from parkgraph.yards.reservations import blocks, outcome, permits
from parkgraph.yards.reservations.allotments import BlockWish, PermitWish
from parkgraph.yards.reservations.permits import Span
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.texts import check_text

MAX_NOTE: Final = 200


@own
@strawberry.type(description="From when to when; half open.")
class YardSpan:
    begins: datetime
    ends: datetime

    @staticmethod
    def of(span: Span) -> "YardSpan":
        return YardSpan(begins=span.begins, ends=span.ends)


@own
@strawberry.type(description="When a space, or the whole yard, is not to be had.")
class YardBlock:
    id: strawberry.ID
    yard_id: strawberry.ID
    space_id: strawberry.ID | None = strawberry.field(description="Null: the whole yard.")
    span: YardSpan
    note: str | None
    lifted_at: datetime | None

    @staticmethod
    def of(block: blocks.Block) -> "YardBlock":
        return YardBlock(
            id=_block_id(block),
            yard_id=yard_id(block.yard),
            space_id=None if block.space is None else _space_id(block.space),
            span=YardSpan.of(block.span),
            note=block.note,
            lifted_at=block.lifted_at,
        )


@own
@strawberry.type(description="The same hours on the same space, again and again.")
class YardPermit:
    id: strawberry.ID
    yard_id: strawberry.ID
    space_id: strawberry.ID
    space: str | None = strawberry.field(description="The label of the space, where it has one.")
    start: str
    end: str
    days: list[Day]
    except_holidays: bool
    first: date
    last: date
    holder: str
    plate: str | None
    revoked_at: datetime | None

    @staticmethod
    def of(permit: permits.Permit) -> "YardPermit":
        hours = permit.hours
        first, last = permits.dates(hours)
        return YardPermit(
            id=_permit_id(permit),
            yard_id=yard_id(permit.yard),
            space_id=_space_id(permit.space),
            space=permit.space_label,
            start=hours.start.isoformat("minutes"),
            end=hours.end.isoformat("minutes"),
            days=[day for day in (*WEEKDAYS, Day.HOLIDAY) if day in hours.days],
            except_holidays=hours.except_holidays,
            first=first,
            last=last,
            holder=permit.holder,
            plate=permit.plate,
            revoked_at=permit.revoked_at,
        )


@own
@strawberry.type(description="A space is not free: these are the earliest times at which something takes it.")
class YardSpaceTaken:
    text: str
    space: str | None
    spans: list[YardSpan]


@strawberry.input
class YardPermitHoursInput:
    """From `start` to `end` of the yard's clock, such as "08:00" to "18:00", from the date `first` to `last`.

    An end that is not after the start is on the next day. At most 400 days; another permit renews it.
    """

    start: str
    end: str
    days: list[Day] | None = strawberry.field(default=None, description="Every day without them.")
    except_holidays: bool = strawberry.field(default=False, description="Not on public holidays.")
    first: date
    last: date

    def to_domain(self) -> Band:
        with naming("hours"):
            if self.last < self.first:
                raise ValueError("last must not be before first")
            if self.days == []:
                raise ValueError("days must not be empty")
            hours = Band(
                clock("start", self.start),
                clock("end", self.end),
                EVERY_DAY if self.days is None else frozenset(self.days),
                except_holidays=self.except_holidays,
                first=self.first,
                last=self.last,
            )
            permits.dates(hours)
            return hours


BlockYardResult = Annotated[
    YardBlock | YardSpaceTaken | IdempotencyConflict | YardRefused, strawberry.union("BlockYardResult")
]
LiftYardBlockResult = Annotated[YardBlock | YardRefused, strawberry.union("LiftYardBlockResult")]
GrantYardPermitResult = Annotated[
    YardPermit | YardSpaceTaken | YardFull | IdempotencyConflict | YardRefused,
    strawberry.union("GrantYardPermitResult"),
]
RevokeYardPermitResult = Annotated[YardPermit | YardRefused, strawberry.union("RevokeYardPermitResult")]


@strawberry.type
class YardAllotmentQuery:
    @strawberry.field(description="Of one's yard, that hold now or later, the earliest first.", extensions=[OWNERS])
    async def yard_blocks(
        self, info: Info, yard_id: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[YardBlock]:
        wanted, size = ids.yard_id(yard_id, "yardId"), page_size(first)
        since = None if after is None else ids.yard_block_id(after, "after")
        with available():
            found = await info.context.allotments.list_blocks(editor(info), wanted, since, size + 1)
        more, continues = len(found) > size, since is not None
        return connect(found[:size], _block_id, YardBlock.of, has_next=more, continues=continues)

    @strawberry.field(description="Of one's yard, that hold now or later, the earliest first.", extensions=[OWNERS])
    async def yard_permits(
        self, info: Info, yard_id: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[YardPermit]:
        wanted, size = ids.yard_id(yard_id, "yardId"), page_size(first)
        since = None if after is None else ids.yard_permit_id(after, "after")
        with available():
            found = await info.context.allotments.list_permits(editor(info), wanted, since, size + 1)
        more, continues = len(found) > size, since is not None
        return connect(found[:size], _permit_id, YardPermit.of, has_next=more, continues=continues)


@strawberry.type
class YardAllotmentMutation:
    @strawberry.field(
        description="Keep a space free of everybody, or the whole yard. What is booked has to be cancelled before.",
        extensions=[OWNERS],
    )
    async def block_yard(
        self,
        info: Info,
        yard_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        begins: datetime,
        ends: datetime,
        space_id: Annotated[strawberry.ID | None, strawberry.argument(description="None: the whole yard.")] = None,
        note: str | None = None,
    ) -> BlockYardResult:
        with naming():
            check_text("note", note, MAX_NOTE)
            wish = BlockWish(
                Key(subject(info), inputs.idempotency_key(idempotency_key)),
                ids.yard_id(yard_id, "yardId"),
                None if space_id is None else ids.yard_space_id(space_id, "spaceId"),
                Span(begins, ends),
                note,
            )
            with available():
                found = await info.context.allotments.block(editor(info), wish)
        match found:
            case outcome.Taken():
                return _taken(found)
            case outcome.KeyConflict():
                return key_conflict()
            case outcome.Refused():
                return refused(found)
        return YardBlock.of(found)

    @strawberry.field(description="The block holds no more from now on.", extensions=[OWNERS])
    async def lift_yard_block(self, info: Info, block_id: strawberry.ID) -> LiftYardBlockResult:
        wanted = ids.yard_block_id(block_id, "blockId")
        with available():
            found = await info.context.allotments.lift(editor(info), wanted)
        return refused(found) if isinstance(found, outcome.Refused) else YardBlock.of(found)

    @strawberry.field(description="Give a space away on every occasion of these hours.", extensions=[OWNERS])
    async def grant_yard_permit(
        self,
        info: Info,
        yard_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        hours: YardPermitHoursInput,
        holder: Annotated[str, strawberry.argument(description="For the owner's own eyes.")],
        plate: str | None = None,
        space_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="None: one that is free on every occasion.")
        ] = None,
    ) -> GrantYardPermitResult:
        band = hours.to_domain()
        with naming():
            check_text("holder", holder, MAX_NOTE)
        wish = PermitWish(
            Key(subject(info), inputs.idempotency_key(idempotency_key)),
            ids.yard_id(yard_id, "yardId"),
            None if space_id is None else ids.yard_space_id(space_id, "spaceId"),
            band,
            holder,
            checked_plate(plate) if plate is not None else None,
        )
        with available(), naming("hours"):
            found = await info.context.allotments.permit(editor(info), wish)
        match found:
            case outcome.Taken():
                return _taken(found)
            case outcome.Full():
                return full()
            case outcome.KeyConflict():
                return key_conflict()
            case outcome.Refused():
                return refused(found)
        return YardPermit.of(found)

    @strawberry.field(description="The permit holds no more from now on.", extensions=[OWNERS])
    async def revoke_yard_permit(self, info: Info, permit_id: strawberry.ID) -> RevokeYardPermitResult:
        wanted = ids.yard_permit_id(permit_id, "permitId")
        with available():
            found = await info.context.allotments.revoke(editor(info), wanted)
        return refused(found) if isinstance(found, outcome.Refused) else YardPermit.of(found)


def _block_id(block: blocks.Block) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.YARD_BLOCK, block.id.hex))


def _permit_id(permit: permits.Permit) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.YARD_PERMIT, permit.id.hex))


def _space_id(key: int) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.YARD_SPACE, str(key)))


def _taken(of: outcome.Taken) -> YardSpaceTaken:
    return YardSpaceTaken(
        text="Something takes the space at these times.",
        space=of.space_label,
        spans=[YardSpan.of(span) for span in of.spans],
    )
