"""When a request is repeated, and when never."""

import asyncio

import pytest

from parkgraph.sdk import Client, NetworkFault, Unavailable
from parkgraph.sdk.transport import HttpClient
from tests.sdk.conftest import NewClient
from tests.sdk.server import Behaviour, answer, hang, raw, reset, serving, truncated

GOOD = answer(200, b"{}")


@pytest.fixture
async def trusting(new_client: NewClient) -> HttpClient:
    """A client whose calls went well so often that they paid for as many retries as can be saved up."""
    client = new_client()
    async with serving(GOOD) as server:
        for _ in range(50):
            await client.get(server.url)
    return client


@pytest.mark.parametrize(
    "bad", [answer(502), answer(503), answer(504), reset, raw(b""), truncated(b"x")],
    ids=["502", "503", "504", "reset", "nothing", "truncated"],
)  # fmt: skip
async def test_a_passing_failure_is_repeated_up_to_twice(trusting: Client, bad: Behaviour) -> None:
    async with serving(bad, bad, GOOD) as server:
        assert (await trusting.get(server.url)).json() == {}
    async with serving(bad, bad, bad, GOOD) as server:
        with pytest.raises(Unavailable):
            await trusting.get(server.url)
        assert len(server.requests) == 3


async def test_a_network_that_never_answered_well_has_no_retries(client: Client) -> None:
    async with serving(answer(503), GOOD) as server:
        with pytest.raises(Unavailable):
            await client.get(server.url)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "bad",
    [answer(500), answer(501), answer(400), answer(404), answer(401), answer(429), answer(302),
     answer(503, b"", {"Retry-After": "1"}), answer(502, b"", {"Retry-After": "1"}), raw(b"garbage\r\n\r\n")],
    ids=["500", "501", "400", "404", "401", "429", "302", "503 later", "502 later", "garbage"],
)  # fmt: skip
async def test_any_other_failure_is_final(trusting: Client, bad: Behaviour) -> None:
    async with serving(bad, GOOD) as server:
        with pytest.raises(NetworkFault):
            await trusting.get(server.url)
        assert len(server.requests) == 1


@pytest.mark.parametrize("bad", [answer(503), reset, raw(b"")], ids=["503", "reset", "nothing"])
async def test_a_post_is_sent_once(trusting: Client, bad: Behaviour) -> None:
    async with serving(bad, GOOD) as server:
        with pytest.raises(Unavailable):
            await trusting.post(server.url, json={})
        assert len(server.requests) == 1


async def test_a_closed_keep_alive_connection_is_replaced_at_once(client: Client) -> None:
    async with serving(*[GOOD, reset] * 20, GOOD) as server:
        for _ in range(20):
            await client.get(server.url)
        assert len(server.requests) == 39


async def test_a_post_on_a_closed_keep_alive_connection_is_sent_once(client: Client) -> None:
    async with serving(GOOD, reset, GOOD) as server:
        await client.get(server.url)
        with pytest.raises(Unavailable):
            await client.post(server.url)
        assert len(server.requests) == 2


@pytest.mark.parametrize("bad", [answer(503), reset], ids=["503", "reset"])
async def test_a_network_that_always_fails_is_not_asked_more_often(client: Client, bad: Behaviour) -> None:
    async with serving(bad) as server:
        results = await asyncio.gather(*(client.get(server.url) for _ in range(20)), return_exceptions=True)
        assert all(isinstance(result, Unavailable) for result in results)
        assert len(server.requests) == 20


@pytest.mark.parametrize("bad", [answer(503), reset], ids=["503", "reset"])
async def test_a_network_that_begins_to_fail_is_hardly_asked_more_often(trusting: Client, bad: Behaviour) -> None:
    async with serving(bad) as server:
        results = await asyncio.gather(*(trusting.get(server.url) for _ in range(50)), return_exceptions=True)
        assert all(isinstance(result, Unavailable) for result in results)
        assert len(server.requests) <= 55


async def test_a_network_that_fails_now_and_then_is_always_asked_again(client: Client) -> None:
    async with serving(*[*[GOOD] * 10, answer(503)] * 8, GOOD) as server:
        for _ in range(81):
            assert (await client.get(server.url)).json() == {}


async def test_retries_count_toward_the_deadline(trusting: Client) -> None:
    async with serving(reset, hang()) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await trusting.get(server.url)
        assert len(server.requests) == 2


async def test_a_retry_never_waits_for_the_allowed_rate(trusting: HttpClient) -> None:
    trusting.allow(2)
    async with serving(answer(503)) as server:
        with pytest.raises(Unavailable, match="503"):
            await trusting.get(server.url)
        assert len(server.requests) == 1
