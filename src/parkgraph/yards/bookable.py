"""The private yards among the networks that take bookings: on the contract of every other, and with live vacancies."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.place import Listing, ListingKey, ListingOffer
from parkgraph.domain.pricing import OfferReason, OfferStatus, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk import Capability, NetworkInfo, Unavailable
from parkgraph.sdk.booking import (
    BookingAdapter,
    BookingRequest,
    Refusal,
    RefusalReason,
    Reservation,
    ReservationStatus,
)
from parkgraph.yards.adapter import INFO, NETWORK, YardsAdapter
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.booking import Status, YardBooking
from parkgraph.yards.reservations.outcome import Full, Reason, Refused
from parkgraph.yards.reservations.quoting import CalendarOf, can_begin
from parkgraph.yards.reservations.reading import Reader
from parkgraph.yards.reservations.reservations import Reservations, ReservationsUnavailable, Wish
from parkgraph.yards.reservations.wish import Key

_log = structlog.get_logger(__name__)

PrincipalOf = Callable[[str], Awaitable[str | None]]
"""Whose wish it is that has this reference of ours. Raises one of db's DATABASE_FAULTS."""

_PENDING: Final = frozenset({Status.HELD, Status.REQUESTED})
_ENDED: Final = frozenset({Status.CANCELLED, Status.DECLINED, Status.EXPIRED})
_STAY: Final = "stay"
"""The `ref` of a yard's offers: the offer's stay, vehicle and total say all there is to say."""

_SIGN_IN: Final = Refusal(RefusalReason.DRIVER_INCOMPLETE, "A yard is booked by drivers who are signed in.")
_PLATE: Final = Refusal(RefusalReason.DRIVER_INCOMPLETE, "A yard needs the vehicle's plate.")
_FULL: Final = Refusal(RefusalReason.SOLD_OUT, "There is no space left for this stay.")
_DEARER: Final = Refusal(RefusalReason.PRICE_CHANGED, "The stay costs more by now; search again.")
_GONE: Final = Refusal(RefusalReason.OFFER_EXPIRED, "The offer does not hold any more; search again.")
_UNKNOWN: Final = Refusal(RefusalReason.UNKNOWN_BOOKING, "There is no such booking.")


class BookableYards(YardsAdapter, BookingAdapter):
    """A booking of a yard by `bookOffer`: one of the yard's own, under our reference as its key."""

    def __init__(self, yards: YardRepository, reservations: Reservations, principal_of: PrincipalOf) -> None:
        super().__init__(yards)
        self._reservations = reservations
        self._principal_of = principal_of

    @property
    def info(self) -> NetworkInfo:
        return replace(INFO, capabilities=INFO.capabilities | {Capability.BOOKING})

    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        with _available():
            principal = await self._principal_of(request.client_reference)
            if not principal:
                return _SIGN_IN
            if not request.driver.plate:
                return _PLATE
            return await self._reserve(request, principal, request.driver.plate)

    async def find(self, client_reference: str) -> Reservation | None:
        with _available():
            principal = await self._principal_of(client_reference)
            found = await self._reservations.find_by_key(_key(principal, client_reference)) if principal else None
            return self._reservation(found) if found else None

    async def status(self, reference: str) -> Reservation | None:
        with _available():
            found = await self._reservations.find(UUID(reference))
            return self._reservation(found) if found else None

    async def cancel(self, reference: str) -> Reservation | Refusal:
        with _available():
            found = await self._reservations.find(UUID(reference))
            if found is None:
                return _UNKNOWN
            outcome = await self._reservations.cancel(found.principal, found.id)
        if isinstance(outcome, Refused):
            return Refusal(RefusalReason.NOT_CANCELLABLE, outcome.text)
        return self._reservation(outcome)

    async def _reserve(self, request: BookingRequest, principal: str, plate: str) -> Reservation | Refusal:
        try:
            quote = await self._reservations.quote(principal, UUID(request.local_id), request.stay, request.vehicle)
        except ValueError:  # a stay that begins at no time that can be booked, or no yard's id
            return _GONE
        if isinstance(quote, (Full, Refused)):
            return _refusal(quote)
        if quote.total.currency != request.total.currency or quote.total.amount > request.total.amount:
            return _DEARER
        outcome = await self._reservations.book(Wish(_key(principal, request.client_reference), quote.id, plate))
        match outcome:
            case YardBooking():
                return self._reservation(outcome)
            case Full() | Refused():
                return _refusal(outcome)
        return _GONE

    def _reservation(self, booking: YardBooking) -> Reservation:
        now = self._reservations.clock()
        status = booking.status_at(now)
        return Reservation(
            reference=str(booking.id),
            status=ReservationStatus.PENDING
            if status in _PENDING
            else ReservationStatus.CANCELLED
            if status in _ENDED
            else ReservationStatus.CONFIRMED,
            total=booking.total,
            cancellable_until=booking.stay.arrive,
        )


class YardVacancies:
    """The graph's `Availability`: what is left of the yards of a page, and at what price. One query for all of them."""

    def __init__(self, reader: Reader, calendar_of: CalendarOf, clock: Callable[[], datetime]) -> None:
        self._reader = reader
        self._calendar_of = calendar_of
        self._clock = clock

    def counts(self, network_id: str) -> bool:
        return network_id == NETWORK

    async def offers(
        self, listings: Mapping[ListingKey, Listing], stay: Stay, vehicle: Vehicle
    ) -> Mapping[ListingKey, tuple[ListingOffer, ...]]:
        now = self._clock()
        if not can_begin(stay, now):
            return {}
        keys = {UUID(key.local_id): key for key in listings}
        try:
            vacancies = await self._reader.vacancies(keys, stay, vehicle, now)
        except DATABASE_FAULTS as fault:
            _log.warning("vacancies_not_counted", fault=type(fault).__name__)
            return {}
        return {
            keys[yard]: (self._offer(listings[keys[yard]], stay, vehicle, vacancy.country, vacancy.spaces),)
            for yard, vacancy in vacancies.items()
        }

    def _offer(self, listing: Listing, stay: Stay, vehicle: Vehicle, country: str, vacant: int) -> ListingOffer:
        if vacant == 0:
            text = "No space that fits is free for the whole stay."
            return ListingOffer(_STAY, OfferStatus.UNAVAILABLE, reason=OfferReason.FULL, reason_text=text, vacant=0)
        quote = price(listing.rates, stay, listing.timezone or INFO.timezone, vehicle, self._calendar_of(country))
        return ListingOffer(
            _STAY,
            quote.status,
            total=quote.total,
            lines=quote.lines,
            reason=quote.reason,
            reason_text=quote.reason_text,
            bookable=quote.total is not None,
            vacant=vacant,
        )


def _key(principal: str, client_reference: str) -> Key:
    return Key(principal, f"offer {client_reference}")


def _refusal(of: Full | Refused) -> Refusal:
    if isinstance(of, Full):
        return _FULL
    gone = of.reason in (Reason.NOT_PUBLISHED, Reason.CLOSED, Reason.UNKNOWN)
    return Refusal(RefusalReason.OFFER_EXPIRED if gone else RefusalReason.REFUSED, of.text)


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except (ReservationsUnavailable, *DATABASE_FAULTS):
        raise Unavailable("the database does not answer") from None
