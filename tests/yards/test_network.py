"""The private yards among the networks of a running server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from parkgraph.db.engine import Database
from parkgraph.networks.network import Network, NetworkStatus
from parkgraph.networks.service import Networks
from parkgraph.networks.tables import SnapshotRow
from parkgraph.services import Services, open_services
from parkgraph.settings import Settings
from parkgraph.yards.adapter import NETWORK, YardsAdapter
from parkgraph.yards.demo import YARD
from parkgraph.yards.repository import YardRepository
from tests.networks.scripted import eventually
from tests.yards.owners import ANNA, office, published, saved
from tests.yards.yards import change, yard


@asynccontextmanager
async def process(database: Database, refresh_every: timedelta = timedelta(milliseconds=50)) -> AsyncIterator[Network]:
    """One server's networks, refreshed without much delay unless a test says otherwise."""
    network = Network(NETWORK, YardsAdapter(YardRepository(database)), refresh_every=refresh_every)
    networks = Networks([network], database)
    await networks.start()
    try:
        yield network
    finally:
        await networks.stop()


@asynccontextmanager
async def served(settings: Settings, *, demo: bool) -> AsyncIterator[Services]:
    """A server after its first attempts."""
    async with open_services(settings, [], demo=demo) as services:
        await services.context.networks.first_attempts(10)
        yield services


def names(network: Network) -> set[str] | None:
    """None where it has not answered yet."""
    return {listing.name for listing in network.snapshot.listings.values()} if network.snapshot else None


def lists(network: Network, *expected: str) -> Callable[[], bool]:
    return lambda: names(network) == set(expected)


async def test_every_server_has_the_private_yards(settings: Settings) -> None:
    async with served(settings, demo=False) as services:
        network = services.context.networks.get("yards")
        assert (network.status, network.listings, network.replayed) == (NetworkStatus.UP, 0, False)


async def test_the_yard_of_the_demo_is_in_the_demo_only(settings: Settings) -> None:
    async with served(settings, demo=True) as services:
        assert names(services.context.networks.get("yards")) == {YARD.name}
    async with served(settings, demo=False) as services:
        await YardRepository(services.database).add(yard(name="real"))
    async with served(settings, demo=False) as services:
        assert names(services.context.networks.get("yards")) == {"real"}
    async with served(settings, demo=True) as services:
        assert names(services.context.networks.get("yards")) == {YARD.name, "real"}


async def test_a_yard_that_is_published_comes_and_one_that_is_withdrawn_goes_in_every_server(
    database: Database,
) -> None:
    repository = YardRepository(database)
    leaving = yard(name="leaving")
    for one in (leaving, yard(name="staying")):
        await repository.add(one)
    async with process(database) as first, process(database) as second:
        for network in (first, second):
            await eventually(lists(network, "leaving", "staying"))
        await repository.add(yard(name="coming"))
        for network in (first, second):
            await eventually(lists(network, "leaving", "staying", "coming"))
        await change(database, leaving.id, "withdrawn_at", "now()")
        for network in (first, second):
            await eventually(lists(network, "staying", "coming"))


async def test_every_server_hears_of_what_owners_publish_change_and_withdraw(database: Database) -> None:
    yards, hour = office(database), timedelta(hours=1)
    async with process(database, hour) as first, process(database, hour) as second:
        for network in (first, second):
            await eventually(lists(network))
        there = await published(yards, name="coming")
        for network in (first, second):
            await eventually(lists(network, "coming"))
        there = saved(await yards.change(ANNA, there.id, there.version, lambda it: replace(it, name="changed")))
        for network in (first, second):
            await eventually(lists(network, "changed"))
        await yards.withdraw(ANNA, there.id, there.version)
        for network in (first, second):
            await eventually(lists(network))


async def test_the_last_yard_that_is_withdrawn_goes_too(database: Database) -> None:
    last = yard(name="last")
    await YardRepository(database).add(last)
    async with process(database) as network:
        await eventually(lists(network, "last"))
        await change(database, last.id, "withdrawn_at", "now()")
        await eventually(lists(network))
        assert network.status is NetworkStatus.UP


async def test_the_last_good_yards_are_served_while_the_database_cannot_be_read(database: Database) -> None:
    await YardRepository(database).add(yard(name="kept"))
    async with process(database) as network:
        await eventually(lists(network, "kept"))
        await rename(database, "yards", "away")
        await eventually(lambda: network.status is NetworkStatus.DEGRADED)
        assert names(network) == {"kept"}
        await rename(database, "away", "yards")
        await eventually(lambda: network.status is NetworkStatus.UP)


async def test_the_database_holds_no_second_copy_of_a_yard(database: Database) -> None:
    await YardRepository(database).add(yard(name="once"))
    async with process(database) as network:
        await eventually(lists(network, "once"))
    async with database.session() as session:
        assert (await session.exec(select(SnapshotRow.network))).all() == []


async def rename(database: Database, table: str, to: str) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {to}")
