"""Sessions: entries and exits pair, a booking's stay is free, and what is beyond it is charged and never rewritten."""

from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError

from parkgraph.domain.money import Money
from parkgraph.gates.cases import AssistCaseKind
from parkgraph.gates.charging import PriceHold
from parkgraph.gates.decision import Decision, DecisionReason
from parkgraph.gates.session import SessionStatus
from parkgraph.yards.reservations.payments import Authorisation
from tests.gates.stage import IN, OUT, PLATE, Line, at_noon
from tests.yards.reservations.stage import EDITOR, HOUR, NOON, hours_from

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def booked(line: Line, first: float = 0, last: float = 2) -> None:
    at_noon(line, -1)
    await line.stage.booked(line.yard, hours_from(first, last))
    at_noon(line)
    line.stage.till.told.clear()


async def drive(line: Line, entry: float, leave: float) -> None:
    """In and out, live, so many hours after NOON."""
    at_noon(line, entry)
    assert (await line.request(PLATE, IN)).decision is Decision.OPEN
    at_noon(line, leave)
    assert (await line.request(PLATE, OUT)).decision is Decision.OPEN


async def test_a_bookings_stay_is_free(line: Line) -> None:
    await booked(line)
    await drive(line, 0, 1.9)
    session = await line.session()
    assert (session.status, session.total, session.right_kind) == (
        SessionStatus.CLOSED,
        Money(Decimal(0), "EUR"),
        "BOOKING",
    )
    assert line.stage.till.told == []


async def test_what_is_beyond_it_is_charged_on_the_same_ladder(line: Line) -> None:
    await booked(line)
    await drive(line, 0, 3.5)
    session = await line.session()
    assert session.total == Money(Decimal("2.40"), "EUR")
    assert line.stage.till.told == [("authorise", Decimal("2.40")), ("capture", Decimal("2.40"))]
    assert session.charged == Decimal("2.40")


async def test_late_events_adjust_a_session_and_what_was_paid(line: Line) -> None:
    """A second exit that was seen before the first one known."""
    await booked(line)
    await drive(line, 0, 4.5)
    assert (await line.session()).charged == Decimal("3.60")
    await line.record(line.opened(PLATE, OUT, 2.5))
    session = await line.session()
    assert (session.left_at, session.total) == (NOON + 2.5 * HOUR, Money(Decimal("1.20"), "EUR"))
    assert session.charged == Decimal("1.20")
    assert line.stage.till.told[-1] == ("refund", Decimal("2.40"))
    changes = await line.house.reader.changes(session)
    assert [(each.reason, each.before, each.after) for each in changes] == [
        ("ENTERED", None, None),
        ("LEFT", None, Decimal("3.60")),
        ("LATE_EVENTS", Decimal("3.60"), Decimal("1.20")),
    ]


