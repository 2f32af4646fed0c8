import asyncio
from collections.abc import AsyncIterator
from uuid import UUID
from weakref import ref

import pytest

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.place import Place
from parkgraph.graph import watching
from parkgraph.graph.merging import merge
from parkgraph.graph.shards import Shards
from parkgraph.graph.view import View
from parkgraph.graph.watching import Changed, Watched, Watching
from tests.graph.listings import keyed, listing

TOWN = Bounds(48, 9, 49, 10)
HERE, THERE, ELSEWHERE = Coordinates(48.5, 9.5), Coordinates(48.6, 9.6), Coordinates(10, 10)


class Town:
    """Places that change, and what watches them without a pause."""

    def __init__(self) -> None:
        self.view = View()
        self.watching = Watching(lambda: self.view, every_s=0)

    def change(self, **to: Coordinates | None) -> None:
        """Places by name; None takes one away."""
        before, places = self.view, dict(self.view.places)
        for name, where in to.items():
            if where is None:
                del places[id_of(name)]
            else:
                places[id_of(name)] = place(name, where)
        self.view = View(places=Shards(places))
        both = {id_of(name): (before.places.get(id_of(name)), places.get(id_of(name))) for name in to}
        self.forgotten = self.watching.tell(
            {id_: tuple(each.location for each in of if each) for id_, of in both.items()}
        )


@pytest.fixture
def town() -> Town:
    town = Town()
    town.change(market=HERE, station=THERE, harbour=ELSEWHERE)
    return town


async def told(watch: AsyncIterator[Changed]) -> Changed:
    async with asyncio.timeout(20):
        return await anext(watch)


async def listening(watch: AsyncIterator[Changed]) -> "asyncio.Task[Changed]":
    """Waits for the next telling."""
    task = asyncio.create_task(told(watch))
    await asyncio.sleep(0)
    return task


async def test_what_changes_in_the_area_is_told_as_it_is_now(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(TOWN)))
    town.change(market=THERE)
    changed = await next_one
    assert [each.location for each in changed.places] == [THERE]
    assert (changed.gone, changed.missed) == ((), False)


async def test_what_changes_elsewhere_is_not_told(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(TOWN)))
    town.change(harbour=Coordinates(11, 11))
    town.change(market=HERE)
    assert [each.id for each in (await next_one).places] == [id_of("market")]


async def test_what_leaves_the_area_or_is_taken_away_is_gone(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(TOWN)))
    town.change(market=ELSEWHERE, station=None)
    changed = await next_one
    assert changed.places == ()
    assert set(changed.gone) == {id_of("market"), id_of("station")}


async def test_of_what_was_told_no_view_is_kept_that_is_no_more(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(TOWN)))
    town.change(market=THERE)
    assert (await next_one).places
    before = ref(town.view)
    town.change(harbour=HERE)
    assert before() is None


async def test_places_by_id_are_told_of_wherever_they_are(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(ids=frozenset({id_of("harbour")}))))
    town.change(market=THERE, harbour=HERE)
    assert [each.id for each in (await next_one).places] == [id_of("harbour")]


async def test_a_slow_watcher_is_told_the_latest_state_once(town: Town) -> None:
    watch = town.watching.watch(Watched(TOWN))
    next_one = await listening(watch)
    town.change(market=HERE)
    await next_one
    for where in (THERE, HERE, THERE):
        town.change(market=where)
    assert [each.location for each in (await told(watch)).places] == [THERE]
    still_waiting = await listening(watch)
    assert not still_waiting.done()
    still_waiting.cancel()


async def test_after_a_break_it_goes_on_where_it_was(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(TOWN)))
    town.change(market=HERE)
    version = (await next_one).version
    town.change(station=HERE)
    changed = await told(town.watching.watch(Watched(TOWN), version))
    assert [each.id for each in changed.places] == [id_of("station")]


@pytest.mark.parametrize("since", ["", "other-1", "nonsense", "-", "é-١"])
async def test_a_version_of_another_process_has_missed_some(town: Town, since: str) -> None:
    assert (await told(town.watching.watch(Watched(TOWN), since))).missed


async def test_who_was_away_too_long_has_missed_some(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(TOWN)))
    town.change(market=HERE)
    version = (await next_one).version
    for _ in range(watching.KEPT + 1):
        town.change(market=HERE)
    assert (await told(town.watching.watch(Watched(TOWN), version))).missed


async def test_more_than_can_be_told_at_once_is_missed(town: Town) -> None:
    next_one = await listening(town.watching.watch(Watched(TOWN)))
    town.change(**{f"lot{number}": HERE for number in range(watching.MOST + 1)})
    changed = await next_one
    assert (changed.places, changed.missed) == ((), True)


def id_of(name: str) -> UUID:
    return UUID(bytes=name.encode().ljust(16, b"\0")[:16])


def place(name: str, where: Coordinates) -> Place:
    return merge(id_of(name), [keyed("a", listing(name, location=where))])


async def test_changes_of_many_places_are_kept_for_a_shorter_while(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "KEPT_PLACES", 2)
    watch = town.watching.watch(Watched(TOWN))
    next_one = await listening(watch)
    town.change(market=THERE)
    since = (await next_one).version
    town.change(market=HERE, station=HERE)
    town.change(market=THERE)
    assert (await told(town.watching.watch(Watched(TOWN), since))).missed


def test_what_is_forgotten_is_handed_back_and_nothing_else(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "KEPT", 2)
    town.change(market=THERE)
    assert town.forgotten == []
    town.change(market=HERE)
    before = dict.fromkeys(map(id_of, ("market", "station", "harbour")))
    assert [dict.fromkeys(each) for each in town.forgotten] == [before]
