"""Bookings of yards, and what may come of asking for one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import strawberry

from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from parkgraph.api.access import For, own
from parkgraph.api.bookings import BookedStay, IdempotencyConflict
from parkgraph.api.connections import Connection, connect
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode
from parkgraph.api.inputs import DRIVER_CHARS, StayInput, page_size
from parkgraph.api.offers import PriceLine
from parkgraph.api.owners import available as of_yards
from parkgraph.api.owners import editor
from parkgraph.api.values import Money, Node
from parkgraph.api.yards import Yard, YardCancellation
from parkgraph.domain import money, pricing
from parkgraph.domain.stay import Stay
from parkgraph.privacy.plates import normalise
from parkgraph.yards.cancellation import HOUR, CancellationRule
from parkgraph.yards.reservations import booking, outcome, quoting
from parkgraph.yards.reservations.booking import YardBookingStatus
from parkgraph.yards.reservations.outcome import YardRefusalReason
from parkgraph.yards.reservations.reservations import ReservationsUnavailable

DRIVERS: Final = For(Role.DRIVER, Role.PARTNER)

IdempotencyKey = Annotated[
    str,
    strawberry.argument(
        description="Of this wish alone, such as a random UUID. Keep it until the outcome is known, and ask again with"
        " it: it happens once."
    ),
]
Plate = Annotated[str, strawberry.argument(description="As it stands on the vehicle. Stored encrypted.")]


@own
@strawberry.type(description="The price of a stay at a yard, which holds until `validUntil`; nothing is kept for it.")
class YardQuote:
    subject: strawberry.Private[quoting.YardQuote]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(ids.encode(ids.YARD_QUOTE, self.subject.id.hex))

    @strawberry.field
    def stay(self) -> BookedStay:
        return stay_of(self.subject.stay)

    @strawberry.field
    def total(self) -> Money:
        return money_of(self.subject.total)

    @strawberry.field(description="They add up to the total exactly.")
    def lines(self) -> list[PriceLine]:
        return lines_of(self.subject.lines)

    @strawberry.field(description="Spaces that fit and were free for the whole stay when it was made.")
    def vacant(self) -> int | None:
        return self.subject.vacant

    @strawberry.field
    def valid_until(self) -> datetime:
        return self.subject.valid_until

    @strawberry.field(description="Whether a booking waits for the owner.")
    def needs_approval(self) -> bool:
        return self.subject.needs_approval

    @strawberry.field
    def cancellation(self) -> YardCancellation:
        return rule_of(self.subject.cancellation)


@own
@strawberry.type(description="What a booking would cost with another stay, at its present version.")
class YardBookingPrice:
    total: Money
    lines: list[PriceLine]
    due: Money = strawberry.field(description="On top of what is paid.")
    refund: Money = strawberry.field(description="Of what is paid.")


@own
@strawberry.type(description="No space that fits is free for the whole stay.")
class YardFull:
    text: str


@own
@strawberry.type(description="Nothing has changed; `reason` says why.")
class YardRefused:
    reason: YardRefusalReason
    text: str


@own
@strawberry.type(description="The quote is too old, was booked already, or is not one's own. Ask for another.")
class QuoteExpired:
    text: str


PriceResult = Annotated[YardBookingPrice | YardRefused, strawberry.union("YardBookingPriceResult")]


@own
@strawberry.type(
    description="One stay of one vehicle at a yard. Its driver and the yard's owner see it, and nobody else."
)
class YardBooking(Node):
    subject: strawberry.Private[booking.YardBooking]

    @staticmethod
    def of(found: booking.YardBooking) -> "YardBooking":
        return YardBooking(subject=found)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return booking_id(self.subject.id)

    @strawberry.field
    def status(self, info: Info) -> YardBookingStatus:
        return self.subject.status_at(info.context.reservations.clock())

    @strawberry.field(description="Also where it was withdrawn since; null where it cannot be read.")
    async def yard(self, info: Info) -> Yard | None:
        with of_yards():
            found = await info.context.batches.booked_yard.load(self.subject.yard)
        return Yard.of(found) if found else None

    @strawberry.field(description="The label of the space, where it has one.")
    def space(self) -> str | None:
        return self.subject.space_label

    @strawberry.field
    def stay(self) -> BookedStay:
        return stay_of(self.subject.stay)

    @strawberry.field
    def total(self) -> Money:
        return money_of(self.subject.total)

    @strawberry.field(description="They add up to the total exactly.")
    def lines(self) -> list[PriceLine]:
        return lines_of(self.subject.lines)

    @strawberry.field(description="What was taken and not given back.")
    def paid(self) -> Money:
        return money_of(self.subject.paid)

    @strawberry.field(description="Null where it cannot be read any more.")
    def plate(self) -> str | None:
        return self.subject.plate

    @strawberry.field
    def cancellation(self) -> YardCancellation:
        return rule_of(self.subject.cancellation)

    @strawberry.field(description="What its driver gets back who cancels now.")
    def refund(self, info: Info) -> Money:
        return money_of(self.subject.refund_at(info.context.reservations.clock()))

    @strawberry.field(description="What another stay would cost; whether there is room for it is told by changing it.")
    async def price_for(self, info: Info, stay: StayInput) -> PriceResult:
        wanted = stay.to_domain()
        with available():
            found = await info.context.reservations.price_of(self.subject, wanted)
        if isinstance(found, outcome.Refused):
            return refused(found)
        return YardBookingPrice(
            total=money_of(found.total),
            lines=lines_of(found.lines),
            due=money_of(found.due),
            refund=money_of(found.refund),
        )

    @strawberry.field(description="Until when it waits for payment (HELD) or for the owner (REQUESTED).")
    def waits_until(self) -> datetime | None:
        return self.subject.waits_until

    @strawberry.field(description="Counts its changes. What a change costs depends on nothing but the version.")
    def version(self) -> int:
        return self.subject.version

    @strawberry.field
    def created_at(self) -> datetime:
        return self.subject.created_at


@own
@strawberry.type(description="Another change came first. `current` is what it made: look at it, then change that.")
class YardBookingConflict:
    text: str
    current: YardBooking


YardBookingResult = Annotated[YardBooking | YardRefused, strawberry.union("YardBookingResult")]


@own
@strawberry.type
class YardBookingsViewer:
    @strawberry.field(description="One's own bookings of yards, the latest arrival first.")
    async def yard_bookings(self, info: Info, first: int = 20, after: str | None = None) -> Connection[YardBooking]:
        size, since = page_size(first), None if after is None else ids.yard_booking_id(after, "after")
        with available():
            found = await info.context.reservations.list_of(subject(info), since, size + 1)
        return page_of(found, size, continues=since is not None)


def page_of(found: Sequence[booking.YardBooking], size: int, *, continues: bool) -> Connection[YardBooking]:
    """`found`: one more than the page, where there are more."""
    has_next = len(found) > size
    return connect(
        found[:size], lambda each: booking_id(each.id), YardBooking.of, has_next=has_next, continues=continues
    )


async def find_yard_booking(info: Info, wanted: UUID) -> YardBooking | None:
    """One's own, or one of one's yard."""
    with available():
        found = await info.context.reservations.find(wanted)
        if found and found.principal != subject(info):
            found = await info.context.desk.find(editor(info), wanted)
    return YardBooking.of(found) if found else None


@contextmanager
def available() -> Iterator[None]:
    """Where nothing can be kept, the answer is UNAVAILABLE."""
    try:
        yield
    except ReservationsUnavailable:
        words = "Bookings cannot be kept right now. Ask the same again, with the same key, in a moment."
        raise CodedError(ErrorCode.UNAVAILABLE, words) from None


def subject(info: Info) -> str:
    """Whoever asks. A key that is bound to something else is nobody here."""
    return info.context.principal.subject if info.context.principal.may(*Role) else ""


def checked_plate(given: str, argument: str = "plate") -> str:
    """Without spaces around it. A refusal does not repeat it."""
    plate = given.strip()
    if len(plate) > DRIVER_CHARS["plate"] or not normalise(plate) or not plate.isprintable():
        raise BadUserInputError(f"{argument}: letters and digits, at most {DRIVER_CHARS['plate']} characters")
    return plate


def decided(of: booking.YardBooking | outcome.Refused) -> YardBooking | YardRefused:
    return refused(of) if isinstance(of, outcome.Refused) else YardBooking.of(of)


def full() -> YardFull:
    return YardFull(text="No space that fits is free for the whole stay.")


def refused(of: outcome.Refused) -> YardRefused:
    return YardRefused(reason=of.reason, text=of.text)


def key_conflict() -> IdempotencyConflict:
    return IdempotencyConflict(text="This key was used for another wish. Use a new key for a new wish.")


def booking_id(of: UUID) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.YARD_BOOKING, of.hex))


def stay_of(stay: Stay) -> BookedStay:
    return BookedStay(arrive=stay.arrive, leave=stay.leave)


def money_of(amount: money.Money) -> Money:
    return Money.of(amount)


def lines_of(lines: Sequence[pricing.PriceLine]) -> list[PriceLine]:
    return [PriceLine.of(line) for line in lines]


def rule_of(rule: CancellationRule) -> YardCancellation:
    return YardCancellation(free_hours=rule.free_until // HOUR, refund_percent=rule.refund_percent)
