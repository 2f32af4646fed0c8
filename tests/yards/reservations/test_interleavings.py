"""Whatever drivers, owners and time do, in whatever order and at whichever process: nobody shares a space."""

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from parkgraph.db.engine import Database
from parkgraph.domain.civil import WEEKDAYS, Band
from parkgraph.domain.stay import Stay
from parkgraph.yards import rates_form
from parkgraph.yards.cancellation import CancellationRule
from parkgraph.yards.reservations.allotments import BlockWish, PermitWish
from parkgraph.yards.reservations.blocks import Block
from parkgraph.yards.reservations.booking import OPEN, Status, YardBooking
from parkgraph.yards.reservations.outcome import Full, QuoteExpired, Refused, Stale, Taken
from parkgraph.yards.reservations.payments import Authorisation
from parkgraph.yards.reservations.permits import Permit, Span, occasions
from parkgraph.yards.reservations.quoting import YardQuote
from parkgraph.yards.reservations.reservations import Wish
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.yard import Yard
from tests.conftest import execute, with_database
from tests.networks.scripted import Clock
from tests.yards.reservations.stage import EDITOR, HOUR, NOON, OWNER, Till, spaces, stage_on
from tests.yards.reservations.test_booking import hourly
from tests.yards.yards import change

CAPACITY = 2
EXAMPLES = 200 if "PARKGRAPH_SOAK" in os.environ else 25
HOURS = st.integers(0, 30)
PROCESSES = st.sampled_from([0, 1])
STAYS = st.builds(
    lambda first, length: Stay(NOON + first * HOUR, NOON + (first + length) * HOUR), HOURS, st.integers(1, 8)
)


