"""What becomes of a booking and of its money: both in one turn of its yard, or neither."""

from dataclasses import dataclass, replace
from datetime import datetime

from parkgraph.domain.money import Money
from parkgraph.yards.reservations import booking as rules
from parkgraph.yards.reservations.booking import Status, YardBooking
from parkgraph.yards.reservations.outcome import Reason, Refused
from parkgraph.yards.reservations.payments import Authorisation, Charge, Payments
from parkgraph.yards.reservations.reading import Kept
from parkgraph.yards.reservations.turns import Turn, Undone

DECLINED = Refused(Reason.PAYMENT_DECLINED, "The payment was declined.")


@dataclass(frozen=True, slots=True)
class Changes:
    """Every method raises one of db's DATABASE_FAULTS where the database is not to be had."""

    payments: Payments

    async def begin(self, turn: Turn, booking: YardBooking, now: datetime) -> YardBooking:
        """The new booking as it is to be stored: paid, or waiting. Ends the turn where the payment is declined."""
        match await self._authorise(turn, booking, booking.total, now):
            case Authorisation.DECLINED:
                raise Undone(DECLINED)
            case Authorisation.PENDING:
                return rules.held(booking, now)
        return await self._captured(turn, rules.authorised(booking, now), now)

    async def authorised(self, turn: Turn, kept: Kept, now: datetime) -> YardBooking:
        """The payment of a HELD one is promised."""
        after = await self._captured(turn, _next(rules.authorised(kept.booking, now)), now)
        return await turn.save(kept, after, now)

    async def approve(self, turn: Turn, kept: Kept, now: datetime) -> YardBooking:
        """A REQUESTED one is confirmed, and its money taken."""
        after = await self._captured(turn, _next(rules.confirmed(kept.booking)), now)
        return await turn.save(kept, after, now)

    async def end(
        self, turn: Turn, kept: Kept, status: Status, now: datetime, refund: Money | None = None
    ) -> YardBooking:
        """It keeps no space from now on. What was only authorised is released; `refund` of what was taken goes back."""
        booking = kept.booking
        refund = refund or booking.nothing
        after = _next(rules.ended(booking, status, refund))
        if booking.status in rules.WAITING and booking.total.amount:
            await self.payments.release(turn.session, _charge(after, booking.total, now))
        if refund.amount:
            await self.payments.refund(turn.session, _charge(after, refund, now))
        return await turn.save(kept, after, now, until=now)

    async def expire(self, turn: Turn, now: datetime) -> None:
        """Those that waited long enough give their room to whoever needs it."""
        for kept in await turn.expired(now):
            await self.end(turn, kept, Status.EXPIRED, now)

    async def change(self, turn: Turn, kept: Kept, changed: YardBooking, now: datetime) -> YardBooking:
        """A CONFIRMED one with another stay, price, space or plate. Ends the turn where payment is not had at once."""
        due, refund = rules.difference(kept.booking, changed.total, now)
        paid = Money(kept.booking.paid.amount + due.amount - refund.amount, due.currency)
        after = _next(replace(changed, paid=paid))
        if due.amount:
            if await self._authorise(turn, after, due, now) is not Authorisation.AUTHORISED:
                raise Undone(DECLINED)
            await self.payments.capture(turn.session, _charge(after, due, now))
        if refund.amount:
            await self.payments.refund(turn.session, _charge(after, refund, now))
        return await turn.save(kept, after, now)

    async def _authorise(self, turn: Turn, booking: YardBooking, amount: Money, now: datetime) -> Authorisation:
        if not amount.amount:
            return Authorisation.AUTHORISED
        return await self.payments.authorise(turn.session, _charge(booking, amount, now))

    async def _captured(self, turn: Turn, booking: YardBooking, now: datetime) -> YardBooking:
        if booking.status is Status.CONFIRMED and booking.paid.amount:
            await self.payments.capture(turn.session, _charge(booking, booking.paid, now))
        return booking


def _next(booking: YardBooking) -> YardBooking:
    return replace(booking, version=booking.version + 1)


def _charge(booking: YardBooking, amount: Money, now: datetime) -> Charge:
    return Charge(booking.id, booking.yard, booking.principal, amount, booking.version, now)
