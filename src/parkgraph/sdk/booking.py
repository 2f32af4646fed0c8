"""The contract with a network that takes bookings."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle


@dataclass(frozen=True, slots=True)
class Driver:
    """Who parks. A network says which of these it needs by refusing with DRIVER_INCOMPLETE."""

    plate: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def __repr__(self) -> str:
        return "Driver(…)"


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """One wish to book. `client_reference` is ours, and the network can be asked for it later.

    `offer_ref` is the `ref` of the offer, `total` what the driver agreed to pay: a dearer booking is refused.
    """

    client_reference: str
    local_id: str
    offer_ref: str
    stay: Stay
    vehicle: Vehicle
    total: Money
    driver: Driver


class ReservationStatus(StrEnum):
    """PENDING: the network has yet to confirm it."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A booking as the network has it. `reference` is the network's own.

    `instructions` tell the driver how to get in; `cancellable_until` is None where the network does not say.
    """

    reference: str
    status: ReservationStatus
    total: Money | None = None
    instructions: str | None = None
    url: str | None = None
    cancellable_until: datetime | None = None


class RefusalReason(StrEnum):
    """Why a network does not book or cancel."""

    SOLD_OUT = "SOLD_OUT"
    PRICE_CHANGED = "PRICE_CHANGED"
    OFFER_EXPIRED = "OFFER_EXPIRED"
    DRIVER_INCOMPLETE = "DRIVER_INCOMPLETE"
    NOT_CANCELLABLE = "NOT_CANCELLABLE"
    UNKNOWN_BOOKING = "UNKNOWN_BOOKING"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The network's no. `text` is the adapter's own sentence, never the network's words."""

    reason: RefusalReason
    text: str


class BookingAdapter(ABC):
    """Beside FeedAdapter or SearchAdapter: the network takes bookings (Capability.BOOKING).

    No method repeats itself. A fault of `reserve` says nothing of whether the network booked: `find` is asked.
    """

    @abstractmethod
    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        """Book. Sends `client_reference` along, so that `find` sees the booking even if this reply is lost."""

    @abstractmethod
    async def find(self, client_reference: str) -> Reservation | None:
        """The booking made with our reference; None where the network knows of none."""

    @abstractmethod
    async def status(self, reference: str) -> Reservation | None:
        """The booking by the network's own reference; None where it knows of none."""

    @abstractmethod
    async def cancel(self, reference: str) -> Reservation | Refusal:
        """Cancel. A booking that is cancelled already is answered as CANCELLED, not refused."""
