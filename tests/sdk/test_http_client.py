"""What an adapter gets from its client, whatever the network does."""

import asyncio
import gc
import gzip
import json
import logging
import socket
import ssl
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkgraph.sdk import Client, Denied, Malformed, NetworkFault, RateLimited, Refused, Unavailable
from parkgraph.sdk.transport import HttpClient, wire
from parkgraph.sdk.transport.connection import Connection
from tests.sdk.conftest import NewClient
from tests.sdk.server import (
    SELF_SIGNED,
    Behaviour,
    Exchange,
    answer,
    drip,
    flood,
    hang,
    head,
    raw,
    reset,
    self_signed,
    serving,
    truncated,
    unaccepting,
    unused_url,
    zipped,
)


async def test_an_answer_has_its_status_headers_and_body(client: Client) -> None:
    async with serving(answer(200, b'{"a": 1}', {"X-Kind": "Car"})) as server:
        response = await client.get(server.url)
    assert (response.status, response.headers["x-kind"], response.json()) == (200, "Car", {"a": 1})


async def test_a_compressed_answer_is_unfolded(client: Client) -> None:
    async with serving(zipped(b"facilities")) as server:
        assert (await client.get(server.url)).content == b"facilities"
    assert server.requests[0].headers["accept-encoding"] == "gzip"


async def test_an_adapter_s_headers_are_sent(client: Client) -> None:
    async with serving(answer()) as server:
        await client.get(server.url, headers={"Authorization": "Bearer x", "accept-encoding": "br"})
    sent = server.requests[0].headers
    assert sent["authorization"] == "Bearer x"
    assert sent["accept-encoding"] == "gzip"
    assert sent["user-agent"] == "parkgraph"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9), st.text(max_size=9)))
async def test_any_parameter_arrives_as_it_was_given(new_client: NewClient, params: dict[str, str]) -> None:
    client = new_client()
    async with serving(answer()) as server:
        await client.get(f"{server.url}/search?fixed=1", params=params)
    await client.aclose()
    sent = parse_qsl(urlsplit(server.requests[0].target).query, keep_blank_values=True)
    assert dict(sent) == {"fixed": "1", **params}


@pytest.mark.parametrize(
    "query", ["q=a%20eq%20%27b%27", "q=a+b", "$select=*&x=1,2;3", "sig=a%2Bb%2Fc%3D", "a=%C3%BC", "&&="]
)
async def test_a_query_that_is_written_out_is_sent_as_it_is(client: Client, query: str) -> None:
    async with serving(answer()) as server:
        await client.get(f"{server.url}/search?{query}#not-this")
    assert server.requests[0].target == f"/search?{query}"


async def test_what_no_address_may_hold_is_escaped_in_it(client: Client) -> None:
    async with serving(answer()) as server:
        await client.get(f"{server.url}/süd?name=ü<>x")
    assert server.requests[0].target == "/s%C3%BCd?name=%C3%BC%3C%3Ex"


async def test_a_post_sends_json(client: Client) -> None:
    async with serving(answer(201)) as server:
        assert (await client.post(server.url, json={"a": "ü"})).status == 201
    request = server.requests[0]
    assert (request.method, json.loads(request.body)) == ("POST", {"a": "ü"})
    assert request.headers["content-type"] == "application/json"


async def test_a_post_sends_a_form(client: Client) -> None:
    async with serving(answer()) as server:
        await client.post(server.url, form={"grant": "a b&c"})
    assert parse_qsl(server.requests[0].body.decode()) == [("grant", "a b&c")]


async def test_a_connection_is_used_again(client: Client) -> None:
    async with serving(answer(200, b"{}")) as server:
        for _ in range(3):
            await client.get(server.url)
        assert server.connections == 1


def connections() -> list[Connection]:
    """All that are in memory."""
    return [each for each in gc.get_objects() if isinstance(each, Connection)]


async def all_are_closed(those: list[Connection]) -> None:
    while not all(connection.is_closed for connection in those):
        await asyncio.sleep(0)


