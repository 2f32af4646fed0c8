"""What is asked, what is answered from memory, and what stands in for an answer that does not come."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.networks.breaker import BreakerPolicy
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.memory import OfQuotes
from parkgraph.networks.network import Network, NetworkStatus, Part
from parkgraph.networks.questions import Questions, Reply, Reuse
from parkgraph.networks.reports import Code, SourceStatus
from parkgraph.sdk.faults import Denied, RateLimited, Unavailable
from tests.networks.scripted import HANG, NOW, Clock, Script, eventually, search

MINUTE = timedelta(minutes=1)
LONG = BreakerPolicy(first_pause=timedelta(hours=1), longest_pause=timedelta(hours=1))


def offers(valid_for: timedelta | None = None, ref: str = "1") -> tuple[ListingOffer, ...]:
    until = NOW + valid_for if valid_for is not None else None
    return (ListingOffer(ref, OfferStatus.PRICED, Money(Decimal(5), "EUR"), valid_until=until),)


class Asking:
    """Questions to one network, which a script answers, at a time that the test sets."""

    def __init__(self, *answers: object, **info: Any) -> None:
        self.script = Script(*answers)
        self.clock = Clock()
        self.network: Network = search("city", None, **info)
        self.questions = Questions(self.network, Part.QUOTE, OfQuotes(), Gateway("city", policy=LONG), self.clock)

    async def __call__(self, question: str = "q", seconds: float = 60) -> Reply[tuple[ListingOffer, ...]]:
        ends = asyncio.get_running_loop().time() + seconds
        return await self.questions.ask(question, self.script.play, ends)


@pytest.fixture
async def asking() -> AsyncIterator[Callable[..., Asking]]:
    made: list[Asking] = []

    def make(*answers: object, **info: Any) -> Asking:
        made.append(Asking(*answers, **info))
        return made[-1]

    yield make
    for each in made:
        await each.questions.aclose()


Make = Callable[..., Asking]


def said(reply: Reply[Any]) -> tuple[SourceStatus, Code | None]:
    return reply.status, reply.code


async def test_an_answer_of_the_network_is_fresh_and_has_its_time(asking: Make) -> None:
    ask = asking(offers())
    reply = await ask()
    assert (reply.value, said(reply), reply.at) == (offers(), (SourceStatus.FRESH, None), NOW)


async def test_the_same_question_is_answered_from_memory_for_the_network_s_max_age(asking: Make) -> None:
    ask = asking(offers())
    await ask()
    ask.clock.pass_by(MINUTE - timedelta(seconds=1))
    reply = await ask()
    assert (reply.value, said(reply), reply.at) == (offers(), (SourceStatus.CACHED, None), NOW)
    assert (reply.latency_ms, ask.script.calls) == (0, 1)


async def test_an_offer_s_own_end_counts_instead(asking: Make) -> None:
    ask = asking(offers(10 * MINUTE))
    await ask()
    ask.clock.pass_by(9 * MINUTE)
    assert said(await ask()) == (SourceStatus.CACHED, None)
    ask.clock.pass_by(MINUTE)
    await ask()
    assert ask.script.calls == 2


async def test_another_question_is_another_call(asking: Make) -> None:
    ask = asking(offers())
    assert [(await ask(question)).status for question in "abab"] == [SourceStatus.FRESH] * 2 + [SourceStatus.CACHED] * 2
    assert ask.script.calls == 2


async def test_a_network_whose_answers_hold_for_no_time_is_asked_each_time(asking: Make) -> None:
    ask = asking(offers(), search_max_age=timedelta())
    for _ in range(3):
        assert (await ask()).status is SourceStatus.FRESH
    assert ask.script.calls == 3


async def test_five_hundred_who_miss_make_one_call(asking: Make) -> None:
    ask = asking(offers())
    replies = await asyncio.gather(*(ask() for _ in range(500)))
    assert {said(reply) for reply in replies} == {(SourceStatus.FRESH, None)}
    assert ask.script.calls == 1
    assert ask.questions.tally == {Reuse.MISS: 1, Reuse.JOINED: 499}


async def test_a_stale_answer_is_served_at_once_while_the_network_is_asked_once(asking: Make) -> None:
    ask = asking(offers(), offers(ref="2"))
    await ask()
    ask.clock.pass_by(2 * MINUTE)
    for reply in await asyncio.gather(*(ask() for _ in range(50))):
        assert (reply.value, said(reply), reply.at) == (offers(), (SourceStatus.STALE, Code.REVALIDATING), NOW)
    replies = [await ask()]
    while replies[-1].status is not SourceStatus.CACHED:
        await asyncio.sleep(0)
        replies.append(await ask())
    assert (replies[-1].value, ask.script.calls) == (offers(ref="2"), 2)


async def test_a_revalidation_outlives_the_one_who_began_it(asking: Make) -> None:
    ask = asking(offers(), HANG)
    await ask()
    ask.clock.pass_by(2 * MINUTE)
    await ask()
    await ask()
    await eventually(lambda: ask.script.calls == 2)


async def test_an_offer_that_is_over_is_never_served_and_the_network_is_waited_for(asking: Make) -> None:
    ask = asking(offers(MINUTE / 2), offers(9 * MINUTE, "2"))
    await ask()
    ask.clock.pass_by(MINUTE)
    reply = await ask()
    assert (reply.value, said(reply)) == (offers(9 * MINUTE, "2"), (SourceStatus.FRESH, None))


async def test_where_the_network_fails_what_is_left_of_a_stale_answer_stands_in(asking: Make) -> None:
    ask = asking((*offers(MINUTE / 2), *offers(None, "2")), Unavailable("away"))
    await ask()
    ask.clock.pass_by(MINUTE)
    reply = await ask()
    assert (reply.value, said(reply)) == (offers(None, "2"), (SourceStatus.STALE, Code.UNAVAILABLE))


async def test_an_offer_that_comes_too_late_to_be_of_use_is_left_out(asking: Make) -> None:
    ask = asking((*offers(-MINUTE), *offers(None, "2")))
    assert (await ask()).value == offers(None, "2")


async def test_once_a_revalidation_failed_the_stale_answer_says_why(asking: Make) -> None:
    ask = asking(offers(), Unavailable("away"))
    await ask()
    ask.clock.pass_by(2 * MINUTE)
    assert said(await ask()) == (SourceStatus.STALE, Code.REVALIDATING)
    await eventually(lambda: ask.network.code is Code.UNAVAILABLE)
    assert said(await ask()) == (SourceStatus.STALE, Code.UNAVAILABLE)


@pytest.mark.parametrize(
    ("fault", "code"), [(RateLimited("slowly", MINUTE), Code.RATE_LIMITED), (Denied("no"), Code.DENIED)]
)
async def test_a_network_that_is_left_alone_is_answered_for_from_memory(
    asking: Make, fault: Exception, code: Code
) -> None:
    ask = asking(offers(), fault)
    await ask("known")
    await ask("other")
    ask.clock.pass_by(timedelta(seconds=59))
    assert said(await ask("known")) == (SourceStatus.CACHED, None)
    assert (await ask("new")).value is None
    assert said(await ask("new"))[1] is code
    assert ask.script.calls == 2


async def test_while_the_circuit_is_open_stale_answers_are_served_and_nothing_is_asked(asking: Make) -> None:
    ask = asking(offers(), Unavailable("away"))
    await ask("known")
    ask.clock.pass_by(2 * MINUTE)
    for number in range(5):
        assert said(await ask(str(number))) == (SourceStatus.FAILED, Code.UNAVAILABLE)
    assert said(await ask("known")) == (SourceStatus.STALE, Code.CIRCUIT_OPEN)
    assert said(await ask("new")) == (SourceStatus.CIRCUIT_OPEN, Code.CIRCUIT_OPEN)
    assert ask.script.calls == 6
    assert ask.network.code is Code.UNAVAILABLE


async def test_where_the_licence_forbids_storing_nothing_stands_in(asking: Make) -> None:
    ask = asking(offers(), Unavailable("away"), may_store=False)
    await ask()
    assert said(await ask()) == (SourceStatus.CACHED, None)
    ask.clock.pass_by(MINUTE)
    assert said(await ask()) == (SourceStatus.FAILED, Code.UNAVAILABLE)


async def test_a_leader_that_is_cancelled_leaves_its_followers_their_answer(asking: Make) -> None:
    ask = asking(HANG)
    go = asyncio.Event()

    async def slow() -> tuple[ListingOffer, ...]:
        await go.wait()
        return offers()

    ends = asyncio.get_running_loop().time() + 60
    leader, follower = (asyncio.create_task(ask.questions.ask("q", slow, ends)) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    leader.cancel()
    await asyncio.sleep(0)
    go.set()
    assert said(await follower) == (SourceStatus.FRESH, None)
    assert leader.cancelled()


async def test_a_question_that_everybody_gave_up_counts_as_no_attempt(asking: Make) -> None:
    ask = asking(HANG)
    asks = [asyncio.create_task(ask()) for _ in range(3)]
    await eventually(lambda: ask.script.calls == 1)
    for task in asks:
        task.cancel()
    await asyncio.gather(*asks, return_exceptions=True)
    await asyncio.sleep(0)
    assert (ask.network.status, ask.network.code) == (NetworkStatus.STARTING, None)


async def test_time_runs_out_for_all_who_wait_and_the_network_is_blamed_once(asking: Make) -> None:
    ask = asking(HANG)
    replies = await asyncio.gather(*(ask(seconds=0.02) for _ in range(20)))
    assert {said(reply) for reply in replies} == {(SourceStatus.TIMED_OUT, Code.TIMED_OUT)}
    assert (ask.script.calls, ask.network.code) == (1, Code.TIMED_OUT)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.timedeltas(timedelta(0), 4 * MINUTE),
            st.sampled_from([None, MINUTE / 2, 3 * MINUTE, "fails"]),
        ),
        max_size=25,
    )
)
async def test_whatever_happens_no_offer_is_served_after_its_end(
    steps: list[tuple[str, timedelta, timedelta | str | None]],
) -> None:
    ask = Asking(offers())
    for question, passes, holds in steps:
        ask.clock.pass_by(passes)
        until = ask.clock.now + holds if isinstance(holds, timedelta) else None
        answer = (ListingOffer("1", OfferStatus.FREE, valid_until=until),)
        ask.script.next(Unavailable("away") if holds == "fails" else answer)
        reply = await ask(question)
        await asyncio.sleep(0)
        assert (reply.value is None) == (reply.code is not None and reply.status is not SourceStatus.STALE)
        for offer in reply.value or ():
            assert offer.valid_until is None or offer.valid_until > ask.clock.now
        if reply.status is SourceStatus.CACHED:
            assert reply.at is not None
            assert ask.clock.now - reply.at <= 3 * MINUTE
    await ask.questions.aclose()
