"""One request over the network, on aiohttp's connections. Only this file knows of them."""

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, TypeVar
from urllib.parse import quote, urlencode
from weakref import WeakSet

import aiohttp
import certifi
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from parkgraph.sdk.faults import Denied, NetworkFault, Unavailable
from parkgraph.sdk.transport.guard import PublicResolver, public_socket
from parkgraph.sdk.transport.revalidation import CONDITIONS
from parkgraph.sdk.transport.status import Interrupted, Redirected

T = TypeVar("T")

LONGEST_URL: Final = 65_536
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_AS_WRITTEN: Final = "%!$&'()*+,;=:@/?-._~[]"
_NO_TIME_OUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=None)

SITES: Final = 64
"""Of one network, that are known."""


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower case."""

    method: str
    url: URL
    headers: dict[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """While its body is still to be read, from `content`."""

    status: int
    raw_headers: Sequence[tuple[bytes, bytes]]
    content: aiohttp.StreamReader


class Wire:
    """A pool of connections to one network. Follows no redirect, keeps no cookie, asks no proxy, logs nothing.

    On aiohttp's connector and its connections' protocol, without the session that is usually between: that takes half
    of a request's time, for what is not wanted here.
    """

    def __init__(self, max_connections: int, *, allow_private: bool) -> None:
        self.max_connections = max_connections
        self._allow_private = allow_private
        self._pool: aiohttp.TCPConnector | None = None
        self._sites: dict[URL, aiohttp.ClientRequest] = {}
        self._used: WeakSet[ResponseHandler] = WeakSet()
        self._closed = False

    async def exchange(self, request: Request, read: Callable[[Answer], Awaitable[T]]) -> T:
        """Send, and give back what `read` makes of the answer.

        Raises Denied, Unavailable, or Interrupted where another attempt may do better. There is no time-out here.
        """
        if self._closed:
            raise Unavailable("the client is closed")
        try:
            connection, answer = await self._ask(request)
            try:
                return await read(answer)
            finally:
                connection.release()  # which closes it where the body was not read to its end
        except (aiohttp.ClientError, HttpProcessingError, OSError) as fault:
            raise _translated(fault) from None

    async def aclose(self) -> None:
        """Close every connection. Calls under way fail with Unavailable."""
        self._closed = True
        if self._pool is not None:
            await self._pool.close()

    async def _ask(self, request: Request) -> tuple[Connection, Answer]:
        """The answer, and the connection on which it comes.

        A GET on a connection that was used before, and is closed by now, is sent once more.
        """
        head = _written(request)
        may_repeat = request.method == "GET"
        while True:
            connection = await self._connect(request.url)
            protocol = connection.protocol
            assert protocol is not None
            try:
                return connection, await _answered(protocol, head)
            except BaseException as fault:
                connection.close()
                is_lost = isinstance(fault, aiohttp.ClientOSError | aiohttp.ServerDisconnectedError)
                if not (is_lost and may_repeat and protocol in self._used):
                    raise
                may_repeat = False
            finally:
                self._used.add(protocol)

    async def _connect(self, url: URL) -> Connection:
        if self._pool is None:
            self._pool = self._open()
        origin = url.origin()
        site = self._sites.get(origin)
        if site is None:
            if len(self._sites) >= SITES:
                self._sites.clear()
            site = self._sites[origin] = aiohttp.ClientRequest("GET", origin, loop=asyncio.get_running_loop())
        return await self._pool.connect(site, [], _NO_TIME_OUT)

    def _open(self) -> aiohttp.TCPConnector:
        """At the first request: aiohttp needs a running loop."""
        return aiohttp.TCPConnector(
            ssl=_tls(),
            limit=self.max_connections,
            resolver=None if self._allow_private else PublicResolver(),
            socket_factory=None if self._allow_private else public_socket,
        )


def _written(request: Request) -> bytes:
    """The request as HTTP/1.1."""
    url, body = request.url, request.body
    lines = [f"{request.method} {url.raw_path_qs} HTTP/1.1", f"host: {url.host_port_subcomponent}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if "accept" not in request.headers:
        lines.append("accept: */*")
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "\r\n"]).encode("ascii") + (body or b"")


async def _answered(protocol: ResponseHandler, written: bytes) -> Answer:
    protocol.set_response_params(read_until_eof=True, auto_decompress=False)
    if protocol.transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.transport.write(written)
    while True:
        message, content = await protocol.read()
        if message.code >= 200 or message.code == 101:
            return Answer(message.code, message.raw_headers, content)


def build_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    params: Mapping[str, str] | None = None,
    json: object = None,
    form: Mapping[str, str] | None = None,
) -> Request:
    """Raises Denied for an address or a header that must not or cannot be sent."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable() and _is_token(name)):
            raise Denied("a header holds a character that cannot be sent")
    address = _address(url)
    if params:
        address = address.update_query(params)
    body, kind = _body(json, form)
    return Request(method, address, {**headers, "content-type": kind} if kind else dict(headers), body)


