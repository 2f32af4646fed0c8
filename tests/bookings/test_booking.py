"""One wish, one booking: whatever is lost on the way."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from parkgraph.bookings.booking import LANDS_WITHIN, Status
from parkgraph.bookings.outcome import Conflict, Gone, Held, Outcome, Refused, Unknown, Unreachable
from parkgraph.bookings.patience import Patience
from parkgraph.bookings.repository import BookingRepository
from parkgraph.bookings.service import Bookings, BookingsUnavailable
from parkgraph.db.engine import Database
from parkgraph.domain.money import Money
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.bookings import NetworkBookings
from parkgraph.networks.breaker import BreakerPolicy
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.network import Part
from parkgraph.networks.reports import Code
from parkgraph.sdk.booking import Driver, RefusalReason, Reservation, ReservationStatus
from parkgraph.sdk.faults import Unavailable
from tests.bookings.conftest import Desk, desk_on, leads
from tests.bookings.network import DRIVER, EUR_12, GATE, STAY, Turn, network, wish

Another = Callable[[], Desk]


def held(outcome: Outcome) -> Status:
    assert isinstance(outcome, Held), outcome
    return outcome.booking.status


async def test_a_wish_is_booked_as_it_was_offered(desk: Desk) -> None:
    outcome = await desk.bookings.book(wish())
    assert isinstance(outcome, Held)
    booking = outcome.booking
    assert (booking.status, booking.reference, booking.instructions) == (Status.CONFIRMED, "R1", GATE)
    assert (booking.stay, booking.total, booking.charged) == (STAY, EUR_12, EUR_12)
    (request,) = desk.network.requests
    assert (request.local_id, request.offer_ref, request.total, request.driver) == ("a", "offer-1", EUR_12, DRIVER)
    assert request.client_reference == booking.client_reference
    assert desk.told == [("garages", "book", "confirmed")]


async def test_the_same_key_again_is_the_same_booking(desk: Desk) -> None:
    first, second = await desk.bookings.book(wish()), await desk.bookings.book(wish())
    assert first == second
    assert len(desk.network.requests) == 1


async def test_another_key_is_another_booking(desk: Desk) -> None:
    await desk.bookings.book(wish("one"))
    await desk.bookings.book(wish("two"))
    assert len({ours for ours, _ in desk.network.reservations}) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"driver": Driver(plate="S-XX 1")},
        {"ref": "offer-2"},
        {"local_id": "b"},
        {"total": Money(Decimal("12.01"), "EUR")},
        {"stay": replace(STAY, leave=STAY.leave + timedelta(hours=1))},
        {"vehicle": Vehicle(height_cm=190)},
    ],
    ids=lambda other: next(iter(other)),
)
async def test_a_key_that_was_used_for_another_wish_is_a_conflict(desk: Desk, other: dict[str, object]) -> None:
    await desk.bookings.book(wish())
    assert await desk.bookings.book(wish(**other)) == Conflict()  # type: ignore[arg-type]  # some are terms
    assert len(desk.network.requests) == 1


async def test_a_wish_in_other_words_is_the_same_wish(desk: Desk) -> None:
    await desk.bookings.book(wish())
    elsewhere = replace(STAY, arrive=STAY.arrive.astimezone(), leave=STAY.leave.astimezone())
    assert held(await desk.bookings.book(wish(stay=elsewhere, total=Money(Decimal(12), "EUR")))) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


async def test_two_at_once_with_one_key_are_one_booking(desk: Desk) -> None:
    desk.network.hold()
    assert desk.network.at_work
    assert desk.network.go_on
    both = asyncio.gather(desk.bookings.book(wish()), desk.bookings.book(wish()))
    await desk.network.at_work.wait()
    desk.network.go_on.set()
    first, second = await both
    assert first == second
    assert len(desk.network.requests) == 1


async def test_two_at_once_in_two_processes_are_one_booking(desk: Desk, another: Another) -> None:
    desk.network.hold()
    assert desk.network.at_work
    assert desk.network.go_on
    first = asyncio.create_task(desk.bookings.book(wish()))
    await desk.network.at_work.wait()
    second = asyncio.create_task(another().bookings.book(wish()))
    await asyncio.sleep(0.05)
    desk.network.go_on.set()
    assert held(await first) is held(await second) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


async def test_many_processes_at_once_make_one_booking(desk: Desk, another: Another) -> None:
    outcomes = await asyncio.gather(*(another().bookings.book(wish()) for _ in range(8)))
    assert {held(outcome) for outcome in outcomes} == {Status.CONFIRMED}
    assert len(desk.network.requests) == 1


async def test_two_processes_that_ask_again_at_once_ask_the_network_once(desk: Desk, another: Another) -> None:
    desk.network.next(Turn.DOWN)
    await desk.bookings.book(wish())
    desk.clock.pass_by(LANDS_WITHIN)
    outcomes = await asyncio.gather(*(another().bookings.book(wish()) for _ in range(4)))
    assert {held(outcome) for outcome in outcomes} == {Status.CONFIRMED}
    assert len(desk.network.requests) == 2


async def test_a_reply_counts_though_another_process_looked_meanwhile(desk: Desk, another: Another) -> None:
    desk.network.hold()
    assert desk.network.at_work
    assert desk.network.go_on
    asking = asyncio.create_task(desk.bookings.book(wish()))
    await desk.network.at_work.wait()
    desk.clock.pass_by(LANDS_WITHIN / 2)
    await another().bookings.settle()
    desk.network.go_on.set()
    assert held(await asking) is Status.CONFIRMED
    assert held(await another().bookings.book(wish())) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


@pytest.mark.parametrize("turn", [Turn.LOST, Turn.SILENT])
async def test_a_booking_whose_reply_is_lost_is_found(desk: Desk, turn: Turn) -> None:
    desk.network.next(turn)
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


async def test_a_lost_reply_that_cannot_be_looked_up_is_unknown_and_found_later(desk: Desk) -> None:
    desk.network.next(Turn.LOST, Turn.DOWN, Turn.DOWN, Turn.SILENT)
    assert await desk.bookings.book(wish()) == Unknown()
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


async def test_a_network_that_books_late_is_not_asked_twice(desk: Desk) -> None:
    desk.network.next(Turn.LATE)
    assert await desk.bookings.book(wish()) == Unknown()
    assert await desk.bookings.book(wish()) == Unknown()
    desk.network.catch_up()
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


async def test_what_the_network_certainly_did_not_book_may_be_asked_for_again_with_the_same_key(desk: Desk) -> None:
    desk.network.next(Turn.DOWN)
    assert await desk.bookings.book(wish()) == Unknown()
    desk.clock.pass_by(LANDS_WITHIN)
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED
    assert [request.client_reference for request in desk.network.requests] == [
        desk.network.requests[0].client_reference
    ] * 2


async def test_without_a_word_from_the_network_it_is_never_asked_again(desk: Desk) -> None:
    desk.network.next(Turn.DOWN, *[Turn.DOWN] * 3)
    assert await desk.bookings.book(wish()) == Unknown()
    desk.clock.pass_by(10 * LANDS_WITHIN)
    desk.network.next(*[Turn.DOWN] * 3)
    assert await desk.bookings.book(wish()) == Unknown()
    assert len(desk.network.requests) == 1


async def test_a_refusal_is_final_for_its_key(desk: Desk) -> None:
    desk.network.next(Turn.REFUSES)
    first, second = await desk.bookings.book(wish()), await desk.bookings.book(wish())
    assert first == second
    assert isinstance(first, Refused)
    assert first.refusal.reason is RefusalReason.SOLD_OUT
    assert len(desk.network.requests) == 1
    assert held(await desk.bookings.book(wish("another"))) is Status.CONFIRMED


async def test_a_network_that_is_not_asked_for_its_faults_has_not_booked(database: Database, desk: Desk) -> None:
    impatient = desk_on(database, desk.network, desk.clock, BreakerPolicy(in_a_row=1, first_pause=timedelta(hours=1)))
    desk.network.next(Turn.LATE)
    assert await impatient.bookings.book(wish("one")) == Unknown()
    assert await impatient.bookings.book(wish("two")) == Unreachable()
    assert len(desk.network.requests) == 1
    desk.network.catch_up()
    assert held(await desk.bookings.book(wish("two"))) is Status.CONFIRMED
    assert held(await desk.bookings.book(wish("one"))) is Status.CONFIRMED
    assert len(desk.network.reservations) == 2


async def test_nothing_is_certain_while_another_process_asks(
    desk: Desk, database: Database, another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.network.next(Turn.DOWN)
    await desk.bookings.book(wish())
    desk.clock.pass_by(LANDS_WITHIN)
    await desk.bookings.settle()
    find = desk.network.find

    async def away_while_another_books(_client_reference: str) -> Reservation | None:
        monkeypatch.setattr(desk.network, "find", find)
        assert held(await another().bookings.book(wish())) is Status.CONFIRMED
        raise Unavailable("not reached")

    monkeypatch.setattr(desk.network, "find", away_while_another_books)
    patient = desk_on(database, desk.network, desk.clock, patience=Patience())
    assert held(await patient.bookings.book(wish())) is Status.CONFIRMED


async def test_a_caller_who_leaves_does_not_stop_the_booking(desk: Desk) -> None:
    desk.network.hold()
    assert desk.network.at_work
    assert desk.network.go_on
    leaving = asyncio.create_task(desk.bookings.book(wish()))
    await desk.network.at_work.wait()
    leaving.cancel()
    desk.network.go_on.set()
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


async def test_a_process_that_ends_while_it_asks_is_carried_on_by_the_next(desk: Desk, another: Another) -> None:
    desk.network.next(Turn.SILENT)
    asking = asyncio.create_task(desk.bookings.book(wish()))
    while not desk.network.reservations:
        await asyncio.sleep(0)
    await desk.bookings.stop()
    with pytest.raises(BookingsUnavailable):
        await asking
    assert held(await another().bookings.book(wish())) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_a_stay_that_is_over_is_not_booked_but_its_booking_stays(desk: Desk, known: bool) -> None:
    if known:
        await desk.bookings.book(wish())
    desk.clock.now = STAY.leave
    outcome = await desk.bookings.book(wish())
    assert isinstance(outcome, Held) if known else isinstance(outcome, Gone)


async def test_an_offer_of_a_network_that_is_not_there_is_gone(desk: Desk) -> None:
    outcome = await desk.bookings.book(wish(network="elsewhere"))
    assert outcome == Gone("The network of this offer takes no bookings now.")
    assert desk.told == []


async def test_an_offer_without_the_network_s_own_reference_is_not_booked(desk: Desk) -> None:
    assert isinstance(await desk.bookings.book(wish(ref="")), Gone)
    assert desk.network.requests == []


async def test_what_the_network_has_yet_to_confirm_is_pending_until_it_does(desk: Desk) -> None:
    desk.network.books_as = ReservationStatus.PENDING
    assert held(await desk.bookings.book(wish())) is Status.PENDING
    desk.network.become(ReservationStatus.CONFIRMED)
    desk.clock.pass_by(timedelta(minutes=1))
    await desk.bookings.settle()
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED


async def test_what_nobody_asks_for_again_is_settled_by_itself(desk: Desk) -> None:
    desk.network.next(Turn.LOST, *[Turn.DOWN] * 3)
    assert await desk.bookings.book(wish()) == Unknown()
    desk.clock.pass_by(timedelta(minutes=1))
    await desk.bookings.settle()
    assert desk.told[-1] == ("garages", "settle", "confirmed")
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED


async def test_a_network_that_stays_away_is_asked_ever_more_rarely(desk: Desk) -> None:
    desk.network.next(Turn.LOST, *[Turn.DOWN] * 1000)
    await desk.bookings.book(wish())
    before = len(desk.network.turns)
    for _ in range(24 * 60):
        desk.clock.pass_by(timedelta(minutes=1))
        await desk.bookings.settle()
    assert 20 < before - len(desk.network.turns) < 40


async def test_when_the_stay_is_long_over_nobody_asks_any_more(desk: Desk) -> None:
    desk.network.next(Turn.LOST, *[Turn.DOWN] * 1000)
    await desk.bookings.book(wish())
    desk.clock.now = STAY.leave + timedelta(days=2)
    await desk.bookings.settle()
    left = len(desk.network.turns)
    desk.clock.pass_by(timedelta(days=30))
    await desk.bookings.settle()
    assert len(desk.network.turns) == left


async def test_a_network_that_refuses_our_credentials_is_not_asked(desk: Desk, database: Database) -> None:
    denying = network(desk.network)
    denying.failed(Part.SEARCH, desk.clock(), Code.DENIED)
    calls = NetworkBookings([denying], {denying.id: Gateway(denying.id)}, desk.clock)
    bookings = Bookings(BookingRepository(database), calls, leads, clock=desk.clock)
    assert await bookings.book(wish()) == Unreachable()
    assert desk.network.requests == []


async def test_without_the_database_no_network_is_asked(desk: Desk, database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE network_bookings RENAME TO away")
    with pytest.raises(BookingsUnavailable):
        await desk.bookings.book(wish())
    assert desk.network.requests == []


async def test_a_booking_that_cannot_be_stored_is_unknown_until_it_can(desk: Desk, database: Database) -> None:
    desk.network.hold()
    assert desk.network.at_work
    assert desk.network.go_on
    asking = asyncio.create_task(desk.bookings.book(wish()))
    await desk.network.at_work.wait()
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE network_bookings RENAME TO away")
    desk.network.go_on.set()
    assert await asking == Unknown()
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO network_bookings")
    assert held(await desk.bookings.book(wish())) is Status.CONFIRMED
    assert len(desk.network.requests) == 1


async def test_nothing_of_the_driver_is_stored(desk: Desk, database: Database) -> None:
    await desk.bookings.book(wish(key="S-PG 4711 driver@example.org"))
    async with database.engine.begin() as connection:
        rows = (await connection.exec_driver_sql("SELECT row_to_json(b)::text FROM network_bookings b")).all()
    assert len(rows) == 1
    for planted in ("4711", "driver", "S-PG", b"4711".hex(), b"driver".hex()):
        assert planted not in rows[0][0].replace(GATE, "")


async def test_a_wish_does_not_show_its_driver_or_its_key() -> None:
    shown = repr(wish(key="s3cret")) + repr(wish().request("ours"))
    assert not any(planted in shown for planted in ("s3cret", "4711", "example.org"))


async def test_a_booking_is_found_by_its_id_once_its_network_has_it(desk: Desk, database: Database) -> None:
    desk.network.next(Turn.LATE)
    await desk.bookings.book(wish())
    unknown = await BookingRepository(database).find_by_key("", wish().key_digest)
    assert unknown
    assert await desk.bookings.find(unknown.id) is None
    desk.network.catch_up()
    await desk.bookings.book(wish())
    found = await desk.bookings.find(unknown.id)
    assert found
    assert found.status is Status.CONFIRMED


@pytest.mark.parametrize(
    "reply",
    ["yes", None, Reservation("", ReservationStatus.CONFIRMED), Reservation("R\x00", ReservationStatus.CONFIRMED)],
)
async def test_an_adapter_s_reply_that_is_none_is_its_bug_and_no_booking(
    desk: Desk, reply: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: object, _request: object) -> object:
        return reply

    monkeypatch.setattr(type(desk.network), "reserve", broken)
    assert await desk.bookings.book(wish()) == Unknown()


async def test_what_a_database_does_not_store_is_left_out_of_instructions(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(_self: object, _request: object) -> Reservation:
        return Reservation("R1", ReservationStatus.CONFIRMED, instructions="Gate\x00 2,\nleft\ud800 side")

    monkeypatch.setattr(type(desk.network), "reserve", odd)
    outcome = await desk.bookings.book(wish())
    assert isinstance(outcome, Held)
    assert outcome.booking.instructions == "Gate 2,\nleft side"
