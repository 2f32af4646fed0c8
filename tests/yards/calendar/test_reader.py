"""The calendar of a yard, read from the database at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text

from parkgraph.db.engine import Database
from parkgraph.domain.civil import Band
from parkgraph.yards.calendar import reader
from parkgraph.yards.calendar.ranges import Range, SpaceCalendar, SpaceState, Window
from parkgraph.yards.reservations.allotments import BlockWish, PermitWish
from parkgraph.yards.reservations.blocks import Block
from parkgraph.yards.reservations.booking import HOLD
from parkgraph.yards.reservations.permits import Span
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.spaces import without
from parkgraph.yards.yard import Yard
from tests.yards.billed import Office, office_on
from tests.yards.money.till import Terminal
from tests.yards.reservations.stage import EDITOR, HOUR, NOON, OWNER, hours_from, spaces

DAY = Window(NOON, NOON + 24 * HOUR)
FREE, HELD, BOOKED = SpaceState.FREE, SpaceState.HELD, SpaceState.BOOKED
BLOCKED, PERMIT = SpaceState.BLOCKED, SpaceState.PERMIT


@pytest.fixture
def office(database: Database) -> Office:
    return office_on(database)


def hours(space: SpaceCalendar) -> list[tuple[float, float, SpaceState]]:
    return [((begins - NOON) / HOUR, (ends - NOON) / HOUR, state) for begins, ends, state in space.ranges]


async def shown(office: Office, of: Yard, **page: int) -> dict[str | None, list[tuple[float, float, SpaceState]]]:
    found = await office.calendar.spaces(of.id, DAY, **page)
    return {space.label: hours(space) for space in found}


async def block(office: Office, of: Yard, space: int | None, first: float, last: float) -> None:
    span = Span(NOON + first * HOUR, NOON + last * HOUR)
    wish = BlockWish(Key(OWNER, uuid4().hex), of.id, space, span)
    assert isinstance(await office.stage.allotments.block(EDITOR, wish), Block)


async def test_a_yard_that_nobody_booked_is_free(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(2))
    assert await shown(office, of) == {"1": [(0, 24, FREE)], "2": [(0, 24, FREE)]}


async def test_a_booking_is_booked_from_arrival_to_departure(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    await office.stage.booked(of, hours_from(2, 5))
    await office.stage.booked(of, hours_from(5, 6))
    assert await shown(office, of) == {"1": [(0, 2, FREE), (2, 5, BOOKED), (5, 6, BOOKED), (6, 24, FREE)]}


async def test_a_booking_whose_payment_is_awaited_is_held_until_it_expires(database: Database) -> None:
    office = office_on(database, Terminal())
    of = await office.stage.open(spaces=spaces(1))
    await office.stage.booked(of, hours_from(2, 5))
    assert await shown(office, of) == {"1": [(0, 2, FREE), (2, 5, HELD), (5, 24, FREE)]}
    office.stage.clock.pass_by(HOLD)
    assert await shown(office, of) == {"1": [(0, 24, FREE)]}


async def test_what_is_cancelled_is_free_again(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    booking = await office.stage.booked(of, hours_from(2, 5))
    await office.stage.reservations.cancel("a driver", booking.id)
    assert await shown(office, of) == {"1": [(0, 24, FREE)]}


async def test_a_block_of_the_yard_is_on_every_space(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(2))
    await block(office, of, None, 3, 4)
    assert await shown(office, of) == {label: [(0, 3, FREE), (3, 4, BLOCKED), (4, 24, FREE)] for label in "12"}


async def test_a_permit_shows_on_each_of_its_occasions(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    days = Band(time(14), time(16), first=date(2026, 11, 24), last=date(2026, 11, 30))
    wish = PermitWish(Key(OWNER, "permit"), of.id, of.spaces[0].id, days, "a resident")
    await office.stage.allotments.permit(EDITOR, wish)
    assert await shown(office, of) == {"1": [(0, 2, FREE), (2, 4, PERMIT), (4, 24, FREE)]}
    (week,) = await office.calendar.spaces(of.id, Window(NOON, NOON + 168 * HOUR))
    assert sum(each.state is PERMIT for each in week.ranges) == 7


async def test_what_reaches_into_the_window_is_whole_and_what_touches_it_is_not_in_it(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    for stay in (hours_from(-4, -2), hours_from(-2, 0), hours_from(23, 26), hours_from(26, 27)):
        await office.stage.booked(of, stay)
    assert await shown(office, of) == {"1": [(0, 23, FREE), (23, 26, BOOKED)]}


async def test_another_yards_bookings_are_not_in_it(office: Office) -> None:
    of, other = await office.stage.open(spaces=spaces(1)), await office.stage.open(spaces=spaces(1))
    await office.stage.booked(other, hours_from(2, 5))
    assert await shown(office, of) == {"1": [(0, 24, FREE)]}


async def test_a_yard_that_is_unknown_has_no_spaces(office: Office) -> None:
    assert await office.calendar.spaces(UUID(int=1), DAY) == []


async def test_a_space_that_was_taken_away_shows_what_it_was_and_is_free_no_more(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(2))
    async with office.stage.yards.edit(of.id) as edit:
        assert edit
        await edit.save(of, without(of, {of.spaces[0].id or 0}))
        await edit.session.commit()
    await office.rows("UPDATE yard_spaces SET removed_at = :at WHERE removed_at IS NOT NULL", at=NOON + 6 * HOUR)
    assert await shown(office, of) == {"1": [(0, 6, FREE)], "2": [(0, 24, FREE)]}
    later = Window(NOON + 6 * HOUR, NOON + 24 * HOUR)
    assert [space.label for space in await office.calendar.spaces(of.id, later)] == ["2"]


async def test_a_page_has_the_spaces_after_another(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(5))
    first = await office.calendar.spaces(of.id, DAY, first=2)
    assert [space.label for space in first] == ["1", "2"]
    rest = await office.calendar.spaces(of.id, DAY, after=first[-1].id)
    assert [space.label for space in rest] == ["3", "4", "5"]


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    yield heard
    event.remove(database.engine.sync_engine, "before_cursor_execute", hear)


async def test_however_many_spaces_it_is_one_query(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(40))
    for _ in range(5):
        await office.stage.booked(of, hours_from(2, 5))
    with statements_of(office.stage.database) as heard:
        found = await office.calendar.spaces(of.id, DAY)
    assert len(found) == 40
    assert heard == [str(text(reader.CALENDAR).compile(office.stage.database.engine.sync_engine))]


async def test_the_query_looks_at_its_index_only(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    await office.stage.booked(of, hours_from(2, 5))
    async with office.stage.database.engine.connect() as connection:
        await connection.exec_driver_sql("SET enable_seqscan = off")
        await connection.exec_driver_sql("SET enable_bitmapscan = off")
        values = {"yard": of.id, "after": 0, "first": 10, "begins": NOON, "ends": DAY.ends, "now": NOON}
        plan = (await connection.execute(text(f"EXPLAIN {reader.CALENDAR}"), values)).scalars().all()
    assert any("Index Only Scan using ix_yard_occupations_calendar" in line for line in plan), plan


def test_a_page_ends_where_its_ranges_are_many_but_has_one_space_at_least() -> None:
    def space(key: int, ranges: int) -> SpaceCalendar:
        return SpaceCalendar(key, None, (Range(NOON, NOON + HOUR, BOOKED),) * ranges)

    half = reader.MAX_RANGES // 2
    assert len(reader.bounded([space(1, half), space(2, half), space(3, 1)])) == 2
    assert len(reader.bounded([space(1, 3 * half), space(2, 1)])) == 1
    assert reader.bounded([]) == []


async def test_a_calendar_over_the_change_of_the_clock_has_no_gap(office: Office) -> None:
    of = await office.stage.open(spaces=spaces(1))
    begins = datetime.fromisoformat("2027-03-28T00:00:00+01:00")
    (space,) = await office.calendar.spaces(of.id, Window(begins, begins + timedelta(hours=23)))
    assert space.ranges == (Range(begins, begins + timedelta(hours=23), FREE),)
