"""A booking of a space of a yard, and what may become of it. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parkgraph.domain.money import Money
from parkgraph.domain.pricing import PriceLine
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.yards.cancellation import CancellationRule

HOLD: Final = timedelta(minutes=10)
"""So long is a space kept for somebody whose payment is awaited."""

APPROVAL: Final = timedelta(hours=24)
"""So long has an owner to approve, and not beyond arrival."""


class YardBookingStatus(StrEnum):
    """HELD: its payment is awaited. REQUESTED: its owner's approval is. Both become EXPIRED when nothing comes.

    COMPLETED is a CONFIRMED one whose stay is over, and is never stored.
    """

    HELD = "HELD"
    REQUESTED = "REQUESTED"
    CONFIRMED = "CONFIRMED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    DECLINED = "DECLINED"
    NO_SHOW = "NO_SHOW"
    EXPIRED = "EXPIRED"


Status = YardBookingStatus
WAITING: Final = frozenset({Status.HELD, Status.REQUESTED})
OPEN: Final = WAITING | {Status.CONFIRMED}
"""Those that keep a space."""


@dataclass(frozen=True, slots=True)
class YardBooking:
    """One stay of one vehicle on one space.

    `total` is what the stay costs, `paid` what is captured and not given back. `space` is the space's key in the
    database. `waits_until`: until when a HELD or REQUESTED one keeps its space. `version` counts its changes; what a
    change costs depends on nothing else, since rates (`tariff`) and `cancellation` stay those of its quote. `plate` is
    None where it was encrypted by another key than today's.
    """

    id: UUID
    yard: UUID
    principal: str = field(repr=False)
    stay: Stay
    vehicle: Vehicle
    plate: str | None = field(repr=False)
    space: int
    space_label: str | None
    status: Status
    total: Money
    lines: tuple[PriceLine, ...]
    paid: Money
    tariff: int
    cancellation: CancellationRule
    needs_approval: bool
    created_at: datetime
    waits_until: datetime | None = None
    version: int = 1

    def status_at(self, now: datetime) -> Status:
        """The status that time has made of the stored one."""
        if self.status in WAITING and self.waits_until is not None and self.waits_until <= now:
            return Status.EXPIRED
        if self.status is Status.CONFIRMED and self.stay.leave <= now:
            return Status.COMPLETED
        return self.status

    def refund_at(self, now: datetime) -> Money:
        """What its driver gets back who cancels now."""
        if self.status_at(now) is not Status.CONFIRMED or self.stay.arrive <= now:
            return self.nothing
        return self.cancellation.refund(self.paid, self.stay.arrive, now)

    @property
    def keeps_room(self) -> bool:
        """Whether its space is its own for the whole stay."""
        return self.status in OPEN

    @property
    def nothing(self) -> Money:
        return Money(self.total.amount * 0, self.total.currency)


def held(booking: YardBooking, now: datetime) -> YardBooking:
    """Its payment is awaited."""
    return replace(booking, status=Status.HELD, waits_until=now + HOLD)


def authorised(booking: YardBooking, now: datetime) -> YardBooking:
    """Its payment is promised: it is confirmed and paid, or waits for its owner."""
    if booking.needs_approval:
        until = min(now + APPROVAL, max(booking.stay.arrive, now + HOLD))
        return replace(booking, status=Status.REQUESTED, waits_until=until)
    return confirmed(booking)


def confirmed(booking: YardBooking) -> YardBooking:
    return replace(booking, status=Status.CONFIRMED, waits_until=None, paid=booking.total)


def ended(booking: YardBooking, status: Status, refund: Money) -> YardBooking:
    """It keeps no space any more, and `refund` of what was paid goes back."""
    paid = Money(booking.paid.amount - refund.amount, booking.paid.currency)
    return replace(booking, status=status, waits_until=None, paid=paid)


def difference(booking: YardBooking, total: Money, now: datetime) -> tuple[Money, Money]:
    """(due, refund) where the stay is changed to one that costs `total`: at least one of them is nothing.

    What was paid counts in full towards a longer stay; of what a shorter one saves, as much comes back as would of
    a cancellation.
    """
    owed = total.amount - booking.paid.amount
    if owed >= 0:
        return Money(owed, total.currency), booking.nothing
    return booking.nothing, booking.cancellation.refund(Money(-owed, total.currency), booking.stay.arrive, now)
