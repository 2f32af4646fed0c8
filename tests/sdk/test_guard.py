"""Which addresses a network may have. No request may reach a private one."""

import socket
from typing import Any

import pytest

from parkgraph.sdk import Denied
from parkgraph.sdk.transport import HttpClient
from parkgraph.sdk.transport.guard import is_public, public_socket
from tests.sdk.conftest import NewClient
from tests.sdk.server import answer, serving


@pytest.mark.parametrize("address", ["8.8.8.8", "193.197.158.1", "2a00:1450:4001:82f::200e", "2620:fe::fe"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.255.0.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1",
     "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
     "2002:7f00:1::", "2001:0:7f00:1::1", "2001:db8::1", "localhost", ""],
)  # fmt: skip
def test_any_other_address_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1",
     "0177.0.0.1", "017700000001", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
     "[64:ff9b::7f00:1]", "127。0。0。1", "①②⑦.⓪.⓪.①"],
)  # fmt: skip
async def test_no_spelling_of_loopback_is_reached(new_client: NewClient, host: str) -> None:
    client = new_client(allow_private=False)
    async with serving(answer(200)) as server:
        with pytest.raises(Denied):
            await client.get(server.url.replace("127.0.0.1", host) + "/secret")
        assert server.connections == 0


async def test_the_refusal_names_the_setting(new_client: NewClient) -> None:
    client = new_client(allow_private=False)
    with pytest.raises(Denied, match="allow_private"):
        await client.get("http://169.254.169.254/latest/meta-data/")
    with pytest.raises(Denied, match="allow_private"):
        await client.get("http://localhost:9/")


async def test_loopback_is_reached_where_it_is_allowed(client: HttpClient) -> None:
    async with serving(answer(200, b"{}")) as server:
        assert (await client.get(server.url.replace("127.0.0.1", "localhost"))).json() == {}


def _names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name has these addresses: the tests have no name server of their own."""

    def resolve(host: str, port: int, *_args: Any, **_kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("198.51.100.1", "127.0.0.1"), ("8.8.8.8", "127.0.0.1")])
async def test_a_name_with_any_private_address_is_refused(
    new_client: NewClient, monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    client = new_client(allow_private=False)
    async with serving(answer(200)) as server:
        _names(monkeypatch, *addresses)
        with pytest.raises(Denied):
            await client.get(server.url.replace("127.0.0.1", "rebound.example"))
        assert server.connections == 0


def test_the_socket_refuses_what_the_resolver_let_pass() -> None:
    with pytest.raises(Denied):
        public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)))


@pytest.mark.parametrize(
    "url",
    ["ftp://city.example/", "file:///etc/passwd", "gopher://city.example/", "city.example", "", "http://", "http:///x",
     "//city.example/", "http://user:pass@city.example/", "http://token@city.example/", "http://[::1/",
     "http://city.example:99999/", "http://\0/", "http://" + "a" * 70_000],
)  # fmt: skip
async def test_an_address_that_must_not_be_asked_is_denied(client: HttpClient, url: str) -> None:
    with pytest.raises(Denied) as fault:
        await client.get(url)
    assert "pass" not in str(fault.value).replace("password", "")
