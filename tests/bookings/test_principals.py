"""Whose a booking is: its principal's alone, or, of nobody, anybody's who has its id."""

import asyncio
from dataclasses import replace
from uuid import UUID

from parkgraph.bookings.booking import Booking, Status
from parkgraph.bookings.outcome import Held, Outcome, Refused
from parkgraph.bookings.wish import Wish
from parkgraph.sdk.booking import RefusalReason
from tests.bookings.conftest import Desk
from tests.bookings.network import wish


def of(principal: str, key: str = "one") -> Wish:
    return replace(wish(key), principal=principal)


def held(outcome: Outcome) -> Booking:
    assert isinstance(outcome, Held)
    return outcome.booking


async def booked(desk: Desk, principal: str) -> UUID:
    return held(await desk.bookings.book(of(principal))).id


async def test_a_booking_is_seen_by_its_principal_alone(desk: Desk) -> None:
    booking = await booked(desk, "anna")
    assert await desk.bookings.find(booking, "anna")
    assert await desk.bookings.find(booking, "berta") is None
    assert await desk.bookings.find(booking) is None


async def test_a_booking_is_cancelled_by_its_principal_alone(desk: Desk) -> None:
    booking = await booked(desk, "anna")
    for principal in ("berta", ""):
        refused = await desk.bookings.cancel(booking, principal)
        assert isinstance(refused, Refused)
        assert refused.refusal.reason is RefusalReason.UNKNOWN_BOOKING
    assert held(await desk.bookings.cancel(booking, "anna")).status is Status.CANCELLED


async def test_a_booking_of_nobody_is_anybodys_who_has_its_id(desk: Desk) -> None:
    booking = await booked(desk, "")
    assert await desk.bookings.find(booking)
    assert await desk.bookings.find(booking, "anna")
    assert held(await desk.bookings.cancel(booking, "anna")).status is Status.CANCELLED


async def test_one_key_of_two_principals_is_two_bookings(desk: Desk) -> None:
    assert await booked(desk, "anna") != await booked(desk, "berta")


async def test_who_asks_while_the_owner_cancels_learns_nothing_of_it(desk: Desk) -> None:
    booking = await booked(desk, "anna")
    mine, theirs = await asyncio.gather(desk.bookings.cancel(booking, "anna"), desk.bookings.cancel(booking, "berta"))
    assert held(mine).status is Status.CANCELLED
    assert isinstance(theirs, Refused)


async def test_a_principal_lists_what_networks_have_for_it_the_newest_first(desk: Desk) -> None:
    first, second = [held(await desk.bookings.book(of("anna", key))) for key in ("one", "two")]
    await booked(desk, "berta")
    await booked(desk, "")
    assert [each.id for each in await desk.bookings.list_of("anna", None, 10)] == [second.id, first.id]
    assert [each.id for each in await desk.bookings.list_of("anna", second.id, 10)] == [first.id]
    assert await desk.bookings.list_of("", None, 10) == ()
