"""The fault matrix: what users get, what they are told and what a network is asked, whatever it does.

Each cell goes through the whole stack: ten networks over the real client to loopback servers, behind the real API.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from parkgraph.db.engine import Database
from parkgraph.networks.breaker import BreakerPolicy
from parkgraph.networks.reports import Code
from tests.faults.adapters import well
from tests.faults.catalogue import FAULTS, Fault, Recovery, Site
from tests.faults.stack import BAD, OTHERS, Answer, Stack, ten_networks
from tests.networks.scripted import eventually_async
from tests.sdk.server import reset, serving

FAST = BreakerPolicy(first_pause=timedelta(milliseconds=100), longest_pause=timedelta(milliseconds=100))
SLOW = BreakerPolicy(first_pause=timedelta(hours=1), longest_pause=timedelta(hours=1))
SHORT = 1.0
LONG = 10.0
"""Deadlines: of what hangs, and of what must end by itself long before."""

ALL = OTHERS | {BAD}
OPEN = ("CIRCUIT_OPEN", "CIRCUIT_OPEN")
FRESH = ("FRESH", None)


def deadline(fault: Fault) -> float:
    return SHORT if fault.hangs else LONG


def asked(site: Site) -> int:
    return len(site.server.requests) if site.server else 0


async def comes_to(stack: Stack, holds: Callable[[Answer], bool], what: str) -> None:
    async def check() -> bool:
        return holds(await stack.ask())

    await eventually_async(check, what, 20)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_search_network_in_trouble(fault: Fault, database: Database) -> None:
    told = (fault.status, fault.code)
    async with (
        serving(well) as good,
        fault.site() as site,
        ten_networks(
            database,
            good.url,
            site.url,
            feed=False,
            deadline=deadline(fault),
            policy=SLOW,
            allow_private=fault.allow_private,
        ) as it,
    ):
        answers = [await it.ask() for _ in range(7)]
        assert {answer.shown for answer in answers} == {OTHERS}
        assert {answer.of(name) for answer in answers for name in OTHERS} == {FRESH}
        if fault.recovery is Recovery.PROBE:
            assert [answer.of() for answer in answers] == [told] * 5 + [OPEN] * 2
            assert [answer.circuit for answer in answers] == ["CLOSED"] * 4 + ["OPEN"] * 3
        else:
            assert {answer.of() for answer in answers} == {told}
            assert {answer.circuit for answer in answers} == {"CLOSED"}
        assert asked(site) <= (5 if fault.recovery is Recovery.PROBE else 1)

        it.turn_to(f"{good.url}/{BAD}")
        it.clock.pass_by(timedelta(hours=1))
        back = await it.ask(question=1)
        if not fault.allow_private:
            assert (back.of(), back.shown) == (told, OTHERS)
            return
        assert (back.of(), back.circuit) == (FRESH, "CLOSED")
        # What is new of it is waited for as long as there is time, which a busy machine may not have.
        await comes_to(it, lambda answer: answer.shown == ALL, "what it has in the answer")

        it.turn_to(site.url)
        it.clock.pass_by(timedelta(minutes=2))
        again = await it.ask(question=1)
        assert (again.of(), again.shown) == (("STALE", Code.REVALIDATING), ALL)
        assert site.elsewhere is None or site.elsewhere.connections == 0


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_feed_network_in_trouble(fault: Fault, database: Database) -> None:
    told: tuple[str, str] = fault.status, fault.code
    async with (
        serving(well) as good,
        fault.site() as site,
        ten_networks(
            database,
            good.url,
            site.url,
            feed=True,
            deadline=deadline(fault),
            policy=FAST,
            allow_private=fault.allow_private,
        ) as it,
    ):
        answer = await it.ask()
        assert (answer.of(), answer.shown) == (told, OTHERS)
        assert {answer.of(name) for name in OTHERS} == {FRESH}
        if fault.recovery is not Recovery.PROBE:
            assert (await it.ask()).of() == told
            return
        await comes_to(it, lambda answer: answer.circuit != "CLOSED", "an open circuit")
        it.turn_to(f"{good.url}/{BAD}")
        await comes_to(it, lambda answer: (answer.of(), answer.circuit) == (FRESH, "CLOSED"), "a network that is back")
        await comes_to(it, lambda answer: answer.shown == ALL, "what it has in the answer")

        it.turn_to(site.url)
        await comes_to(it, lambda answer: answer.of() == ("STALE", fault.code), "a network whose data are old")
        assert (await it.ask()).shown == ALL
        assert site.elsewhere is None or site.elsewhere.connections == 0


async def test_a_closed_keep_alive_connection_is_nobody_s_trouble(database: Database) -> None:
    async with (
        serving(well) as good,
        serving(*[well, reset] * 10, well) as closing,
        ten_networks(database, good.url, f"{closing.url}/{BAD}", feed=False, deadline=LONG) as it,
    ):
        answers = [await it.ask() for _ in range(10)]
        assert {(answer.of(), answer.shown) for answer in answers} == {(FRESH, ALL)}
        assert len(closing.requests) == 19


async def test_a_network_that_fails_always_is_asked_five_times_by_a_hundred_queries(database: Database) -> None:
    fault = next(fault for fault in FAULTS if fault.name == "503")
    async with (
        serving(well) as good,
        fault.site() as site,
        ten_networks(database, good.url, site.url, feed=False, deadline=LONG) as it,
    ):
        for _ in range(100):
            await it.ask()
        assert asked(site) == 5
