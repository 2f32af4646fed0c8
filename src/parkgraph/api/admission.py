"""Who is let in, and when: decided before a body is read, so that a refusal stays quick when the server is full."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Final

from cachetools import LRUCache

MAX_CLIENTS: Final = 10_000
SHED_RETRY_SECONDS: Final = 1.0


class Refused(Exception):
    """Not now."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_ms = ceil(retry_after_s * 1000)


class RateLimitedError(Refused):
    """One client asks too often."""


class OverloadedError(Refused):
    """All clients together ask too much."""


class RateLimiter:
    """A token bucket for each client: a minute's worth may come at once. `per_minute` None: no limit.

    Knows the MAX_CLIENTS that asked last; one that was forgotten begins with a full bucket.
    """

    def __init__(self, per_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(MAX_CLIENTS)

    def take(self, address: str) -> None:
        """One request of the client at this address. Raises RateLimitedError."""
        if self._per_minute is None:
            return
        client, now, rate = client_of(address), self._clock(), self._per_minute / 60
        tokens, since = self._buckets.get(client, (float(self._per_minute), now))
        tokens = min(self._per_minute, tokens + (now - since) * rate)
        if tokens < 1:
            raise RateLimitedError((1 - tokens) / rate)
        self._buckets[client] = (tokens - 1, now)


def client_of(address: str) -> str:
    """Whom an address stands for: one who has an IPv6 address has its whole /64."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or int(ip) >> 64)
    return str(ip)


class Admission:
    """At most so many requests at a time."""

    def __init__(self, max_in_flight: int) -> None:
        self._max_in_flight = max_in_flight
        self._in_flight = 0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """A place for one request. Raises OverloadedError."""
        if self._in_flight >= self._max_in_flight:
            raise OverloadedError(SHED_RETRY_SECONDS)
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
