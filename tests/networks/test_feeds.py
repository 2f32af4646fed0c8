"""Adapters of feeds, each on its own samples: while what they publish is read, the event loop goes on."""

import asyncio
import sys
from types import FrameType
from typing import Any

import pytest

from parkgraph.networks import registry
from parkgraph.networks.registry import discover
from parkgraph.sdk import FeedAdapter, read_rows
from parkgraph.sdk.aside import computed_by
from parkgraph.sdk.replay import ReplayClient

FEEDS = {name: kind for name, kind in discover().items() if issubclass(kind, FeedAdapter) and kind.demo}


@pytest.mark.parametrize("name", FEEDS)
async def test_no_rows_of_a_feed_are_read_in_the_event_loop(name: str) -> None:
    kind = FEEDS[name]
    adapter = kind(kind.Settings.model_validate(kind.demo), ReplayClient(registry._samples(kind)))
    read_here: list[FrameType] = []

    def called(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is read_rows.__code__:
            read_here.append(frame)

    sys.setprofile(called)
    try:
        with computed_by(asyncio.to_thread):
            batch = await adapter.listings()
            if adapter.info.occupancies_every:
                await adapter.occupancies()
    finally:
        sys.setprofile(None)
    assert batch.items
    assert read_here == []
