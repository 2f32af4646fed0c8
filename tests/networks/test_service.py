import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from parkgraph.db.engine import Database
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.leader import LOCK, Role
from parkgraph.networks.network import Network, NetworkStatus, Part
from parkgraph.networks.reports import Code, SourceStatus
from parkgraph.networks.service import Networks
from parkgraph.networks.snapshots import apply
from parkgraph.networks.store import SnapshotStore
from parkgraph.networks.tables import SnapshotRow
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.faults import Denied, Malformed, RateLimited, Unavailable
from tests.conftest import with_database
from tests.networks.outages import cut_connections, name_of, out_of_reach
from tests.networks.scripted import (
    AROUND,
    HANG,
    NOW,
    batch,
    eventually,
    eventually_async,
    feed,
    listing,
    live_script,
    script,
    search,
    update,
)

FAST = timedelta(milliseconds=20)
SOON = timedelta(milliseconds=50)


class Graph:
    """Records which changes it is told, and can be made slow."""

    def __init__(self) -> None:
        self.told: list[frozenset[str]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, ids: frozenset[str]) -> None:
        self.told.append(ids)
        await self.go_on.wait()


@asynccontextmanager
async def running(
    database: Database, *networks: Network, graph: Graph | None = None, **more: Any
) -> AsyncIterator[Networks]:
    service = Networks(networks, database, **more)
    if graph:
        service.on_change = graph
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


@asynccontextmanager
async def pair(
    database: Database, *, leader: Network, follower: Network, graph: Graph | None = None
) -> AsyncIterator[tuple[Networks, Networks]]:
    """Two services on one database; the first one leads. `graph` is the follower's."""
    async with running(database, leader) as first:
        await eventually(lambda: first.leader.is_leader)
        async with running(database, follower, graph=graph) as second:
            await eventually(lambda: second.leader.role is Role.FOLLOWING)
            yield first, second


async def stored(database: Database) -> set[tuple[str, str]]:
    async with database.session() as session:
        return {(row.network, row.part) for row in await session.exec(select(SnapshotRow))}


async def is_stored(database: Database, network_id: str, items: set[str]) -> bool:
    snapshot = await SnapshotStore(database).load(network_id)
    return snapshot is not None and set(snapshot.listings) == items


async def store(database: Database, network_id: str, *items: str) -> None:
    """As a process before this one left it."""
    snapshot, _ = apply(None, batch(*items), NOW)
    await SnapshotStore(database).save(network_id, Part.LISTINGS, snapshot, None)


def ids(service: Networks, network_id: str) -> set[str]:
    snapshot = service.snapshot(network_id)
    return set(snapshot.listings) if snapshot else set()


def status(service: Networks, network_id: str) -> tuple[SourceStatus, str | None]:
    report = service.report(network_id, AROUND)
    return report.status, report.code


async def test_networks_are_found_by_their_id(database: Database) -> None:
    city, town = feed("city", batch("a")), search("town", batch())
    service = Networks([city, town], database)
    assert list(service) == [city, town]
    assert service.get("city") is service.find("city") is city
    assert service.find("elsewhere") is None
    with pytest.raises(KeyError):
        service.get("elsewhere")
    with pytest.raises(KeyError):
        service.snapshot("elsewhere")


async def test_what_a_network_publishes_is_served_told_and_stored(database: Database) -> None:
    graph = Graph()
    async with running(database, feed("city", batch("a")), graph=graph) as service:
        await eventually(lambda: status(service, "city") == (SourceStatus.FRESH, None))
        assert ids(service, "city") == {"a"}
        await eventually(lambda: frozenset({"city"}) in graph.told)
        await eventually_async(partial(is_stored, database, "city", {"a"}), "the snapshot in the database")


async def test_the_graph_is_told_once_of_all_that_is_restored(database: Database) -> None:
    await store(database, "city", "a")
    await store(database, "town", "b")
    graph = Graph()
    async with running(database, feed("city", HANG), feed("town", HANG), feed("new", HANG), graph=graph):
        assert graph.told[0] == frozenset({"city", "town"})


