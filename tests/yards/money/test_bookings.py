"""Bookings and the ledger never disagree."""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from parkgraph.db.engine import Database
from parkgraph.yards.cancellation import CancellationRule
from parkgraph.yards.money.events import read
from parkgraph.yards.money.month import Month
from parkgraph.yards.money.settlement import Applied, Settlement
from parkgraph.yards.reservations.booking import HOLD, Status, YardBooking
from parkgraph.yards.reservations.quoting import YardQuote
from parkgraph.yards.yard import Yard
from tests.conftest import execute, with_database
from tests.yards.billed import Office, office_on
from tests.yards.money.till import Terminal
from tests.yards.reservations.stage import EDITOR, HOUR, hours_from, spaces

DRIVER = "a driver"
EXAMPLES = 200 if "PARKGRAPH_SOAK" in os.environ else 20


async def tell(office: Office, state: str) -> Applied:
    """What the terminal tells of the one payment there is."""

    async def settle(booking: UUID, authorised: bool) -> None:
        await office.stage.reservations.payment_settled(booking, authorised=authorised)

    (payment,) = await office.rows("SELECT uuid FROM yard_payments")
    event = read(orjson.dumps({"id": state, "payment": str(payment.uuid), "state": state}))
    told = Settlement(office.stage.database, {"terminal"}, settle, clock=office.stage.clock)
    return await told.apply("terminal", event)


async def status(office: Office, booking: YardBooking) -> Status:
    found = await office.stage.reservations.find(booking.id)
    assert found
    return found.status


async def states(office: Office) -> list[str]:
    return [row.state for row in await office.rows("SELECT state FROM yard_payments")]


@pytest.fixture
def waiting(database: Database) -> Office:
    """Whose drivers pay at a terminal, which tells later."""
    return office_on(database, Terminal())


async def held(office: Office) -> YardBooking:
    of = await office.stage.open(spaces=spaces(1))
    booking = await office.stage.booked(of, hours_from(2, 5))
    assert booking.status is Status.HELD
    return booking


async def test_a_promised_payment_confirms_its_booking_and_is_captured(waiting: Office) -> None:
    booking = await held(waiting)
    assert await tell(waiting, "AUTHORISED") is Applied.APPLIED
    assert (await status(waiting, booking), await states(waiting)) == (Status.CONFIRMED, ["CAPTURED"])
    assert await tell(waiting, "AUTHORISED") is Applied.REPEATED


async def test_a_declined_payment_ends_its_booking(waiting: Office) -> None:
    booking = await held(waiting)
    assert await tell(waiting, "FAILED") is Applied.APPLIED
    assert (await status(waiting, booking), await states(waiting)) == (Status.CANCELLED, ["FAILED"])


async def test_a_promise_that_comes_after_the_hold_has_expired_takes_no_money(waiting: Office) -> None:
    booking = await held(waiting)
    waiting.stage.clock.pass_by(HOLD)
    assert await tell(waiting, "AUTHORISED") is Applied.APPLIED
    assert (await status(waiting, booking), await states(waiting)) == (Status.EXPIRED, ["RELEASED"])
    assert await waiting.rows("SELECT 1 FROM yard_ledger") == []


