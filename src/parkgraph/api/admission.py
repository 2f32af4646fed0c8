"""Who is let in, and when: decided before a body is read, so that a refusal stays quick when the server is full."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
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

    def take(self, client: str, share: float = 1) -> None:
        """One request of this client, which counts for so much. Raises RateLimitedError."""
        self.check(client)
        if self._per_minute is not None:
            tokens, now = self._left(client, self._per_minute)
            self._buckets[client] = (tokens - share, now)

    def check(self, client: str) -> None:
        """Whether it may ask, without counting. Raises RateLimitedError."""
        if self._per_minute is None:
            return
        tokens, _ = self._left(client, self._per_minute)
        if tokens < 1:
            raise RateLimitedError((1 - tokens) * 60 / self._per_minute)

    def _left(self, client: str, per_minute: int) -> tuple[float, float]:
        """How many requests it may make, and now."""
        now = self._clock()
        tokens, since = self._buckets.get(client, (float(per_minute), now))
        return min(per_minute, tokens + (now - since) * per_minute / 60), now


@lru_cache(maxsize=4096)
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
