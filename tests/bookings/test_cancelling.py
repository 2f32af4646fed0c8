"""Cancelling, as often as one likes."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from parkgraph.bookings.booking import LANDS_WITHIN, Status
from parkgraph.bookings.outcome import Held, Refused, Unknown, Unreachable
from parkgraph.db.engine import Database
from parkgraph.networks.breaker import BreakerPolicy
from parkgraph.sdk.booking import RefusalReason, ReservationStatus
from tests.bookings.conftest import Desk, desk_on
from tests.bookings.network import Turn, wish


async def booked(desk: Desk, key: str = "one") -> UUID:
    outcome = await desk.bookings.book(wish(key))
    assert isinstance(outcome, Held)
    return outcome.booking.id


async def status(desk: Desk, booking_id: UUID) -> Status:
    found = await desk.bookings.find(booking_id)
    assert found
    return found.status


async def test_a_booking_is_cancelled_at_the_network(desk: Desk) -> None:
    booking_id = await booked(desk)
    outcome = await desk.bookings.cancel(booking_id)
    assert isinstance(outcome, Held)
    assert outcome.booking.status is await status(desk, booking_id) is Status.CANCELLED
    assert desk.network.reservations[0][1].status is ReservationStatus.CANCELLED
    assert desk.told[-1] == ("garages", "cancel", "cancelled")


async def test_the_key_of_a_cancelled_booking_books_nothing_new(desk: Desk) -> None:
    await desk.bookings.cancel(await booked(desk))
    outcome = await desk.bookings.book(wish("one"))
    assert isinstance(outcome, Held)
    assert outcome.booking.status is Status.CANCELLED
    assert len(desk.network.requests) == 1


async def test_cancelling_again_asks_nobody(desk: Desk) -> None:
    booking_id = await booked(desk)
    first = await desk.bookings.cancel(booking_id)
    desk.network.next(Turn.REFUSES)
    assert await desk.bookings.cancel(booking_id) == first


async def test_a_refused_cancellation_leaves_the_booking_as_it_was(desk: Desk) -> None:
    desk.network.books_as = ReservationStatus.PENDING
    booking_id = await booked(desk)
    desk.network.next(Turn.REFUSES)
    outcome = await desk.bookings.cancel(booking_id)
    assert isinstance(outcome, Refused)
    assert outcome.refusal.reason is RefusalReason.NOT_CANCELLABLE
    assert await status(desk, booking_id) is Status.PENDING


async def test_what_was_never_booked_cannot_be_cancelled(desk: Desk) -> None:
    outcome = await desk.bookings.cancel(uuid4())
    assert isinstance(outcome, Refused)
    assert outcome.refusal.reason is RefusalReason.UNKNOWN_BOOKING


@pytest.mark.parametrize("turn", [Turn.LOST, Turn.SILENT])
async def test_a_cancellation_whose_reply_is_lost_is_found(desk: Desk, turn: Turn) -> None:
    booking_id = await booked(desk)
    desk.network.next(turn)
    await desk.bookings.cancel(booking_id)
    assert await status(desk, booking_id) is Status.CANCELLED


async def test_a_cancellation_that_may_still_arrive_is_unknown_and_may_be_asked_for_again(desk: Desk) -> None:
    booking_id = await booked(desk)
    desk.network.next(Turn.DOWN)
    assert await desk.bookings.cancel(booking_id) == Unknown()
    assert await status(desk, booking_id) is Status.CANCELLING
    assert isinstance(await desk.bookings.cancel(booking_id), Held)
    assert await status(desk, booking_id) is Status.CANCELLED


@pytest.mark.parametrize("was", [ReservationStatus.CONFIRMED, ReservationStatus.PENDING])
async def test_a_cancellation_that_never_arrived_leaves_the_booking_as_it_was(
    desk: Desk, was: ReservationStatus
) -> None:
    desk.network.books_as = was
    booking_id = await booked(desk)
    desk.network.next(Turn.DOWN)
    await desk.bookings.cancel(booking_id)
    desk.clock.pass_by(LANDS_WITHIN)
    await desk.bookings.settle()
    assert await status(desk, booking_id) == Status(was)


async def test_a_network_that_is_not_asked_has_not_cancelled(database: Database, desk: Desk) -> None:
    impatient = desk_on(database, desk.network, desk.clock, BreakerPolicy(in_a_row=1, first_pause=timedelta(hours=1)))
    booking_id = await booked(impatient)
    desk.network.next(Turn.DOWN)
    await impatient.bookings.book(wish("two"))
    assert await impatient.bookings.cancel(booking_id) == Unreachable()
    assert await status(desk, booking_id) is Status.CONFIRMED
