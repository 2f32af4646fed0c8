"""Bookings, and what may come of asking for one."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import own
from parkgraph.api.connections import Connection, connect
from parkgraph.api.context import Info
from parkgraph.api.errors import CodedError, ErrorCode
from parkgraph.api.inputs import page_size
from parkgraph.api.listings import Listing
from parkgraph.api.networks import Network
from parkgraph.api.places import Place
from parkgraph.api.values import Money, Node
from parkgraph.bookings import booking, outcome
from parkgraph.bookings.booking import BookingStatus
from parkgraph.bookings.service import BookingsUnavailable
from parkgraph.domain.place import ListingKey
from parkgraph.sdk.booking import RefusalReason


@own
@strawberry.type(description="From when to when.")
class BookedStay:
    arrive: datetime
    leave: datetime


@own
@strawberry.type(
    description="One stay, booked at a network. One that was booked with a token or a key is seen and cancelled by that"
    " account alone; of one that was booked without, whoever has its id may see and cancel it. No id can be guessed."
)
class Booking(Node):
    subject: strawberry.Private[booking.Booking]

    @staticmethod
    def of(found: booking.Booking) -> "Booking":
        return Booking(subject=found)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return booking_id(self.subject)

    @strawberry.field
    def status(self) -> BookingStatus:
        return BookingStatus(self.subject.status)

    @strawberry.field(description="Null where it is not configured any more.")
    def network(self, info: Info) -> Network | None:
        network = info.context.networks.find(self.subject.network)
        return Network(subject=network) if network else None

    @strawberry.field(description="Null where it is not listed any more.")
    def place(self, info: Info) -> Place | None:
        found = info.context.graph.place_of(self._key)
        return Place.of(found) if found else None

    @strawberry.field(description="Null where it is not listed any more.")
    def listing(self, info: Info) -> Listing | None:
        found = info.context.graph.find_listing(self._key)
        return Listing.of(self._key, found) if found else None

    @strawberry.field
    def stay(self) -> BookedStay:
        return BookedStay(arrive=self.subject.stay.arrive, leave=self.subject.stay.leave)

    @strawberry.field(description="What the network charges; where it does not say, what the offer said.")
    def total(self) -> Money:
        total = self.subject.charged or self.subject.total
        return Money.of(total)

    @strawberry.field(description="The network's own, for its staff.")
    def reference(self) -> str:
        return self.subject.reference or ""

    @strawberry.field(description="How to get in, in the network's words.")
    def instructions(self) -> str | None:
        return self.subject.instructions

    @strawberry.field
    def url(self) -> str | None:
        return self.subject.url

    @strawberry.field(description="Null where the network does not say.")
    def cancellable_until(self) -> datetime | None:
        return self.subject.cancellable_until

    @strawberry.field
    def created_at(self) -> datetime:
        return self.subject.created_at

    @property
    def _key(self) -> ListingKey:
        return ListingKey(self.subject.network, self.subject.local_id)


@own
@strawberry.type(description="The network does not book, or does not cancel. Final for this key.")
class BookingRefused:
    reason: RefusalReason
    text: str


@own
@strawberry.type(
    description="Whether the network has booked, or cancelled, is not known yet. Ask the same again, with the same key:"
    " it never happens twice. Do not book elsewhere before."
)
class BookingUnknown:
    text: str
    retry_after_ms: int


@own
@strawberry.type(
    description="The network could not be asked, and for certain nothing has happened. The same may be asked again."
)
class NetworkUnavailable:
    text: str


@own
@strawberry.type(description="The key was used for another wish; each wish needs a key of its own.")
class IdempotencyConflict:
    text: str


@own
@strawberry.type(description="The offer cannot be booked any more, and its network was not asked. Search again.")
class OfferGone:
    text: str


BookOfferResult = Annotated[
    Booking | BookingRefused | BookingUnknown | NetworkUnavailable | IdempotencyConflict | OfferGone,
    strawberry.union("BookOfferResult"),
]
CancelBookingResult = Annotated[
    Booking | BookingRefused | BookingUnknown | NetworkUnavailable, strawberry.union("CancelBookingResult")
]

_UNKNOWN: Final = "It is not known yet what became of it at the network. Ask the same again."
_UNAVAILABLE: Final = "The network cannot be asked right now, and nothing has happened there."
_CONFLICT: Final = "This key was used for another wish. Use a new key for a new wish."


async def find_booking(info: Info, booking_id: UUID) -> Booking | None:
    try:
        found = await info.context.bookings.find(booking_id, info.context.principal.subject)
    except BookingsUnavailable:
        raise unavailable() from None
    return Booking.of(found) if found else None


@own
@strawberry.type
class BookingsViewer:
    @strawberry.field(description="One's own at networks, the newest first; those of yards by `bookOffer` too.")
    async def bookings(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Booking]:
        size, since = page_size(first), None if after is None else ids.booking_id(after, "after")
        try:
            found = await info.context.bookings.list_of(info.context.principal.subject, since, size + 1)
        except BookingsUnavailable:
            raise unavailable() from None
        return connect(found[:size], booking_id, Booking.of, has_next=len(found) > size, continues=since is not None)


def booking_id(of: booking.Booking) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.BOOKING, of.id.hex))


def unavailable() -> CodedError:
    words = "Bookings cannot be kept right now. Ask the same again, with the same key, in a moment."
    return CodedError(ErrorCode.UNAVAILABLE, words)


def cancelled(of: outcome.Outcome) -> Booking | BookingRefused | BookingUnknown | NetworkUnavailable:
    match of:
        case outcome.Held(held):
            return Booking.of(held)
        case outcome.Refused(refusal):
            return BookingRefused(reason=refusal.reason, text=refusal.text)
        case outcome.Unreachable():
            return NetworkUnavailable(text=_UNAVAILABLE)
        case outcome.Unknown(after):
            return BookingUnknown(text=_UNKNOWN, retry_after_ms=round(after.total_seconds() * 1000))
    raise TypeError(f"cancelling comes to no {type(of).__name__}")


def booked(
    of: outcome.Outcome,
) -> Booking | BookingRefused | BookingUnknown | NetworkUnavailable | IdempotencyConflict | OfferGone:
    match of:
        case outcome.Conflict():
            return IdempotencyConflict(text=_CONFLICT)
        case outcome.Gone(why):
            return OfferGone(text=why)
    return cancelled(of)