class BookingsAndLedger(RuleBasedStateMachine):
    """One yard of two spaces; half of what is cancelled late comes back."""

    stage: ClassVar[tuple[asyncio.Runner, Database]]

    def __init__(self) -> None:
        super().__init__()
        runner, database = self.stage
        self._run = runner.run
        self._office = office_on(database)
        self._yard: Yard = self._run(
            self._office.stage.open(
                spaces=spaces(2),
                owner_percent=Decimal("66.67"),
                cancellation=CancellationRule(timedelta(hours=48), 33),
            )
        )
        self._bookings: list[UUID] = []

    @rule(first=st.integers(0, 20), hours=st.integers(1, 9))
    def book(self, first: int, hours: int) -> None:
        stage = self._office.stage
        try:
            quote = self._run(stage.quote(self._yard, hours_from(first, first + hours)))
        except ValueError:
            return  # it lies in the past by now
        if isinstance(quote, YardQuote):
            booked = self._run(stage.book(quote))
            if isinstance(booked, YardBooking):
                self._bookings.append(booked.id)

    @rule(which=st.integers(0, 9), earlier=st.integers(-2, 2), later=st.integers(-4, 4))
    def change(self, which: int, earlier: int, later: int) -> None:
        booking = self._chosen(which)
        if booking is None:
            return
        arrive, leave = booking.stay.arrive - earlier * HOUR, booking.stay.leave + later * HOUR
        try:
            stay = type(booking.stay)(arrive, leave)
            self._run(self._office.stage.reservations.change(DRIVER, booking.id, booking.version, stay=stay))
        except ValueError:
            return  # it would end before it begins, or begin in the past

    @rule(which=st.integers(0, 9))
    def cancel(self, which: int) -> None:
        if booking := self._chosen(which):
            self._run(self._office.stage.reservations.cancel(DRIVER, booking.id))

    @rule(which=st.integers(0, 9))
    def the_owner_cancels(self, which: int) -> None:
        if booking := self._chosen(which):
            self._run(self._office.stage.desk.cancel(EDITOR, booking.id))

    @rule(which=st.integers(0, 9))
    def nobody_comes(self, which: int) -> None:
        if booking := self._chosen(which):
            self._run(self._office.stage.desk.mark_no_show(EDITOR, booking.id))

    @rule(hours=st.sampled_from([1, 30]))
    def time_passes(self, hours: int) -> None:
        self._office.stage.clock.pass_by(hours * HOUR)

    @invariant()
    def what_a_booking_has_paid_is_what_the_ledger_has_kept(self) -> None:
        sums = """
            SELECT b.uuid, paid_amount, coalesce(sum(captured - refunded), 0) AS kept
            FROM yard_bookings b LEFT JOIN yard_payments p ON p.booking = b.uuid GROUP BY 1, 2
        """
        rows = self._run(self._office.rows(sums))
        assert {row.uuid for row in rows} >= set(self._bookings)
        assert all(row.kept == row.paid_amount for row in rows)

    @invariant()
    def statements_add_up_to_what_was_paid(self) -> None:
        zone = self._yard.timezone
        months = (self._run(self._office.statements.month(self._yard.id, Month(2026, n), zone)) for n in (11, 12))
        totals = [each for month in months for each in month.totals]
        sums = "SELECT coalesce(sum(paid_amount), 0) FROM yard_bookings WHERE uuid = ANY(:mine)"
        ((paid,),) = self._run(self._office.rows(sums, mine=self._bookings))
        assert sum(each.gross.amount - each.refunds.amount for each in totals) == paid
        assert sum(each.payout.amount + each.fees.amount + each.tax.amount for each in totals) == paid

    def _chosen(self, which: int) -> YardBooking | None:
        if not self._bookings:
            return None
        found = self._run(self._office.stage.reservations.find(self._bookings[which % len(self._bookings)]))
        assert isinstance(found, YardBooking)
        return found


@pytest.fixture
def stage(database_url: str, migrated_template: str) -> Iterator[tuple[asyncio.Runner, Database]]:
    name = f"paid_{uuid4().hex}"
    with asyncio.Runner() as runner:
        runner.run(execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}"))
        database = Database(with_database(database_url, name))
        yield runner, database
        runner.run(database.close())
        runner.run(execute(database_url, f"DROP DATABASE {name} WITH (FORCE)"))


def test_bookings_and_the_ledger_agree_whatever_becomes_of_them(stage: tuple[asyncio.Runner, Database]) -> None:
    BookingsAndLedger.stage = stage
    run_state_machine_as_test(
        BookingsAndLedger,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=20, suppress_health_check=list(HealthCheck)),
    )
