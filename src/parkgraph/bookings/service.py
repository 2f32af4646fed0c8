"""The room's face: book an offer, cancel a booking, look one up.

A lost reply never books twice: the intent is stored before the network is asked, the network is asked once, and after
that it is only asked what became of it. docs/decisions/0007 has the whole of it.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import structlog

from parkgraph.bookings import booking as rules
from parkgraph.bookings.booking import BOOKED, Booking, Status
from parkgraph.bookings.outcome import (
    Conflict,
    Gone,
    Held,
    Observer,
    Outcome,
    Refused,
    Unknown,
    Unreachable,
    unobserved,
    word,
)
from parkgraph.bookings.patience import Patience
from parkgraph.bookings.repository import BookingRepository
from parkgraph.bookings.settling import Settling
from parkgraph.bookings.wish import Terms, Wish
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.networks.bookings import NetworkBookings
from parkgraph.networks.flights import SingleFlight
from parkgraph.networks.tasks import Tasks
from parkgraph.sdk.booking import Refusal, RefusalReason, Reservation

_log = structlog.get_logger(__name__)

SETTLE_EVERY: Final = timedelta(seconds=5)


class BookingsUnavailable(Exception):
    """Nothing can be kept right now. The same may be asked again."""


def _now() -> datetime:
    return datetime.now(UTC)


class Bookings:
    """Bookings at the networks that take them. Later, a yard's offer will be told apart in `_gone` and `_ask`."""

    def __init__(
        self,
        repository: BookingRepository,
        networks: NetworkBookings,
        leads: Callable[[], bool],
        *,
        clock: Callable[[], datetime] = _now,
        patience: Patience = Patience(),  # noqa: B008  (frozen)
        observer: Observer = unobserved,
    ) -> None:
        """`leads`: whether this process settles what is open."""
        self._repository = repository
        self._networks = networks
        self._leads = leads
        self._clock = clock
        self._patience = patience
        self._observer = observer
        self._settling = Settling(repository, networks, clock, patience, observer)
        self._flights = SingleFlight[object, Outcome | None]()
        self._tasks = Tasks()

    async def start(self) -> None:
        """Begin to settle what is open."""
        self._tasks.spawn(self._keep_settling(), "settle bookings")

    async def stop(self) -> None:
        """What is under way is given up: it is settled after the next start."""
        await self._tasks.end()
        await self._flights.aclose()

    async def book(self, wish: Wish) -> Outcome:
        """Book, once for each key however often it is asked. Raises BookingsUnavailable."""
        key = (wish.principal, wish.key_digest, wish.fingerprint)
        outcome = await self._fly(key, lambda ends: self._book(wish, ends))
        if not isinstance(outcome, Conflict) and self._networks.takes(wish.terms.network):
            self._observer(wish.terms.network, "book", word(outcome))
        return outcome

    async def cancel(self, booking_id: UUID, principal: str = "") -> Outcome:
        """Cancel for this principal; what is cancelled already is Held. Raises BookingsUnavailable."""
        return await self._fly((booking_id, principal), lambda ends: self._cancel(booking_id, principal, ends))

    async def find(self, booking_id: UUID, principal: str = "") -> Booking | None:
        """The booking as this principal may see it, if its network has it. Raises BookingsUnavailable."""
        try:
            found = await self._repository.find(booking_id)
        except DATABASE_FAULTS:
            raise BookingsUnavailable from None
        return found if found and found.status in BOOKED and _may_see(principal, found) else None

    async def list_of(self, principal: str, after: UUID | None, limit: int) -> Sequence[Booking]:
        """The principal's that networks have, the newest first; those made before `after`. Nobody's are in no list.

        Raises BookingsUnavailable.
        """
        if not principal:
            return ()
        try:
            return await self._repository.list_of(principal, after, limit)
        except DATABASE_FAULTS:
            raise BookingsUnavailable from None

    async def settle(self) -> None:
        """One round: ask the networks what became of what is due."""
        await self._settling.round()

    async def _fly(self, key: object, begin: Callable[[float], Coroutine[Any, Any, Outcome | None]]) -> Outcome:
        """One at a time for each key, carried to its end even if nobody waits any more."""
        ends = asyncio.get_running_loop().time() + self._patience.whole_s

        def fly() -> asyncio.Task[Outcome | None]:
            return self._tasks.spawn(begin(ends), "book")

        self._flights.detach(key, fly, ends)
        outcome = await self._flights.join(key, fly, ends)
        if outcome is None:
            raise BookingsUnavailable
        return outcome

    async def _book(self, wish: Wish, ends: float) -> Outcome | None:
        """None where the database is not to be had before a network was asked."""
        try:
            intent = await self._intent(wish)
        except DATABASE_FAULTS as fault:
            _log.warning("booking_not_stored", fault=type(fault).__name__)
            return None
        if not isinstance(intent, _Intent):
            return intent
        try:
            if intent.is_new:
                return await self._ask(intent.booking, wish, ends)
            return await self._resume(intent.booking, wish, ends)
        except DATABASE_FAULTS as fault:
            _log.warning("booking_not_stored", fault=type(fault).__name__)
            return Unknown()

    async def _intent(self, wish: Wish) -> "_Intent | Outcome":
        """The booking of this key, stored before anything is asked of its network."""
        known = await self._repository.find_by_key(wish.principal, wish.key_digest)
        if known is None:
            if gone := self._gone(wish.terms):
                return gone
            new = self._new(wish)
            if await self._repository.add(new):
                return _Intent(new, is_new=True)
            known = await self._repository.find_by_key(wish.principal, wish.key_digest)
        if known is None or not secrets.compare_digest(known.fingerprint, wish.fingerprint):
            return Conflict()
        return _Intent(known, is_new=False)

    def _gone(self, terms: Terms) -> Gone | None:
        if terms.stay.leave <= self._clock():
            return Gone("The stay of this offer is over.")
        if not self._networks.takes(terms.network):
            return Gone("The network of this offer takes no bookings now.")
        if not terms.ref:
            return Gone("This offer cannot be booked.")
        return None

    def _new(self, wish: Wish) -> Booking:
        now, terms = self._clock(), wish.terms
        new = Booking(
            id=uuid4(),
            principal=wish.principal,
            key_digest=wish.key_digest,
            fingerprint=wish.fingerprint,
            client_reference=secrets.token_hex(16),
            network=terms.network,
            local_id=terms.local_id,
            offer_ref=terms.ref,
            stay=terms.stay,
            total=terms.total,
            status=Status.REQUESTED,
            attempted_at=now,
            created_at=now,
        )
        return rules.requested(new, now)

    async def _resume(self, booking: Booking, wish: Wish, ends: float) -> Outcome:
        """It was asked for before: look first, and ask the network only where it has certainly not booked."""
        look = await self._settling.watch(booking, ends, in_flight_s=self._patience.ask_s)
        if look.booking.status is not Status.FAILED:
            return _outcome(look.booking)
        if not look.answered:
            return _outcome(await self._repository.get(booking.id))  # another process may be asking by now
        if gone := self._gone(wish.terms):
            return gone
        mine = await self._repository.save(look.booking, rules.requested(look.booking, self._clock()))
        if mine:
            return await self._ask(mine, wish, ends)
        now = await self._repository.get(booking.id)
        return _outcome((await self._settling.watch(now, ends, in_flight_s=self._patience.ask_s)).booking)

    async def _ask(self, booking: Booking, wish: Wish, ends: float) -> Outcome:
        """The one call that books. The intent is stored, and this process's own."""
        left = min(self._patience.ask_s, ends - asyncio.get_running_loop().time())
        attempt = await self._networks.reserve(booking.network, wish.request(booking.client_reference), left)
        reply, now = attempt.answer.value, self._clock()
        if isinstance(reply, Reservation):
            if reply.total and reply.total != booking.total:
                _log.warning("booking_total_differs", network=booking.network, booking=str(booking.id))
            return _outcome(await self._settling.become(booking, lambda it: rules.booked(it, reply, now)))
        if isinstance(reply, Refusal):
            return _outcome(await self._settling.become(booking, lambda it: rules.refused(it, reply)))
        if not attempt.begun:
            return _outcome(await self._settling.become(booking, rules.unasked))
        _log.warning("booking_unanswered", network=booking.network, code=attempt.answer.code)
        booking = await self._settling.become(booking, lambda it: rules.unanswered(it, now))
        return _outcome((await self._settling.watch(booking, ends)).booking)

    async def _cancel(self, booking_id: UUID, principal: str, ends: float) -> Outcome | None:
        """None where the database is not to be had before a network was asked."""
        try:
            found = await self._repository.find(booking_id)
            if found is None or found.status not in BOOKED or not _may_see(principal, found):
                return Refused(Refusal(RefusalReason.UNKNOWN_BOOKING, "There is no such booking."))
            now = self._clock()
            booking = await self._settling.become(found, lambda it: rules.cancelling(it, now))
        except DATABASE_FAULTS as fault:
            _log.warning("booking_not_stored", fault=type(fault).__name__)
            return None
        if booking.status is not Status.CANCELLING or booking.reference is None:
            return Held(booking)
        first = found.status is not Status.CANCELLING
        try:
            outcome = await self._ask_to_cancel(booking, booking.reference, ends, first=first)
        except DATABASE_FAULTS as fault:
            _log.warning("booking_not_stored", fault=type(fault).__name__)
            outcome = Unknown()
        self._observer(booking.network, "cancel", word(outcome))
        return outcome

    async def _ask_to_cancel(self, booking: Booking, reference: str, ends: float, *, first: bool) -> Outcome:
        """`first`: no reply to an earlier attempt is lost."""
        attempt = await self._networks.cancel(booking.network, reference, self._patience.ask_s)
        reply, now = attempt.answer.value, self._clock()
        if isinstance(reply, Refusal):
            await self._settling.become(booking, lambda it: rules.kept(it, now))
            return Refused(reply)
        if isinstance(reply, Reservation):
            booking = await self._settling.become(booking, lambda it: rules.cancelled(it, reply, now))
        elif not attempt.begun and first:
            await self._settling.become(booking, lambda it: rules.kept(it, now))
            return Unreachable()
        else:
            _log.warning("cancellation_unanswered", network=booking.network, code=attempt.answer.code)
        if booking.status is Status.CANCELLING:
            booking = (await self._settling.watch(booking, ends)).booking
        return Held(booking) if booking.status is Status.CANCELLED else Unknown()

    async def _keep_settling(self) -> None:
        while True:
            if self._leads():
                try:
                    await self.settle()
                except Exception:  # noqa: BLE001  (one round's bug must not end all others)
                    _log.exception("bookings_settling_failed")
            await asyncio.sleep(SETTLE_EVERY.total_seconds())


@dataclass(frozen=True, slots=True)
class _Intent:
    """The stored booking of a wish. `is_new`: this call stored it, so nobody else asks for it."""

    booking: Booking
    is_new: bool


def _may_see(principal: str, booking: Booking) -> bool:
    """A booking is its principal's; that of nobody is anybody's who has its id."""
    return booking.principal in ("", principal)


def _outcome(booking: Booking) -> Outcome:
    match booking.status:
        case Status.REFUSED if booking.refusal:
            return Refused(booking.refusal)
        case Status.FAILED:
            return Unreachable()
        case Status.REQUESTED | Status.UNKNOWN:
            return Unknown()
    return Held(booking)