async def test_the_graph_is_told_even_if_nothing_is_restored(database: Database) -> None:
    graph = Graph()
    async with running(database, feed("city", HANG), graph=graph):
        assert graph.told[0] == frozenset()


async def test_a_restart_serves_at_once_from_what_is_stored_and_says_stale(database: Database) -> None:
    async with running(database, feed("city", batch("a"), live=[Batch((update("a", 7),))])) as service:
        await eventually(lambda: status(service, "city")[0] is SourceStatus.FRESH)
        await eventually(lambda: service.get("city").asking[Part.OCCUPANCIES].succeeded_at is not None)
    async with asyncio.timeout(1.5):
        again = Networks([feed("city", HANG, live=[HANG])], database)
        await again.start()
    assert status(again, "city") == (SourceStatus.STALE, Code.RESTORED)
    assert again.get("city").status is NetworkStatus.DEGRADED
    snapshot = again.snapshot("city")
    assert snapshot is not None
    assert snapshot.listings["a"].occupancy is not None
    assert snapshot.listings["a"].occupancy.vacant == 7
    await again.stop()


async def test_a_start_does_not_wait_for_networks_that_hang(database: Database) -> None:
    service = Networks([feed(f"city{number}", HANG) for number in range(20)], database)
    async with asyncio.timeout(1):
        await service.start()
    assert status(service, "city7") == (SourceStatus.TIMED_OUT, Code.STARTING)
    await service.stop()


async def test_a_start_does_not_wait_for_a_database_that_is_away() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    service = Networks([feed("city", batch("a"))], away)
    async with asyncio.timeout(1):
        await service.start()
    assert service.leader.role is Role.APART
    await service.stop()
    await away.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Unavailable("away"), (SourceStatus.FAILED, Code.UNAVAILABLE)),
        (Malformed("garbage"), (SourceStatus.FAILED, Code.MALFORMED)),
        (Denied("no"), (SourceStatus.FAILED, Code.DENIED)),
        (RateLimited("slowly"), (SourceStatus.RATE_LIMITED, Code.RATE_LIMITED)),
        (TimeoutError(), (SourceStatus.TIMED_OUT, Code.TIMED_OUT)),
        (ZeroDivisionError("a bug"), (SourceStatus.FAILED, Code.UNEXPECTED)),
        ("no batch", (SourceStatus.FAILED, Code.UNEXPECTED)),
        (HANG, (SourceStatus.TIMED_OUT, Code.STARTING)),
    ],
)
async def test_a_network_in_trouble_is_reported_and_leaves_the_others_alone(
    database: Database, answer: object, expected: tuple[SourceStatus, Code]
) -> None:
    async with running(database, feed("trouble", answer), feed("city", batch("a"))) as service:
        await eventually(lambda: status(service, "city") == (SourceStatus.FRESH, None))
        await eventually(lambda: status(service, "trouble") == expected)


async def test_a_network_that_comes_back_is_fresh_again(database: Database) -> None:
    network = feed("city", batch("a"), Unavailable("away"), every=FAST)
    async with running(database, network) as service:
        await eventually(lambda: status(service, "city") == (SourceStatus.STALE, Code.UNAVAILABLE))
        assert ids(service, "city") == {"a"}
        script(network).next(batch("a", "b"))
        await eventually(lambda: ids(service, "city") == {"a", "b"})


async def test_readiness_waits_for_the_first_attempts(database: Database) -> None:
    networks = feed("city", batch("a")), feed("down", Unavailable("away")), search("town", batch())
    async with running(database, *networks) as service:
        async with asyncio.timeout(10):
            await service.first_attempts(60)
        assert service.get("city").status is NetworkStatus.UP
        assert service.get("down").status is NetworkStatus.DOWN


async def test_readiness_does_not_wait_for_ever(database: Database) -> None:
    async with running(database, feed("city", HANG)) as service, asyncio.timeout(10):
        await service.first_attempts(0.05)


