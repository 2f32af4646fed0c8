"""One request over the network, by httpx on aiohttp's connections. Only this file knows of either."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import cache
from types import SimpleNamespace

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from parkgraph.sdk.faults import Denied, NetworkFault, Unavailable
from parkgraph.sdk.transport.guard import PublicResolver, public_socket
from parkgraph.sdk.transport.revalidation import CONDITIONS
from parkgraph.sdk.transport.status import Interrupted, Redirected

_reused: ContextVar[bool] = ContextVar("parkgraph_connection_reused", default=False)


class Wire:
    """A pool of connections to one network. Follows no redirect, keeps no cookie, asks no proxy, logs nothing."""

    def __init__(self, max_connections: int, *, allow_private: bool) -> None:
        self._max_connections = max_connections
        self._allow_private = allow_private
        self._transport = AiohttpTransport(verify=_tls(), trust_env=False, client=self._session)
        self._closed = False

    @asynccontextmanager
    async def exchange(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """Send, and hand out the answer while its body is still to be read.

        Raises Denied, Unavailable, or Interrupted where another attempt may do better. There is no time-out here.
        """
        if self._closed:
            raise Unavailable("the client is closed")
        try:
            response = await self._transport.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as fault:
            raise _translated(fault.__cause__ if isinstance(fault, httpx.HTTPError) else fault) from None

    async def aclose(self) -> None:
        """Close every connection. Calls under way fail with Unavailable."""
        self._closed = True
        await self._transport.aclose()

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first request: aiohttp needs a running loop."""
        connector = aiohttp.TCPConnector(
            ssl=_tls(),
            limit=self._max_connections,
            resolver=None if self._allow_private else PublicResolver(),
            socket_factory=None if self._allow_private else public_socket,
        )
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_note_reuse)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
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
) -> httpx.Request:
    """Raises Denied for an address or a header that must not or cannot be sent."""
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise Denied("a header holds a character that cannot be sent")
    try:
        address = httpx.URL(url)
        if params:
            address = address.copy_merge_params(params)
    except httpx.InvalidURL:
        raise Denied("the address is not valid") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise Denied("only http:// and https:// addresses are asked")
    if address.userinfo:
        raise Denied("the address holds a user name or a password")
    return httpx.Request(method, address, headers=headers, json=json, data=form)


def moved_within_site(request: httpx.Request, moved: Redirected) -> httpx.Request:
    """The same request at its new address, where that is of the same scheme, host and port; else raises `moved`."""
    try:
        address = request.url.join(moved.location)
    except httpx.InvalidURL:
        raise moved from None
    here = request.url
    if (address.scheme, address.host, address.port) != (here.scheme, here.host, here.port) or address.userinfo:
        raise moved
    own = {name: value for name, value in request.headers.items() if name not in ("host", *CONDITIONS)}
    return build_request(request.method, str(address), own)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


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


def _translated(fault: BaseException | None) -> NetworkFault | Interrupted:
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
