"""An issuer's keys: fetched once, kept for a while, looked for again when a new one is used, and never invented."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from parkgraph.accounts.key_source import FRESH_SECONDS, PAUSE_SECONDS, USABLE_SECONDS, FetchedKeys
from parkgraph.accounts.refusals import AccountsUnavailable
from parkgraph.identity import _from_address
from parkgraph.sdk.transport import HttpClient, HttpLimits
from tests.accounts.issuer import ec_key, jwk, jwks
from tests.sdk.server import Behaviour, FaultServer, answer, flood, hang, raw, reset, serving

OLD, NEW = jwk(ec_key("old"), "old"), jwk(ec_key("new"), "new")
WRONG: dict[str, Behaviour] = {
    "500": answer(500),
    "404": answer(404),
    "a redirect": answer(302, headers={"Location": "/elsewhere"}),
    "no answer": hang(),
    "a broken connection": reset,
    "no HTTP": raw(b"hello"),
    "an endless answer": flood(),
    "no JSON": answer(200, b"<html>"),
    "no keys": answer(200, b'{"keys": []}'),
}


@dataclass
class Desk:
    source: FetchedKeys
    server: FaultServer
    now: float = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds

    async def knows(self, kid: str | None) -> bool:
        return await self.source.find(kid, "EC", "ES256") is not None

    async def settled(self) -> None:
        """Whatever is being fetched has come."""
        while self.source._fetching:
            await asyncio.wait({self.source._fetching})
            await asyncio.sleep(0)


@asynccontextmanager
async def desk(*behaviours: Behaviour) -> AsyncIterator[Desk]:
    async with serving(*behaviours) as server:
        limits = HttpLimits(timedelta(seconds=0.3), max_bytes=100_000, max_per_minute=100_000)
        client = HttpClient(limits, allow_private=True)
        made: Desk
        clock: Callable[[], float] = lambda: made.now  # noqa: E731
        made = Desk(FetchedKeys("https://issuer.example", _from_address(client, server.url), clock), server)
        try:
            yield made
        finally:
            await made.source.aclose()
            await client.aclose()


async def test_keys_are_fetched_when_the_first_token_comes_and_then_kept() -> None:
    async with desk(answer(200, jwks(OLD))) as it:
        assert it.server.requests == []
        assert [await it.knows("old") for _ in range(3)] == [True] * 3
        assert len(it.server.requests) == 1


async def test_many_who_need_them_at_once_make_one_fetch() -> None:
    async with desk(answer(200, jwks(OLD))) as it:
        assert await asyncio.gather(*(it.knows("old") for _ in range(50))) == [True] * 50
        assert len(it.server.requests) == 1


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    async with desk(answer(200, jwks(OLD))) as it:
        leaving, staying = asyncio.create_task(it.knows("old")), asyncio.create_task(it.knows("old"))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying


async def test_a_new_key_is_found_when_its_first_token_comes() -> None:
    async with desk(answer(200, jwks(OLD)), answer(200, jwks(OLD, NEW))) as it:
        assert await it.knows("old")
        it.pass_by(PAUSE_SECONDS)
        assert await it.knows("new")
        assert await it.knows("old")


async def test_invented_keys_make_no_more_than_one_fetch_in_a_pause() -> None:
    async with desk(answer(200, jwks(OLD))) as it:
        assert await it.knows("old")
        assert not any([await it.knows(f"invented {number}") for number in range(100)])
        assert len(it.server.requests) == 1
        it.pass_by(PAUSE_SECONDS)
        assert not any([await it.knows(f"invented {number}") for number in range(100)])
        assert len(it.server.requests) == 2


async def test_a_key_that_the_issuer_has_taken_back_is_forgotten() -> None:
    async with desk(answer(200, jwks(OLD, NEW)), answer(200, jwks(NEW))) as it:
        assert await it.knows("old")
        it.pass_by(FRESH_SECONDS)
        await it.knows("new")
        await it.settled()
        assert not await it.knows("old")


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_without_keys_no_token_is_accepted_and_none_is_called_wrong(wrong: Behaviour) -> None:
    async with desk(wrong) as it:
        with pytest.raises(AccountsUnavailable):
            await it.knows("old")
        asked = len(it.server.requests)
        with pytest.raises(AccountsUnavailable):
            await it.knows("old")
        assert len(it.server.requests) == asked


async def test_an_issuer_that_comes_back_is_asked_again_after_a_pause() -> None:
    async with desk(answer(404), answer(200, jwks(OLD))) as it:
        with pytest.raises(AccountsUnavailable):
            await it.knows("old")
        it.pass_by(PAUSE_SECONDS)
        with pytest.raises(AccountsUnavailable):
            await it.knows("old")
        await it.settled()
        assert await it.knows("old")


async def test_an_issuer_that_is_down_is_waited_for_once() -> None:
    async with desk(hang()) as it:
        with pytest.raises(AccountsUnavailable):
            await it.knows("old")
        it.pass_by(PAUSE_SECONDS)
        with pytest.raises(AccountsUnavailable):
            await it.knows("old")
        assert it.source._fetching


async def test_known_keys_outlast_an_issuer_that_is_down_but_not_for_ever() -> None:
    async with desk(answer(200, jwks(OLD)), answer(404)) as it:
        assert await it.knows("old")
        it.pass_by(USABLE_SECONDS - 1)
        assert await it.knows("old")
        await it.settled()
        assert await it.knows("old")
        it.pass_by(PAUSE_SECONDS)
        with pytest.raises(AccountsUnavailable):
            await it.knows("old")


async def test_a_key_that_is_not_known_may_be_new_while_the_issuer_is_down() -> None:
    async with desk(answer(200, jwks(OLD)), answer(404)) as it:
        assert await it.knows("old")
        it.pass_by(PAUSE_SECONDS)
        with pytest.raises(AccountsUnavailable):
            await it.knows("new")
        assert await it.knows("old")