async def test_a_stored_snapshot_is_ready(database: Database) -> None:
    await store(database, "city", "a")
    async with running(database, feed("city", HANG)) as service, asyncio.timeout(10):
        await service.first_attempts(60)


async def test_one_process_refreshes_and_the_other_follows(database: Database) -> None:
    first, second = feed("city", batch("a"), every=FAST), feed("city", batch("never"))
    graph = Graph()
    async with pair(database, leader=first, follower=second, graph=graph) as (_, follower):
        await eventually(lambda: ids(follower, "city") == {"a"})
        script(first).next(batch("a", "b"))
        await eventually(lambda: ids(follower, "city") == {"a", "b"})
        assert status(follower, "city") == (SourceStatus.FRESH, None)
        assert script(second).calls == 0
        await eventually(lambda: graph.told[-1] == frozenset({"city"}))


async def test_a_follower_sees_live_data(database: Database) -> None:
    live = [Batch((update("a", 7),))]
    first = feed("city", batch("a"), live=live, live_every=FAST)
    second = feed("city", batch("never"), live=live)
    async with pair(database, leader=first, follower=second) as (_, follower):

        def vacant() -> int | None:
            snapshot = follower.snapshot("city")
            occupancy = snapshot.listings["a"].occupancy if snapshot else None
            return occupancy.vacant if occupancy else None

        await eventually(lambda: vacant() == 7)
        live_script(first).next(Batch((update("a", 3),)))
        await eventually(lambda: vacant() == 3)


async def test_a_follower_learns_of_faults_and_of_their_end(database: Database) -> None:
    first, second = feed("city", batch("a"), every=FAST), feed("city", HANG)
    async with pair(database, leader=first, follower=second) as (_, follower):
        await eventually(lambda: status(follower, "city") == (SourceStatus.FRESH, None))
        script(first).next(Malformed("garbage"))
        await eventually(lambda: status(follower, "city") == (SourceStatus.STALE, Code.MALFORMED))
        script(first).next(batch("a"))
        await eventually(lambda: status(follower, "city") == (SourceStatus.FRESH, None))


async def test_a_follower_learns_of_a_network_that_has_nothing(database: Database) -> None:
    async with pair(database, leader=feed("city", HANG), follower=feed("city", HANG)) as (_, follower):
        await SnapshotStore(database).announce("city", Code.DENIED)
        await eventually(lambda: status(follower, "city") == (SourceStatus.FAILED, Code.DENIED))
        async with asyncio.timeout(10):
            await follower.first_attempts(60)


async def test_the_leaders_graph_is_told_before_followers_are(database: Database) -> None:
    graph = Graph()
    first, second = feed("city", batch("a"), every=FAST), feed("city", HANG)
    async with pair(database, leader=first, follower=second) as (leader, follower):
        leader.on_change = graph
        await eventually(lambda: ids(follower, "city") == {"a"})
        graph.go_on.clear()
        script(first).next(batch("a", "b"))
        await eventually(lambda: ids(leader, "city") == {"a", "b"})
        await asyncio.sleep(0.1)
        assert ids(follower, "city") == {"a"}
        graph.go_on.set()
        await eventually(lambda: ids(follower, "city") == {"a", "b"})


async def test_when_the_leader_stops_a_follower_takes_over(database: Database) -> None:
    graph = Graph()
    async with running(database, feed("city", batch("a"))) as first:
        await eventually(lambda: ids(first, "city") == {"a"})
        second = Networks([feed("city", batch("a", "b"), every=FAST)], database)
        second.on_change = graph
        await second.start()
        await eventually(lambda: second.leader.role is Role.FOLLOWING)
    await eventually(lambda: ids(second, "city") == {"a", "b"})
    assert second.leader.is_leader
    await second.stop()