async def test_connections_that_their_network_closes_later_are_forgotten(client: Client) -> None:
    is_later = asyncio.Event()

    async def behave(exchange: Exchange) -> None:
        await answer(200, b"{}")(exchange)
        exchange.keep = False
        await is_later.wait()

    async with serving(behave) as server:
        for _ in range(4):
            is_later.clear()
            await client.get(server.url)
            is_later.set()
            await all_are_closed(connections())
        assert server.connections == 4
    gc.collect()
    assert len(connections()) <= 1


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (answer(500, b"secret"), Unavailable),
        (answer(404, b"secret"), Refused),
        (answer(304), Unavailable),
        (answer(401, b"secret"), Denied),
        (answer(403, b"secret"), Denied),
        (answer(302, b"", {"Location": "http://127.0.0.1/secret"}), Unavailable),
        (answer(429, b"secret"), RateLimited),
        (answer(503, b"", {"Retry-After": "secret"}), RateLimited),
        (raw(b"secret garbage\r\n\r\n"), Unavailable),
        (raw(b"HTTP/1.1 secret OK\r\n\r\n"), Unavailable),
        (raw(b""), Unavailable),
        (reset, Unavailable),
        (truncated(b"secret"), Unavailable),
        (raw(head(200, {"Transfer-Encoding": "chunked"}) + b"secret\r\n"), Unavailable),
        (raw(head(200, {"Content-Length": "-1"})), Unavailable),
        (raw(head(200, {"X": "s" * 100_000})), Unavailable),
        (raw(head(200, {f"x{n}": "secret" for n in range(10_000)})), Unavailable),
        (answer(200, b"secret", {"Content-Encoding": "gzip"}), Malformed),
        (answer(200, b"secret", {"Content-Encoding": "br"}), Malformed),
        (answer(200, gzip.compress(bytes(200_000_000)), {"Content-Encoding": "gzip"}), Malformed),
        (answer(200, b"s" * 1_000_001), Malformed),
        (flood(), Malformed),
    ],
    ids=["500", "404", "304", "401", "403", "redirect", "429", "503", "garbage", "bad status", "nothing", "reset",
         "truncated", "bad chunk", "bad length", "long header", "many headers", "not gzip", "brotli", "bomb", "large",
         "flood"],
)  # fmt: skip
async def test_every_failure_is_a_fault_in_our_own_words(
    client: Client, behaviour: Behaviour, fault: type[Exception]
) -> None:
    async with serving(behaviour) as server:
        for call in (client.get, client.post):
            with pytest.raises(fault) as raised:
                await call(f"{server.url}/?token=secret")
            assert type(raised.value) is fault
            assert "secret" not in str(raised.value)
            assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("behaviour", [flood(), answer(200, b"s" * 1_000_001), answer(500, b"s" * 1_000_000)])
async def test_a_body_that_is_not_read_leaves_no_connection(client: Client, behaviour: Behaviour) -> None:
    async with serving(behaviour) as server:
        with pytest.raises(NetworkFault):
            await client.get(server.url)
        async with asyncio.timeout(1):
            await server.until(lambda it: it.open == 0)


async def test_a_redirect_is_never_followed(client: Client) -> None:
    async with serving(answer(200)) as private, serving(answer(301, b"", {"Location": private.url})) as server:
        with pytest.raises(Unavailable, match="redirect"):
            await client.get(server.url)
        assert private.connections == 0
        assert len(server.requests) == 1


async def test_a_permalink_may_lead_elsewhere_on_its_own_site(client: Client) -> None:
    async with serving(answer(302, b"", {"Location": "/files/7.json"}), answer(200, b"{}")) as server:
        assert (await client.get(f"{server.url}/permalink", follow=True)).json() == {}
        assert [request.target for request in server.requests] == ["/permalink", "/files/7.json"]


async def test_a_permalink_never_leads_to_another_site(client: Client) -> None:
    async with serving(answer(200)) as private, serving(answer(302, b"", {"Location": private.url})) as server:
        with pytest.raises(Unavailable, match="redirect"):
            await client.get(server.url, follow=True)
        assert private.connections == 0


async def test_a_permalink_that_leads_in_a_circle_ends(client: Client) -> None:
    async with serving(answer(302, b"", {"Location": "/"})) as server:
        with pytest.raises(Unavailable, match="redirect"):
            await client.get(server.url, follow=True)
        assert len(server.requests) == 4


async def test_patience_asked_for_is_handed_on(client: Client) -> None:
    async with serving(answer(429, b"", {"Retry-After": "30"})) as server:
        with pytest.raises(RateLimited) as fault:
            await client.get(server.url)
    assert fault.value.retry_after == timedelta(seconds=30)


async def test_a_refused_connection_is_unavailable(client: Client) -> None:
    with pytest.raises(Unavailable):
        await client.get(unused_url())


async def test_a_server_without_tls_is_unavailable_to_https(client: Client) -> None:
    async with serving(answer(200)) as server:
        with pytest.raises(Unavailable, match="TLS"):
            await client.get(server.url.replace("http:", "https:"))
        assert server.connections == 1


async def test_a_certificate_that_nobody_vouches_for_is_unavailable(client: Client) -> None:
    async with serving(answer(200), tls=self_signed()) as server:
        with pytest.raises(Unavailable, match="TLS"):
            await client.get(server.url)
        assert server.requests == []


async def test_a_certificate_that_is_trusted_is_asked_under_its_name(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_tls", lambda: ssl.create_default_context(cafile=SELF_SIGNED))
    large = b"x" * 900_000
    async with serving(answer(200, b"{}"), answer(200, large), reset, answer(200, b"[]"), tls=self_signed()) as server:
        named = server.url.replace("127.0.0.1", "localhost")
        assert (await client.get(named)).json() == {}
        assert (await client.get(named)).content == large
        assert server.connections == 1
        assert (await client.get(named)).json() == []
        port = server.url.rpartition(":")[2]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port)))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
        with pytest.raises(Unavailable, match="TLS"):
            await client.get(server.url.replace("127.0.0.1", "another.example"))