async def test_changes_are_never_rewritten(line: Line) -> None:
    await booked(line)
    await drive(line, 0, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        await line.rows("UPDATE gate_session_changes SET after = 0")


async def test_a_longer_booking_covers_more_of_a_stay_that_goes_on(line: Line) -> None:
    at_noon(line, -1)
    booking = await line.stage.booked(line.yard, hours_from(0, 2))
    at_noon(line)
    await line.request(PLATE, IN)
    at_noon(line, 1)
    await line.stage.reservations.extend(booking.principal, booking.id, booking.version, NOON + 4 * HOUR)
    at_noon(line, 3.9)
    await line.request(PLATE, OUT)
    assert (await line.session()).total == Money(Decimal(0), "EUR")


async def test_an_exit_that_nobody_saw_is_for_a_person(line: Line) -> None:
    await booked(line, 0, 8)
    at_noon(line, 9)
    await line.record(line.opened(PLATE, IN, 0), line.opened(PLATE, IN, 3), line.opened(PLATE, OUT, 4))
    lost, closed = await line.sessions()
    assert (lost.status, lost.total, lost.hold) == (SessionStatus.LOST_EXIT, None, "NO_EXIT")
    assert closed.status is SessionStatus.CLOSED
    assert await line.cases() == [(AssistCaseKind.LOST_EXIT, None)]
    await line.record(line.opened(PLATE, OUT, 1))
    assert [each.status for each in await line.sessions()] == [SessionStatus.CLOSED] * 2
    assert await line.cases() == []
    assert await line.cases(resolved=True) == [(AssistCaseKind.LOST_EXIT, None)]


async def test_an_entry_that_nobody_saw_is_for_a_person_until_it_is_told(line: Line) -> None:
    await booked(line)
    at_noon(line, 9)
    await line.record(line.opened(PLATE, OUT, 1))
    assert await line.sessions() == []
    assert await line.cases() == [(AssistCaseKind.LOST_ENTRY, None)]
    await line.record(line.opened(PLATE, IN, 0))
    assert (await line.session()).left_at == NOON + HOUR
    assert await line.cases() == []


async def test_an_earlier_entry_makes_the_later_one_void_or_its_own(line: Line) -> None:
    """Within two minutes they are one and the same entry."""
    await booked(line)
    at_noon(line, 9)
    await line.record(line.opened(PLATE, IN, 0.02), line.opened(PLATE, OUT, 1))
    await line.record(line.opened(PLATE, IN, 0))
    session = await line.session()
    assert (session.entered_at, session.left_at) == (NOON, NOON + HOUR)
    stored = "SELECT status FROM gate_sessions WHERE site_id = :site ORDER BY id"
    assert await line.rows(stored, site=line.gate.site.key) == [("VOID",), ("CLOSED",)]


async def test_who_was_let_in_by_the_gate_alone_pays_a_person(line: Line) -> None:
    await line.record(line.opened("KA-XY 99", IN, -3))
    at_noon(line)
    assert await line.reason("KA-XY 99", OUT) == (Decision.ASSIST, DecisionReason.UNPAID)
    assert (await line.session()).status is SessionStatus.OPEN


async def test_what_is_not_to_be_had_is_for_a_person(line: Line) -> None:
    await booked(line)
    line.stage.till.answer = Authorisation.DECLINED
    await drive(line, 0, 3.5)
    session = await line.session()
    assert (session.total, session.charged) == (Money(Decimal("2.40"), "EUR"), Decimal(0))
    assert (AssistCaseKind.UNPAID, None) in await line.cases()


async def test_prices_that_depend_on_a_doubtful_clock_are_held(line: Line) -> None:
    await booked(line)
    at_noon(line, 9)
    await line.record(line.opened(PLATE, IN, 0, synced=False), line.opened(PLATE, OUT, 5))
    session = await line.session()
    assert (session.total, session.hold) == (None, "CLOCK")
    assert line.stage.till.told == []
    assert (AssistCaseKind.PRICE_HELD, "CLOCK") in await line.cases()


async def test_a_vehicle_that_nobody_saw_leave_is_given_up(line: Line) -> None:
    await line.grant(ends=2)
    await line.request(PLATE, IN)
    at_noon(line, 7 * 24 + 1.9)
    await line.house.lost.give_up()
    assert (await line.session()).status is SessionStatus.OPEN
    at_noon(line, 7 * 24 + 2.1)
    await line.house.lost.give_up()
    session = await line.session()
    assert (session.status, session.hold, session.total) == (SessionStatus.LOST_EXIT, PriceHold.NO_EXIT, None)
    assert await line.cases() == [(AssistCaseKind.LOST_EXIT, None)]
    await line.record(line.opened(PLATE, OUT, 1))
    assert (await line.session()).status is SessionStatus.CLOSED
    assert await line.cases() == []


async def test_one_without_a_right_is_given_up_so_long_after_it_came_in(line: Line) -> None:
    await line.record(line.opened("KA-XY 99", IN, -1))
    at_noon(line, 7 * 24 - 0.9)
    await line.house.lost.give_up()
    assert (await line.session()).status is SessionStatus.LOST_EXIT


async def test_who_was_given_up_may_come_in_again(line: Line) -> None:
    await line.grant(ends=2)
    await line.request(PLATE, IN)
    at_noon(line, 8 * 24)
    await line.grant(begins=8 * 24 - 1, ends=8 * 24 + 2)
    await line.house.lost.give_up()
    assert (await line.request(PLATE, IN)).decision is Decision.OPEN
    assert [each.status for each in await line.sessions()] == [SessionStatus.LOST_EXIT, SessionStatus.OPEN]


async def test_at_a_removed_gate_vehicles_are_given_up_as_well(line: Line) -> None:
    await line.record(line.opened("KA-XY 99", IN, -1))
    await line.house.office.remove(EDITOR, line.gate.id)
    at_noon(line, 8 * 24)
    await line.house.lost.give_up()
    assert (await line.session()).status is SessionStatus.LOST_EXIT