async def test_when_the_leader_is_killed_a_follower_takes_over_within_seconds(
    database: Database, database_url: str
) -> None:
    first = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.networks.member",
        with_database(database_url, await name_of(database)),
        cwd=Path(__file__).resolve().parents[2],
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await eventually_async(partial(is_stored, database, "city", {"theirs"}), "the first process's snapshot", 30)
        async with running(database, feed("city", batch("mine"), every=FAST)) as second:
            await eventually(lambda: second.leader.role is Role.FOLLOWING and ids(second, "city") == {"theirs"})
            first.kill()
            await eventually(lambda: second.leader.is_leader, "a new leader", seconds=5)
            await eventually(lambda: ids(second, "city") == {"mine"})
    finally:
        if first.returncode is None:
            first.kill()
        await first.wait()


async def test_a_leader_that_lost_the_lock_to_another_process_stops_refreshing(database: Database) -> None:
    network = feed("city", batch("a"), every=FAST)
    other = await database.connect()
    async with running(database, network) as service:
        await eventually(lambda: ids(service, "city") == {"a"})
        takes_over = asyncio.create_task(other.execute("SELECT pg_advisory_lock($1)", LOCK))
        while not takes_over.done():
            await cut_connections(database, but=other)
            await asyncio.wait({takes_over}, timeout=0.05)
        await eventually(lambda: service.leader.role is Role.FOLLOWING)
        await store(database, "city", "b")
        await eventually(lambda: ids(service, "city") == {"b"})
        calls = script(network).calls
        await asyncio.sleep(10 * FAST.total_seconds())
        assert script(network).calls == calls
    await other.close()


async def test_an_announcement_of_an_unknown_network_is_nobodys(database: Database) -> None:
    async with running(database, feed("city", batch("a"))) as service:
        await eventually(lambda: ids(service, "city") == {"a"})
        await SnapshotStore(database).announce("unknown", None)
        await SnapshotStore(database).announce("", None)
        await asyncio.sleep(0.05)
        assert status(service, "city") == (SourceStatus.FRESH, None)


async def test_what_may_not_be_stored_is_never_written_and_refreshed_by_every_process(database: Database) -> None:
    first, second = feed("city", batch("a"), may_store=False), feed("city", batch("b"), may_store=False)
    async with pair(database, leader=first, follower=second) as (leader, follower):
        await eventually(lambda: ids(leader, "city") == {"a"})
        await eventually(lambda: ids(follower, "city") == {"b"})
        assert status(follower, "city") == (SourceStatus.FRESH, None)
    assert await stored(database) == set()


async def test_without_the_database_the_leader_goes_on_in_memory_and_writes_when_it_is_back(
    database: Database, database_url: str
) -> None:
    network = feed("city", batch("a"), every=timedelta(milliseconds=200))
    async with running(database, network) as service:
        await eventually(lambda: ids(service, "city") == {"a"})
        async with out_of_reach(database, database_url):
            await eventually(lambda: service.leader.role is Role.APART)
            script(network).next(batch("a", "b"))
            await eventually(lambda: ids(service, "city") == {"a", "b"})
            await eventually(lambda: status(service, "city") == (SourceStatus.FRESH, None))
        await eventually(lambda: service.leader.is_leader)
        script(network).next(HANG)
        await eventually_async(partial(is_stored, database, "city", {"a", "b"}), "the snapshot in the database")


async def test_without_the_database_a_follower_serves_what_it_has(database: Database, database_url: str) -> None:
    first, second = feed("city", batch("a")), feed("city", batch("never"), every=FAST)
    async with pair(database, leader=first, follower=second) as (_, follower):
        await eventually(lambda: ids(follower, "city") == {"a"})
        async with out_of_reach(database, database_url):
            await eventually(lambda: follower.leader.role is Role.APART)
            assert ids(follower, "city") == {"a"}
            assert script(second).calls == 0


