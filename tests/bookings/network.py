"""A network that takes bookings, with a store of its own that outlives lost replies."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from parkgraph.bookings.wish import Terms, Wish
from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.network import Network
from parkgraph.sdk.booking import (
    BookingAdapter,
    BookingRequest,
    Driver,
    Refusal,
    RefusalReason,
    Reservation,
    ReservationStatus,
)
from parkgraph.sdk.contract import Capability, NetworkInfo
from parkgraph.sdk.faults import Unavailable
from tests.networks.scripted import SEARCH_INFO, Script, ScriptedSearch, batch

EUR_12: Final = Money(Decimal("12.00"), "EUR")
BOOKING_INFO: Final = replace(SEARCH_INFO, capabilities=frozenset({Capability.SEARCH, Capability.BOOKING}))
GATE: Final = "The gate's code is 4711."


class Turn(StrEnum):
    """What becomes of one call. LOST: the network does it and the reply is lost. LATE: so is the reply, and the network
    does it when it is told to `catch_up`. DOWN: nothing happens. SILENT: it does it, and never replies.
    """

    WELL = "WELL"
    LOST = "LOST"
    LATE = "LATE"
    DOWN = "DOWN"
    SILENT = "SILENT"
    REFUSES = "REFUSES"


class BookingNetwork(ScriptedSearch, BookingAdapter):
    """Calls take the next turn of `turns`; after the last one all goes well. `requests`: what it was asked to book."""

    def __init__(self, info: NetworkInfo = BOOKING_INFO, *offers: object) -> None:
        super().__init__(info, Script(batch(*offers)), Script(()))
        self.turns: list[Turn] = []
        self.requests: list[BookingRequest] = []
        self.reservations: list[tuple[str, Reservation]] = []
        self.books_as = ReservationStatus.CONFIRMED
        self._late: list[BookingRequest] = []
        self.at_work: asyncio.Event | None = None
        self.go_on: asyncio.Event | None = None

    def next(self, *turns: Turn) -> None:
        self.turns = list(turns)

    def of(self, client_reference: str) -> list[Reservation]:
        """Every reservation that was made with this reference of ours."""
        return [reservation for ours, reservation in self.reservations if ours == client_reference]

    def catch_up(self) -> None:
        """Do what was asked long ago."""
        for request in self._late:
            self._book(request)
        self._late.clear()

    def forget(self) -> None:
        """What was asked long ago is not done any more."""
        self._late.clear()

    def become(self, status: ReservationStatus) -> None:
        """Its reservations are so from now on, whoever decided that."""
        self.reservations = [(ours, replace(each, status=status)) for ours, each in self.reservations]

    def hold(self) -> None:
        """Stand still inside of the next call to book, until `go_on` is set."""
        self.at_work, self.go_on = asyncio.Event(), asyncio.Event()

    async def reserve(self, request: BookingRequest) -> Reservation | Refusal:
        self.requests.append(request)
        if self.at_work and self.go_on:
            self.at_work.set()
            await self.go_on.wait()
        match self._turn():
            case Turn.REFUSES:
                return Refusal(RefusalReason.SOLD_OUT, "The garage is sold out for this stay.")
            case Turn.LATE:
                self._late.append(request)
                raise Unavailable("no reply")
            case Turn.DOWN:
                raise Unavailable("not reached")
            case Turn.LOST:
                self._book(request)
                raise Unavailable("the reply is lost")
            case Turn.SILENT:
                self._book(request)
                await asyncio.Event().wait()
        return self._book(request)

    async def find(self, client_reference: str) -> Reservation | None:
        await self._look()
        return next(iter(self.of(client_reference)), None)

    async def status(self, reference: str) -> Reservation | None:
        await self._look()
        return next((each for _, each in self.reservations if each.reference == reference), None)

    async def cancel(self, reference: str) -> Reservation | Refusal:
        match self._turn():
            case Turn.REFUSES:
                return Refusal(RefusalReason.NOT_CANCELLABLE, "It begins too soon.")
            case Turn.DOWN | Turn.LATE:
                raise Unavailable("not reached")
            case Turn.LOST:
                self._cancel(reference)
                raise Unavailable("the reply is lost")
            case Turn.SILENT:
                self._cancel(reference)
                await asyncio.Event().wait()
        return self._cancel(reference)

    async def _look(self) -> None:
        match self._turn():
            case Turn.WELL | Turn.REFUSES:
                return
            case Turn.SILENT:
                await asyncio.Event().wait()
        raise Unavailable("not reached")

    def _turn(self) -> Turn:
        return self.turns.pop(0) if self.turns else Turn.WELL

    def _book(self, request: BookingRequest) -> Reservation:
        made = Reservation(f"R{len(self.reservations) + 1}", self.books_as, request.total, GATE)
        self.reservations.append((request.client_reference, made))
        return made

    def _cancel(self, reference: str) -> Reservation:
        self.reservations = [
            (ours, replace(each, status=ReservationStatus.CANCELLED) if each.reference == reference else each)
            for ours, each in self.reservations
        ]
        return next(each for _, each in self.reservations if each.reference == reference)


def network(adapter: BookingNetwork, network_id: str = "garages") -> Network:
    return Network(network_id, adapter)


def booking_network(offers: Iterable[object] = ()) -> BookingNetwork:
    return BookingNetwork(BOOKING_INFO, *offers)


ARRIVE: Final = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
STAY: Final = Stay(ARRIVE, ARRIVE + timedelta(hours=3))
DRIVER: Final = Driver(plate="S-PG 4711", email="driver@example.org")


def wish(key: str = "6c9e-one", driver: Driver = DRIVER, **terms: object) -> Wish:
    offer: dict[str, object] = {
        "network": "garages",
        "local_id": "a",
        "ref": "offer-1",
        "stay": STAY,
        "vehicle": Vehicle(),
        "total": EUR_12,
    }
    return Wish(key, Terms(**(offer | terms)), driver)  # type: ignore[arg-type]  # a test's own words
