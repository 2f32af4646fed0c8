"""What a stay at a yard costs, or why it cannot be had, but for whether there is room. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parkgraph.domain.civil import Calendar
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.hours import Hours, open_to_leave
from parkgraph.domain.money import Money
from parkgraph.domain.pricing import OfferReason, OfferStatus, PriceLine, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import Vehicle
from parkgraph.yards.cancellation import CancellationRule
from parkgraph.yards.reservations.outcome import Reason, Refused
from parkgraph.yards.reservations.spaces import fits, passes, way_in
from parkgraph.yards.yard import Yard, YardStatus

VALID_FOR: Final = timedelta(minutes=10)
"""So long does a quote's price hold."""

LATE: Final = timedelta(minutes=15)
"""So long before now may a stay begin: whoever stands at the gate takes a moment to ask."""

AHEAD: Final = timedelta(days=366)
"""So long before arrival can be booked."""


HoursOf = Callable[[str, Coordinates, ZoneInfo], Hours | None]
CalendarOf = Callable[[str | None], Calendar | None]

_REASONS: Final = {
    OfferReason.BEYOND_MAX_STAY: Reason.BEYOND_MAX_STAY,
    OfferReason.NOT_ELIGIBLE: Reason.NOT_ELIGIBLE,
    OfferReason.CLOSED: Reason.CLOSED,
}


@dataclass(frozen=True, slots=True)
class YardQuote:
    """A price that holds for `principal` until `valid_until`. `tariff` is the key of the rates it was made by.

    `vacant`: spaces that fit and were free for the whole stay when it was made; nothing is kept for it.
    """

    id: UUID
    yard: UUID
    principal: str = field(repr=False)
    stay: Stay
    vehicle: Vehicle
    total: Money
    lines: tuple[PriceLine, ...]
    tariff: int
    cancellation: CancellationRule
    needs_approval: bool
    created_at: datetime
    valid_until: datetime
    vacant: int | None = None


def can_begin(stay: Stay, now: datetime) -> bool:
    """Whether it begins at a time that can be booked."""
    return now - LATE <= stay.arrive <= now + AHEAD and stay.leave > now


def check_begin(stay: Stay, now: datetime) -> None:
    """Raises ValueError for a stay that begins too long ago, or too long from now."""
    if stay.arrive < now - LATE or stay.leave <= now:
        raise ValueError("arrive lies in the past")
    if stay.arrive > now + AHEAD:
        raise ValueError(f"arrive must be at most {AHEAD.days} days from now")


def barred(yard: Yard, stay: Stay, vehicle: Vehicle, hours_of: HoursOf) -> Refused | None:
    """Why no space of the yard can be had, however many are free."""
    if yard.status is not YardStatus.PUBLISHED:
        return Refused(Reason.NOT_PUBLISHED, "The yard takes no bookings.")
    if not passes(way_in(yard), vehicle) or not any(fits(space, vehicle) for space in yard.spaces):
        return Refused(Reason.TOO_BIG, "The yard has no space that this vehicle fits.")
    return closed(yard, stay, hours_of)


def closed(yard: Yard, stay: Stay, hours_of: HoursOf) -> Refused | None:
    hours = hours_of(yard.hours, yard.location, yard.timezone) if yard.hours and yard.location else None
    if hours and hours.is_open(stay.arrive) is False:
        return Refused(Reason.CLOSED, "The yard is closed at arrival.")
    if hours and open_to_leave(hours, stay) is False:
        return Refused(Reason.CLOSED, "The yard is closed at departure.")
    return None


@dataclass(frozen=True, slots=True)
class Price:
    """A total and the lines that add up to it."""

    total: Money
    lines: tuple[PriceLine, ...]


@dataclass(frozen=True, slots=True)
class ChangePrice:
    """What a booking would cost with another stay: `due` on top of what is paid, or `refund` of it."""

    total: Money
    lines: tuple[PriceLine, ...]
    due: Money
    refund: Money


def priced(
    rates: RateTable | None, yard: Yard, stay: Stay, vehicle: Vehicle, calendar_of: CalendarOf
) -> Price | Refused:
    """What the stay costs by these rates, where that is exact."""
    found = price(rates, stay, yard.timezone, vehicle, calendar_of(yard.country))
    if found.total is not None and found.status in (OfferStatus.PRICED, OfferStatus.FREE):
        return Price(found.total, found.lines)
    reason = _REASONS.get(found.reason, Reason.NO_RATES) if found.reason else Reason.NO_RATES
    return Refused(reason, found.reason_text or "The yard has no exact price for this stay.")