@lru_cache(maxsize=256)
def _is_token(name: str) -> bool:
    return bool(_TOKEN.fullmatch(name))


def moved_within_site(request: Request, moved: Redirected) -> Request:
    """The same request at its new address, where that is of the same scheme, host and port; else raises `moved`."""
    try:
        address = request.url.join(URL(moved.location))
    except ValueError:
        raise moved from None
    if not address.is_absolute() or address.origin() != request.url.origin() or _names_a_user(address):
        raise moved
    own = {name: value for name, value in request.headers.items() if name not in CONDITIONS}
    return build_request(request.method, str(address), own)


@lru_cache(maxsize=256)
def _address(url: str) -> URL:
    """An adapter asks at few addresses, with other parameters each time."""
    if len(url) > LONGEST_URL or _CONTROL.search(url):
        raise Denied("the address is not valid")
    bare, _, query = url.partition("#")[0].partition("?")
    try:
        address = URL(bare)
        is_whole = address.scheme in ("http", "https") and bool(address.host) and address.port is not None
    except ValueError:
        raise Denied("the address is not valid") from None
    if not is_whole:
        raise Denied("only http:// and https:// addresses are asked")
    if _names_a_user(address):
        raise Denied("the address holds a user name or a password")
    # A query that is written out is sent as it is: servers differ in what they take for equal.
    return URL(f"{address}?{quote(query, safe=_AS_WRITTEN)}", encoded=True) if query else address


def _names_a_user(address: URL) -> bool:
    return address.raw_user is not None or address.raw_password is not None


def _body(value: object, form: Mapping[str, str] | None) -> tuple[bytes | None, str | None]:
    """What is sent, and its media type."""
    if value is not None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(), "application/json"
    if form is not None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return None, None


def headers_of(answer: Answer) -> dict[str, str]:
    """Names are lower case; what came several times is joined by commas (RFC 9110, section 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.raw_headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("utf-8", "replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


@cache
def _tls() -> ssl.SSLContext:
    """Trusts whom Mozilla trusts, whatever the environment says."""
    return ssl.create_default_context(cafile=certifi.where())


def _translated(fault: BaseException) -> NetworkFault | Interrupted:
    """In our own words: a library's message may quote the address or the answer."""
    match fault:
        case aiohttp.ClientSSLError():
            return Unavailable("TLS failed: the network's certificate or protocol is not accepted")
        case aiohttp.ClientConnectorDNSError():
            return Interrupted("the network's host name cannot be resolved")
        case aiohttp.ClientConnectorError():
            return Interrupted("the network accepts no connection")
        case aiohttp.InvalidURL():
            return Denied("the address is not valid")
        case aiohttp.ClientPayloadError():
            return Interrupted("the answer broke off")
        case aiohttp.ClientConnectionError() | OSError():
            return Interrupted("the connection broke off")
        case _:
            return Unavailable("the answer is not HTTP")
