"""`requestPassage` over a real database: once for each event, one command at a time, and never OPEN without a right."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from parkgraph.gates.decision import Decision, DecisionReason, Direction
from parkgraph.gates.line import BodyConflict, Decided
from parkgraph.gates.records import TTL
from parkgraph.gates.rights import RightKind
from parkgraph.gates.turns import GatesUnavailable, UnknownGate
from tests.gates.stage import OUT, PLATE, SECOND, Line, at_noon, house_on
from tests.yards.reservations.stage import EDITOR, NOON, hours_from

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPEN = (Decision.OPEN, DecisionReason.EXACT_RIGHT)
NO_RIGHT = (Decision.ASSIST, DecisionReason.NO_RIGHT)


async def test_a_booking_opens_within_its_stay(line: Line) -> None:
    at_noon(line, -1)
    await line.stage.booked(line.yard, hours_from(0, 2))
    assert await line.reason(PLATE) == (Decision.ASSIST, DecisionReason.NOT_YET_VALID)
    at_noon(line)
    assert await line.reason(PLATE) == OPEN


async def test_a_booking_that_was_cancelled_opens_nothing_from_then_on(line: Line) -> None:
    at_noon(line, -1)
    booking = await line.stage.booked(line.yard, hours_from(0, 2))
    assert await line.reason(PLATE) == (Decision.ASSIST, DecisionReason.NOT_YET_VALID)
    await line.stage.reservations.cancel(booking.principal, booking.id)
    at_noon(line)
    assert await line.reason(PLATE) == NO_RIGHT


async def test_a_booking_that_waits_for_its_owner_is_no_right_yet(line: Line) -> None:
    await line.rows("UPDATE yards SET approval_required = true WHERE uuid = :yard", yard=line.yard.id)
    booking = await line.stage.booked(line.yard, hours_from(0.1, 2))
    at_noon(line, 0.1)
    assert await line.reason(PLATE) == NO_RIGHT
    await line.stage.desk.approve(EDITOR, booking.id)
    assert await line.reason(PLATE) == OPEN


async def test_another_plate_of_a_booking_is_let_in_and_the_first_no_more(line: Line) -> None:
    booking = await line.stage.booked(line.yard, hours_from(0, 2))
    await line.stage.reservations.change(booking.principal, booking.id, booking.version, plate="KA-XY 99")
    assert await line.reason(PLATE) == NO_RIGHT
    assert await line.reason("KAXY99") == OPEN


async def test_a_right_of_another_site_is_none_here(line: Line) -> None:
    elsewhere = await line.stage.open()
    await line.stage.booked(elsewhere, hours_from(0, 2))
    assert (await line.reason(PLATE))[0] is not Decision.OPEN


async def test_a_right_that_was_taken_away_opens_at_no_process_any_more(line: Line) -> None:
    right = await line.grant()
    other = Line(line.stage, await house_on(line.stage), line.yard, line.gate)
    assert (await other.request("MZ-Z 1")).reason is DecisionReason.NO_RIGHT  # it has looked at the rights
    await line.house.office.revoke(line.gate, right.id)
    assert await other.reason(PLATE) == NO_RIGHT


async def test_a_plate_that_is_blocked_is_refused_whatever_its_rights(line: Line) -> None:
    await line.grant()
    await line.grant(kind=RightKind.BLOCK)
    assert await line.reason(PLATE) == (Decision.DENY, DecisionReason.BLOCKED)


async def test_two_looks_of_a_passage_open_where_one_does_not(line: Line) -> None:
    await line.grant()
    assert await line.reason("SA8123", passage="one") == (Decision.ASSIST, DecisionReason.AMBIGUOUS)
    assert await line.reason("SA8123", passage="other") == (Decision.ASSIST, DecisionReason.AMBIGUOUS)
    assert await line.reason("SA8123", passage="one") == (Decision.OPEN, DecisionReason.CORROBORATED_MATCH)


@pytest.mark.parametrize(
    "junk",
    [None, "", "--", "unlicensed", "C00D", "SAB" * 3500, "\u202e321 BA-S", "🚗", "ЅАВ123", "SAB12", "S?B1?3", "ⓈAB123"],
)
async def test_junk_never_opens(line: Line, junk: str | None) -> None:
    await line.grant()
    decision, _ = await line.reason(junk)
    assert decision is Decision.ASSIST


async def test_who_is_inside_does_not_come_in_again(line: Line) -> None:
    await line.grant()
    assert await line.reason(PLATE) == OPEN
    assert await line.reason(PLATE) == (Decision.ASSIST, DecisionReason.ANTI_PASSBACK)
    at_noon(line, 0.5)
    assert await line.reason(PLATE, OUT) == OPEN
    at_noon(line, 1)
    assert await line.reason(PLATE) == OPEN


async def test_a_reply_that_was_lost_is_given_again(line: Line) -> None:
    await line.grant()
    read = line.read(PLATE)
    first = await line.ask(read)
    line.stage.clock.pass_by(2 * SECOND)
    again = await line.ask(read)
    assert first.command is not None
    assert again.duplicate
    assert (again.decision, again.command, again.session) == (first.decision, first.command, first.session)


async def test_the_same_id_with_another_body_is_a_conflict_and_changes_nothing(line: Line) -> None:
    await line.grant()
    read = line.read("MZ-Z 1")
    await line.ask(read)
    other = line.read(PLATE, id=read.id)
    assert await line.ask(other) == BodyConflict()
    assert await line.count("gate_events") == 1
    assert await line.sessions() == []


async def test_a_hundred_times_the_same_at_once_is_once(line: Line) -> None:
    await line.grant()
    other = await house_on(line.stage)
    read = line.read(PLATE)
    houses = [line.house, other] * 50
    answers = await asyncio.gather(*(house.line.request(line.gate.id, read) for house in houses))
    decided = [each for each in answers if isinstance(each, Decided)]
    assert len(decided) == 100
    assert sum(not each.duplicate for each in decided) == 1
    assert len({(each.decision, each.command, each.session) for each in decided}) == 1
    for table in ("gate_events", "gate_passages", "gate_sessions", "gate_commands"):
        assert await line.count(table) == 1, table


async def test_a_passage_has_one_live_command_and_another_when_that_is_over(line: Line) -> None:
    await line.grant()
    first = await line.request(PLATE, passage="one")
    same = await line.request(PLATE, passage="one")
    assert first.command == same.command
    line.stage.clock.pass_by(TTL)
    fresh = await line.request(PLATE, passage="one")
    assert fresh.decision is Decision.OPEN
    assert fresh.command != first.command
    assert await line.count("gate_sessions") == 1


async def test_a_late_read_moves_no_barrier_and_is_known_all_the_same(line: Line) -> None:
    await line.grant()
    assert await line.reason(PLATE, ago=11 * SECOND) == (Decision.ASSIST, DecisionReason.LATE)
    assert (await line.session()).entered_at == NOON - 11 * SECOND


async def test_clocks_that_disagree_move_no_barrier_and_hold_the_price(line: Line) -> None:
    await line.grant()
    wrong = NOON - timedelta(hours=7)
    assert await line.reason(PLATE, captured=wrong) == (Decision.ASSIST, DecisionReason.CLOCK_SUSPECT)
    at_noon(line, 1)
    assert await line.reason(PLATE, OUT) == OPEN
    session = await line.session()
    assert (session.total, session.hold) == (None, "CLOCK")


async def test_an_event_that_was_only_recorded_opens_nothing_when_it_is_asked_about(line: Line) -> None:
    await line.grant()
    read = line.read(PLATE)
    await line.record(read)
    decided = await line.ask(read)
    assert (decided.decision, decided.reason, decided.duplicate) == (Decision.ASSIST, DecisionReason.LATE, True)


async def test_a_command_comes_to_something_and_never_goes_back(line: Line) -> None:
    await line.grant()
    command = (await line.request(PLATE)).command
    assert command is not None
    for state, becomes in [
        ("RELAY_ACKED", "RELAY_ACKED"),
        ("SENT", "RELAY_ACKED"),
        ("POSITION_CONFIRMED", "POSITION_CONFIRMED"),
        ("TIMED_OUT", "POSITION_CONFIRMED"),
    ]:
        assert await line.house.line.acknowledge(line.gate.id, command.id, state, line.now) == becomes
    assert await line.house.line.acknowledge(line.gate.id, uuid4(), "SENT", line.now) is None


async def test_a_gate_that_is_removed_opens_nothing(line: Line) -> None:
    await line.grant()
    assert await line.reason(PLATE) == OPEN
    await line.house.office.remove(EDITOR, line.gate.id)
    with pytest.raises(UnknownGate):
        await line.request("MZ-Z 1")
    with pytest.raises(UnknownGate):
        await line.house.line.request(UUID(int=1), line.read(PLATE))


@pytest.mark.asyncio(loop_scope="function")
async def test_without_a_database_nothing_opens(own_line: Line) -> None:
    line = own_line
    await line.grant()
    await line.rows("ALTER TABLE gate_events RENAME TO gone")
    with pytest.raises(GatesUnavailable):
        await line.request(PLATE)


async def test_a_line_that_is_crossed_both_ways_lets_in_and_out_in_turns(line: Line) -> None:
    await line.grant()
    assert await line.reason(PLATE, Direction.UNKNOWN) == OPEN
    at_noon(line, 1)
    assert await line.reason(PLATE, Direction.UNKNOWN) == OPEN
    assert (await line.session()).left_at is not None


async def test_every_change_of_one_character_waits_for_a_person(line: Line) -> None:
    """Each by itself, of every plate that has a right."""
    plates = ["SAB123", "KXY99", "MZZ4711"]
    for plate in plates:
        await line.grant(plate)
    for plate in plates:
        for position in range(len(plate)):
            for char in ("?", "0", "8", "Q", ""):
                changed = plate[:position] + char + plate[position + 1 :]
                if changed not in plates:
                    assert (await line.request(changed)).decision is not Decision.OPEN
    assert await line.sessions() == []
