"""The owners' side of bookings: approve, decline, cancel, report who did not come.

A yard that the editor may not edit is unknown to them, and so are its bookings.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.booking import Status, YardBooking
from parkgraph.yards.reservations.outcome import NOT_CONFIRMED, UNKNOWN_BOOKING, Reason, Refused
from parkgraph.yards.reservations.permits import Span
from parkgraph.yards.reservations.reading import Kept
from parkgraph.yards.reservations.reservations import Reservations, available
from parkgraph.yards.reservations.turns import Turn
from parkgraph.yards.service import Editor

Decide = Callable[[Turn, Kept, datetime], Awaitable[YardBooking | Refused]]


class Desk:
    """Every method raises ReservationsUnavailable where nothing can be kept."""

    def __init__(self, reservations: Reservations, yards: YardRepository) -> None:
        self._reservations = reservations
        self._yards = yards

    async def approve(self, editor: Editor, booking_id: UUID) -> YardBooking | Refused:
        """Confirm a REQUESTED one."""

        async def decide(turn: Turn, kept: Kept, now: datetime) -> YardBooking | Refused:
            match kept.booking.status_at(now):
                case Status.REQUESTED:
                    return await self._reservations.changes.approve(turn, kept, now)
                case Status.CONFIRMED | Status.COMPLETED:
                    return kept.booking
                case Status.HELD:
                    return NOT_CONFIRMED
            return _not_waiting()

        return await self._decide(editor, booking_id, decide)

    async def decline(self, editor: Editor, booking_id: UUID) -> YardBooking | Refused:
        """Decline a REQUESTED one. Nothing of its money is taken."""

        async def decide(turn: Turn, kept: Kept, now: datetime) -> YardBooking | Refused:
            match kept.booking.status_at(now):
                case Status.REQUESTED:
                    return await self._reservations.changes.end(turn, kept, Status.DECLINED, now)
                case Status.DECLINED:
                    return kept.booking
                case Status.HELD:
                    return NOT_CONFIRMED
            return _not_waiting()

        return await self._decide(editor, booking_id, decide)

    async def cancel(self, editor: Editor, booking_id: UUID) -> YardBooking | Refused:
        """Take a booking back before its arrival: all of its money goes back, whatever the cancellation rule says."""

        async def decide(turn: Turn, kept: Kept, now: datetime) -> YardBooking | Refused:
            booking = kept.booking
            match booking.status_at(now):
                case Status.CANCELLED:
                    return booking
                case Status.HELD | Status.REQUESTED:
                    return await self._reservations.changes.end(turn, kept, Status.CANCELLED, now)
                case Status.CONFIRMED if booking.stay.arrive > now:
                    return await self._reservations.changes.end(turn, kept, Status.CANCELLED, now, booking.paid)
                case Status.CONFIRMED:
                    return Refused(Reason.STARTED, "The stay has begun.")
            return Refused(Reason.OVER, "The booking has ended already.")

        return await self._decide(editor, booking_id, decide)

    async def mark_no_show(self, editor: Editor, booking_id: UUID) -> YardBooking | Refused:
        """Nobody came: what is left of the stay is free again, and nothing of the money goes back."""

        async def decide(turn: Turn, kept: Kept, now: datetime) -> YardBooking | Refused:
            booking = kept.booking
            match booking.status_at(now):
                case Status.NO_SHOW:
                    return booking
                case Status.CONFIRMED | Status.COMPLETED if booking.stay.arrive <= now:
                    return await self._reservations.changes.end(turn, kept, Status.NO_SHOW, now)
                case Status.CONFIRMED:
                    return Refused(Reason.NOT_STARTED, "The stay has not begun yet.")
                case Status.HELD | Status.REQUESTED:
                    return NOT_CONFIRMED
            return Refused(Reason.OVER, "The booking has ended already.")

        return await self._decide(editor, booking_id, decide)

    async def list_of_yard(
        self, editor: Editor, yard_id: UUID, span: Span, after: UUID | None, limit: int
    ) -> Sequence[YardBooking]:
        """The bookings of one's yard whose stay meets this span, the earliest arrival first; those after `after`."""
        with available():
            if not await self._may_edit(editor, yard_id):
                return ()
            return await self._reservations.reader.list_of_yard(yard_id, span.begins, span.ends, after, limit)

    async def find(self, editor: Editor, booking_id: UUID) -> YardBooking | None:
        """A booking of one's yard."""
        found = await self._reservations.find(booking_id)
        with available():
            return found if found and await self._may_edit(editor, found.yard) else None

    async def _may_edit(self, editor: Editor, yard_id: UUID) -> bool:
        stored = await self._yards.find(yard_id)
        return stored is not None and editor.may_edit(stored.read())

    async def _decide(self, editor: Editor, booking_id: UUID, decide: Decide) -> YardBooking | Refused:
        with available():
            found = await self._reservations.reader.find(booking_id)
            if found is None or not await self._may_edit(editor, found.booking.yard):
                return UNKNOWN_BOOKING

            async def work(turn: Turn) -> YardBooking | Refused:
                kept = await turn.booking(booking_id)
                return await decide(turn, kept, self._reservations.clock()) if kept else UNKNOWN_BOOKING

            return await self._reservations.turns.take(found.yard_key, work)


def _not_waiting() -> Refused:
    return Refused(Reason.OVER, "The booking waits for no approval any more.")
