"""One request over the network, on aiohttp's connections. Only this file knows of them."""

import json
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import certifi
from yarl import URL

from parkgraph.sdk.faults import Denied, NetworkFault, Unavailable
from parkgraph.sdk.transport.guard import PublicResolver, public_socket
from parkgraph.sdk.transport.revalidation import CONDITIONS
from parkgraph.sdk.transport.status import Interrupted, Redirected

T = TypeVar("T")

LONGEST_URL: Final = 65_536
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_AS_WRITTEN: Final = "%!$&'()*+,;=:@/?-._~[]"
_NO_TIME_OUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=None)

_reused: ContextVar[bool] = ContextVar("parkgraph_connection_reused", default=False)


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower case."""

    method: str
    url: URL
    headers: dict[str, str]
    body: bytes | None = None


Answer = aiohttp.ClientResponse
"""While its body is still to be read, from `answer.content`."""


class Wire:
    """A pool of connections to one network. Follows no redirect, keeps no cookie, asks no proxy, logs nothing."""

    def __init__(self, max_connections: int, *, allow_private: bool) -> None:
        self.max_connections = max_connections
        self._allow_private = allow_private
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def exchange(self, request: Request, read: Callable[[Answer], Awaitable[T]]) -> T:
        """Send, and give back what `read` makes of the answer.

        Raises Denied, Unavailable, or Interrupted where another attempt may do better. There is no time-out here.
        """
        if self._closed:
            raise Unavailable("the client is closed")
        if self._session is None:
            self._session = self._open()
        try:
            async with self._session.request(
                request.method, request.url, headers=request.headers, data=request.body, allow_redirects=False
            ) as answer:
                return await read(answer)
        except (aiohttp.ClientError, OSError) as fault:
            raise _translated(fault) from None

    async def aclose(self) -> None:
        """Close every connection. Calls under way fail with Unavailable."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        """At the first request: aiohttp needs a running loop."""
        connector = aiohttp.TCPConnector(
            ssl=_tls(),
            limit=self.max_connections,
            resolver=None if self._allow_private else PublicResolver(),
            socket_factory=None if self._allow_private else public_socket,
        )
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_note_reuse)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_NO_TIME_OUT,
            auto_decompress=False,
            trace_configs=[trace],
            middlewares=[_lost_once_is_lost],
            trust_env=False,
        )


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
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise Denied("a header holds a character that cannot be sent")
    address = _address(url)
    if params:
        address = address.update_query(params)
    body, kind = _body(json, form)
    return Request(method, address, {**headers, "content-type": kind} if kind else dict(headers), body)


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


class _ConnectionLost(aiohttp.ClientConnectionError):
    """A new connection broke before the answer: unlike a reused one, it is not repeated at once."""


async def _note_reuse(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, _params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    _reused.set(True)


async def _lost_once_is_lost(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """A GET whose connection breaks is repeated by aiohttp at once. Leave it that for a closed keep-alive only."""
    _reused.set(False)
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as fault:
        if _reused.get():
            raise
        raise _ConnectionLost from fault


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
