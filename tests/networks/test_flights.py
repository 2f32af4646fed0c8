"""Of concurrent identical questions one is asked, and nobody spoils the answer for the others."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parkgraph.networks.flights import SingleFlight
from tests.networks.scripted import eventually


class Flying:
    """Flights that land when a test lets them, and count."""

    def __init__(self) -> None:
        self.flights: SingleFlight[str, int] = SingleFlight()
        self.begun = 0
        self.ended = 0
        self.land = asyncio.Event()
        self.now = asyncio.get_running_loop().time

    def fly(self) -> "asyncio.Task[int]":
        return asyncio.create_task(self._fly())

    async def _fly(self) -> int:
        self.begun += 1
        try:
            await self.land.wait()
            return self.begun
        finally:
            self.ended += 1

    def join(self, key: str = "a", seconds: float = 60) -> "asyncio.Task[int | None]":
        return asyncio.create_task(self.flights.join(key, self.fly, self.now() + seconds))


@pytest.fixture
async def flying() -> AsyncIterator[Flying]:
    it = Flying()
    yield it
    await it.flights.aclose()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_five_hundred_who_ask_the_same_wait_for_one_flight(flying: Flying) -> None:
    joined = [flying.join() for _ in range(500)]
    await settle()
    flying.land.set()
    assert await asyncio.gather(*joined) == [1] * 500
    assert flying.begun == 1


async def test_other_questions_are_flights_of_their_own(flying: Flying) -> None:
    joined = [flying.join(key) for key in "abc"]
    flying.land.set()
    await asyncio.gather(*joined)
    assert flying.begun == 3


async def test_what_has_landed_is_asked_anew(flying: Flying) -> None:
    flying.land.set()
    assert [await flying.join(), await flying.join()] == [1, 2]


async def test_the_one_who_began_it_may_leave_and_the_others_get_their_answer(flying: Flying) -> None:
    leader, follower = flying.join(), flying.join()
    await settle()
    leader.cancel()
    await settle()
    flying.land.set()
    assert await follower == 1
    assert (leader.cancelled(), flying.begun) == (True, 1)


async def test_a_flight_for_which_nobody_waits_any_more_is_ended(flying: Flying) -> None:
    joined = [flying.join() for _ in range(3)]
    await settle()
    for task in joined:
        task.cancel()
    await eventually(lambda: flying.ended == 1)
    flying.land.set()
    assert await flying.join() == 2


async def test_a_detached_flight_lands_though_nobody_waits(flying: Flying) -> None:
    flying.flights.detach("a", flying.fly, flying.now() + 60)
    flying.flights.detach("a", flying.fly, flying.now() + 60)
    joined = flying.join()
    await settle()
    joined.cancel()
    await settle()
    assert (flying.begun, flying.ended) == (1, 0)
    flying.land.set()
    await eventually(lambda: flying.ended == 1)


async def test_who_has_less_time_than_the_flight_leaves_without_an_answer_and_without_ending_it(flying: Flying) -> None:
    leader = flying.join(seconds=60)
    await settle()
    assert await flying.join(seconds=0.01) is None
    flying.land.set()
    assert await leader == 1


async def test_a_failure_is_everybody_s(flying: Flying) -> None:
    async def crash() -> int:
        raise ZeroDivisionError

    ends = flying.now() + 60
    outcomes = await asyncio.gather(
        *(flying.flights.join("a", lambda: asyncio.create_task(crash()), ends) for _ in range(3)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError] * 3


async def test_at_the_end_nobody_is_left_waiting(flying: Flying) -> None:
    joined = flying.join()
    await settle()
    await flying.flights.aclose()
    assert await joined is None
    assert flying.ended == 1
