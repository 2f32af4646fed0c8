"""Blocks and permits take their room where bookings take theirs."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.civil import EVERY_DAY, WEEKDAYS, Band, Day
from parkgraph.graph.calendars import calendar_of
from parkgraph.yards.reservations.allotments import BlockWish, PermitWish
from parkgraph.yards.reservations.blocks import Block
from parkgraph.yards.reservations.outcome import UNKNOWN, UNKNOWN_SPACE, UNKNOWN_YARD, Full, KeyConflict, Taken
from parkgraph.yards.reservations.permits import MAX_DAYS, Permit, Span, dates, occasions
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.service import Editor
from parkgraph.yards.yard import Space, Yard
from tests.yards.reservations.stage import EDITOR, HOUR, NOON, OPERATOR, OWNER, STRANGER, Stage, hours_from, spaces

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Band(time(8), time(18), frozenset(WEEKDAYS[:5]), first=date(2026, 11, 23), last=date(2026, 12, 4))


def span(first: float, last: float) -> Span:
    """As many hours after NOON."""
    return Span(NOON + first * HOUR, NOON + last * HOUR)


async def block(stage: Stage, yard: Yard, when: Span, space: int | None = None, key: str = "", **more: Any) -> Any:
    wish = BlockWish(Key(OWNER, key or uuid4().hex), yard.id, space, when, **more)
    return await stage.allotments.block(EDITOR, wish)


async def permit(
    stage: Stage, yard: Yard, hours: Band = OFFICE, space: int | None = None, key: str = "", who: Editor = EDITOR
) -> Any:
    wish = PermitWish(Key(OWNER, key or uuid4().hex), yard.id, space, hours, "Ms Example", "S-AB 123")
    return await stage.allotments.permit(who, wish)


async def test_what_is_blocked_is_full_until_the_block_is_lifted(stage: Stage) -> None:
    yard = await stage.open()
    made = await block(stage, yard, span(0, 4))
    assert isinstance(made, Block)
    assert await stage.quote(yard, hours_from(3, 5)) == Full()
    await stage.booked(yard, hours_from(4, 5))
    lifted = await stage.allotments.lift(EDITOR, made.id)
    assert isinstance(lifted, Block)
    assert lifted.lifted_at == stage.clock()
    await stage.booked(yard, hours_from(3, 4))


async def test_a_block_that_is_lifted_while_it_holds_is_over(stage: Stage) -> None:
    yard = await stage.open()
    made = await block(stage, yard, span(0, 4))
    stage.clock.now = NOON + HOUR
    await stage.allotments.lift(EDITOR, made.id)
    await stage.booked(yard, hours_from(1, 4))
    assert [(begins, ends) for _, begins, ends, kind in await stage.occupied() if kind == "BLOCK"] == [
        (NOON, NOON + HOUR)
    ]


async def test_one_space_can_be_blocked_alone(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(2))
    made = await block(stage, yard, span(0, 4), yard.spaces[0].id)
    assert isinstance(made, Block)
    assert (await stage.booked(yard, hours_from(0, 4))).space_label == "2"
    assert await stage.quote(yard, hours_from(0, 4)) == Full()


async def test_what_is_booked_is_not_blocked_and_the_owner_learns_when_it_is(stage: Stage) -> None:
    yard = await stage.open()
    await stage.booked(yard, hours_from(1, 2))
    assert await block(stage, yard, span(0, 4)) == Taken(None, (span(1, 2),))
    assert isinstance(await block(stage, yard, span(2, 4)), Block)


async def test_a_space_that_comes_while_its_yard_is_blocked_is_blocked_too(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(1))
    await block(stage, yard, span(0, 4))
    async with stage.yards.edit(yard.id) as edit:
        assert edit
        before = edit.stored.read()
        await edit.save(before, before.__class__(**{**_facts(before), "spaces": (*before.spaces, Space("new"))}))
        await edit.session.commit()
    assert await stage.quote(yard, hours_from(0, 2)) == Full()
    assert (await stage.quoted(yard, hours_from(4, 5))).vacant == 2


def _facts(of: Yard) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__dataclass_fields__}


async def test_a_block_that_is_sent_again_is_made_once(stage: Stage) -> None:
    yard = await stage.open()
    made = await asyncio.gather(*(block(stage, yard, span(0, 4), key="one") for _ in range(3)))
    assert made[0] == made[1] == made[2]
    assert len(await stage.occupied()) == 1
    assert await block(stage, yard, span(0, 5), key="one") == KeyConflict()


async def test_what_is_over_cannot_be_blocked(stage: Stage) -> None:
    yard = await stage.open()
    with pytest.raises(ValueError, match="ends"):
        await block(stage, yard, span(-100, -80))


async def test_a_permit_keeps_its_space_on_every_occasion(stage: Stage) -> None:
    yard = await stage.open()
    made = await permit(stage, yard)
    assert isinstance(made, Permit)
    taken = [(begins.astimezone(BERLIN), ends.astimezone(BERLIN)) for _, begins, ends, _ in await stage.occupied()]
    assert len(taken) == 10
    assert {(begins.hour, ends.hour, begins.weekday() < 5) for begins, ends in taken} == {(8, 18, True)}
    assert await stage.quote(yard, hours_from(5, 7)) == Full(), "17 to 19 o'clock"
    await stage.booked(yard, hours_from(6, 20))
    assert await stage.quote(yard, hours_from(6, 21)) == Full()


async def test_a_permit_takes_a_space_that_is_free_on_all_of_its_occasions(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(3))
    await stage.booked(yard, hours_from(0, 1))
    await block(stage, yard, span(48, 49), yard.spaces[1].id)
    made = await permit(stage, yard)
    assert made.space_label == "3"
    assert await permit(stage, yard) == Full()
    assert await permit(stage, yard, space=yard.spaces[1].id) == Taken("2", (span(48, 49),))


async def test_a_permit_that_is_revoked_holds_no_more(stage: Stage) -> None:
    yard = await stage.open()
    made = await permit(stage, yard)
    stage.clock.now = NOON
    revoked = await stage.allotments.revoke(EDITOR, made.id)
    assert isinstance(revoked, Permit)
    assert revoked.revoked_at == NOON
    await stage.booked(yard, hours_from(0, 300))
    assert await stage.allotments.revoke(EDITOR, made.id) == revoked


async def test_a_permit_that_is_sent_again_is_given_once(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(2))
    made = await asyncio.gather(*(permit(stage, yard, key="one") for _ in range(3)))
    assert made[0] == made[1] == made[2]
    assert await permit(stage, yard, space=yard.spaces[1].id, key="one") == KeyConflict()


async def test_only_its_owner_allots_a_yard(stage: Stage) -> None:
    yard = await stage.open()
    made = await permit(stage, yard)
    blocked = await block(stage, yard, span(1000, 1001))
    wish = BlockWish(Key("another owner", "1"), yard.id, None, span(2000, 2001))
    assert await stage.allotments.block(STRANGER, wish) == UNKNOWN_YARD
    assert await permit(stage, yard, who=STRANGER) == UNKNOWN_YARD
    assert await stage.allotments.lift(STRANGER, blocked.id) == UNKNOWN
    assert await stage.allotments.revoke(STRANGER, made.id) == UNKNOWN
    assert await stage.allotments.revoke(EDITOR, uuid4()) == UNKNOWN
    assert await stage.allotments.list_permits(STRANGER, yard.id, None, 10) == ()
    assert await stage.allotments.list_blocks(STRANGER, yard.id, None, 10) == ()
    assert await stage.allotments.list_permits(OPERATOR, yard.id, None, 10) == [made]
    assert await stage.allotments.list_blocks(EDITOR, yard.id, None, 10) == [blocked]


async def test_blocks_and_permits_are_listed_page_by_page(stage: Stage) -> None:
    yard = await stage.open(spaces=spaces(2))
    blocked = [await block(stage, yard, span(1000 + n, 1001 + n), space=yard.spaces[0].id) for n in range(3)]
    permits = [await permit(stage, yard, space=each.id) for each in yard.spaces]
    listing = stage.allotments
    assert await listing.list_blocks(EDITOR, yard.id, None, 2) == blocked[:2]
    assert await listing.list_blocks(EDITOR, yard.id, blocked[1].id, 2) == blocked[2:]
    assert await listing.list_permits(EDITOR, yard.id, None, 1) == permits[:1]
    assert await listing.list_permits(EDITOR, yard.id, permits[0].id, 10) == permits[1:]


async def test_a_space_of_another_yard_is_unknown(stage: Stage) -> None:
    yard, other = await stage.open(), await stage.open()
    assert await block(stage, yard, span(0, 1), other.spaces[0].id) == UNKNOWN_SPACE
    assert await permit(stage, yard, space=other.spaces[0].id) == UNKNOWN_SPACE


async def test_a_permit_whose_occasions_are_over_is_refused(stage: Stage) -> None:
    yard = await stage.open()
    with pytest.raises(ValueError, match="last"):
        await permit(stage, yard, Band(time(8), time(18), first=date(2026, 11, 1), last=date(2026, 11, 20)))


@pytest.mark.parametrize(
    "hours",
    [Band(first=date(2026, 1, 1)), Band(last=date(2026, 1, 1)), Band(first=date(2026, 1, 1), last=date(2027, 2, 5))],
)
def test_a_permit_has_dates_and_lasts_no_longer_than_all_of_it_can_be_stored(hours: Band) -> None:
    with pytest.raises(ValueError, match="last"):
        dates(hours)
    assert dates(Band(first=date(2026, 1, 1), last=date(2026, 1, 1) + timedelta(days=MAX_DAYS - 1)))


def test_a_permit_may_leave_public_holidays_out() -> None:
    hours = Band(time(8), time(18), except_holidays=True, first=date(2026, 12, 24), last=date(2026, 12, 27))
    begun = [each.begins.day for each in occasions(hours, BERLIN, calendar_of("DE"), datetime(2026, 1, 1, tzinfo=UTC))]
    assert begun == [24, 27]


def test_nights_around_a_change_of_the_clock_are_as_long_as_the_night_is() -> None:
    hours = Band(time(22), time(6), first=date(2027, 3, 27), last=date(2027, 3, 28))
    lengths = [each.ends - each.begins for each in occasions(hours, BERLIN, None, datetime(2026, 1, 1, tzinfo=UTC))]
    assert lengths == [7 * HOUR, 8 * HOUR]


@given(
    st.times().map(lambda t: t.replace(microsecond=0, tzinfo=None)),
    st.times().map(lambda t: t.replace(microsecond=0, tzinfo=None)),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
    ),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(0, MAX_DAYS - 1),
)
def test_occasions_never_overlap_whatever_the_clock_does(
    start: time, end: time, days: set[Day], zone: str, first: date, length: int
) -> None:
    hours = Band(start, end, frozenset(days) & EVERY_DAY, first=first, last=first + timedelta(days=length))
    found = occasions(hours, ZoneInfo(zone), None, datetime(2020, 1, 1, tzinfo=UTC))
    assert all(one.begins < one.ends for one in found)
    assert all(one.ends <= other.begins for one, other in pairwise(found))
