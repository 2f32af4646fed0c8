"""The adapter in front of its stand-in, over the real client."""

from collections.abc import AsyncIterator, Callable

import pytest
from adapters.parkwhiz.tests.stand_in import ParkWhiz, serving

from parkgraph.sdk.transport import HttpClient
from parkgraph_parkwhiz import Adapter

NewAdapter = Callable[..., Adapter]


@pytest.fixture
async def network() -> AsyncIterator[ParkWhiz]:
    async with serving() as network:
        yield network


@pytest.fixture
async def new_adapter(network: ParkWhiz) -> AsyncIterator[NewAdapter]:
    """`new_adapter(client_secret="wrong")`: with other settings than the right ones."""
    client = HttpClient(allow_private=True)
    client.allow(100_000)

    def make(**changes: str) -> Adapter:
        right = {"base_url": network.base_url, "client_id": "partner", "client_secret": "s3cret"}
        return Adapter(Adapter.Settings.model_validate(right | changes), client)

    yield make
    await client.aclose()


@pytest.fixture
def adapter(new_adapter: NewAdapter) -> Adapter:
    return new_adapter()
