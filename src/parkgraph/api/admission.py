"""Who is let in, and when: decided before a body is read, so that a refusal stays quick when the server is full."""

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Final

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
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, share: float = 1) -> None:
        """One request of this client, which counts for so much. Raises RateLimitedError."""
        if self._per_minute is not None:
            tokens, now = self._some_left(client, self._per_minute)
            self._buckets[client] = (tokens - share, now)
            self._buckets.move_to_end(client)
            if len(self._buckets) > MAX_CLIENTS:
                self._buckets.popitem(last=False)

    def check(self, client: str) -> None:
        """Whether it may ask, without counting. Raises RateLimitedError."""
        if self._per_minute is not None:
            self._some_left(client, self._per_minute)

    def _some_left(self, client: str, per_minute: int) -> tuple[float, float]:
        """How many requests it may make, at least one, and now. Raises RateLimitedError."""
        now = self._clock()
        tokens, since = self._buckets.get(client, (float(per_minute), now))
        tokens = min(per_minute, tokens + (now - since) * per_minute / 60)
        if tokens < 1:
            raise RateLimitedError((1 - tokens) * 60 / per_minute)
        return tokens, now


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

    def admit(self) -> "Admission":
        """A place for one request, as long as the block lasts, which raises OverloadedError where there is none."""
        return self

    def has_place_beside(self, others: int) -> bool:
        """Whether there is one, where so many others are to be admitted first."""
        return self._in_flight + others < self._max_in_flight

    def __enter__(self) -> None:
        if self._in_flight >= self._max_in_flight:
            raise OverloadedError(SHED_RETRY_SECONDS)
        self._in_flight += 1

    def __exit__(self, *_: object) -> None:
        self._in_flight -= 1
