"""What sessions owe is taken of their drivers, through whoever handles the money of yards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from parkgraph.domain.money import Money
from parkgraph.gates.cases import AssistCaseKind, Finding
from parkgraph.gates.gate import Site
from parkgraph.gates.session import Session, SessionStatus
from parkgraph.yards.reservations.payments import Authorisation, Charge, Payments

CHARGED: Final = "UPDATE gate_sessions SET charged_amount = :amount WHERE id = :key"
_SETTLED: Final = frozenset({SessionStatus.CLOSED, SessionStatus.VOID})
_log = structlog.get_logger(__name__)


async def collect(
    session: AsyncSession, payments: Payments, site: Site, sessions: Sequence[Session], now: datetime
) -> list[Finding]:
    """Takes what is due, or gives it back. Those for whom that is not to be had."""
    unpaid = []
    for each in sessions:
        if site.yard is None or each.status not in _SETTLED or each.total is None or not each.due:
            continue
        if each.principal is None or not await _moved(session, payments, site, each, now):
            unpaid.append(Finding(AssistCaseKind.UNPAID, each.id))
    return unpaid


async def _moved(session: AsyncSession, payments: Payments, site: Site, of: Session, now: datetime) -> bool:
    assert of.total is not None
    assert of.principal is not None
    assert site.yard is not None
    amount = Money(abs(of.due), of.total.currency)
    charge = Charge(of.id, site.yard, of.principal, amount, of.version, now)
    try:
        async with session.begin_nested():
            if of.due < 0:
                await payments.refund(session, charge)
            elif await payments.authorise(session, charge) is Authorisation.AUTHORISED:
                await payments.capture(session, charge)
            else:
                await payments.release(session, charge)
                return False
    except (LookupError, ValueError):
        _log.error("session_not_charged", session=str(of.id))
        return False
    values = {"key": of.key, "amount": of.total.amount}
    await (await session.connection()).execute(text(CHARGED), values)
    return True
