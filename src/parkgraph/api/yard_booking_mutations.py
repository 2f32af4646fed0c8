"""Drivers ask what a stay at a yard costs, book it, change it and cancel it."""

from datetime import datetime
from typing import Annotated

import strawberry

from parkgraph.accounts.principal import Role
from parkgraph.api import ids, inputs
from parkgraph.api.access import For
from parkgraph.api.bookings import IdempotencyConflict
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.inputs import StayInput, VehicleInput
from parkgraph.api.owners import editor
from parkgraph.api.yard_bookings import (
    DRIVERS,
    IdempotencyKey,
    Plate,
    QuoteExpired,
    YardBooking,
    YardBookingConflict,
    YardBookingResult,
    YardFull,
    YardQuote,
    YardRefused,
    available,
    checked_plate,
    decided,
    full,
    key_conflict,
    refused,
    subject,
)
from parkgraph.api.yard_inputs import naming
from parkgraph.domain.vehicle import Vehicle
from parkgraph.yards.reservations import booking, outcome
from parkgraph.yards.reservations.reservations import Wish
from parkgraph.yards.reservations.wish import Key

Version = Annotated[int, strawberry.argument(description="The booking's `version` that the change is made to.")]

QuoteYardResult = Annotated[YardQuote | YardFull | YardRefused, strawberry.union("QuoteYardResult")]
BookYardResult = Annotated[
    YardBooking | YardFull | QuoteExpired | IdempotencyConflict | YardRefused, strawberry.union("BookYardResult")
]
ChangeYardBookingResult = Annotated[
    YardBooking | YardFull | YardBookingConflict | YardRefused, strawberry.union("ChangeYardBookingResult")
]


@strawberry.type
class YardBookingMutation:
    @strawberry.field(
        description="A price that holds for a while, of a stay that begins within a year.", extensions=[DRIVERS]
    )
    async def quote_yard(
        self, info: Info, yard_id: strawberry.ID, stay: StayInput, vehicle: VehicleInput | None = None
    ) -> QuoteYardResult:
        wanted, whole = ids.yard_id(yard_id, "yardId"), stay.to_domain()
        of = vehicle.to_domain() if vehicle else Vehicle()
        with available(), naming("stay"):
            found = await info.context.reservations.quote(subject(info), wanted, whole, of)
        match found:
            case outcome.Full():
                return full()
            case outcome.Refused():
                return refused(found)
        return YardQuote(subject=found)

    @strawberry.field(
        description="Book a quote, once for each key however often it is asked, and each quote once.",
        extensions=[DRIVERS],
    )
    async def book_yard(
        self, info: Info, quote_id: strawberry.ID, idempotency_key: IdempotencyKey, plate: Plate
    ) -> BookYardResult:
        key = Key(subject(info), inputs.idempotency_key(idempotency_key))
        wish = Wish(key, ids.yard_quote_id(quote_id, "quoteId"), checked_plate(plate))
        with available():
            found = await info.context.reservations.book(wish)
        match found:
            case outcome.Full():
                return full()
            case outcome.QuoteExpired():
                return QuoteExpired(text="The quote does not hold any more. Ask for another.")
            case outcome.KeyConflict():
                return key_conflict()
            case outcome.Refused():
                return refused(found)
        return YardBooking.of(found)

    @strawberry.field(
        description="Another stay or plate; what it is already, it stays. Its rates are those of its quote, and"
        " `priceFor` says what it costs. Once the stay has begun, its arrival and its space stay as they are.",
        extensions=[DRIVERS],
    )
    async def change_yard_booking(
        self,
        info: Info,
        booking_id: strawberry.ID,
        version: Version,
        stay: StayInput | None = None,
        plate: Annotated[str | None, strawberry.argument(description="As it stands on the vehicle.")] = None,
    ) -> ChangeYardBookingResult:
        wanted, whole = ids.yard_booking_id(booking_id, "bookingId"), stay.to_domain() if stay else None
        if whole is None and plate is None:
            raise BadUserInputError("stay: give a stay, a plate, or both")
        other = checked_plate(plate) if plate is not None else None
        with available(), naming("stay"):
            found = await info.context.reservations.change(subject(info), wanted, version, stay=whole, plate=other)
        return _changed(found)

    @strawberry.field(description="Leave later, or earlier, as `changeYardBooking`.", extensions=[DRIVERS])
    async def extend_yard_booking(
        self, info: Info, booking_id: strawberry.ID, version: Version, leave: datetime
    ) -> ChangeYardBookingResult:
        wanted = ids.yard_booking_id(booking_id, "bookingId")
        with available(), naming():
            found = await info.context.reservations.extend(subject(info), wanted, version, leave)
        return _changed(found)

    @strawberry.field(
        description="Cancel before arrival, with the refund that its rule says. One that is cancelled already is"
        " answered as it is. An owner who cancels gives everything back.",
        extensions=[For(Role.DRIVER, Role.PARTNER, Role.OWNER, Role.OPERATOR)],
    )
    async def cancel_yard_booking(self, info: Info, booking_id: strawberry.ID) -> YardBookingResult:
        wanted = ids.yard_booking_id(booking_id, "bookingId")
        with available():
            found = await info.context.reservations.cancel(subject(info), wanted)
            if found == outcome.UNKNOWN_BOOKING and info.context.principal.may(Role.OWNER, Role.OPERATOR):
                found = await info.context.desk.cancel(editor(info), wanted)
        return decided(found)


def _changed(
    of: booking.YardBooking | outcome.Full | outcome.Stale | outcome.Refused,
) -> YardBooking | YardFull | YardBookingConflict | YardRefused:
    match of:
        case outcome.Full():
            return full()
        case outcome.Stale(current):
            return YardBookingConflict(text="The booking was changed meanwhile.", current=YardBooking.of(current))
        case outcome.Refused():
            return refused(of)
    return YardBooking.of(of)
