"""What bookings ask of money, written into the ledger and told to the gateway, all in the booking's own transaction."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.yards.money import ledger, repository
from parkgraph.yards.money.payment import Payment, PaymentGateway, PaymentState
from parkgraph.yards.reservations.payments import Authorisation, Charge

_ANSWERS: Final = {
    PaymentState.AUTHORISED: Authorisation.AUTHORISED,
    PaymentState.PENDING: Authorisation.PENDING,
    PaymentState.FAILED: Authorisation.DECLINED,
}
_OPEN: Final = (PaymentState.PENDING, PaymentState.AUTHORISED)


class Billing:
    """The `Payments` of reservations. `tax_percent`: what the platform adds to its fee."""

    def __init__(self, gateway: PaymentGateway, tax_percent: Decimal) -> None:
        self._gateway = gateway
        self._tax_percent = tax_percent

    async def authorise(self, session: AsyncSession, charge: Charge) -> Authorisation:
        payment = await repository.add(
            session,
            charge.yard,
            {
                "uuid": uuid4(),
                "booking": charge.booking,
                "version": charge.version,
                "principal": charge.principal,
                "gateway": self._gateway.name,
                "state": PaymentState.PENDING,
                "amount": charge.amount.amount,
                "currency": charge.amount.currency,
                "tax_percent": self._tax_percent,
                "created_at": charge.at,
            },
        )
        state = await self._gateway.authorise(session, payment)
        answer = _ANSWERS[state]
        await repository.enter(session, payment, state)
        return answer

    async def capture(self, session: AsyncSession, charge: Charge) -> None:
        """Raises LookupError where nothing is authorised."""
        payment = _open(await repository.payments_of(session, charge.booking))
        if payment is None or payment.state is not PaymentState.AUTHORISED:
            raise LookupError(f"nothing is authorised for {charge.booking}")
        posting = ledger.capture(charge.amount, payment.terms)
        await repository.post(session, payment, posting, _reference(charge), charge.at)
        await self._gateway.capture(session, payment)

    async def release(self, session: AsyncSession, charge: Charge) -> None:
        payment = _open(await repository.payments_of(session, charge.booking))
        if payment:
            await repository.enter(session, payment, PaymentState.RELEASED)
            await self._gateway.release(session, payment)

    async def refund(self, session: AsyncSession, charge: Charge) -> None:
        """Taken from what was captured last. Raises ValueError for more than was captured and not refunded."""
        payments = await repository.payments_of(session, charge.booking)
        for index, part in ledger.allocate(charge.amount, [payment.kept for payment in payments]):
            payment = payments[index]
            posting = ledger.refund(payment.kept, part, payment.terms)
            await repository.post(session, payment, posting, _reference(charge), charge.at)
            await self._gateway.refund(session, payment, part)


def _open(payments: Iterable[Payment]) -> Payment | None:
    """A booking has at most one that is neither taken nor given up."""
    return next((payment for payment in payments if payment.state in _OPEN), None)


def _reference(charge: Charge) -> str:
    return f"v{charge.version}"
