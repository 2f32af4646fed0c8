"""A body that did not change is not sent again."""

import pytest

from parkgraph.sdk import Client, Response, Unavailable
from parkgraph.sdk.transport.revalidation import Revalidation
from tests.sdk.conftest import NewClient
from tests.sdk.server import answer, serving, truncated

MODIFIED = "Mon, 04 May 2026 12:00:00 GMT"
VALIDATORS = {"ETag": '"v1"', "Last-Modified": MODIFIED, "Content-Type": "application/json"}


async def test_an_unchanged_body_comes_from_before(client: Client) -> None:
    unchanged = answer(304, b"", {"Date": "Mon, 04 May 2026 13:00:00 GMT", "Content-Type": "text/html"})
    async with serving(answer(200, b'{"a": 1}', VALIDATORS), unchanged) as server:
        await client.get(server.url)
        again = await client.get(server.url)
    assert (again.status, again.json()) == (200, {"a": 1})
    assert again.headers["date"] == "Mon, 04 May 2026 13:00:00 GMT"
    assert again.headers["content-type"] == "application/json"
    asked = server.requests[1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', MODIFIED)


async def test_a_changed_body_replaces_the_earlier(client: Client) -> None:
    later = {"ETag": '"v2"'}
    async with serving(answer(200, b"1", VALIDATORS), answer(200, b"2", later), answer(304)) as server:
        bodies = [(await client.get(server.url)).content for _ in range(3)]
    assert bodies == [b"1", b"2", b"2"]
    assert server.requests[2].headers["if-none-match"] == '"v2"'
    assert "if-modified-since" not in server.requests[2].headers


async def test_another_token_or_query_is_another_answer(client: Client) -> None:
    async with serving(answer(200, b"1", VALIDATORS)) as server:
        await client.get(server.url, headers={"authorization": "a"})
        await client.get(server.url, headers={"authorization": "b"})
        await client.get(server.url, params={"page": "2"}, headers={"authorization": "a"})
    assert not any("if-none-match" in request.headers for request in server.requests)


@pytest.mark.parametrize(
    "headers",
    [{}, {"ETag": '"v1"', "Cache-Control": "private, No-Store"}, {"ETag": "é"}, {"ETag": "x" * 2_000}],
    ids=["no validator", "no-store", "not ASCII", "long"],
)
async def test_what_cannot_be_asked_for_again_is_not_kept(client: Client, headers: dict[str, str]) -> None:
    async with serving(answer(200, b"1", headers)) as server:
        await client.get(server.url)
        await client.get(server.url)
    assert "if-none-match" not in server.requests[1].headers


async def test_half_a_body_is_not_kept(client: Client) -> None:
    async with serving(truncated(b"1", VALIDATORS)) as server:
        for _ in range(2):
            with pytest.raises(Unavailable):
                await client.get(server.url)
    assert not any("if-none-match" in request.headers for request in server.requests)


async def test_a_repeated_request_asks_for_a_change_too(client: Client) -> None:
    async with serving(*[answer(200, b"1", VALIDATORS)] * 10, answer(503), answer(304)) as server:
        for _ in range(10):  # they pay for the repetition
            await client.get(server.url)
        assert (await client.get(server.url)).content == b"1"


async def test_a_body_larger_than_all_that_is_kept_is_answered(new_client: NewClient) -> None:
    client = new_client(max_bytes=64)
    async with serving(answer(200, b"x" * 64, VALIDATORS), answer(304)) as server:
        for _ in range(2):
            assert len((await client.get(server.url)).content) == 64


def _keep(kept: Revalidation, name: str, size: int) -> None:
    kept.keep((name, ()), Response(200, {"etag": '"v"'}, b"x" * size))


def test_the_bytes_kept_are_bounded() -> None:
    kept = Revalidation(max_bytes=100, max_entries=100)
    for name in "abc":
        _keep(kept, name, 40)
    assert [kept.find((name, ())) is not None for name in "abc"] == [False, True, True]


def test_the_entries_kept_are_bounded() -> None:
    kept = Revalidation(max_bytes=100, max_entries=2)
    for name in "abc":
        _keep(kept, name, 0)
    assert [kept.find((name, ())) is not None for name in "abc"] == [False, True, True]


def test_a_body_that_grew_too_large_forgets_the_earlier() -> None:
    kept = Revalidation(max_bytes=100)
    _keep(kept, "a", 10)
    _keep(kept, "a", 101)
    assert kept.find(("a", ())) is None