class Interleavings(RuleBasedStateMachine):
    """Two server processes on one database, one till, and what ought to be as a model beside it."""

    stage: ClassVar[tuple[asyncio.Runner, Database]]

    def __init__(self) -> None:
        super().__init__()
        runner, self._database = self.stage
        self._run = runner.run
        self._clock = Clock(NOON - 12 * HOUR)
        self._till = Till()
        self._processes = [stage_on(self._database, self._clock, self._till) for _ in range(2)]
        self._yard: Yard = self._run(
            self._processes[0].open(spaces=spaces(CAPACITY), cancellation=CancellationRule(2 * HOUR, 50))
        )
        self._driver = uuid4().hex
        self._quotes: list[YardQuote] = []
        self._bookings: dict[UUID, YardBooking] = {}
        self._keys: list[tuple[Wish, UUID]] = []
        self._blocks: list[Block] = []
        self._permits: list[Permit] = []

    @rule(stay=STAYS, process=PROCESSES)
    def quote(self, stay: Stay, process: int) -> None:
        try:
            quote = self._run(self._processes[process].quote(self._yard, stay, self._driver))
        except ValueError:
            assert stay.arrive < self._clock() - HOUR / 4
            return
        if isinstance(quote, YardQuote):
            assert quote.vacant == self._free_spaces(stay)
            self._quotes.append(quote)
        else:
            assert quote == Full()
            assert self._free_spaces(stay) == 0

    @precondition(lambda self: self._quotes)
    @rule(data=st.data(), process=PROCESSES, answer=st.sampled_from([*Authorisation, Authorisation.AUTHORISED]))
    def book(self, data: st.DataObject, process: int, answer: Authorisation) -> None:
        quote = data.draw(st.sampled_from(self._quotes))
        wish = Wish(Key(self._driver, uuid4().hex), quote.id, "S-AB 123")
        room = self._free_spaces(quote.stay)
        self._till.answer = answer
        outcome = self._run(self._processes[process].reservations.book(wish))
        self._till.answer = Authorisation.AUTHORISED
        match outcome:
            case YardBooking():
                assert room > 0
                assert outcome.total == quote.total, "whatever the rates became"
                assert quote.valid_until > self._clock()
                self._bookings[outcome.id] = outcome
                self._keys.append((wish, outcome.id))
            case QuoteExpired():
                assert any(known.quote == quote.id for known, _ in self._keys) or quote.valid_until <= self._clock()
            case Full():
                assert room == 0
            case _:
                assert isinstance(outcome, Refused)
                assert answer is Authorisation.DECLINED

    @precondition(lambda self: self._keys)
    @rule(data=st.data())
    def ask_again_at_both(self, data: st.DataObject) -> None:
        wish, booking = data.draw(st.sampled_from(self._keys))
        for outcome in self._run(self._at_both(wish)):
            assert isinstance(outcome, YardBooking)
            assert outcome.id == booking

    @precondition(lambda self: self._bookings)
    @rule(data=st.data(), process=PROCESSES, hours=st.integers(-3, 6), stale=st.booleans())
    def extend(self, data: st.DataObject, process: int, hours: int, stale: bool) -> None:
        booking = self._any(data)
        leave = booking.stay.leave + hours * HOUR
        version = booking.version - stale
        try:
            outcome = self._run(self._processes[process].reservations.extend(self._driver, booking.id, version, leave))
        except ValueError:
            assert leave <= max(booking.stay.arrive, self._clock())
            return
        match outcome:
            case YardBooking():
                assert outcome.stay.leave == leave
                assert outcome.status is Status.CONFIRMED or hours == 0
                self._bookings[booking.id] = outcome
            case Stale(current):
                assert stale
                assert current == booking
            case _:
                assert isinstance(outcome, Full | Refused)
                assert self._find(booking.id).stay == booking.stay

    @precondition(lambda self: self._bookings)
    @rule(data=st.data(), process=PROCESSES, by_owner=st.booleans())
    def cancel(self, data: st.DataObject, process: int, by_owner: bool) -> None:
        booking, stage = self._any(data), self._processes[process]
        if by_owner:
            outcome = self._run(stage.desk.cancel(EDITOR, booking.id))
        else:
            outcome = self._run(stage.reservations.cancel(self._driver, booking.id))
        if isinstance(outcome, YardBooking):
            assert outcome.status is Status.CANCELLED
            self._bookings[booking.id] = outcome

    @precondition(lambda self: self._bookings)
    @rule(data=st.data(), process=PROCESSES)
    def nobody_comes(self, data: st.DataObject, process: int) -> None:
        booking = self._any(data)
        outcome = self._run(self._processes[process].desk.mark_no_show(EDITOR, booking.id))
        if isinstance(outcome, YardBooking):
            assert booking.stay.arrive <= self._clock()
            assert outcome.paid == booking.paid

    @precondition(lambda self: self._bookings)
    @rule(data=st.data(), process=PROCESSES, authorised=st.booleans())
    def the_payment_settles(self, data: st.DataObject, process: int, authorised: bool) -> None:
        booking = self._any(data)
        was = booking.status_at(self._clock())
        outcome = self._run(self._processes[process].reservations.payment_settled(booking.id, authorised=authorised))
        assert isinstance(outcome, YardBooking)
        if was is Status.HELD:
            assert outcome.status is (Status.CONFIRMED if authorised else Status.CANCELLED)

    @rule(stay=STAYS, process=PROCESSES, space=st.none() | st.integers(0, CAPACITY - 1))
    def block(self, stay: Stay, process: int, space: int | None) -> None:
        key = None if space is None else self._yard.spaces[space].id
        wish = BlockWish(Key(OWNER, uuid4().hex), self._yard.id, key, Span(stay.arrive, stay.leave))
        try:
            outcome = self._run(self._processes[process].allotments.block(EDITOR, wish))
        except ValueError:
            assert stay.leave <= self._clock()
            return
        if isinstance(outcome, Block):
            self._blocks.append(outcome)
        else:
            assert isinstance(outcome, Taken)
            assert self._free_spaces(stay) < CAPACITY

    @precondition(lambda self: self._blocks)
    @rule(data=st.data(), process=PROCESSES)
    def lift(self, data: st.DataObject, process: int) -> None:
        block = data.draw(st.sampled_from(self._blocks))
        assert isinstance(self._run(self._processes[process].allotments.lift(EDITOR, block.id)), Block)

    @rule(start=st.integers(0, 23), length=st.integers(1, 23), process=PROCESSES)
    def permit(self, start: int, length: int, process: int) -> None:
        end = (start + length) % 24
        hours = Band(time(start), time(end), frozenset(WEEKDAYS), first=date(2026, 11, 24), last=date(2026, 11, 25))
        wish = PermitWish(Key(OWNER, uuid4().hex), self._yard.id, None, hours, "Ms Example")
        try:
            outcome = self._run(self._processes[process].allotments.permit(EDITOR, wish))
        except ValueError:
            assert occasions(hours, self._yard.timezone, None, self._clock()) == []
            return
        if isinstance(outcome, Permit):
            self._permits.append(outcome)
        else:
            assert outcome == Full()

    @precondition(lambda self: self._permits)
    @rule(data=st.data(), process=PROCESSES)
    def revoke(self, data: st.DataObject, process: int) -> None:
        permit = data.draw(st.sampled_from(self._permits))
        assert isinstance(self._run(self._processes[process].allotments.revoke(EDITOR, permit.id)), Permit)

    @rule(price=st.sampled_from(["0", "1.20", "9.99"]))
    def the_owner_changes_the_rates(self, price: str) -> None:
        form = rates_form.write(hourly(price))
        self._run(change(self._database, self._yard.id, "rates", f"'{json.dumps(form)}'::jsonb"))

    @rule(minutes=st.sampled_from([1, 11, 60, 300]))
    def time_passes(self, minutes: int) -> None:
        self._clock.pass_by(timedelta(minutes=minutes))

    @rule(process=PROCESSES)
    def tidy(self, process: int) -> None:
        self._run(self._processes[process].reservations.tidy(self._clock() - timedelta(days=1)))

    @invariant()
    def no_two_share_a_space(self) -> None:
        rows = sorted(self._occupied())
        for one, other in pairwise(rows):
            assert one[0] != other[0] or one[2] <= other[1]

    @invariant()
    def every_open_booking_has_its_room_and_no_other_has(self) -> None:
        self._bookings = self._stored()
        now = self._clock()
        kept = {
            (booking.space, booking.stay.arrive, booking.stay.leave)
            for booking in self._bookings.values()
            if booking.status in OPEN
        }
        rows = {(space, begins, ends) for space, begins, ends, kind in self._occupied() if kind == "BOOKING"}
        assert kept <= rows
        missed = {b.space for b in self._bookings.values() if b.status is Status.NO_SHOW}
        assert all(space in missed and ends <= now for space, _, ends in rows - kept)

    @invariant()
    def the_till_agrees_with_what_is_paid(self) -> None:
        for booking in self._bookings.values():
            assert self._till.kept[booking.id] == booking.paid.amount >= 0
            expected = booking.total.amount if booking.status is Status.CONFIRMED else Decimal(0)
            assert booking.paid.amount >= expected

    def _any(self, data: st.DataObject) -> YardBooking:
        return self._find(data.draw(st.sampled_from(list(self._bookings))))

    def _stored(self) -> dict[UUID, YardBooking]:
        stored = self._run(self._processes[0].reservations.list_of(self._driver, None, 1000))
        assert {each.id for each in stored} >= set(self._bookings)
        return {each.id: each for each in stored}

    def _find(self, booking_id: UUID) -> YardBooking:
        found = self._run(self._processes[0].reservations.find(booking_id))
        assert found is not None
        return found

    def _occupied(self) -> Sequence[tuple[int, datetime, datetime, str]]:
        return self._run(self._processes[0].occupied(self._yard))

    def _free_spaces(self, stay: Stay) -> int:
        """By the model: what waited too long keeps nobody out."""
        expired = {
            (booking.space, booking.stay.arrive)
            for booking in self._stored().values()
            if booking.status in OPEN and booking.status_at(self._clock()) is Status.EXPIRED
        }
        taken = {
            space
            for space, begins, ends, _ in self._occupied()
            if begins < stay.leave and ends > stay.arrive and (space, begins) not in expired
        }
        return CAPACITY - len(taken)

    async def _at_both(self, wish: Wish) -> list[Any]:
        return await asyncio.gather(*(process.reservations.book(wish) for process in self._processes))


@pytest.fixture
def stage(database_url: str, migrated_template: str) -> Iterator[tuple[asyncio.Runner, Database]]:
    """A database, and the loop that its connections belong to."""
    with asyncio.Runner() as runner:
        runner.run(execute(database_url, f"CREATE DATABASE yards_interleaved TEMPLATE {migrated_template}"))
        database = Database(with_database(database_url, "yards_interleaved"))
        yield runner, database
        runner.run(database.close())
        runner.run(execute(database_url, "DROP DATABASE yards_interleaved WITH (FORCE)"))


def test_any_interleaving_oversells_nobody_and_loses_no_money(stage: tuple[asyncio.Runner, Database]) -> None:
    run_state_machine_as_test(
        type("Staged", (Interleavings,), {"stage": stage}),
        settings=settings(max_examples=EXAMPLES, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )
