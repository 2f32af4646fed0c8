import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from parkgraph.networks.gateway import Gateway
from parkgraph.networks.reports import Code
from parkgraph.sdk.faults import Denied, Malformed, NetworkFault, RateLimited, Unavailable
from tests.networks.scripted import eventually


def raising(fault: BaseException) -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        raise fault

    return ask


async def hang() -> int:
    await asyncio.Event().wait()
    return 1


async def seven() -> int:
    return 7


async def test_an_answer_is_its_value() -> None:
    answer = await Gateway("city").call(seven, 1)
    assert (answer.value, answer.code) == (7, None)
    assert answer.latency_ms >= 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Unavailable("away"), Code.UNAVAILABLE),
        (RateLimited("slowly"), Code.RATE_LIMITED),
        (Denied("no"), Code.DENIED),
        (Malformed("what"), Code.MALFORMED),
    ],
)
async def test_a_fault_is_its_code_and_its_sentence_for_the_log(fault: NetworkFault, code: Code) -> None:
    answer = await Gateway("city").call(raising(fault), 1)
    assert (answer.value, answer.code, answer.message) == (None, code, str(fault))


async def test_the_patience_that_a_network_asks_for_is_handed_on() -> None:
    answer = await Gateway("city").call(raising(RateLimited("slowly", timedelta(seconds=30))), 1)
    assert answer.retry_after == timedelta(seconds=30)


async def test_a_network_that_hangs_ends_at_the_deadline() -> None:
    answer = await Gateway("city").call(hang, 0.05)
    assert (answer.value, answer.code) == (None, Code.TIMED_OUT)
    assert answer.latency_ms >= 50


async def test_a_time_out_inside_the_adapter_is_a_time_out() -> None:
    assert (await Gateway("city").call(raising(TimeoutError()), 1)).code is Code.TIMED_OUT


async def test_an_adapter_that_refuses_to_be_cancelled_still_ends_at_the_deadline() -> None:
    release = asyncio.Event()

    async def stubborn() -> int:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return 1

    assert (await Gateway("city").call(stubborn, 0.05)).code is Code.TIMED_OUT
    release.set()


@pytest.mark.parametrize("bug", [ZeroDivisionError("vendor text"), KeyError("vendor text"), asyncio.CancelledError()])
async def test_any_other_exception_is_the_adapters_bug(bug: BaseException) -> None:
    with capture_logs() as logs:
        answer = await Gateway("city").call(raising(bug), 1)
    assert (answer.value, answer.code) == (None, Code.UNEXPECTED)
    assert "vendor text" not in str(answer.message)
    assert [(entry["event"], entry["network"], type(entry["exc_info"])) for entry in logs] == [
        ("adapter_bug", "city", type(bug))
    ]


async def test_the_same_bug_is_logged_once_until_it_is_gone() -> None:
    gateway = Gateway("city")
    ask = raising(ZeroDivisionError())
    with capture_logs() as logs:
        await gateway.call(ask, 1)
        await gateway.call(ask, 1)
        await gateway.call(seven, 1)
        await gateway.call(ask, 1)
    assert len(logs) == 2


async def test_the_callers_cancellation_passes_through_and_ends_the_call() -> None:
    ended = asyncio.Event()

    async def ask() -> int:
        try:
            return await hang()
        finally:
            ended.set()

    caller = asyncio.create_task(Gateway("city").call(ask, 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await eventually(ended.is_set)


async def test_a_late_failure_of_an_abandoned_call_is_quiet() -> None:
    async def ask() -> int:
        try:
            return await hang()
        finally:
            raise ZeroDivisionError

    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    await Gateway("city").call(ask, 0.01)
    await asyncio.sleep(0.02)
    assert complaints == []
