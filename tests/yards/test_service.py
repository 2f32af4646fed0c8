"""What owners may do with their yards, over a real database."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.domain.stay import Stay
from parkgraph.networks.store import CHANNEL
from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.outcome import Conflict, Incomplete, NotFound, Saved, SpacesBooked
from parkgraph.yards.reservations.allotments import BlockWish
from parkgraph.yards.reservations.permits import Span
from parkgraph.yards.reservations.wish import Key
from parkgraph.yards.service import Editor, KeyUsed, Yards, YardsUnavailable
from parkgraph.yards.spaces import with_changed, with_more, without
from parkgraph.yards.yard import Space, Yard, YardStatus
from tests.networks.scripted import Clock, eventually
from tests.yards.owners import ANNA, BARE, BERTA, COMPLETE, HOUR, NOBODY, NOW, OPERATOR, office, published, saved
from tests.yards.reservations.stage import stage_on
from tests.yards.yards import change


@pytest.fixture
def yards(database: Database) -> Yards:
    return office(database)


def named(name: str) -> Callable[[Yard], Yard]:
    return lambda before: replace(before, name=name)


def ids(yard: Yard) -> list[int]:
    return [space.id for space in yard.spaces if space.id is not None]


async def test_a_new_yard_is_a_draft_of_its_owner(yards: Yards) -> None:
    made = await yards.create(ANNA, "a key", BARE)
    assert (made.owner, made.status, made.version, made.name) == ("anna", YardStatus.DRAFT, 1, "Hof Beispiel")


async def test_a_key_makes_one_yard_however_often_it_is_asked(yards: Yards) -> None:
    made = await asyncio.gather(*(yards.create(ANNA, "a key", COMPLETE) for _ in range(5)))
    assert len({yard.id for yard in made}) == 1
    assert len(await yards.owned("anna", None, 10)) == 1


async def test_a_key_that_made_a_yard_makes_no_other(yards: Yards) -> None:
    made = await yards.create(ANNA, "a key", COMPLETE)
    changed = saved(await yards.change(ANNA, made.id, 1, named("Another name since")))
    assert await yards.create(ANNA, "a key", COMPLETE) == changed
    for other in ({**COMPLETE, "name": "Hof Zwei"}, {**COMPLETE, "spaces": ()}):
        with pytest.raises(KeyUsed):
            await yards.create(ANNA, "a key", other)
    assert await yards.owned("anna", None, 10) == [changed]


async def test_other_keys_and_other_owners_make_other_yards(yards: Yards) -> None:
    made = [
        await yards.create(editor, key, BARE)
        for editor, key in ((ANNA, "b c"), (ANNA, "c"), (Editor("anna b"), "c"), (BERTA, "c"))
    ]
    assert len({yard.id for yard in made}) == 4


async def test_a_draft_is_seen_by_its_owner_and_operators_alone(yards: Yards) -> None:
    made = await yards.create(ANNA, "a key", COMPLETE)
    seen = [await yards.find(made.id, editor) for editor in (ANNA, OPERATOR, BERTA, NOBODY)]
    assert seen == [made, made, None, None]


async def test_a_published_yard_is_seen_by_everybody_and_one_withdrawn_no_more(yards: Yards) -> None:
    there = await published(yards)
    assert await yards.find(there.id, NOBODY) == there
    gone = saved(await yards.withdraw(ANNA, there.id, there.version))
    assert [await yards.find(there.id, editor) for editor in (ANNA, NOBODY)] == [gone, None]


async def test_owners_see_their_own_the_newest_first_and_page_by_page(yards: Yards) -> None:
    made = [await yards.create(ANNA, str(n), BARE) for n in range(5)]
    await yards.create(BERTA, "another's", BARE)
    newest = [yard.id for yard in reversed(made)]
    assert [yard.id for yard in await yards.owned("anna", None, 10)] == newest
    assert [yard.id for yard in await yards.owned("anna", newest[1], 2)] == newest[2:4]


@pytest.mark.parametrize("editor", [BERTA, NOBODY])
async def test_nobody_edits_anothers_yard(yards: Yards, editor: Editor) -> None:
    there = await published(yards)
    outcomes = [
        await yards.change(editor, there.id, there.version, named("Mine")),
        await yards.publish(editor, there.id, there.version),
        await yards.withdraw(editor, there.id, there.version),
        await yards.change(editor, there.id, 999, named("Mine")),
    ]
    assert outcomes == [NotFound()] * 4
    assert await yards.find(there.id, ANNA) == there


async def test_an_operator_edits_everybodys(yards: Yards) -> None:
    there = await published(yards)
    assert saved(await yards.change(OPERATOR, there.id, there.version, named("Ours"))).name == "Ours"


async def test_nobody_owns_what_is_nobodys(database: Database, yards: Yards) -> None:
    there = await published(yards)
    await change(database, there.id, "owner", "NULL")
    assert await yards.change(NOBODY, there.id, there.version, named("Mine")) == NotFound()


async def test_a_change_is_stored_and_makes_a_new_version(yards: Yards) -> None:
    made = await yards.create(ANNA, "a key", BARE)
    after = saved(await yards.change(ANNA, made.id, 1, lambda before: replace(before, **COMPLETE)))
    assert after.version == 2
    assert await yards.find(made.id, ANNA) == after


async def test_a_stale_change_is_told_what_there_is_now(yards: Yards) -> None:
    made = await yards.create(ANNA, "a key", BARE)
    first = saved(await yards.change(ANNA, made.id, 1, named("First")))
    assert await yards.change(ANNA, made.id, 1, named("Second")) == Conflict(first)
    assert await yards.find(made.id, ANNA) == first


async def test_of_many_changes_at_once_to_one_version_one_is_made(database: Database) -> None:
    made = await office(database).create(ANNA, "a key", BARE)
    names = [f"Hof {n}" for n in range(8)]
    outcomes = await asyncio.gather(*(office(database).change(ANNA, made.id, 1, named(name)) for name in names))
    (won,) = [outcome.yard for outcome in outcomes if isinstance(outcome, Saved)]
    assert [outcome for outcome in outcomes if not isinstance(outcome, Saved)] == [Conflict(won)] * 7
    assert await office(database).find(made.id, ANNA) == won


async def test_a_change_that_changes_nothing_makes_no_version(yards: Yards) -> None:
    there = await published(yards)
    for outcome in (
        await yards.change(ANNA, there.id, there.version, lambda before: before),
        await yards.publish(ANNA, there.id, there.version),
    ):
        assert outcome == Saved(there)


async def test_what_a_yard_cannot_be_is_refused_and_nothing_is_stored(yards: Yards) -> None:
    made = await yards.create(ANNA, "a key", COMPLETE)
    with pytest.raises(ValueError, match=r"^name "):
        await yards.change(ANNA, made.id, 1, named(" "))
    with pytest.raises(ValueError, match=r"^opening_hours "):
        await yards.change(ANNA, made.id, 1, lambda before: replace(before, opening_hours="whenever"))
    with pytest.raises(ValueError, match=r"^opening_hours "):
        await yards.create(ANNA, "another key", {**COMPLETE, "opening_hours": "Mo-Sa 7 to 8"})
    assert await yards.find(made.id, ANNA) == made
    assert len(await yards.owned("anna", None, 10)) == 1


async def test_a_yard_that_lacks_something_is_not_published(yards: Yards) -> None:
    made = await yards.create(ANNA, "a key", BARE)
    outcome = await yards.publish(ANNA, made.id, made.version)
    assert isinstance(outcome, Incomplete)
    fields = [lacks.field for lacks in outcome.missing]
    assert fields == ["location", "spaces", "rates", "opening_hours", "access"]
    assert await yards.find(made.id, ANNA) == made


async def test_a_published_yard_keeps_all_that_it_needs(yards: Yards) -> None:
    there = await published(yards)
    outcome = await yards.change(ANNA, there.id, there.version, lambda before: replace(before, rates=None))
    assert isinstance(outcome, Incomplete)
    gone = saved(await yards.withdraw(ANNA, there.id, there.version))
    assert saved(await yards.change(ANNA, gone.id, gone.version, lambda it: replace(it, rates=None))).rates is None


async def test_a_yard_comes_back_after_it_was_withdrawn(yards: Yards) -> None:
    there = await published(yards)
    gone = saved(await yards.withdraw(ANNA, there.id, there.version))
    assert saved(await yards.publish(ANNA, gone.id, gone.version)).status is YardStatus.PUBLISHED


async def test_spaces_keep_their_ids_when_others_come_change_and_go(yards: Yards) -> None:
    there = await published(yards)
    one, two, three = ids(there)
    more = saved(await yards.change(ANNA, there.id, 2, lambda it: with_more(it, [Space("4"), Space()])))
    assert ids(more)[:3] == [one, two, three]
    changed = saved(await yards.change(ANNA, there.id, 3, lambda it: with_changed(it, {two}, {"ev": True})))
    assert [space.ev for space in changed.spaces] == [False, True, False, False, False]
    fewer = saved(await yards.change(ANNA, there.id, 4, lambda it: without(it, {one, three})))
    assert ids(fewer) == [two, *ids(more)[3:]]
    assert await yards.find(there.id, ANNA) == fewer
    assert ids(fewer) == ids(await found(yards, fewer))


async def found(yards: Yards, yard: Yard) -> Yard:
    stored = await yards.find(yard.id, ANNA)
    assert stored
    return stored


async def test_a_label_is_free_again_when_its_space_is_gone(yards: Yards) -> None:
    there = await published(yards)
    without_one = saved(await yards.change(ANNA, there.id, 2, lambda it: without(it, {ids(there)[0]})))
    again = saved(await yards.change(ANNA, there.id, without_one.version, lambda it: with_more(it, [Space("1")])))
    assert [space.label for space in again.spaces] == ["2", None, "1"]
    assert ids(again)[2] != ids(there)[0]


async def test_labels_may_change_places(yards: Yards) -> None:
    there = await published(yards)
    one, two, _ = ids(there)

    def swap(before: Yard) -> Yard:
        unlabelled = with_changed(before, {one}, {"label": None})
        return with_changed(with_changed(unlabelled, {two}, {"label": "1"}), {one}, {"label": "2"})

    after = saved(await yards.change(ANNA, there.id, there.version, swap))
    assert [space.label for space in after.spaces] == ["2", "1", None]


async def booked(database: Database, there: Yard, arrive: datetime, leave: datetime) -> int:
    """The id of the space that a driver, Dora, has booked from when to when."""
    driver = stage_on(database, Clock(arrive))
    return (await driver.booked(there, Stay(arrive, leave), "dora")).space


async def test_a_space_that_is_booked_is_not_taken_away(database: Database, yards: Yards) -> None:
    there = await published(yards)
    space = await booked(database, there, NOW - HOUR, NOW + timedelta(minutes=1))
    another = next(each for each in ids(there) if each != space)
    outcome = await yards.change(ANNA, there.id, there.version, lambda it: without(it, {space, another}))
    assert isinstance(outcome, SpacesBooked)
    assert [each.id for each in outcome.spaces] == [space]
    assert await yards.find(there.id, ANNA) == there


async def test_a_space_whose_bookings_are_over_is_taken_away_and_they_keep_it(database: Database, yards: Yards) -> None:
    there = await published(yards)
    space = await booked(database, there, NOW - HOUR, NOW)
    saved(await yards.change(ANNA, there.id, there.version, lambda it: without(it, {space})))
    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT space_id FROM yard_bookings"))).all()
    assert rows == [(space,)]


async def test_what_its_owner_blocks_may_be_taken_away(database: Database, yards: Yards) -> None:
    there = await published(yards)
    space = ids(there)[0]
    wish = BlockWish(Key("anna", "a key"), there.id, space, Span(NOW, NOW + timedelta(days=1)))
    blocked = await stage_on(database, Clock(NOW)).allotments.block(ANNA, wish)
    assert getattr(blocked, "space", None) == space
    saved(await yards.change(ANNA, there.id, there.version, lambda it: without(it, {space})))


async def test_a_withdrawn_yard_keeps_its_bookings(database: Database, yards: Yards) -> None:
    there = await published(yards)
    await booked(database, there, NOW, NOW + HOUR)
    saved(await yards.withdraw(ANNA, there.id, there.version))
    async with database.engine.connect() as connection:
        kept = await connection.scalar(text("SELECT count(*) FROM yard_bookings WHERE status = 'CONFIRMED'"))
    assert kept == 1


async def test_how_to_get_in_is_for_whoever_has_a_booking_now(database: Database) -> None:
    clock = Clock(NOW)
    yards = office(database, clock)
    there = await published(yards)
    await booked(database, there, NOW, NOW + 2 * HOUR)
    other = await published(yards)
    asked = [other.id, there.id]
    assert [await yards.entered_by(who, asked) for who in ("dora", "berta", "")] == [[there.id], [], ()]
    for at, may in ((-61, False), (-60, True), (119, True), (120, False)):
        clock.now = NOW + timedelta(minutes=at)
        assert await yards.entered_by("dora", asked) == ([there.id] if may else []), at


async def test_changes_of_what_is_listed_are_announced_and_others_are_not(database: Database, yards: Yards) -> None:
    heard: list[str] = []
    connection = await database.connect()
    await connection.add_listener(CHANNEL, lambda *news: heard.append(news[3]))
    draft = await yards.create(ANNA, "a key", COMPLETE)
    draft = saved(await yards.change(ANNA, draft.id, draft.version, named("Still a draft")))
    there = saved(await yards.publish(ANNA, draft.id, draft.version))
    there = saved(await yards.change(ANNA, there.id, there.version, named("Listed")))
    saved(await yards.withdraw(ANNA, there.id, there.version))
    await eventually(lambda: len(heard) == 3)
    await connection.close()
    assert heard == ["yards"] * 3


texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=texts, description=st.none() | texts, label=st.none() | texts, code=texts)
async def test_what_an_owner_writes_is_read_as_it_was_written(
    yards: Yards, name: str, description: str | None, label: str | None, code: str
) -> None:
    facts = {"name": name, "description": description, "access": Access(AccessMethod.CODE, code)}
    made = await yards.create(ANNA, str(uuid4()), {**BARE, **facts, "spaces": (Space(label),)})
    read = await found(yards, made)
    assert read.access
    assert (read.name, read.description, read.spaces[0].label, read.access.code) == (name, description, label, code)


async def test_without_a_database_nothing_is_had() -> None:
    yards = office(Database("postgresql://127.0.0.1:9/parkgraph"))
    with pytest.raises(YardsUnavailable):
        await yards.create(ANNA, "a key", BARE)


async def test_a_row_that_cannot_be_read_is_no_fault_of_the_owner(database: Database, yards: Yards) -> None:
    there = await published(yards)
    await change(database, there.id, "kind", "'CASTLE'")
    with pytest.raises(YardsUnavailable):
        await yards.change(ANNA, there.id, there.version, named("Another"))
