import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from parkgraph.networks.breaker import BreakerPolicy, CircuitState
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
    clock = asyncio.get_running_loop().time
    began = clock()
    answer = await Gateway("city").call(hang, 0.05)
    assert (answer.value, answer.code) == (None, Code.TIMED_OUT)
    assert clock() - began >= 0.045


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


FAST = BreakerPolicy(first_pause=timedelta(milliseconds=20))


async def until_half_open(gateway: Gateway) -> None:
    await eventually(lambda: gateway.circuit is CircuitState.HALF_OPEN)


class Counted:
    """Counts its calls, which hang until they are let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.go = asyncio.Event()

    async def __call__(self) -> int:
        self.calls += 1
        await self.go.wait()
        return 7


@pytest.mark.parametrize(
    "fault",
    [Unavailable("away"), Malformed("what"), TimeoutError(), ZeroDivisionError()],
    ids=lambda f: type(f).__name__,
)
async def test_a_network_that_brings_nothing_of_use_costs_five_calls(fault: Exception) -> None:
    gateway, calls = Gateway("city"), 0

    async def ask() -> int:
        nonlocal calls
        calls += 1
        raise fault

    codes = [(await gateway.call(ask, 1)).code for _ in range(20)]
    assert calls == 5
    assert codes[5:] == [Code.CIRCUIT_OPEN] * 15
    assert gateway.circuit is CircuitState.OPEN


async def test_a_network_that_hangs_costs_five_calls() -> None:
    gateway = Gateway("city")
    codes = [(await gateway.call(hang, 0.01)).code for _ in range(7)]
    assert codes == [Code.TIMED_OUT] * 5 + [Code.CIRCUIT_OPEN] * 2


@pytest.mark.parametrize("fault", [RateLimited("slowly"), Denied("no")])
async def test_a_network_that_asks_for_patience_or_refuses_credentials_is_there(fault: NetworkFault) -> None:
    gateway = Gateway("city")
    for _ in range(20):
        await gateway.call(raising(fault), 1)
    assert gateway.circuit is CircuitState.CLOSED


async def broken(policy: BreakerPolicy = FAST) -> Gateway:
    """A gateway whose circuit is open."""
    gateway = Gateway("city", policy=policy)
    for _ in range(5):
        await gateway.call(raising(Unavailable("away")), 1)
    return gateway


async def test_half_open_one_of_fifty_reaches_the_network() -> None:
    gateway, ask = await broken(), Counted()
    await until_half_open(gateway)
    calls = [asyncio.create_task(gateway.call(ask, 5)) for _ in range(50)]
    await eventually(lambda: ask.calls == 1)
    ask.go.set()
    codes = [answer.code for answer in await asyncio.gather(*calls)]
    assert (ask.calls, codes.count(None), codes.count(Code.CIRCUIT_OPEN)) == (1, 1, 49)
    assert gateway.circuit is CircuitState.CLOSED


async def test_a_probe_whose_caller_gave_up_lets_the_next_one_through() -> None:
    gateway, ask = await broken(), Counted()
    await until_half_open(gateway)
    probe = asyncio.create_task(gateway.call(ask, 5))
    await eventually(lambda: ask.calls == 1)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert (await gateway.call(seven, 1)).value == 7


async def test_callers_who_give_up_do_not_open_the_circuit() -> None:
    gateway = Gateway("city")
    for _ in range(20):
        caller = asyncio.create_task(gateway.call(hang, 60))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
    assert gateway.circuit is CircuitState.CLOSED


async def test_a_call_without_any_time_left_is_not_made_and_blames_nobody() -> None:
    gateway = Gateway("city")
    ask = Counted()
    for _ in range(10):
        assert (await gateway.call(ask, 0)).code is Code.TIMED_OUT
    assert (ask.calls, gateway.circuit) == (0, CircuitState.CLOSED)


async def test_a_refresh_is_made_while_the_circuit_is_open_and_closes_it() -> None:
    gateway = await broken(BreakerPolicy(first_pause=timedelta(hours=1), longest_pause=timedelta(hours=1)))
    circuits = []
    for ask in (raising(Unavailable("away")), seven):
        await gateway.refresh(ask, 1)
        circuits.append(gateway.circuit)
    assert circuits == [CircuitState.OPEN, CircuitState.CLOSED]


async def test_failing_refreshes_open_the_circuit() -> None:
    gateway = Gateway("city")
    for _ in range(5):
        await gateway.refresh(raising(Unavailable("away")), 1)
    assert (await gateway.call(seven, 1)).code is Code.CIRCUIT_OPEN


async def test_only_so_many_calls_are_under_way() -> None:
    gateway, ask = Gateway("city", concurrent=3), Counted()
    calls = [asyncio.create_task(gateway.call(ask, 60)) for _ in range(10)]
    await eventually(lambda: ask.calls == 3)
    ask.go.set()
    assert [answer.value for answer in await asyncio.gather(*calls)] == [7] * 10


async def test_who_finds_no_turn_is_refused_and_blames_nobody() -> None:
    gateway, ask = Gateway("city", concurrent=1), Counted()
    first = asyncio.create_task(gateway.call(ask, 60))
    await eventually(lambda: ask.calls == 1)
    for _ in range(10):
        answer = await gateway.call(ask, 0.01)
        assert (answer.code, answer.was_refused) == (Code.BUSY, True)
    ask.go.set()
    await first
    assert (ask.calls, gateway.circuit) == (1, CircuitState.CLOSED)


async def test_who_waits_for_a_turn_until_the_deadline_blames_nobody_either() -> None:
    """A loop that was busy for long finds both times over at once."""
    gateway, ask = Gateway("city", concurrent=1), Counted()
    first = asyncio.create_task(gateway.call(ask, 60))
    await eventually(lambda: ask.calls == 1)
    second = asyncio.create_task(gateway.call(ask, 0.01))
    await asyncio.sleep(0)
    time.sleep(0.02)
    answer = await second
    assert (answer.code, answer.was_refused) == (Code.BUSY, True)
    ask.go.set()
    await first


async def test_a_call_that_does_not_end_holds_its_place_after_its_deadline() -> None:
    gateway, release = Gateway("city", concurrent=1), asyncio.Event()

    async def stubborn() -> int:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return 1

    assert (await gateway.call(stubborn, 0.01)).code is Code.TIMED_OUT
    assert (await gateway.call(seven, 0.01)).code is Code.BUSY
    release.set()
    assert (await gateway.call(seven, 5)).value == 7
