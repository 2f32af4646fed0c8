"""The adapter in front of its stand-in, over the real client."""

from collections.abc import AsyncIterator, Callable

import pytest
from adapters.parclick.tests.stand_in import HASH, Parclick, serving

from parkgraph.sdk.transport import HttpClient
from parkgraph_parclick import Adapter

NewAdapter = Callable[..., Adapter]


@pytest.fixture
async def network() -> AsyncIterator[Parclick]:
    async with serving() as network:
        yield network


@pytest.fixture
async def new_adapter(network: Parclick) -> AsyncIterator[NewAdapter]:
    """`new_adapter(password="wrong")`: with other settings than the right ones."""
    client = HttpClient(allow_private=True)
    client.allow(100_000)

    def make(**changes: str) -> Adapter:
        right = {"base_url": network.base_url, "username": "integrator", "password": "s3cret", "token": HASH}
        return Adapter(Adapter.Settings.model_validate(right | changes), client)

    yield make
    await client.aclose()


@pytest.fixture
def adapter(new_adapter: NewAdapter) -> Adapter:
    return new_adapter()
