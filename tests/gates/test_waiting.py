"""Who comes next at a site: a vehicle that waits before a backlog that nobody waits for."""

import asyncio
from collections.abc import Hashable

import pytest

from parkgraph.gates.waiting import WaitingRoom


class Queue:
    """Tasks that come one after the other, and the order in which they had their turns."""

    def __init__(self) -> None:
        self.room = WaitingRoom()
        self.had: list[str] = []
        self.go_on = asyncio.Event()

    async def come(self, name: str, key: Hashable = "a site", *, urgent: bool = False) -> asyncio.Task[None]:
        task = asyncio.create_task(self._take(name, key, urgent))
        await asyncio.sleep(0)
        return task

    async def _take(self, name: str, key: Hashable, urgent: bool) -> None:
        async with self.room.turn(key, urgent=urgent):
            self.had.append(name)
            await self.go_on.wait()


async def test_a_vehicle_that_waits_comes_before_a_backlog() -> None:
    queue = Queue()
    tasks = [await queue.come(name) for name in ("a batch", "another batch", "a third")]
    tasks += [await queue.come(name, urgent=True) for name in ("a car", "another car")]
    assert queue.had == ["a batch"]
    queue.go_on.set()
    await asyncio.gather(*tasks)
    assert queue.had == ["a batch", "a car", "another car", "another batch", "a third"]


async def test_sites_do_not_wait_for_each_other() -> None:
    queue = Queue()
    tasks = [await queue.come("here", "one"), await queue.come("there", "another")]
    assert queue.had == ["here", "there"]
    queue.go_on.set()
    await asyncio.gather(*tasks)


async def test_who_gives_up_is_in_nobodys_way() -> None:
    queue = Queue()
    first, second, third = [await queue.come(name) for name in ("first", "second", "third")]
    second.cancel()
    queue.go_on.set()
    await asyncio.gather(first, third)
    assert queue.had == ["first", "third"]


async def test_who_is_called_and_gives_up_passes_the_turn_on() -> None:
    queue = Queue()
    async with queue.room.turn("a site"):
        second, third = [await queue.come(name) for name in ("second", "third")]
    second.cancel()
    queue.go_on.set()
    await third
    assert queue.had == ["third"]


async def test_a_turn_that_fails_is_over() -> None:
    room = WaitingRoom()
    with pytest.raises(ValueError, match="broken"):
        async with room.turn("a site"):
            raise ValueError("broken")
    async with asyncio.timeout(60), room.turn("a site"):
        pass
