"""Finding out what became of bookings whose reply is lost: networks are only asked, never told anything."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from parkgraph.bookings import booking as rules
from parkgraph.bookings.booking import UNBOOKED, Booking, Status
from parkgraph.bookings.outcome import Observer
from parkgraph.bookings.patience import Patience
from parkgraph.bookings.repository import BookingRepository
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.networks.bookings import NetworkBookings

_log = structlog.get_logger(__name__)

AT_A_TIME: Final = 20
"""Bookings that one round looks after."""

_LOST: Final = frozenset({Status.REQUESTED, Status.UNKNOWN, Status.CANCELLING})


@dataclass(frozen=True, slots=True)
class Look:
    """`answered`: the network said what it knows of the booking."""

    booking: Booking
    answered: bool


class Settling:
    """Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    def __init__(
        self,
        repository: BookingRepository,
        networks: NetworkBookings,
        clock: Callable[[], datetime],
        patience: Patience,
        observer: Observer,
    ) -> None:
        self._repository = repository
        self._networks = networks
        self._clock = clock
        self._patience = patience
        self._observer = observer

    async def become(self, booking: Booking, change: Callable[[Booking], Booking]) -> Booking:
        """What the booking is after this change, which is applied to what others made of it meanwhile."""
        while True:
            changed = change(booking)
            if changed == booking:
                return booking
            if saved := await self._repository.save(booking, changed):
                return saved
            booking = await self._repository.get(booking.id)

    async def watch(self, booking: Booking, ends: float, *, in_flight_s: float = 0.0) -> Look:
        """Until it is known what became of it: a few looks, by the loop's instant `ends`.

        `in_flight_s`: so long after it began may another process be asking; its answer is waited for.
        """
        clock, looks, pause = asyncio.get_running_loop().time, 0, self._patience.pause_s
        while True:
            look = await self.look(booking, min(self._patience.look_s, ends - clock()))
            booking = look.booking
            looks += 1
            asking = booking.status is Status.REQUESTED and self._age_s(booking) < in_flight_s
            if booking.status not in _LOST or (looks >= self._patience.looks and not asking) or clock() + pause >= ends:
                return look
            await asyncio.sleep(pause)
            pause *= 2
            booking = await self._repository.get(booking.id)

    async def look(self, booking: Booking, deadline: float) -> Look:
        """Ask the network once what became of it, and keep that."""
        if booking.status in UNBOOKED:
            answer = await self._networks.find(booking.network, booking.client_reference, deadline)
        elif booking.reference and booking.status in (Status.PENDING, Status.CANCELLING):
            answer = await self._networks.status(booking.network, booking.reference, deadline)
        else:
            return Look(booking, answered=True)
        if answer.code:
            return Look(booking, answered=False)
        return Look(await self.become(booking, lambda it: rules.looked(it, answer.value, self._clock())), answered=True)

    async def round(self) -> None:
        """Look after the bookings that are due."""
        try:
            due = await self._repository.list_due(self._clock(), AT_A_TIME)
            await asyncio.gather(*map(self._settle, due))
        except DATABASE_FAULTS as fault:
            _log.warning("bookings_not_settled", fault=type(fault).__name__)

    async def _settle(self, booking: Booking) -> None:
        look = await self.look(booking, self._patience.look_s)
        if not look.answered:
            await self.become(booking, lambda it: rules.checked(it, self._clock()))
        elif look.booking.status is not booking.status:
            status = look.booking.status
            _log.info("booking_settled", network=booking.network, booking=str(booking.id), status=status)
            self._observer(booking.network, "settle", status.lower())

    def _age_s(self, booking: Booking) -> float:
        return (self._clock() - booking.attempted_at).total_seconds()
