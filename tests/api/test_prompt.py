"""A time limit that begins to count when something is waited for."""

import asyncio

import pytest

from parkgraph.api.prompt import within

LONG = 60.0


async def test_what_waits_for_nothing_gives_what_it_gives() -> None:
    async def work() -> str:
        return "done"

    assert await within(0, work()) == "done"


async def test_what_waits_a_little_gives_what_it_gives_in_the_same_task() -> None:
    async def work() -> object:
        before = asyncio.current_task()
        for _ in range(3):
            await asyncio.sleep(0)
        heard = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(heard.set_result, "done")
        assert await heard == "done"
        assert asyncio.current_task() is before
        return before

    assert await within(LONG, work()) is asyncio.current_task()


async def test_what_waits_for_too_long_is_ended_where_it_waits() -> None:
    ended = False

    async def work() -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended = True

    with pytest.raises(TimeoutError):
        await within(0.001, work())
    assert ended


@pytest.mark.parametrize("pauses", [0, 1])
async def test_what_goes_wrong_goes_wrong(pauses: int) -> None:
    async def work() -> None:
        for _ in range(pauses):
            await asyncio.sleep(0)
        raise LookupError

    with pytest.raises(LookupError):
        await within(LONG, work())


async def test_a_future_that_fails_fails_where_it_is_waited_for() -> None:
    async def work() -> str:
        failing = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(failing.set_exception, LookupError())
        try:
            await failing
        except LookupError:
            await asyncio.sleep(0)
            return "mended"
        return "never"

    assert await within(LONG, work()) == "mended"


async def test_whoever_is_cancelled_is_cancelled() -> None:
    entered, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(within(LONG, work()))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_limit_of_its_own_holds_within() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            return "by its own"
        return "never"

    assert await within(LONG, work()) == "by its own"


async def test_what_was_begun_and_is_dropped_is_closed() -> None:
    closed = False

    async def work() -> None:
        nonlocal closed
        try:
            await asyncio.sleep(0)
        finally:
            closed = True

    outer = within(LONG, work())
    outer.send(None)
    outer.close()
    assert closed
