"""Whatever order it happens in, repeated or at once: the ledger sums to zero, and no more goes back than came."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from parkgraph.db.engine import Database
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.events import read
from parkgraph.yards.money.payment import Invoices, PaymentState
from parkgraph.yards.money.settlement import Settlement
from parkgraph.yards.reservations.payments import Authorisation
from tests.conftest import execute, with_database
from tests.yards.money.till import TAX, Terminal, Till, euros, open_till

BOOKINGS = st.sampled_from([0, 1])
AMOUNTS = st.integers(1, 1200).map(lambda cents: f"{Decimal(cents) / 100}")
PERCENT = st.sampled_from(["0", "12.34", "50", "85", "100"])
ACCOUNTS = ("driver_receivable", "owner_payable", "platform_fee", "tax", "gateway_clearing")


class Interleavings(RuleBasedStateMachine):
    """Two bookings of one yard, paid by invoice or at a terminal, by two processes."""

    stage: ClassVar[tuple[asyncio.Runner, Database]]

    def __init__(self) -> None:
        super().__init__()
        runner, self._database = self.stage
        self._run = runner.run
        self._terminal = Terminal()
        self._tills = self._run(self._open())
        self._bookings = [uuid4(), uuid4()]

    @rule(percent=PERCENT)
    def the_owner_gets_another_part(self, percent: str) -> None:
        self._run(self._tills[0].rows(f"UPDATE yards SET owner_percent = {percent}"))

    @rule(answer=st.sampled_from([PaymentState.PENDING, PaymentState.AUTHORISED, PaymentState.FAILED]))
    def the_terminal_answers_otherwise(self, answer: PaymentState) -> None:
        self._terminal.answer = answer

    @rule(booking=BOOKINGS, till=BOOKINGS, amount=AMOUNTS)
    def pay(self, booking: int, till: int, amount: str) -> None:
        if self._is_open(booking):
            return
        if self._run(self._tills[till].authorise(self._bookings[booking], amount)) is Authorisation.AUTHORISED:
            self._run(self._tills[till].capture(self._bookings[booking], amount))

    @rule(booking=BOOKINGS, amount=AMOUNTS)
    def capture_what_was_promised_later(self, booking: int, amount: str) -> None:
        state = self._states(booking)[-1:]
        least = min(Decimal(amount), self._authorised(booking)) if state == ["AUTHORISED"] else Decimal(amount)
        outcome = self._run(self._try(self._tills[0].capture(self._bookings[booking], str(least))))
        assert (outcome is None) == (state == ["AUTHORISED"])

    @rule(booking=BOOKINGS)
    def release(self, booking: int) -> None:
        self._run(self._tills[0].release(self._bookings[booking], "1"))

    @rule(booking=BOOKINGS, amounts=st.lists(AMOUNTS, min_size=1, max_size=3))
    def refund_at_once(self, booking: int, amounts: list[str]) -> None:
        before = self._kept(booking)
        outcomes = self._run(self._refunds(booking, amounts))
        done = [Decimal(amount) for amount, outcome in zip(amounts, outcomes, strict=True) if outcome is None]
        assert self._kept(booking) == before - sum(done)
        assert done or min(map(Decimal, amounts)) > before

    @rule(till=BOOKINGS, state=st.sampled_from(["AUTHORISED", "FAILED", "CAPTURED", "REFUNDED"]), amount=AMOUNTS)
    def the_gateway_tells(self, till: int, state: str, amount: str) -> None:
        for payment in self._run(self._tills[till].payments()):
            self._run(self._tell(till, payment.uuid, state, amount))

    @invariant()
    def every_row_sums_to_zero(self) -> None:
        for row in self._run(self._tills[0].ledger()):
            assert sum(row[1:]) == 0

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        for row in self._run(self._tills[0].payments()):
            assert 0 <= row.refunded <= row.captured <= row.amount
            assert 0 <= row.paid_back <= min(row.received, row.refunded)
            assert row.received <= row.captured

    @invariant()
    def payments_are_what_the_ledger_says(self) -> None:
        sums = self._run(
            self._tills[0].rows(
                "SELECT p.captured - p.refunded - p.received + p.paid_back AS owed, coalesce(sum(driver_receivable), 0)"
                " AS booked FROM yard_payments p LEFT JOIN yard_ledger l ON l.payment_id = p.id GROUP BY p.id"
            )
        )
        assert all(row.owed == row.booked for row in sums)

    @invariant()
    def what_was_given_back_whole_leaves_nothing_to_share(self) -> None:
        shares = self._run(
            self._tills[0].rows(
                "SELECT sum(owner_payable), sum(platform_fee), sum(l.tax) FROM yard_payments p"
                " JOIN yard_ledger l ON l.payment_id = p.id WHERE state = 'REFUNDED' GROUP BY p.id"
            )
        )
        assert all(tuple(row) == (0, 0, 0) for row in shares)

    async def _open(self) -> list[Till]:
        async with self._database.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE yard_ledger DISABLE TRIGGER append_only")
            for table in ("yard_payment_events", "yard_ledger", "yard_payments"):
                await connection.exec_driver_sql(f"DELETE FROM {table}")
            await connection.exec_driver_sql("ALTER TABLE yard_ledger ENABLE TRIGGER append_only")
        invoices = await open_till(self._database, Billing(Invoices(), TAX))
        return [invoices, Till(self._database, Billing(self._terminal, TAX), invoices.yard, invoices.versions)]

    async def _refunds(self, booking: int, amounts: list[str]) -> list[Exception | None]:
        refunds = (self._try(self._tills[0].refund(self._bookings[booking], amount)) for amount in amounts)
        return await asyncio.gather(*refunds)

    async def _try(self, work: object) -> Exception | None:
        try:
            await work  # type: ignore[misc]
        except (LookupError, ValueError) as refused:
            return refused
        return None

    async def _tell(self, till: int, payment: UUID, state: str, amount: str) -> None:
        async def settle(_booking: UUID, _authorised: bool) -> None:
            return None

        gateway = ("invoice", "terminal")[till]
        sent = {"id": f"{payment} {state} {amount}".replace(" ", "-"), "payment": str(payment), "state": state}
        money = {"amount": amount, "currency": "EUR"} if state in {"CAPTURED", "REFUNDED"} else {}
        event = read(orjson.dumps({**sent, **money}))
        tellers = Settlement(self._database, {gateway}, settle), Settlement(self._database, {gateway}, settle)
        outcomes = await asyncio.gather(*(teller.apply(gateway, event) for teller in tellers))
        assert money == {} or sum(outcome == "APPLIED" for outcome in outcomes) <= 1

    def _states(self, booking: int) -> list[str]:
        of_booking = "SELECT state FROM yard_payments WHERE booking = :booking ORDER BY id"
        return [row.state for row in self._run(self._tills[0].rows(of_booking, booking=self._bookings[booking]))]

    def _authorised(self, booking: int) -> Decimal:
        of_booking = "SELECT amount FROM yard_payments WHERE booking = :booking ORDER BY id DESC LIMIT 1"
        (row,) = self._run(self._tills[0].rows(of_booking, booking=self._bookings[booking]))
        return euros(row.amount).amount

    def _is_open(self, booking: int) -> bool:
        return bool({"PENDING", "AUTHORISED"} & set(self._states(booking)))

    def _kept(self, booking: int) -> Decimal:
        kept = "SELECT coalesce(sum(captured - refunded), 0) AS kept FROM yard_payments WHERE booking = :booking"
        (row,) = self._run(self._tills[0].rows(kept, booking=self._bookings[booking]))
        return Decimal(row.kept)


@pytest.fixture
def stage(database_url: str, migrated_template: str) -> Iterator[tuple[asyncio.Runner, Database]]:
    name = f"ledger_{uuid4().hex}"
    with asyncio.Runner() as runner:
        runner.run(execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}"))
        database = Database(with_database(database_url, name))
        yield runner, database
        runner.run(database.close())
        runner.run(execute(database_url, f"DROP DATABASE {name} WITH (FORCE)"))


def test_the_ledger_is_right_under_any_interleaving(stage: tuple[asyncio.Runner, Database]) -> None:
    Interleavings.stage = stage
    run_state_machine_as_test(
        Interleavings,
        settings=settings(max_examples=15, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )
