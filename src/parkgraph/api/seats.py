"""Connections that stay open, of whatever protocol: how many a client may have, and all together."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class NoSeatError(Exception):
    """Too many are open already."""


class Seats:
    """Of one process. `ending`: the server drains, so that those who hold one are to leave."""

    def __init__(self, of_a_client: int, of_all: int) -> None:
        self._of_a_client = of_a_client
        self._of_all = of_all
        self._clients: Counter[str] = Counter()
        self._taken = 0
        self.ending = asyncio.Event()

    @property
    def taken(self) -> int:
        return self._taken

    @contextmanager
    def seat(self, client: str) -> Iterator[None]:
        """As long as this, the client has one. Raises NoSeatError."""
        if self._clients[client] >= self._of_a_client or self._taken >= self._of_all:
            raise NoSeatError
        self._clients[client] += 1
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]