async def test_after_a_new_connection_a_follower_reads_what_it_may_have_missed(database: Database) -> None:
    await store(database, "city", "a")
    other_leader = await database.connect()
    await other_leader.execute("SELECT pg_advisory_lock($1)", LOCK)
    async with running(database, feed("city", HANG), feed("town", HANG)) as follower:
        await eventually(lambda: follower.leader.role is Role.FOLLOWING)
        await eventually(lambda: status(follower, "city")[1] != Code.RESTORED)
        await other_leader.execute(_COPY_UNANNOUNCED)
        assert ids(follower, "town") == set()
        await cut_connections(database, but=other_leader)
        await eventually(lambda: ids(follower, "town") == {"a"})
        assert follower.leader.role is Role.FOLLOWING
    await other_leader.close()


_COPY_UNANNOUNCED = """
INSERT INTO snapshots (network, part, body, digest, as_of, taken_at, items, rejected)
SELECT 'town', part, body, digest, as_of, taken_at, items, rejected FROM snapshots WHERE network = 'city'
"""


async def test_what_a_search_saw_is_kept_and_told_before_the_answer(database: Database) -> None:
    graph = Graph()
    async with running(database, search("city", batch("a")), graph=graph) as service:
        await eventually(lambda: frozenset({"city"}) in graph.told, "the news of leading")
        told = len(graph.told)
        answers = await service.search(AROUND, None, Vehicle(), 5)
        assert [answer.report.status for answer in answers] == [SourceStatus.FRESH]
        assert ids(service, "city") == {"a"}
        assert graph.told[told:] == [frozenset({"city"})]
        told = len(graph.told)
        await service.search(AROUND, None, Vehicle(), 5)
        assert len(graph.told) == told


async def test_a_slow_graph_does_not_hold_a_search_beyond_its_deadline(database: Database) -> None:
    graph = Graph()
    async with running(database, search("city", batch("a")), graph=graph) as service:
        graph.go_on.clear()
        async with asyncio.timeout(5):
            await service.search(AROUND, None, Vehicle(), 0.05)
        graph.go_on.set()


async def test_what_searches_saw_is_stored_now_and_then_and_outlasts_a_restart(database: Database) -> None:
    async with running(database, search("city", batch("a")), save_seen_every=SOON) as service:
        await service.search(AROUND, None, Vehicle(), 5)
        await eventually_async(partial(is_stored, database, "city", {"a"}), "the snapshot in the database")
    async with running(database, search("city", HANG)) as again:
        assert ids(again, "city") == {"a"}
        assert status(again, "city") == (SourceStatus.CACHED, None)


async def test_what_searches_saw_is_stored_at_the_end(database: Database) -> None:
    async with running(database, search("city", batch("a"))) as service:
        await service.search(AROUND, None, Vehicle(), 5)
    assert await stored(database) == {("city", "listings")}


async def test_what_one_process_saw_reaches_the_others_whoever_leads(database: Database) -> None:
    first, second = search("city", batch("a")), search("city", batch(listing("b")))
    async with (
        running(database, first, save_seen_every=SOON) as one,
        running(database, second, save_seen_every=SOON) as other,
    ):
        await eventually(lambda: {one.leader.role, other.leader.role} == {Role.LEADING, Role.FOLLOWING})
        await one.search(AROUND, None, Vehicle(), 5)
        await other.search(AROUND, None, Vehicle(), 5)
        await eventually(lambda: ids(one, "city") == ids(other, "city") == {"a", "b"})


async def test_a_stop_ends_every_task_and_closes_every_client(database: Database) -> None:
    closed: list[str] = []

    class Client:
        async def aclose(self) -> None:
            closed.append("city")

    adapter = feed("city", HANG).adapter
    before = asyncio.all_tasks()
    async with running(database, Network("city", adapter, client=Client()), search("town", HANG)) as service:
        await eventually(lambda: service.leader.is_leader)
        searching = asyncio.create_task(service.search(AROUND, None, Vehicle(), 0.05))
        await searching
    await eventually(lambda: asyncio.all_tasks() <= before)
    assert closed == ["city"]


async def test_a_service_that_was_never_started_can_be_stopped(database: Database) -> None:
    await Networks([feed("city", batch())], database).stop()
