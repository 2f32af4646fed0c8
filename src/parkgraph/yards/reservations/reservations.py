"""The drivers' side: quote, book, change, cancel.

Whatever changes what is free happens in its yard's turn. docs/decisions/0009 has the whole of it.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.stay import MAX_STAY, Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.privacy.vault import Vault
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.booking import Status, YardBooking, difference
from parkgraph.yards.reservations.changes import Changes
from parkgraph.yards.reservations.outcome import (
    NOT_CONFIRMED,
    UNKNOWN_BOOKING,
    Full,
    KeyConflict,
    QuoteExpired,
    Reason,
    Refused,
    Stale,
)
from parkgraph.yards.reservations.payments import Payments, Unbilled
from parkgraph.yards.reservations.quotes import Quotes
from parkgraph.yards.reservations.quoting import (
    CalendarOf,
    ChangePrice,
    HoursOf,
    YardQuote,
    check_begin,
    closed,
    priced,
)
from parkgraph.yards.reservations.reading import Kept, Reader
from parkgraph.yards.reservations.spaces import choose, fits
from parkgraph.yards.reservations.turns import Turn, Turns
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.yard import Yard

_log = structlog.get_logger(__name__)


class ReservationsUnavailable(Exception):
    """Nothing can be kept right now. The same may be asked again."""


@dataclass(frozen=True, slots=True)
class Wish:
    """To book a quote for the vehicle with this plate."""

    key: Key
    quote: UUID
    plate: str = field(repr=False)

    @property
    def fingerprint(self) -> bytes:
        return self.key.fingerprint(self.quote.hex, self.plate)


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def available() -> Iterator[None]:
    """Turns what says that the database is not to be had into ReservationsUnavailable."""
    try:
        yield
    except DATABASE_FAULTS as fault:
        _log.warning("reservations_unavailable", fault=type(fault).__name__)
        raise ReservationsUnavailable from None


class Reservations:
    """Every method raises ReservationsUnavailable where nothing can be kept."""

    def __init__(
        self,
        database: Database,
        yards: YardRepository,
        vault: Vault,
        hours_of: HoursOf,
        calendar_of: CalendarOf,
        *,
        payments: Payments | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._yards = yards
        self._hours_of = hours_of
        self._calendar_of = calendar_of
        self.clock = clock
        self.reader = Reader(database, vault)
        self.turns = Turns(database, vault)
        self.changes = Changes(payments or Unbilled())
        self._quotes = Quotes(database, yards, hours_of, calendar_of, clock)

    async def quote(self, principal: str, yard_id: UUID, stay: Stay, vehicle: Vehicle) -> YardQuote | Full | Refused:
        """A price that holds for a while. Raises ValueError for a stay that begins at no time that can be booked."""
        with available():
            return await self._quotes.make(principal, yard_id, stay, vehicle)

    async def book(self, wish: Wish) -> YardBooking | Full | QuoteExpired | KeyConflict | Refused:
        """Book, once for each key however often it is asked."""
        with available():
            found = await self.reader.find_quote(wish.quote)
            if found is None:  # there is none, or it was removed since
                known = await self.reader.find_by_key(wish.key)
                return _of_key(known, wish) if known else QuoteExpired()
            yard_key, quote = found
            return await self.turns.take(yard_key, lambda turn: self._book(turn, wish, quote))

    async def change(
        self, principal: str, booking_id: UUID, version: int, *, stay: Stay | None = None, plate: str | None = None
    ) -> YardBooking | Full | Stale | Refused:
        """Another stay, or another plate; what it is to become already, it stays.

        What a longer stay costs is due on top of what is paid, by the rates of the quote; of what a shorter one saves
        comes back what the cancellation rule says. Raises ValueError as `quote`.
        """
        with available():
            found = await self.reader.find(booking_id)
            if found is None or found.booking.principal != principal:
                return UNKNOWN_BOOKING
            stored = await self._yards.find(found.booking.yard)
            if stored is None:
                return UNKNOWN_BOOKING
            yard = stored.read()
            return await self.turns.take(
                found.yard_key, lambda turn: self._change(turn, yard, booking_id, version, stay, plate)
            )

    async def extend(
        self, principal: str, booking_id: UUID, version: int, leave: datetime
    ) -> YardBooking | Full | Stale | Refused:
        """Leave at another time, as `change`."""
        found = await self.find(booking_id)
        if found is None or found.principal != principal:
            return UNKNOWN_BOOKING
        if leave - found.stay.arrive > MAX_STAY:
            raise ValueError(f"leave must be at most {MAX_STAY.days} days after arrival")
        return await self.change(principal, booking_id, version, stay=Stay(found.stay.arrive, leave))

    async def price_of(self, booking: YardBooking, stay: Stay) -> ChangePrice | Refused:
        """What the booking would cost with this stay."""
        with available():
            stored = await self._yards.find(booking.yard)
            if stored is None:
                return UNKNOWN_BOOKING
            rates = await self.reader.rates(booking.tariff)
            price = priced(rates, stored.read(), stay, booking.vehicle, self._calendar_of)
        if isinstance(price, Refused):
            return price
        return ChangePrice(price.total, price.lines, *difference(booking, price.total, self.clock()))

    async def cancel(self, principal: str, booking_id: UUID) -> YardBooking | Refused:
        """Cancel before arrival, with the refund that the rule says. What is cancelled already stays so."""
        with available():
            found = await self.reader.find(booking_id)
            if found is None or found.booking.principal != principal:
                return UNKNOWN_BOOKING
            return await self.turns.take(found.yard_key, lambda turn: self._cancel(turn, booking_id))

    async def payment_settled(self, booking_id: UUID, *, authorised: bool) -> YardBooking | Refused:
        """The payment that a HELD booking waited for was promised, or declined."""
        with available():
            found = await self.reader.find(booking_id)
            if found is None:
                return UNKNOWN_BOOKING
            return await self.turns.take(
                found.yard_key, lambda turn: self._settle(turn, booking_id, authorised=authorised)
            )

    async def find(self, booking_id: UUID) -> YardBooking | None:
        with available():
            found = await self.reader.find(booking_id)
            return found.booking if found else None

    async def find_by_key(self, key: Key) -> YardBooking | None:
        with available():
            found = await self.reader.find_by_key(key)
            return found.booking if found else None

    async def list_of(self, principal: str, after: UUID | None, limit: int) -> Sequence[YardBooking]:
        """The driver's, the latest arrival first; those after the booking `after`."""
        with available():
            return await self.reader.list_of(principal, after, limit)

    async def tidy(self, quotes_before: datetime) -> None:
        """Expire what waited long enough in any yard, and remove quotes that were valid until then."""
        with available():
            now = self.clock()
            for yard_key in await self.reader.yards_with_expired(now):
                await self.turns.take(yard_key, lambda turn: self.changes.expire(turn, now))
            await self._quotes.forget(quotes_before)

    async def _book(
        self, turn: Turn, wish: Wish, quote: YardQuote
    ) -> YardBooking | Full | QuoteExpired | KeyConflict | Refused:
        now = self.clock()
        look = await turn.look(wish.key, quote.id, now)
        if look.is_booked:
            known = await turn.booking_by_key(wish.key)
            return _of_key(known, wish) if known else QuoteExpired()
        if quote.principal != wish.key.principal or quote.valid_until <= now:
            return QuoteExpired()
        if not look.takes_bookings:
            return Refused(Reason.NOT_PUBLISHED, "The yard takes no bookings any more.")
        if look.has_expired:
            await self.changes.expire(turn, now)
        space = choose(await turn.free([quote.stay], now), quote.vehicle)
        if space is None or space.id is None:
            return Full()
        new = YardBooking(
            id=uuid4(),
            yard=quote.yard,
            principal=quote.principal,
            stay=quote.stay,
            vehicle=quote.vehicle,
            plate=wish.plate,
            space=space.id,
            space_label=space.label,
            status=Status.HELD,
            total=quote.total,
            lines=quote.lines,
            paid=replace(quote.total, amount=quote.total.amount * 0),
            tariff=quote.tariff,
            cancellation=quote.cancellation,
            needs_approval=quote.needs_approval,
            created_at=now,
        )
        booking = await self.changes.begin(turn, new, now)
        await turn.add(booking, quote.id, wish.key.digest, wish.fingerprint)
        return booking

    async def _change(
        self, turn: Turn, yard: Yard, booking_id: UUID, version: int, stay: Stay | None, plate: str | None
    ) -> YardBooking | Full | Stale | Refused:
        now = self.clock()
        kept = await turn.booking(booking_id)
        if kept is None:
            return UNKNOWN_BOOKING
        booking = kept.booking
        wanted = replace(booking, stay=stay or booking.stay, plate=plate or booking.plate)
        if wanted == booking:
            return booking
        if booking.version != version:
            return Stale(booking)
        if refusal := _not_changeable(booking, now):
            return refusal
        if wanted.stay == booking.stay:
            return await self.changes.change(turn, kept, wanted, now)
        return await self._restay(turn, yard, kept, wanted, now)

    async def _restay(
        self, turn: Turn, yard: Yard, kept: Kept, wanted: YardBooking, now: datetime
    ) -> YardBooking | Full | Refused:
        before, stay = kept.booking.stay, wanted.stay
        if before.arrive <= now:
            if stay.arrive != before.arrive:
                return Refused(Reason.STARTED, "The stay has begun: its arrival cannot be changed.")
            if stay.leave <= now:
                raise ValueError("leave lies in the past")
        else:
            check_begin(stay, now)
        if not (before.arrive <= stay.arrive and stay.leave <= before.leave):
            if not await turn.takes_bookings():
                return Refused(Reason.NOT_PUBLISHED, "The yard takes no longer stays any more.")
            if refusal := closed(yard, stay, self._hours_of):
                return refusal
        price = priced(await turn.rates(wanted.tariff), yard, stay, wanted.vehicle, self._calendar_of)
        if isinstance(price, Refused):
            return price
        await self.changes.expire(turn, now)
        free = [space for space in await turn.free([stay], now, own=kept.key) if fits(space, wanted.vehicle)]
        same = next((space for space in free if space.id == wanted.space), None)
        space = same or (choose(free, wanted.vehicle) if before.arrive > now else None)
        if space is None or space.id is None:
            return Full()
        changed = replace(wanted, space=space.id, space_label=space.label, total=price.total, lines=price.lines)
        return await self.changes.change(turn, kept, changed, now)

    async def _cancel(self, turn: Turn, booking_id: UUID) -> YardBooking | Refused:
        now = self.clock()
        kept = await turn.booking(booking_id)
        if kept is None:
            return UNKNOWN_BOOKING
        booking = kept.booking
        match booking.status_at(now):
            case Status.CANCELLED:
                return booking
            case Status.HELD | Status.REQUESTED:
                return await self.changes.end(turn, kept, Status.CANCELLED, now)
            case Status.CONFIRMED if booking.stay.arrive > now:
                return await self.changes.end(turn, kept, Status.CANCELLED, now, booking.refund_at(now))
            case Status.CONFIRMED:
                return Refused(Reason.STARTED, "The stay has begun; it can be made shorter.")
        return Refused(Reason.OVER, "The booking has ended already.")

    async def _settle(self, turn: Turn, booking_id: UUID, *, authorised: bool) -> YardBooking | Refused:
        now = self.clock()
        kept = await turn.booking(booking_id)
        if kept is None:
            return UNKNOWN_BOOKING
        match kept.booking.status_at(now):
            case Status.HELD if authorised:
                return await self.changes.authorised(turn, kept, now)
            case Status.HELD:
                return await self.changes.end(turn, kept, Status.CANCELLED, now)
            case Status.EXPIRED if kept.booking.status is Status.HELD:
                return await self.changes.end(turn, kept, Status.EXPIRED, now)
        return kept.booking


def _of_key(known: Kept, wish: Wish) -> YardBooking | KeyConflict:
    return known.booking if secrets.compare_digest(known.fingerprint, wish.fingerprint) else KeyConflict()


def _not_changeable(booking: YardBooking, now: datetime) -> Refused | None:
    match booking.status_at(now):
        case Status.CONFIRMED:
            return None
        case Status.HELD | Status.REQUESTED:
            return NOT_CONFIRMED
    return Refused(Reason.OVER, "The booking has ended already.")
