import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from parkgraph import pauses


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    pauses.keep_short()
    gc.unfreeze()
    yield
    gc.unfreeze()


def make(count: int) -> list[list[object]]:
    return [[] for _ in range(count)]


async def test_what_a_thread_makes_that_stays_is_frozen_while_it_is_made() -> None:
    before = gc.get_freeze_count()
    made = await pauses.in_thread(make, 3 * pauses.GARBAGE[0])
    assert gc.get_freeze_count() - before > len(made) / 2


async def test_what_a_thread_made_last_is_not_left_for_the_event_loop_to_look_at() -> None:
    gc.collect()
    made = await pauses.in_thread(make, pauses.WHILE_BUILDING[0] // 2)
    assert gc.get_count()[pauses.YOUNGEST] < len(made) < gc.get_freeze_count()


async def test_the_collector_looks_at_few_objects_at_a_time_until_the_last_thread_has_made_its_own() -> None:
    first, second = threading.Event(), threading.Event()
    both = asyncio.gather(pauses.in_thread(first.wait), pauses.in_thread(second.wait))
    last = await pauses.in_thread(gc.get_threshold)
    assert last[:2] == pauses.WHILE_BUILDING
    first.set()
    assert (await pauses.in_thread(gc.get_threshold))[:2] == pauses.WHILE_BUILDING
    second.set()
    await both
    while gc.get_threshold()[:2] != pauses.GARBAGE:  # somebody else's thread may be at it still
        await asyncio.sleep(0.01)


def test_what_is_made_elsewhere_is_not() -> None:
    before = gc.get_freeze_count()
    made = make(3 * pauses.GARBAGE[0])
    assert gc.get_freeze_count() <= before < before + len(made)


async def test_what_is_kept_of_answers_is_looked_at_soon_though_as_much_of_others_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pauses, "LOOK_S", 0)
    kept = make(pauses.NEW)
    gc.collect()
    looking = asyncio.create_task(pauses.Staying().look_often())
    for _ in range(3):
        before, kept = kept, make(pauses.NEW)
        del before
        assert gc.get_count()[pauses.YOUNGEST] < len(kept)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not {id(each) for each in gc.get_objects(pauses.YOUNGEST)} & {id(each) for each in kept}
    looking.cancel()


class Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_enough_places_that_came_are_frozen_and_garbage_among_them_goes() -> None:
    staying, garbage = pauses.Staying(), weakref.ref(Cycle())
    staying.came(pauses.NEW - 1, pauses.NEW)
    assert gc.get_freeze_count() == 0
    staying.came(1, pauses.NEW)
    assert gc.get_freeze_count() > 0
    assert garbage() is None


@pytest.mark.parametrize(("places", "is_found"), [(pauses.SOON, True), (pauses.SOON + 1, False)])
def test_what_was_frozen_and_is_garbage_since_is_found_after_an_hour_where_that_is_soon_done(
    places: int, is_found: bool
) -> None:
    now = 0.0
    staying, cycle = pauses.Staying(lambda: now), Cycle()
    staying.came(places, places)
    given_up = weakref.ref(cycle)
    del cycle
    staying.freeze()
    assert given_up() is not None
    now = pauses.AGAIN_S
    staying.freeze()
    assert (given_up() is None) is is_found


async def test_what_is_given_back_is_gone() -> None:
    objects: list[object] = [*make(3 * pauses.AT_ONCE)]
    await pauses.give_back(objects)
    assert objects == []


@pytest.mark.parametrize("sizes", [(), (0,), (3, 5)])
async def test_mappings_that_are_given_back_are_gone_with_their_values(sizes: tuple[int, ...]) -> None:
    held: list[Mapping[Any, object]] = [{number: threading.Event() for number in range(size)} for size in sizes]
    values = [weakref.ref(value) for mapping in held for value in mapping.values()]
    await pauses.give_back_mappings(held)
    assert held == []
    assert [value() for value in values] == [None] * sum(sizes)
