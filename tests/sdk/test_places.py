"""Places that are taken, and left to whoever waits longest."""

import asyncio

import pytest

from parkgraph.sdk.transport.places import Places


async def waiting(places: Places, order: list[int], number: int) -> None:
    await places.take()
    order.append(number)


async def queue(places: Places, *numbers: int) -> tuple[list[int], list[asyncio.Task[None]]]:
    """Those who wait, in the order in which they get a place."""
    order = list[int]()
    tasks = [asyncio.create_task(waiting(places, order, number)) for number in numbers]
    await asyncio.sleep(0)
    return order, tasks


async def test_as_many_as_there_are_are_taken_at_once() -> None:
    places = Places(2)
    await places.take()
    assert [places.take_now() for _ in range(2)] == [True, False]
    places.leave()
    assert places.take_now()


async def test_who_waits_longest_has_the_next_and_nobody_comes_before() -> None:
    places = Places(1)
    assert places.take_now()
    order, tasks = await queue(places, 1, 2)
    places.leave()
    assert not places.take_now()
    await tasks[0]
    assert order == [1]
    places.leave()
    await tasks[1]
    assert order == [1, 2]


@pytest.mark.parametrize("is_its_turn", [False, True])
async def test_who_gives_up_leaves_the_place_to_the_next(*, is_its_turn: bool) -> None:
    places = Places(1)
    assert places.take_now()
    order, (first, second) = await queue(places, 1, 2)
    if is_its_turn:
        places.leave()
        first.cancel()
    else:
        first.cancel()
        places.leave()
    await asyncio.wait([first, second])
    assert (first.cancelled(), order) == (True, [2])
    places.leave()
    assert [places.take_now() for _ in range(2)] == [True, False]
