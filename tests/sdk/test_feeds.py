"""What a feed publishes is read aside from the event loop."""

import asyncio
import threading

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing
from parkgraph.sdk import RowRejected, read_feed
from parkgraph.sdk.aside import computed_by


async def test_the_event_loop_goes_on_while_a_feed_is_read() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def to_listing(row: str) -> Listing:
        begun.set()
        if not may_end.wait(60):
            raise RuntimeError("nobody else had a turn")
        return Listing(row, "Markt", Coordinates(48.7, 9.1))

    with computed_by(asyncio.to_thread):
        reading = asyncio.create_task(read_feed(["1", "2"], to_listing, str))
    await asyncio.to_thread(begun.wait)
    may_end.set()
    assert [each.local_id for each in (await reading).items] == ["1", "2"]


async def test_a_row_of_a_feed_that_is_not_understood_is_rejected() -> None:
    def to_listing(row: str) -> Listing:
        raise RowRejected(f"{row} is no facility")

    batch = await read_feed(["1"], to_listing, str)
    assert [(each.row, each.reason) for each in batch.rejected] == [("1", "1 is no facility")]


async def test_where_nobody_else_has_a_turn_it_is_read_at_once() -> None:
    here: list[int] = []

    def to_listing(row: str) -> Listing:
        here.append(threading.get_ident())
        return Listing(row, "Markt", Coordinates(48.7, 9.1))

    await read_feed(["1"], to_listing, str)
    assert here == [threading.get_ident()]