async def test_a_name_that_cannot_be_resolved_is_unavailable(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_kwargs: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unavailable, match="resolved"):
        await client.get("http://city.example/")


@pytest.mark.parametrize(
    "behaviour",
    [hang(), hang(b"HTTP/1.1 200 OK\r\nX-"), hang(head(200, {"Content-Length": "9"}) + b"1"), drip()],
    ids=["no head", "half a head", "half a body", "drip"],
)
async def test_a_network_that_never_ends_is_given_up_at_the_deadline(
    new_client: NewClient, behaviour: Behaviour
) -> None:
    client = new_client(seconds=0.2)
    async with serving(behaviour) as server:
        async with asyncio.timeout(2):
            with pytest.raises(Unavailable, match=r"no answer within 0\.2 s"):
                await client.get(server.url)
            await server.until(lambda it: it.open == 0)
        assert len(server.requests) == 1


async def test_a_connection_that_is_never_accepted_is_given_up_at_the_deadline(new_client: NewClient) -> None:
    client = new_client(seconds=0.2)
    with unaccepting() as url:
        async with asyncio.timeout(2):
            with pytest.raises(Unavailable, match=r"no answer within 0\.2 s"):
                await client.get(url)


@pytest.mark.parametrize("behaviour", [hang(), drip()], ids=["hang", "drip"])
async def test_a_caller_s_earlier_deadline_counts_and_leaves_no_connection(
    client: Client, behaviour: Behaviour
) -> None:
    async with serving(behaviour) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get(server.url)
        async with asyncio.timeout(1):
            await server.until(lambda it: it.open == 0)


async def test_a_slow_answer_does_not_hold_up_the_next_call(new_client: NewClient) -> None:
    client = new_client(seconds=0.3, max_connections=1)
    async with serving(hang(), answer(200, b"{}")) as server:
        with pytest.raises(Unavailable):
            await client.get(server.url)
        assert (await client.get(server.url)).json() == {}


async def test_no_more_connections_are_opened_than_allowed(new_client: NewClient) -> None:
    client = new_client(max_connections=2)
    async with serving(answer(200, b"{}")) as server:
        await asyncio.gather(*(client.get(server.url) for _ in range(20)))
        assert len(server.requests) == 20
        assert server.connections <= 2


async def test_beyond_the_allowed_rate_a_call_is_refused_unsent(new_client: NewClient) -> None:
    client = new_client(max_per_minute=2)
    async with serving(answer(200, b"{}")) as server:
        await client.get(server.url)
        with pytest.raises(RateLimited) as fault:
            await client.get(server.url)
        assert len(server.requests) == 1
    assert fault.value.retry_after is not None
    assert timedelta(seconds=50) < fault.value.retry_after <= timedelta(seconds=60)


async def test_an_adapter_s_own_rate_replaces_the_default(new_client: NewClient) -> None:
    client = new_client(max_per_minute=1)
    client.allow(100)
    async with serving(answer(200, b"{}")) as server:
        for _ in range(10):
            await client.get(server.url)


async def test_a_turn_within_the_deadline_is_waited_for(new_client: NewClient) -> None:
    client = new_client(max_per_minute=1_200)
    async with serving(answer(200, b"{}")) as server:
        await asyncio.gather(*(client.get(server.url) for _ in range(603)))
        assert len(server.requests) == 603


async def test_a_proxy_of_the_environment_is_ignored(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, unused_url())
    async with serving(answer(200, b"{}")) as server:
        assert (await client.get(server.url)).json() == {}


async def test_a_cookie_is_not_sent_back(client: Client) -> None:
    async with serving(answer(200, b"", {"Set-Cookie": "a=b; Path=/"})) as server:
        await client.get(server.url.replace("127.0.0.1", "localhost"))
        await client.get(server.url.replace("127.0.0.1", "localhost"))
    assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\0", "schlüssel", "a\n"])
async def test_a_header_that_cannot_be_sent_is_denied(client: Client, value: str) -> None:
    async with serving(answer()) as server:
        with pytest.raises(Denied):
            await client.get(server.url, headers={"x-token": value})
        assert server.connections == 0


async def test_nothing_of_a_call_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with serving(answer(200, b"body-secret"), reset) as server:
        for _ in range(2):
            try:
                await client.get(f"{server.url}/?token=secret", headers={"authorization": "secret"})
            except Unavailable:
                continue
    assert caplog.text == ""


async def test_a_closed_client_is_unavailable() -> None:
    client = HttpClient(allow_private=True)
    async with serving(answer(), hang()) as server:
        await client.get(server.url)
        under_way = asyncio.create_task(client.get(server.url))
        await server.until(lambda it: len(it.requests) == 2)
        await client.aclose()
        with pytest.raises(Unavailable):
            await under_way
        with pytest.raises(Unavailable):
            await client.get(server.url)
        assert len(server.requests) == 2
    await client.aclose()
