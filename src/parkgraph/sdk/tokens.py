"""A token of a network that is logged in to: fetched when it is needed, and once for all who need it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

from parkgraph.sdk.faults import Denied

T = TypeVar("T")

EARLY: Final = timedelta(minutes=1)
"""A token is replaced this long before its end, or after nine tenths of a short life."""


@dataclass(frozen=True, slots=True)
class Token:
    """`lifetime`: how long the network says that it holds, from its fetch on; None: until it is refused."""

    value: str = field(repr=False)
    lifetime: timedelta | None = None


class Tokens:
    """The token of one network.

    `fetch` logs in. It runs once at a time, and to its end even if every caller has given up meanwhile: the next one
    finds its token. `clock`: seconds of a steady clock.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Token]], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._value: str | None = None
        self._until = 0.0
        self._fetching: asyncio.Task[str] | None = None

    async def use(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """`ask` with the token. Where that is Denied, once more with a new one; Denied again is the caller's.

        So `ask` may run twice: what a network denies, it has not done. Faults of the login itself pass through.
        """
        token = await self._get()
        try:
            return await ask(token)
        except Denied:
            token = await self._get(instead_of=token)
        return await ask(token)

    async def _get(self, instead_of: str | None = None) -> str:
        if self._value is not None and self._value != instead_of and self._clock() < self._until:
            return self._value
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._renew())
            self._fetching.add_done_callback(_retrieve)
        fetching = self._fetching
        await asyncio.wait({fetching})
        return fetching.result()

    async def _renew(self) -> str:
        started = self._clock()
        token = await self._fetch()
        self._value = token.value
        self._until = started + _usable(token.lifetime)
        return token.value


def _usable(lifetime: timedelta | None) -> float:
    if lifetime is None:
        return float("inf")
    return (lifetime - min(EARLY, lifetime / 10)).total_seconds()


def _retrieve(task: asyncio.Task[str]) -> None:
    """A fault that nobody waits for any more is no news."""
    if not task.cancelled():
        task.exception()
