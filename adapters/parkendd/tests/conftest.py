"""Ways to let a document be read."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_parkendd import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"

Read = Callable[..., Awaitable[Batch[Listing]]]


@pytest.fixture
def read() -> Read:
    """What is made of a document; bytes are sent as they are, anything else as JSON."""

    async def read(document: object) -> Batch[Listing]:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        return await Adapter(Adapter.Settings(url="https://city.example/x"), AnswerClient(content)).listings()

    return read


@pytest.fixture
def replay() -> Read:
    """What is made of a file of a folder, in a zone."""

    async def read(file: str, folder: Path = SAMPLES, zone: str = "Europe/Berlin", **more: Any) -> Batch[Listing]:
        settings = Adapter.Settings(url=f"file:{file}", timezone=zone, **more)
        return await Adapter(settings, ReplayClient(folder)).listings()

    return read
