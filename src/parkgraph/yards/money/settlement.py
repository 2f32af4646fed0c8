"""What a gateway tells is applied once, to the ledger and to the booking."""

import hmac
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import structlog

from parkgraph.db.engine import Database
from parkgraph.domain.money import Money
from parkgraph.yards.money import ledger, repository
from parkgraph.yards.money.events import Event
from parkgraph.yards.money.payment import Payment, PaymentState
from parkgraph.yards.reservations.reservations import available, utc_now

_log = structlog.get_logger(__name__)

Settle = Callable[[UUID, bool], Awaitable[None]]
"""Tells a booking that its payment is promised, or declined; however often it is told."""

_PROMISED_OR_NOT: Final = frozenset({PaymentState.AUTHORISED, PaymentState.FAILED})


class Applied(StrEnum):
    """What came of an event. NOT_YET: it does not follow from what is known; it may be told again later."""

    APPLIED = "APPLIED"
    REPEATED = "REPEATED"
    CONFLICT = "CONFLICT"
    UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT"
    NOT_YET = "NOT_YET"


class Settlement:
    """`gateways`: those that may tell something."""

    def __init__(
        self, database: Database, gateways: Collection[str], settle: Settle, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._gateways = frozenset(gateways)
        self._settle = settle
        self._clock = clock

    def has(self, gateway: str) -> bool:
        return gateway in self._gateways

    async def apply(self, gateway: str, event: Event) -> Applied:
        """Raises ReservationsUnavailable where nothing can be kept: it is to be told again then.

        The booking learns of it after it is stored, and again if it is told again before that is known to be done: so
        no crash between the two loses a booking.
        """
        with available():
            return await self._apply(gateway, event)

    async def _apply(self, gateway: str, event: Event) -> Applied:
        async with self._database.session() as session:
            payment = await repository.find(session, event.payment, gateway)
            if payment is None:
                return Applied.UNKNOWN_PAYMENT
            now = self._clock()
            noted = await repository.note(session, payment, event.id, event.digest, now)
            if not hmac.compare_digest(noted.digest, event.digest):
                return Applied.CONFLICT
            if noted.applied_at is not None:
                return Applied.REPEATED
            if not follows(payment, event.state, event.amount):
                _log.warning("payment_event_does_not_follow", state=event.state, payment=payment.id.hex)
                return Applied.NOT_YET
            if event.amount:
                await repository.post(session, payment, _posting(event.state, event.amount), f"e{event.id}", now)
                await repository.done(session, gateway, event.id)
            elif payment.state is PaymentState.PENDING:
                await repository.enter(session, payment, event.state)
            await session.commit()
        if event.amount is None:
            await self._tell(payment, event)
        return Applied.APPLIED

    async def _tell(self, payment: Payment, event: Event) -> None:
        state = event.state if payment.state is PaymentState.PENDING else payment.state
        if state in _PROMISED_OR_NOT:
            await self._settle(payment.booking, state is PaymentState.AUTHORISED)
        async with self._database.session() as session:
            await repository.done(session, payment.gateway, event.id)
            await session.commit()


def follows(payment: Payment, state: PaymentState, amount: Money | None) -> bool:
    """Whether a gateway can tell this of the payment as it is: no more comes than was captured, no more goes back than
    was refunded and has come, and what is promised does not fail any more.
    """
    if amount is None:
        return not (state is PaymentState.FAILED and payment.state is PaymentState.AUTHORISED)
    if amount.currency != payment.amount.currency:
        return False
    if state is PaymentState.CAPTURED:
        return amount.amount <= payment.captured.amount - payment.received.amount
    return amount.amount <= min(payment.refunded, payment.received).amount - payment.paid_back.amount


def _posting(state: PaymentState, amount: Money) -> ledger.Posting:
    return ledger.receipt(amount) if state is PaymentState.CAPTURED else ledger.payback(amount)
