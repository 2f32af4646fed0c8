"""Ids that an older ParkGraph handed out go on, and so they do where one goes back."""

import pytest
from alembic import command
from sqlalchemy import Connection, text

from parkgraph.db import migrations
from parkgraph.db.engine import Database
from parkgraph.domain.place import ListingKey
from parkgraph.graph.identity import found
from parkgraph.graph.place_ids import PlaceIds

A, B, C = (ListingKey(network, "1") for network in "abc")

ROWS = text("SELECT place_id, network FROM place_listings ORDER BY network")


def _to_0008(connection: Connection) -> None:
    config = migrations._config()
    config.attributes["connection"] = connection
    command.downgrade(config, "0008")


@pytest.fixture
async def older(database: Database) -> Database:
    """Two ids, of which the second lost a merge; a third listing came with it."""
    await migrations._run(database, _to_0008)
    async with database.engine.begin() as connection:
        for key in (A, B):
            await connection.execute(
                text("INSERT INTO places (id, network, local_id) VALUES (:id, :network, :local_id)"),
                {"id": found(key), **key._asdict()},
            )
        for key in (A, B, C):
            await connection.execute(
                text("INSERT INTO place_listings (place_id, network, local_id) VALUES (:id, :network, :local_id)"),
                {"id": found(A), **key._asdict()},
            )
    return database


async def test_what_an_id_stood_for_it_stands_for_after_the_upgrade(older: Database) -> None:
    await migrations.upgrade(older)
    ids = PlaceIds(older)
    await ids.read()
    assert ids.identities.eldest_first(ids.identities) == [found(A), found(B)]
    assert set(ids.identities.listings_of(found(A))) == {A, B, C}
    assert ids.identities.listings_of(found(A))[0] == A
    assert ids.identities.listings_of(found(B)) == (B,)


async def test_going_back_leaves_each_listing_with_what_it_was_part_of_last(older: Database) -> None:
    await migrations.upgrade(older)
    ids = PlaceIds(older)
    await ids.read()
    ids.learn({found(A): (A, C), found(B): (B,)})
    await ids.store()
    await migrations._run(older, _to_0008)
    async with older.engine.connect() as connection:
        assert [tuple(row) for row in await connection.execute(ROWS)] == [
            (found(A), "a"),
            (found(B), "b"),
            (found(A), "c"),
        ]
