"""Ids in the real database: several processes, restarts, outages of the database."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.domain.place import Listing, ListingKey
from parkgraph.graph.identity import found
from parkgraph.graph.match_pins import Contradiction, MatchPins
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.networks.leader import Role
from parkgraph.networks.service import Networks
from parkgraph.networks.snapshots import Published, combine
from tests.conftest import execute, with_database
from tests.graph.listings import keyed, listing
from tests.graph.refreshes import KEYS, NETWORKS, SITES, Listings, Promises, World
from tests.networks.scripted import batch, feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Process:
    """One server on the database, whose networks answer what a test says."""

    def __init__(self, database: Database, networks: tuple[str, ...] = NETWORKS, **info: Any) -> None:
        self.networks = Networks([feed(name, batch(), **info) for name in networks], database)
        self.networks.leader.role = Role.FOLLOWING
        self.pins = MatchPins(database)
        self.graph = PlaceGraph(self.networks, PlaceIds(database), self.pins)

    async def sees(self, listings: Listings) -> None:
        for network in self.networks:
            had = network.snapshot.listings if network.snapshot else None
            if listings.get(network.id, {}) is not had:
                network.snapshot = combine(Published(listings.get(network.id, {}), None, NOW), None, network.snapshot)
        await self.graph.update()

    async def lists(self, *members: tuple[ListingKey, Listing]) -> None:
        listings: dict[str, dict[str, Listing]] = {}
        for key, each in members:
            listings.setdefault(key.network, {})[key.local_id] = each
        await self.sees(listings)

    def networks_of(self, founder: ListingKey) -> set[str] | None:
        """Whose listings the place has to which the id leads that this listing founded."""
        place = self.graph.find(found(founder))
        return {key.network for key, _ in place.listings} if place else None


A, B = (
    keyed("a", listing("1", name="Parkhaus Aar", capacity=100)),
    keyed("b", listing("1", name="Parkhaus Aar", capacity=100)),
)
FAR = keyed("a", listing("1", name="Parkhaus Emme", capacity=100, north_m=5_000))


async def test_an_id_survives_a_restart(database: Database) -> None:
    await Process(database).lists(A, B)
    restarted = Process(database)
    await restarted.lists(B)
    assert list(restarted.graph.view.places) == [found(A[0])]


async def test_a_redirect_survives_a_restart_and_that_its_founder_is_gone(database: Database) -> None:
    before = Process(database)
    await before.lists(A)
    await before.lists(FAR, B)
    await before.lists(A, B)
    restarted = Process(database)
    await restarted.lists(A)
    assert restarted.networks_of(B[0]) == {"a"}


async def test_a_mistake_that_was_mended_is_mended_after_a_restart(database: Database) -> None:
    before = Process(database)
    await before.lists(A, B)
    await before.lists(FAR, B)
    restarted = Process(database)
    await restarted.lists(B)
    assert restarted.networks_of(A[0]) is None


async def test_what_one_process_hands_out_the_others_know(database: Database) -> None:
    one, other = Process(database), Process(database)
    await one.lists(B)
    await other.lists(FAR, B)
    await one.lists(A, B)
    assert list(one.graph.view.places) == [found(B[0])]
    assert one.networks_of(A[0]) == one.networks_of(B[0]) == {"a", "b"}


async def test_an_id_is_stored_before_anybody_sees_it(database: Database) -> None:
    process = Process(database)
    await process.lists(A)
    async with database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT id FROM places"))).scalars().all() == [found(A[0])]


async def test_ids_that_could_not_be_stored_are_stored_with_the_next(database: Database) -> None:
    process = Process(database)
    await process.lists()
    process.networks.leader.role = Role.APART
    await process.lists(A)
    assert process.networks_of(A[0]) == {"a"}
    process.networks.leader.role = Role.LEADING
    await process.graph.update()
    restarted = Process(database)
    await restarted.lists(A)
    assert restarted.graph.find(found(A[0]))


async def test_many_ids_are_stored_whatever_their_number(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parkgraph.graph.place_ids.CHUNK", 7)
    many = [keyed("a", listing(str(n), north_m=1_000 * n, name=f"Parkhaus {n}")) for n in range(40)]
    process = Process(database)
    await process.lists(*many)
    restarted = Process(database)
    await restarted.lists()
    known = restarted.graph._ids.identities
    assert [known.listings_of(i) for i in known.eldest_first(known)] == [
        process.graph._ids.identities.listings_of(i) for i in known.eldest_first(known)
    ]
    assert len(known) == 40


async def test_a_pin_holds_apart_what_matching_joins_and_joins_what_it_holds_apart(database: Database) -> None:
    process = Process(database)
    await process.lists(A, B)
    await process.graph.pin([A[0], B[0]], same=False, by="anna")
    assert process.networks_of(A[0]) == {"a"}
    await process.graph.pin([A[0], B[0]], same=True, by="anna")
    await process.lists(FAR, B)
    assert process.networks_of(A[0]) == {"a", "b"}
    await process.graph.unpin([A[0], B[0]])
    assert process.networks_of(A[0]) == {"a"}


async def test_pins_are_respected_by_other_processes_and_after_restarts(database: Database) -> None:
    one, other = Process(database), Process(database)
    await one.lists(A, B)
    await other.lists(A, B)
    await one.graph.pin([A[0], B[0]], same=False, by="anna")
    await other.graph.update()
    restarted = Process(database)
    await restarted.lists(A, B)
    assert other.networks_of(A[0]) == restarted.networks_of(A[0]) == {"a"}


async def test_pins_that_contradict_each_other_are_refused(database: Database) -> None:
    pins, c = MatchPins(database), ListingKey("c", "1")
    await Process(database).lists(A, B, keyed("c", A[1]))
    await pins.pin([A[0], B[0]], same=True)
    await pins.pin([B[0], c], same=True)
    refused = await pins.pin([A[0], c], same=False)
    assert isinstance(refused, Contradiction)
    assert refused.pin.pair == (A[0], c)
    assert [pin.same for pin in await pins.list()] == [True, True]


async def test_a_later_word_replaces_an_earlier_one(database: Database) -> None:
    pins = MatchPins(database)
    await Process(database).lists(A, B)
    await pins.pin([A[0], B[0]], same=True, by="anna")
    await pins.pin([B[0], A[0]], same=False, by="berta")
    assert [(pin.pair, pin.same, pin.by) for pin in await pins.list()] == [((A[0], B[0]), False, "berta")]


async def test_a_listing_that_nobody_ever_saw_is_not_pinned(database: Database) -> None:
    process = Process(database)
    await process.lists(A)
    with pytest.raises(ValueError, match="never was"):
        await process.graph.pin([A[0], ListingKey("b", "typo")], same=True, by="anna")


async def test_a_pin_does_not_override_a_licence(database: Database) -> None:
    process = Process(database, may_merge=False)
    await process.lists(A, B)
    with pytest.raises(ValueError, match="licence"):
        await process.graph.pin([A[0], B[0]], same=True, by="anna")


@pytest.fixture
def own_url(database_url: str, migrated_template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}"))
    yield with_database(database_url, name)
    asyncio.run(execute(database_url, f"DROP DATABASE {name} WITH (FORCE)"))


def test_whatever_two_processes_see_and_whenever_they_restart_every_id_leads_where_it_should(own_url: str) -> None:
    some = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([None, *SITES]), min_size=1, max_size=4)
    numbers = st.integers(0, 1)

    class Stored(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.runner = asyncio.Runner()
            self.world, self.promises = World(), Promises()
            self.runner.run(execute(own_url, "TRUNCATE places, place_listings, match_pins"))
            self.databases = [Database(own_url, pool_size=1) for _ in range(2)]
            self.processes = [Process(database) for database in self.databases]

        def teardown(self) -> None:
            for database in self.databases:
                self.runner.run(database.close())
            self.runner.close()

        def _look(self, number: int) -> None:
            process = self.processes[number]
            self.runner.run(process.sees(self.world.listings()))
            self.promises.look(process.graph.view, process.graph.find)

        @rule(moved=some, number=numbers)
        def refresh(self, moved: Mapping[ListingKey, int | None], number: int) -> None:
            self.world.site_of.update(moved)
            self._look(number)

        @rule(number=numbers)
        def restart(self, number: int) -> None:
            self.processes[number] = Process(self.databases[number])
            self._look(number)

    short = settings(max_examples=5, stateful_step_count=30, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Stored, settings=short)


async def test_a_running_server_hears_of_pins_that_others_make(database: Database) -> None:
    service = Networks([feed("a", batch(A[1])), feed("b", batch(B[1]))], database)
    graph = PlaceGraph(service, PlaceIds(database), MatchPins(database))
    await service.start()
    try:
        await service.first_attempts(10)
        assert len(graph.view.places) == 1
        await MatchPins(database).pin([A[0], B[0]], same=False)
        async with asyncio.timeout(20):
            while len(graph.view.places) == 1:
                await asyncio.sleep(0.02)
    finally:
        await service.stop()
