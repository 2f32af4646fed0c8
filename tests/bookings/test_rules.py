"""What may become of a booking, whatever is said of it in whatever order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.bookings import booking as rules
from parkgraph.bookings.booking import BOOKED, LANDS_WITHIN, Booking, BookingStatus, Status
from parkgraph.sdk.booking import Refusal, RefusalReason, Reservation, ReservationStatus
from tests.bookings.network import EUR_12, STAY

NOW = datetime.now(UTC)
Change = Callable[[Booking, datetime], Booking]


def new() -> Booking:
    booking = Booking(
        uuid4(), b"key", b"wish", "ours", "garages", "a", "offer-1", STAY, EUR_12, Status.REQUESTED, NOW, NOW
    )
    return rules.requested(booking, NOW)


RESERVATIONS = st.builds(Reservation, st.sampled_from(["R1", "R2"]), st.sampled_from(ReservationStatus))
CHANGES: st.SearchStrategy[Change] = st.one_of(
    RESERVATIONS.map(lambda it: lambda booking, now: rules.booked(booking, it, now)),
    RESERVATIONS.map(lambda it: lambda booking, now: rules.cancelled(booking, it, now)),
    (st.none() | RESERVATIONS).map(lambda it: lambda booking, now: rules.looked(booking, it, now)),
    st.sampled_from([rules.unanswered, rules.cancelling, rules.kept, rules.checked]),
    st.just(lambda booking, _now: rules.unasked(booking)),
    st.just(lambda booking, _now: rules.refused(booking, Refusal(RefusalReason.SOLD_OUT, "No."))),
)
LIVES = st.lists(st.tuples(CHANGES, st.sampled_from([timedelta(seconds=1), LANDS_WITHIN, timedelta(days=1)])))


@given(LIVES)
def test_a_booking_always_has_what_its_status_says(life: list[tuple[Change, timedelta]]) -> None:
    booking, now = new(), NOW
    for change, time in life:
        now += time
        before, booking = booking, change(booking, now)
        assert (booking.reference is not None) == (booking.status in BOOKED)
        assert (booking.was is not None) == (booking.status is Status.CANCELLING)
        assert (booking.refusal is not None) == (booking.status is Status.REFUSED)
        assert booking == before or booking.check_at is None or booking.check_at > now


@given(LIVES)
def test_what_is_booked_is_never_unbooked_and_what_is_cancelled_stays_cancelled(
    life: list[tuple[Change, timedelta]],
) -> None:
    booking, now = new(), NOW
    for change, time in life:
        now += time
        before, booking = booking, change(booking, now)
        assert before.status not in BOOKED or booking.status in BOOKED
        assert before.status is not Status.CANCELLED or booking.status is Status.CANCELLED
        assert before.status is not Status.REFUSED or booking.status is Status.REFUSED


@pytest.mark.parametrize("status", Status)
def test_what_is_booked_has_a_word_for_its_driver(status: Status) -> None:
    assert (status in BOOKED) == (str(status) in set(map(str, BookingStatus)))


def test_what_a_network_does_not_repeat_is_kept() -> None:
    told = Reservation("R1", ReservationStatus.PENDING, EUR_12, "Gate 2", "https://a.example", NOW)
    booking = rules.booked(new(), told, NOW)
    booking = rules.looked(booking, Reservation("R1", ReservationStatus.CONFIRMED), NOW)
    assert booking.status is Status.CONFIRMED
    assert (booking.charged, booking.instructions, booking.url) == (EUR_12, "Gate 2", "https://a.example")
    assert booking.cancellable_until == NOW
