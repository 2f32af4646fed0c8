import asyncio

import pytest
from structlog.testing import capture_logs

from parkgraph.networks import tasks
from parkgraph.networks.tasks import Tasks, ended


async def test_it_is_waited_for_until_it_has_ended_however_it_did() -> None:
    for outcome in (None, ValueError("no"), asyncio.CancelledError()):
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(ended([future], None))
        await asyncio.sleep(0)
        assert not waiting.done()
        if isinstance(outcome, asyncio.CancelledError):
            future.cancel()
        elif outcome:
            future.set_exception(outcome)
        else:
            future.set_result(None)
        await waiting
        assert future.done()
        assert future.cancelled() or future.exception() is outcome
        await ended([future], None)


@pytest.mark.parametrize("seconds", [0.0, 0.01])
async def test_when_the_time_is_over_it_goes_on(seconds: float) -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    await ended([future], seconds)
    assert not future.done()
    future.set_result(None)


async def test_who_gives_up_waiting_leaves_it_going_on() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(ended([future], 60))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not future.done()
    future.set_result(None)


@pytest.mark.parametrize("bug", [None, ValueError("no"), asyncio.CancelledError()])
async def test_what_shall_never_end_is_begun_anew_however_it_did(
    bug: BaseException | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "AGAIN_S", 0)
    begun, owner = asyncio.Semaphore(0), Tasks()

    async def work() -> None:
        begun.release()
        if bug:
            raise bug

    with capture_logs() as logs:
        task = owner.keep(work, "work")
        for _ in range(3):
            await begun.acquire()
        await owner.end()
    assert task.cancelled()
    assert {(entry["event"], entry["task"]) for entry in logs} == ({("task_failed", "work")} if bug else set())


async def test_all_are_waited_for_together_and_those_that_have_ended_are_not() -> None:
    first, second, over = (asyncio.get_running_loop().create_future() for _ in range(3))
    over.set_result(None)
    waiting = asyncio.create_task(ended([first, over, second], 60))
    await asyncio.sleep(0)
    first.set_result(None)
    await asyncio.sleep(0)
    assert not waiting.done()
    second.cancel()
    await waiting
