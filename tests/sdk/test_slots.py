"""Slots that are taken, and left to whoever waits longest."""

import asyncio

import pytest

from parkgraph.sdk.transport.slots import Slots


async def waiting(slots: Slots, order: list[int], number: int) -> None:
    await slots.take()
    order.append(number)


async def queue(slots: Slots, *numbers: int) -> tuple[list[int], list[asyncio.Task[None]]]:
    """Those who wait, in the order in which they get a slot."""
    order = list[int]()
    tasks = [asyncio.create_task(waiting(slots, order, number)) for number in numbers]
    await asyncio.sleep(0)
    return order, tasks


async def test_as_many_as_there_are_are_taken_at_once() -> None:
    slots = Slots(2)
    await slots.take()
    assert [slots.take_now() for _ in range(2)] == [True, False]
    slots.leave()
    assert slots.take_now()


async def test_who_waits_longest_has_the_next_and_nobody_comes_before() -> None:
    slots = Slots(1)
    assert slots.take_now()
    order, tasks = await queue(slots, 1, 2)
    slots.leave()
    assert not slots.take_now()
    await tasks[0]
    assert order == [1]
    slots.leave()
    await tasks[1]
    assert order == [1, 2]


@pytest.mark.parametrize("is_its_turn", [False, True])
async def test_who_gives_up_leaves_the_slot_to_the_next(*, is_its_turn: bool) -> None:
    slots = Slots(1)
    assert slots.take_now()
    order, (first, second) = await queue(slots, 1, 2)
    if is_its_turn:
        slots.leave()
        first.cancel()
    else:
        first.cancel()
        slots.leave()
    await asyncio.wait([first, second])
    assert (first.cancelled(), order) == (True, [2])
    slots.leave()
    assert [slots.take_now() for _ in range(2)] == [True, False]
