"""An issuer's keys, kept for a while: fetched when they are needed, and once for all who need them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from parkgraph.accounts.key_set import KeySet, PublicKey
from parkgraph.accounts.refusals import AccountsUnavailable

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 300
"""So long are keys used without another look."""

USABLE_SECONDS: Final = 3600
"""So long are they used while the issuer cannot be asked."""

PAUSE_SECONDS: Final = 10
"""Between two looks, at least: tokens with invented ids of keys make no more of them."""


class KeySource(Protocol):
    """Where the key of a token comes from."""

    async def find(self, kid: str | None, kind: str, algorithm: str) -> PublicKey | None:
        """None where the issuer has no such key. Raises AccountsUnavailable where that cannot be told."""
        ...


class FetchedKeys:
    """The keys of a JWKS document. `fetch` reads it, within a time of its own, and raises AccountsUnavailable.

    `clock`: seconds of a steady clock.
    """

    def __init__(
        self, issuer: str, fetch: Callable[[], Awaitable[bytes]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._down = False
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, kind: str, algorithm: str) -> PublicKey | None:
        """See KeySource. An id that is not known may be a new key's, so the issuer is asked once more."""
        if self._age() >= USABLE_SECONDS:
            await self._look()
        elif self._age() >= FRESH_SECONDS:
            self._begin()
        key = self._known(kid, kind, algorithm)
        if key is None and kid is not None:
            await self._look()
            key = self._known(kid, kind, algorithm)
        if key is None and (self._down or self._keys is None):
            raise AccountsUnavailable
        return key

    async def aclose(self) -> None:
        """Give up what is being fetched."""
        if self._fetching:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _known(self, kid: str | None, kind: str, algorithm: str) -> PublicKey | None:
        if self._keys is None or self._age() >= USABLE_SECONDS:
            return None
        return self._keys.find(kid, kind, algorithm)

    async def _look(self) -> None:
        """Until the fetch that is under way is done, if it is time for one.

        An issuer that is down is not waited for: it may be silent, and whoever waits takes somebody's place.
        """
        fetching = self._begin()
        if fetching and not self._down:
            await asyncio.wait({fetching})

    def _begin(self) -> asyncio.Task[None] | None:
        if self._fetching is None and self._clock() - self._tried_at >= PAUSE_SECONDS:
            self._tried_at = self._clock()
            self._fetching = asyncio.create_task(self._renew())
            self._fetching.add_done_callback(self._done)
        return self._fetching

    def _done(self, fetching: asyncio.Task[None]) -> None:
        self._fetching = None
        if not fetching.cancelled() and (fault := fetching.exception()):
            self._down = True
            log.error("issuer_keys_bug", issuer=self._issuer, exc_info=fault)

    async def _renew(self) -> None:
        try:
            keys = KeySet.read(await self._fetch())
        except (AccountsUnavailable, ValueError) as fault:
            if not self._down:
                log.warning("issuer_keys_unavailable", issuer=self._issuer, reason=str(fault))
            self._down = True
            return
        if self._down:
            log.info("issuer_keys_back", issuer=self._issuer)
        self._keys, self._fetched_at, self._down = keys, self._clock(), False
