"""A booking as it is kept, and what may become of it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.sdk.booking import Refusal, Reservation, ReservationStatus

LANDS_WITHIN: Final = timedelta(seconds=60)
"""So long after it was asked may a network still book or cancel, though its reply is lost. What it does not show after
that, it has not done.
"""

FIRST_CHECK: Final = timedelta(seconds=15)
LAST_CHECK: Final = timedelta(hours=1)
CHECKED_AFTER_LEAVING: Final = timedelta(days=1)


class Status(StrEnum):
    """REQUESTED: the network is being asked, or the server died meanwhile. UNKNOWN: its reply is lost.
    FAILED: for certain it has not booked, and may be asked again. REFUSED: it said no.
    CANCELLING: it is being asked to cancel, or its reply to that is lost.
    """

    REQUESTED = "REQUESTED"
    UNKNOWN = "UNKNOWN"
    FAILED = "FAILED"
    REFUSED = "REFUSED"
    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"


UNBOOKED: Final = frozenset({Status.REQUESTED, Status.UNKNOWN, Status.FAILED})
"""The network may book yet, or may have booked without our knowing."""

BOOKED: Final = frozenset({Status.PENDING, Status.CONFIRMED, Status.CANCELLING, Status.CANCELLED})
"""The network has it, and its reference is known: what a BookingStatus has a word for."""

_CANCELLABLE: Final = BOOKED - {Status.CANCELLED}
_OPEN: Final = frozenset({Status.REQUESTED, Status.UNKNOWN, Status.PENDING, Status.CANCELLING})


class BookingStatus(StrEnum):
    """Of a booking that the network has, as its driver sees it."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Booking:
    """`id` is unguessable and public; `client_reference` is known to the network alone; `reference` is the network's.

    `total` is what was agreed, `charged` what the network says, if it does. `was`: the status before CANCELLING.
    `attempted_at`: when the network was last asked to book or to cancel. `check_at`: when to ask what became of it.
    """

    id: UUID
    key_digest: bytes
    fingerprint: bytes
    client_reference: str
    network: str
    local_id: str
    offer_ref: str
    stay: Stay
    total: Money
    status: Status
    attempted_at: datetime
    created_at: datetime
    principal: str = ""
    was: Status | None = None
    check_at: datetime | None = None
    reference: str | None = None
    charged: Money | None = None
    instructions: str | None = None
    url: str | None = None
    cancellable_until: datetime | None = None
    refusal: Refusal | None = None
    version: int = 1


def next_check(booking: Booking, now: datetime) -> datetime | None:
    """When to ask the network what became of it: ever more rarely, and not when the stay is long over."""
    if booking.status not in _OPEN or now > booking.stay.leave + CHECKED_AFTER_LEAVING:
        return None
    return now + min(max(FIRST_CHECK, (now - booking.attempted_at) / 2), LAST_CHECK)


def requested(booking: Booking, now: datetime) -> Booking:
    """FAILED, or new, and about to be asked for."""
    return checked(replace(booking, status=Status.REQUESTED, attempted_at=now), now)


def booked(booking: Booking, reservation: Reservation, now: datetime) -> Booking:
    """The network booked. What is booked already stays as it is."""
    return _held(booking, reservation, now) if booking.status in UNBOOKED else booking


def refused(booking: Booking, refusal: Refusal) -> Booking:
    if booking.status not in UNBOOKED:
        return booking
    return replace(booking, status=Status.REFUSED, refusal=refusal, check_at=None)


def unanswered(booking: Booking, now: datetime) -> Booking:
    """It was asked to book, and the reply is lost."""
    if booking.status is not Status.REQUESTED:
        return booking
    return checked(replace(booking, status=Status.UNKNOWN), now)


def unasked(booking: Booking) -> Booking:
    """It could not even be asked."""
    if booking.status is not Status.REQUESTED:
        return booking
    return replace(booking, status=Status.FAILED, check_at=None)


def cancelling(booking: Booking, now: datetime) -> Booking:
    """About to be asked to cancel."""
    if booking.status not in _CANCELLABLE:
        return booking
    was = booking.was if booking.status is Status.CANCELLING else booking.status
    return checked(replace(booking, status=Status.CANCELLING, was=was, attempted_at=now), now)


def cancelled(booking: Booking, reservation: Reservation, now: datetime) -> Booking:
    """The network's reply to cancelling; one that does not say CANCELLED leaves it as it is."""
    if booking.status not in _CANCELLABLE or reservation.status is not ReservationStatus.CANCELLED:
        return booking
    return _held(booking, reservation, now)


def kept(booking: Booking, now: datetime) -> Booking:
    """It was not cancelled after all."""
    if booking.status is not Status.CANCELLING or booking.was is None:
        return booking
    return checked(replace(booking, status=booking.was, was=None), now)


def looked(booking: Booking, found: Reservation | None, now: datetime) -> Booking:
    """The network was asked what became of it; None: it knows of none."""
    landed = now - booking.attempted_at >= LANDS_WITHIN
    match booking.status:
        case Status.REQUESTED | Status.UNKNOWN | Status.FAILED if found:
            return _held(booking, found, now)
        case Status.REQUESTED | Status.UNKNOWN if landed:
            return replace(booking, status=Status.FAILED, check_at=None)
        case Status.PENDING if found:
            return _held(booking, found, now)
        case Status.CANCELLING if found is None:
            return replace(booking, status=Status.CANCELLED, was=None, check_at=None)
        case Status.CANCELLING if found and (landed or found.status is ReservationStatus.CANCELLED):
            return _held(booking, found, now)
    return checked(booking, now)


def _held(booking: Booking, reservation: Reservation, now: datetime) -> Booking:
    """As the network has it. What it does not repeat is kept."""
    held = replace(
        booking,
        status=Status(reservation.status),
        was=None,
        reference=reservation.reference,
        charged=reservation.total or booking.charged,
        instructions=reservation.instructions or booking.instructions,
        url=reservation.url or booking.url,
        cancellable_until=reservation.cancellable_until or booking.cancellable_until,
    )
    return checked(held, now)


def checked(booking: Booking, now: datetime) -> Booking:
    """To be checked when it is due."""
    return replace(booking, check_at=next_check(booking, now))
