"""Whatever is lost, late, repeated, cancelled or killed: one reservation for each key, and in the end the truth."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from parkgraph.bookings.booking import LANDS_WITHIN, Status
from parkgraph.bookings.outcome import Held, Outcome, Refused, Unknown, Unreachable
from parkgraph.bookings.patience import Patience
from parkgraph.db.engine import Database
from parkgraph.sdk.booking import Reservation, ReservationStatus
from tests.bookings.conftest import Desk, desk_on
from tests.bookings.network import BookingNetwork, Turn, wish
from tests.conftest import execute, with_database
from tests.networks.scripted import Clock

KEYS = st.sampled_from(["one", "two"])
PROCESSES = st.sampled_from([0, 1])
TURNS = st.lists(st.sampled_from([turn for turn in Turn if turn is not Turn.SILENT]), max_size=4)
NOBODY_S = UUID(int=0)
PATIENT = Patience(ask_s=20, whole_s=60, look_s=20, looks=2, pause_s=0.001)
"""No network is silent here, but for the one whose caller is killed; so nothing depends on how fast this machine is."""


class Interleavings(RuleBasedStateMachine):
    """Two server processes on one database, and one network that loses, delays and forgets."""

    stage: ClassVar[tuple[asyncio.Runner, Database]]

    def __init__(self) -> None:
        super().__init__()
        runner, self._database = self.stage
        self._run = runner.run
        self._network = BookingNetwork()
        self._clock = Clock(datetime.now(UTC))
        self._run(self._empty())
        self._desks = [self._desk(), self._desk()]
        self._ids: dict[str, UUID] = {}

    @rule(key=KEYS, process=PROCESSES, turns=TURNS)
    def book(self, key: str, process: int, turns: list[Turn]) -> None:
        self._network.next(*turns)
        self._booked(key, self._run(self._desks[process].bookings.book(_wish(key))))

    @rule(key=KEYS, turns=TURNS)
    def book_in_both_at_once(self, key: str, turns: list[Turn]) -> None:
        self._network.next(*turns)
        for outcome in self._run(self._both(key)):
            if not isinstance(outcome, Unreachable):  # which may have been true before the other one booked
                self._booked(key, outcome)

    @rule(key=KEYS, process=PROCESSES, turns=TURNS)
    def cancel(self, key: str, process: int, turns: list[Turn]) -> None:
        self._network.next(*turns)
        outcome = self._run(self._desks[process].bookings.cancel(self._ids.get(key, NOBODY_S)))
        assert isinstance(outcome, Held | Refused | Unknown | Unreachable)
        if isinstance(outcome, Held):
            assert self._at_network(key)[0].status is ReservationStatus.CANCELLED

    @rule(process=PROCESSES, turns=TURNS)
    def settle(self, process: int, turns: list[Turn]) -> None:
        self._network.next(*turns)
        self._run(self._desks[process].bookings.settle())

    @rule()
    def the_network_catches_up(self) -> None:
        self._network.catch_up()

    @rule(status=st.sampled_from([ReservationStatus.PENDING, ReservationStatus.CONFIRMED]))
    def the_network_books_otherwise(self, status: ReservationStatus) -> None:
        self._network.books_as = status

    @rule(seconds=st.sampled_from([1, 20, 3600]))
    def time_passes(self, seconds: int) -> None:
        time = timedelta(seconds=seconds)
        if time >= LANDS_WITHIN:
            self._network.forget()
        self._clock.pass_by(time)

    @rule(key=KEYS, process=PROCESSES)
    def a_process_is_killed_while_it_asks(self, key: str, process: int) -> None:
        self._network.next(Turn.SILENT)
        self._run(self._killed(key, process))
        self._network.next()
        self._desks[process] = self._desk()

    @invariant()
    def each_key_has_one_reservation_at_the_most(self) -> None:
        for key in ("one", "two"):
            assert len(self._at_network(key)) <= 1

    def teardown(self) -> None:
        """In the end, when the network is well again, every answer agrees with it."""
        self._network.next()
        self._network.catch_up()
        for _ in range(3):
            self._clock.pass_by(2 * LANDS_WITHIN)
            self._run(self._desks[0].bookings.settle())
        for key in {request.offer_ref for request in self._network.requests}:
            outcome = self._run(self._desks[1].bookings.book(_wish(key)))
            if isinstance(outcome, Refused):
                assert self._at_network(key) == []
            else:
                assert isinstance(outcome, Held)
                (reservation,) = self._at_network(key)
                assert outcome.booking.status == Status(reservation.status)
                assert outcome.booking.reference == reservation.reference

    def _booked(self, key: str, outcome: Outcome) -> None:
        """What an outcome says holds at the network."""
        match outcome:
            case Held(booking):
                assert [each.reference for each in self._at_network(key)] == [booking.reference]
                self._ids[key] = booking.id
            case Refused() | Unreachable():
                assert self._at_network(key) == []
            case _:
                assert outcome == Unknown()

    def _at_network(self, key: str) -> list[Reservation]:
        ours = {request.client_reference for request in self._network.requests if request.offer_ref == key}
        assert len(ours) <= 1
        return [reservation for each in ours for reservation in self._network.of(each)]

    def _desk(self) -> Desk:
        return desk_on(self._database, self._network, self._clock, patience=PATIENT)

    async def _both(self, key: str) -> list[Outcome]:
        return await asyncio.gather(*(desk.bookings.book(_wish(key)) for desk in self._desks))

    async def _killed(self, key: str, process: int) -> None:
        asking = asyncio.create_task(self._desks[process].bookings.book(_wish(key)))
        while self._network.turns and not asking.done():
            await asyncio.sleep(0.001)
        await self._desks[process].bookings.stop()
        await asyncio.gather(asking, return_exceptions=True)

    async def _empty(self) -> None:
        async with self._database.engine.begin() as connection:
            await connection.exec_driver_sql("TRUNCATE network_bookings")


def _wish(key: str) -> Any:
    return wish(key, ref=key)


@pytest.fixture
def stage(database_url: str, migrated_template: str) -> Iterator[tuple[asyncio.Runner, Database]]:
    """A database, and the loop that its connections belong to."""
    with asyncio.Runner() as runner:
        runner.run(execute(database_url, f"CREATE DATABASE interleavings TEMPLATE {migrated_template}"))
        database = Database(with_database(database_url, "interleavings"))
        yield runner, database
        runner.run(database.close())
        runner.run(execute(database_url, "DROP DATABASE interleavings WITH (FORCE)"))


def test_any_interleaving_books_once_and_ends_in_the_truth(stage: tuple[asyncio.Runner, Database]) -> None:
    run_state_machine_as_test(
        type("Staged", (Interleavings,), {"stage": stage}),
        settings=settings(max_examples=60, stateful_step_count=15, suppress_health_check=list(HealthCheck)),
    )
