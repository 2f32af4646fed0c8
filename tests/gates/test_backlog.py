"""`recordGateEvents` over a real database: nothing lost, nothing doubled, and no event in the way of another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkgraph.gates.backlog import GateEventStatus, Refusal, Result
from parkgraph.gates.cases import AssistCaseKind
from parkgraph.gates.charging import PriceHold
from parkgraph.gates.decision import Decision, DecisionReason, Direction
from parkgraph.gates.events import BarrierEvent, BarrierState, EdgeDecision, Heartbeat, PlateRead
from parkgraph.gates.journal import Kept
from parkgraph.gates.session import Session
from tests.gates.stage import IN, OUT, PLATE, Line, at_noon
from tests.yards.reservations.stage import EDITOR, HOUR, NOON, hours_from

pytestmark = pytest.mark.asyncio(loop_scope="module")

Status = GateEventStatus


def statuses(recorded: Any) -> list[GateEventStatus]:
    return [each.status for each in recorded.results]


async def test_events_are_kept_once_however_often_they_are_sent(line: Line) -> None:
    events = [line.read("MZ-Z 1"), line.read(None), line.opened(PLATE, IN, -1)]
    assert statuses(await line.record(*events)) == [Status.ACCEPTED] * 3
    assert statuses(await line.record(*events)) == [Status.DUPLICATE] * 3
    assert statuses(await line.record(events[0], events[0])) == [Status.DUPLICATE] * 2
    assert await line.count("gate_events") == 3


async def test_another_body_under_a_known_id_is_a_conflict_in_one_batch_and_in_two(line: Line) -> None:
    one = line.read("MZ-Z 1")
    other = replace(one, plate="MZ-Z 2")
    assert statuses(await line.record(one, other)) == [Status.ACCEPTED, Status.CONFLICT]
    assert statuses(await line.record(other)) == [Status.CONFLICT]


async def test_what_the_gate_decided_meanwhile_is_added_to_an_event_that_was_kept(line: Line) -> None:
    read = line.read("KA-XY 99")
    await line.ask(read)
    assert await line.sessions() == []
    edge = EdgeDecision(Decision.OPEN, DecisionReason.EXACT_RIGHT, line.now)
    assert statuses(await line.record(replace(read, edge=edge))) == [Status.DUPLICATE]
    assert (await line.session()).plate == "KAXY99"


@pytest.mark.asyncio(loop_scope="function")
async def test_a_poison_event_is_in_nobodys_way(own_line: Line) -> None:
    """One that the database refuses, though every check before has let it pass."""
    line = own_line
    good, bad, last = line.read("MZ-Z 1"), line.read("MZ-Z 2", passage="x" * 150), line.read("MZ-Z 3")
    await line.rows("ALTER TABLE gate_events ADD CHECK (length(passage_ref) < 100)")
    recorded = await line.record(good, bad, last)
    assert statuses(recorded) == [Status.ACCEPTED, Status.REJECTED, Status.ACCEPTED]
    assert (recorded.results[1].code, recorded.results[1].retryable) == ("BAD_USER_INPUT", False)
    assert recorded.kept == Kept(3)
    assert await line.count("gate_events") == 2


async def test_gaps_are_told_until_they_are_filled(line: Line) -> None:
    events = [line.read(None) for _ in range(6)]
    assert (await line.record(events[0], events[1])).kept == Kept(2)
    assert (await line.record(events[5])).kept == Kept(2, ((3, 5),))
    assert (await line.record(events[3])).kept == Kept(2, ((3, 3), (5, 5)))
    assert (await line.record(events[2], events[4])).kept == Kept(6)


async def test_what_was_refused_before_leaves_no_gap(line: Line) -> None:
    refusal = Refusal(Result("x", Status.REJECTED, "BAD_USER_INPUT"), next(line.sequences))
    recorded = await line.house.backlog.record(line.gate.id, line.boot, [refusal, line.read(None)])
    assert statuses(recorded) == [Status.REJECTED, Status.ACCEPTED]
    assert recorded.kept == Kept(2)


async def test_each_boot_counts_for_itself(line: Line) -> None:
    await line.record(line.read(None), line.read(None))
    first = line.read(None, boot="other", sequence=1)
    assert (await line.house.backlog.record(line.gate.id, "other", [first])).kept == Kept(1)


async def test_a_barrier_and_a_sign_of_life_are_known_by_their_latest(line: Line) -> None:
    def barrier(state: BarrierState, ago: int, **facts: Any) -> BarrierEvent:
        at = line.now - timedelta(seconds=ago)
        return BarrierEvent(uuid4(), line.boot, next(line.sequences), at, state, "1", **facts)

    beat = Heartbeat(uuid4(), line.boot, next(line.sequences), line.now, True, backlog=7, dead_letters=0)
    await line.record(
        barrier(BarrierState.OPEN, 5), barrier(BarrierState.CLOSED, 1), beat, barrier(BarrierState.FAULT, 9)
    )
    ((lane, state, _),) = await line.house.reader.barriers(line.gate)
    assert (lane, state) == ("1", "CLOSED")
    (gate,) = await line.house.office.list(EDITOR, line.yard.id)
    assert gate.heartbeat is not None
    assert gate.heartbeat["backlog"] == 7


async def test_a_gate_whose_clock_is_years_ahead_is_heard_and_its_barrier_seen_afterwards(line: Line) -> None:
    """Whatever it said then, it does not hide what it says when its clock is right again."""
    for ahead, state in ((timedelta(days=3650), BarrierState.OPEN), (timedelta(), BarrierState.CLOSED)):
        at_noon(line, 0 if ahead else 1)
        at = line.now + ahead
        beat = Heartbeat(uuid4(), line.boot, next(line.sequences), at, synced=not ahead, backlog=7, dead_letters=0)
        await line.record(BarrierEvent(uuid4(), line.boot, next(line.sequences), at, state), beat)
    ((_, state_now, at_now),) = await line.house.reader.barriers(line.gate)
    assert (state_now, at_now) == ("CLOSED", line.now)
    (gate,) = await line.house.office.list(EDITOR, line.yard.id)
    assert gate.heard_at == line.now


async def test_a_read_of_the_future_happened_when_it_came(line: Line) -> None:
    """Else its vehicle would be inside, and its plate known, for years."""
    await line.record(line.opened(PLATE, IN, 24 * 3650))
    session = await line.session()
    assert (session.entered_at, session.hold) == (line.now, PriceHold.CLOCK)


async def test_a_barrier_that_opened_confirms_its_command(line: Line) -> None:
    await line.grant()
    command = (await line.request(PLATE)).command
    assert command is not None
    opened = BarrierEvent(uuid4(), line.boot, next(line.sequences), line.now, BarrierState.OPEN, command=command.id)
    await line.record(opened)
    state = "SELECT state FROM gate_commands WHERE uuid = :command"
    assert await line.rows(state, command=command.id) == [("POSITION_CONFIRMED",)]


async def test_a_vehicle_that_follows_another_raises_an_alarm(line: Line) -> None:
    await line.request("MZ-Z 1", passage="behind")
    crossed = BarrierEvent(uuid4(), line.boot, next(line.sequences), line.now, BarrierState.OPEN, passage="behind")
    await line.record(crossed)
    assert (AssistCaseKind.TAILGATE, None) in await line.cases()


async def test_who_passes_on_the_pulse_of_another_raises_an_alarm(line: Line) -> None:
    await line.grant()
    command = (await line.request(PLATE)).command
    assert command is not None
    await line.request("MZ-Z 1", passage="behind")
    state = (line.boot, next(line.sequences), line.now, BarrierState.OPEN)
    await line.record(BarrierEvent(uuid4(), *state, passage="behind", command=command.id))
    assert (AssistCaseKind.TAILGATE, None) in await line.cases()


@pytest.mark.parametrize("first", ["the barrier", "the read"])
async def test_that_it_followed_is_known_in_whatever_order_it_is_told(line: Line, first: str) -> None:
    behind = replace(line.opened("MZ-Z 1", IN, -0.5, passage="behind"), edge=None)
    crossed = BarrierEvent(uuid4(), line.boot, next(line.sequences), line.now, BarrierState.OPEN, passage="behind")
    for event in (crossed, behind) if first == "the barrier" else (behind, crossed):
        await line.record(event)
    assert (AssistCaseKind.TAILGATE, None) in await line.cases()
    await line.record(line.opened("MZ-Z 1", IN, -0.5, passage="behind"))
    assert (AssistCaseKind.TAILGATE, None) in await line.cases(resolved=True)


async def test_a_gate_that_opened_without_a_right_is_looked_at(line: Line) -> None:
    await line.record(line.opened("KA-XY 99", IN, -1))
    assert (AssistCaseKind.OFFLINE_ENTRY, "NO_RIGHT") in await line.cases()
    assert (await line.session()).right_kind is None


async def test_a_read_that_nobody_decided_counts_where_it_has_a_right(line: Line) -> None:
    await line.grant()
    read = replace(line.opened(PLATE, IN, -0.5), edge=None)
    await line.record(read, replace(line.opened("MZ-Z 1", IN, -0.5), edge=None))
    assert (await line.session()).entered_at == NOON - 0.5 * HOUR


async def test_what_the_gate_refused_did_not_cross(line: Line) -> None:
    await line.grant()
    refused = EdgeDecision(Decision.ASSIST, DecisionReason.NO_RIGHT, NOON)
    await line.record(line.opened(PLATE, IN, -0.5, edge=refused))
    assert await line.sessions() == []


# One vehicle with a booking from NOON to 14:00, and one without. Crossings by the minute after NOON.
HISTORY = st.lists(
    st.tuples(st.sampled_from([PLATE, "KA-XY 99"]), st.sampled_from([IN, OUT]), st.integers(0, 400)),
    min_size=1,
    max_size=7,
)


def told(sessions: list[Session]) -> list[Any]:
    return [
        (each.id, each.plate, each.status, each.entered_at, each.left_at, each.hold, each.total, each.charged)
        for each in sessions
    ]


class TestAnyOrder:
    """Told in whatever order, more than once and late, a history comes to the same sessions and prices."""

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(history=HISTORY, data=st.data())
    async def test_history(self, line: Line, history: list[tuple[str, Direction, int]], data: st.DataObject) -> None:
        if not line.stage.till.told:
            at_noon(line, -1)
            await line.stage.booked(line.yard, hours_from(0, 2))
            at_noon(line, 24)
        events = [
            line.opened(plate, way, minutes / 60, passage=f"{n} {plate} {way} {minutes}")
            for n, (plate, way, minutes) in enumerate(history)
        ]
        straight = await self._sessions(line, [events])
        shuffled = data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=3))]))
        cut = data.draw(st.integers(0, len(shuffled)))
        assert await self._sessions(line, [shuffled[:cut], shuffled[cut:]]) == straight

    async def _sessions(self, line: Line, batches: list[list[PlateRead]]) -> list[Any]:
        await line.forget()
        for batch in batches:
            if batch:
                await line.record(*batch)
        return told(await line.sessions())
