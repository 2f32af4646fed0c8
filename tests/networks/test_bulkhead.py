"""How many calls are under way to one network."""

import asyncio

import pytest

from parkgraph.networks.bulkhead import Bulkhead


async def test_as_many_as_there_are_places_enter_at_once() -> None:
    it = Bulkhead(3, queue=0)
    assert [await it.enter(0) for _ in range(4)] == [True, True, True, False]
    it.leave()
    assert await it.enter(0)


async def test_those_who_wait_come_in_in_their_order() -> None:
    it, entered = Bulkhead(1, queue=3), list[int]()

    async def visit(number: int) -> None:
        assert await it.enter(60)
        entered.append(number)
        it.leave()

    await it.enter(60)
    visits = [asyncio.create_task(visit(number)) for number in range(3)]
    await asyncio.sleep(0)
    it.leave()
    await asyncio.gather(*visits)
    assert entered == [0, 1, 2]


async def test_beyond_the_queue_nobody_waits() -> None:
    it = Bulkhead(1, queue=1)
    await it.enter(60)
    waits = asyncio.create_task(it.enter(60))
    await asyncio.sleep(0)
    assert not await it.enter(60)
    it.leave()
    assert await waits


async def test_who_waited_too_long_takes_no_place() -> None:
    it = Bulkhead(1, queue=5)
    await it.enter(60)
    assert not await it.enter(0.01)
    it.leave()
    assert await it.enter(0)
    assert not await it.enter(0.01)


async def test_who_gave_up_takes_no_place() -> None:
    it = Bulkhead(1, queue=1)
    await it.enter(60)
    waits = asyncio.create_task(it.enter(60))
    await asyncio.sleep(0)
    it.leave()
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    assert await it.enter(0.01)
