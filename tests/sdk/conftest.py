"""HTTP clients that are closed when their test ends."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from parkgraph.sdk.transport import HttpClient, HttpLimits

NewClient = Callable[..., HttpClient]


@pytest.fixture
async def new_client() -> AsyncIterator[NewClient]:
    """`new_client(seconds=0.2)`: a client that may ask loopback, and as often as it likes."""
    made: list[HttpClient] = []

    def make(
        *,
        seconds: float = 5,
        max_bytes: int = 1_000_000,
        max_per_minute: int = 100_000,
        max_connections: int = 10,
        allow_private: bool = True,
    ) -> HttpClient:
        limits = HttpLimits(timedelta(seconds=seconds), max_bytes, max_per_minute, max_connections)
        made.append(HttpClient(limits, allow_private=allow_private))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def client(new_client: NewClient) -> HttpClient:
    return new_client()
