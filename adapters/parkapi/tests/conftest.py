"""Ways to let a converter read a document."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch
from parkgraph.sdk.replay import AnswerClient, ReplayClient
from parkgraph_parkapi import Adapter

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
RECORDED = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds"

Read = Callable[..., Awaitable[Batch[Listing]]]


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def recorded() -> Path:
    """The folder of the recorded answers of real networks."""
    if not RECORDED.is_dir():
        pytest.skip("the recorded feeds (../shared/feeds beside the repository) are not here")
    return RECORDED


@pytest.fixture
def replay() -> Read:
    """What a source makes of the file of its name in a folder."""

    async def read(source: str, folder: Path) -> Batch[Listing]:
        return await Adapter(
            Adapter.Settings(source=source, url=f"file:{source}.json"), ReplayClient(folder)
        ).listings()

    return read


@pytest.fixture
def read() -> Read:
    """What a source makes of a document; bytes are sent as they are, anything else as JSON."""

    async def read(source: str, document: object) -> Batch[Listing]:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        return await Adapter(Adapter.Settings(source=source), AnswerClient(content)).listings()

    return read


@pytest.fixture
def konstanz() -> dict[str, Any]:
    """The document of Konstanz with one row, of LAGO (id 4), to change."""
    document: dict[str, Any] = json.loads((SAMPLES / "konstanz.json").read_bytes())
    [lago] = [row for row in document["features"] if row["attributes"]["id"] == 4]
    return {**document, "features": [lago]}


@pytest.fixture
def karlsruhe() -> dict[str, Any]:
    """The document of Karlsruhe with one row, of the Kronenplatz (id 63), to change."""
    document: dict[str, Any] = json.loads((SAMPLES / "karlsruhe.json").read_bytes())
    [row] = [row for row in document["features"] if row["properties"]["id"] == 63]
    return {**document, "features": [row]}
