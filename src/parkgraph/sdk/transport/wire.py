"""The way over the network to one operator: connections that are kept, opened where there are none, and bounded."""

import asyncio
import socket
import ssl
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from weakref import WeakSet

import certifi
from aiohappyeyeballs import AddrInfoType, start_connection
from yarl import URL

from parkgraph.sdk.faults import Denied, Unavailable
from parkgraph.sdk.transport.connection import Connection
from parkgraph.sdk.transport.guard import addresses_of, public_socket
from parkgraph.sdk.transport.reading import Answer, Begin, Lost
from parkgraph.sdk.transport.request import Request
from parkgraph.sdk.transport.slots import Slots
from parkgraph.sdk.transport.status import Interrupted

SITES: Final = 64
"""Of one network, that are known."""

KEPT_S: Final = 15.0
"""For which a connection is kept that nobody needs; at most twice as long."""

NEXT_ADDRESS_S: Final = 0.25
"""After which a name's next address is tried beside the one before (RFC 8305)."""


@dataclass(slots=True, eq=False)
class _Site:
    """A scheme, host and port. `looked_up`: its addresses, which all connections that are opened at once wait for."""

    url: URL
    idle: list[Connection] = field(default_factory=list)
    looked_up: asyncio.Task[list[AddrInfoType]] | None = None

    def forget(self, looked_up: asyncio.Task[list[AddrInfoType]]) -> None:
        """Addresses change. A failure is known to whoever still waits."""
        self.looked_up = None
        if not looked_up.cancelled():
            looked_up.exception()


class Wire:
    """A pool of connections to one network. Follows no redirect, keeps no cookie, asks no proxy, logs nothing.

    On the event loop's own transports and httptools' parser, which are a sixth of what a client library's request
    takes, for what is not wanted here.
    """

    def __init__(self, max_connections: int, *, allow_private: bool) -> None:
        self.max_connections = max_connections
        self._allow_private = allow_private
        self._slots: Slots | None = None
        self._sites: dict[URL, _Site] = {}
        self._open: WeakSet[Connection] = WeakSet()
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False

    async def exchange(self, request: Request, begin: Begin, ends: float) -> Answer:
        """The answer, as far as `begin` wants it, by the instant `ends` of the loop's clock.

        A GET on a connection that was used before, and closed meanwhile, is sent once more. Raises Denied, Unavailable,
        TimeoutError, or Interrupted where another attempt may do better.
        """
        slots = self._slots
        if slots is None:
            slots = self._slots = Slots(self.max_connections)
        if not slots.take_now():
            async with asyncio.timeout_at(ends):
                await slots.take()
        try:
            written, site = request.written(), self._site(request.origin)
            if kept := _kept(site):
                try:
                    return await self._ask(kept, site, written, begin, ends)
                except Lost:
                    if request.method != "GET":
                        raise
            async with asyncio.timeout_at(ends):
                opened = await self._opened(site)
            return await self._ask(opened, site, written, begin, ends)
        finally:
            slots.leave()

    async def aclose(self) -> None:
        """Close every connection. Calls under way fail with Unavailable."""
        self._closed = True
        if self._sweep:
            self._sweep.cancel()
        for connection in list(self._open):
            connection.close(Unavailable("the client is closed"))

    async def _ask(self, connection: Connection, site: _Site, written: bytes, begin: Begin, ends: float) -> Answer:
        try:
            return await connection.ask(written, begin, ends)
        finally:
            if not connection.is_closed:
                loop = asyncio.get_running_loop()
                connection.idle_since = loop.time()
                site.idle.append(connection)
                if self._sweep is None:
                    self._sweep = loop.call_later(KEPT_S, self._close_idle)

    def _site(self, origin: URL) -> _Site:
        site = self._sites.get(origin)
        if site is None:
            if len(self._sites) >= SITES:
                for other in self._sites.values():
                    _close(other.idle)
                self._sites.clear()
            site = self._sites[origin] = _Site(origin)
        return site

    async def _opened(self, site: _Site) -> Connection:
        if self._closed:
            raise Unavailable("the client is closed")
        loop, is_tls = asyncio.get_running_loop(), site.url.scheme == "https"
        try:
            addresses = await self._addresses(site)
            reached = await start_connection(
                addresses,
                happy_eyeballs_delay=NEXT_ADDRESS_S,
                socket_factory=None if self._allow_private else public_socket,
            )
            try:
                _, connection = await loop.create_connection(
                    Connection,
                    sock=reached,
                    ssl=_tls() if is_tls else None,
                    server_hostname=(site.url.raw_host or "").rstrip(".") if is_tls else None,
                )
            except BaseException:
                reached.close()
                raise
        except socket.gaierror:
            raise Interrupted("the network's host name cannot be resolved") from None
        except UnicodeError:
            raise Denied("the address is not valid") from None
        except ssl.SSLError:
            raise Unavailable("TLS failed: the network's certificate or protocol is not accepted") from None
        except (OSError, RuntimeError):
            raise Interrupted("the network accepts no connection") from None
        self._open.add(connection)
        if self._closed:
            connection.close()
        return connection

    async def _addresses(self, site: _Site) -> list[AddrInfoType]:
        """Looked up once for all who ask at the same time: a name server that hangs holds one thread."""
        if site.looked_up is None:
            host, port = site.url.raw_host or "", site.url.port or 0
            site.looked_up = asyncio.create_task(addresses_of(host, port, allow_private=self._allow_private))
            site.looked_up.add_done_callback(site.forget)
        return await asyncio.shield(site.looked_up)

    def _close_idle(self) -> None:
        """What nobody needed for a while; and again as long as any is left."""
        loop = asyncio.get_running_loop()
        until, left = loop.time() - KEPT_S, False
        for site in self._sites.values():
            _close([each for each in site.idle if each.idle_since <= until])
            site.idle = [each for each in site.idle if not each.is_closed]
            left = left or bool(site.idle)
        self._sweep = loop.call_later(KEPT_S, self._close_idle) if left else None


def _kept(site: _Site) -> Connection | None:
    """The one that was used last, so that those that are not needed grow old."""
    while site.idle:
        connection = site.idle.pop()
        if not connection.is_closed:
            return connection
    return None


def _close(connections: list[Connection]) -> None:
    for connection in connections:
        connection.close()


@cache
def _tls() -> ssl.SSLContext:
    """Trusts whom Mozilla trusts, whatever the environment says."""
    return ssl.create_default_context(cafile=certifi.where())
