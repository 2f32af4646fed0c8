"""Owners look after the bookings of their yards."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from parkgraph.api import ids
from parkgraph.api.connections import Connection
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.inputs import page_size
from parkgraph.api.owners import OWNERS, editor
from parkgraph.api.yard_bookings import YardBooking, YardBookingResult, available, decided, page_of
from parkgraph.yards.reservations.permits import Span


@strawberry.type
class YardDeskQuery:
    @strawberry.field(
        description="Bookings of one's yard whose stay meets this span, the earliest arrival first.",
        extensions=[OWNERS],
    )
    async def yard_bookings(
        self,
        info: Info,
        yard_id: strawberry.ID,
        from_: Annotated[datetime, strawberry.argument(name="from")],
        to: datetime,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[YardBooking]:
        wanted, size = ids.yard_id(yard_id, "yardId"), page_size(first)
        since = None if after is None else ids.yard_booking_id(after, "after")
        if to <= from_:
            raise BadUserInputError("to: must be after from")
        with available():
            span = Span(from_, to)
            found = await info.context.desk.list_of_yard(editor(info), wanted, span, since, size + 1)
        return page_of(found, size, continues=since is not None)


@strawberry.type
class YardDeskMutation:
    @strawberry.field(description="Confirm a booking that was REQUESTED.", extensions=[OWNERS])
    async def approve_yard_booking(self, info: Info, booking_id: strawberry.ID) -> YardBookingResult:
        with available():
            return decided(await info.context.desk.approve(editor(info), _booking(booking_id)))

    @strawberry.field(description="Decline a booking that was REQUESTED: nothing is charged.", extensions=[OWNERS])
    async def decline_yard_booking(self, info: Info, booking_id: strawberry.ID) -> YardBookingResult:
        with available():
            return decided(await info.context.desk.decline(editor(info), _booking(booking_id)))

    @strawberry.field(
        description="Nobody came: the rest of the stay is free again, and nothing is given back.", extensions=[OWNERS]
    )
    async def mark_yard_no_show(self, info: Info, booking_id: strawberry.ID) -> YardBookingResult:
        with available():
            return decided(await info.context.desk.mark_no_show(editor(info), _booking(booking_id)))


def _booking(given: str) -> UUID:
    return ids.yard_booking_id(given, "bookingId")
