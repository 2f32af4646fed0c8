"""Whoever watches is told what changed, and is never behind by more than a little."""

import asyncio

from parkgraph.db.engine import Database
from parkgraph.live.hub import MAX_PENDING, Hub, Watch

CHANNEL = "test_hub"


def parse(payload: str) -> tuple[str, str] | None:
    topic, _, subject = payload.partition(" ")
    return (topic, subject) if subject else None


async def test_a_change_is_told_once_however_often_it_happened() -> None:
    watch = Watch()
    for subject in ("a", "b", "a"):
        watch.tell(subject)
    assert [await anext(watch), await anext(watch)] == ["b", "a"]


async def test_who_is_slow_is_told_the_latest() -> None:
    watch = Watch()
    for n in range(MAX_PENDING + 3):
        watch.tell(str(n))
    assert [await anext(watch) for _ in range(MAX_PENDING)] == [str(n) for n in range(3, MAX_PENDING + 3)]


async def test_what_any_connection_commits_is_told_to_those_who_watch_it(database: Database) -> None:
    hub = Hub(database, {CHANNEL: parse})
    running = asyncio.create_task(hub.run())
    await hub.listening.wait()
    connection = await database.connect()
    with hub.watching("mine") as mine, hub.watching("other") as other:
        for payload in ("other 1", "nonsense", "mine 2"):
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)
        assert hub.topics == {"mine", "other"}
        assert await anext(mine) == "2"
        assert await anext(other) == "1"
    assert hub.topics == frozenset()
    await connection.close()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
