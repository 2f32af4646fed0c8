import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from parkgraph.db.engine import Database
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.yards import repository as of_yards
from parkgraph.yards.repository import StoredYard, YardRepository
from parkgraph.yards.yard import Space, Yard
from tests.networks.test_stored_form import tables
from tests.yards.yards import PUBLISHED, RATES, change, digits, yard

FULL = yard(
    address="Beispielweg 1, 70173 Stuttgart",
    kind=PlaceKind.SURFACE,
    opening_hours="Mo-Fr 18:00-08:00; Sa,Su 00:00-24:00",
    max_height_cm=300,
    max_width_cm=250,
    max_length_cm=600,
    max_weight_kg=3500,
    features=frozenset({Feature.LIT, Feature.GUARDED}),
    description="Behind the house.",
    instructions="The code is on the booking.",
    rates=RATES,
    spaces=(
        Space("1", 210, 250, 500, ev=True, covered=True, accessible=True, audience=Audience.DISABLED),
        Space(),
        Space(),
    ),
)


async def published(database: Database) -> list[Yard]:
    return [stored.read() for stored in await YardRepository(database).list_published()]


async def names(database: Database) -> list[str]:
    return [found.name for found in await published(database)]


async def test_a_yard_is_read_as_it_was_added(database: Database) -> None:
    assert await YardRepository(database).add(FULL)
    (found,) = await published(database)
    assert found.updated_at is not None
    assert replace(found, updated_at=None) == FULL


async def test_what_is_unknown_of_a_yard_stays_unknown(database: Database) -> None:
    bare = yard(spaces=())
    await YardRepository(database).add(bare)
    (found,) = await published(database)
    assert replace(found, updated_at=None) == bare


async def test_every_space_is_with_its_own_yard(database: Database) -> None:
    repository = YardRepository(database)
    for number in range(3):
        await repository.add(yard(name=f"Hof {number}", spaces=(Space(f"{number}a"), Space(f"{number}b"))))
    labels = {found.name: [space.label for space in found.spaces] for found in await published(database)}
    assert labels == {"Hof 0": ["0a", "0b"], "Hof 1": ["1a", "1b"], "Hof 2": ["2a", "2b"]}


async def test_adding_a_yard_again_changes_nothing(database: Database) -> None:
    repository = YardRepository(database)
    await repository.add(FULL)
    before = await published(database)
    assert not await repository.add(replace(FULL, name="Another", spaces=(Space("9"),)))
    assert await published(database) == before


async def test_of_many_who_add_one_yard_at_once_one_does(database: Database) -> None:
    added = await asyncio.gather(*(YardRepository(database).add(FULL) for _ in range(8)))
    assert sorted(added) == [False] * 7 + [True]
    (found,) = await published(database)
    assert len(found.spaces) == 3


async def test_only_what_is_published_and_not_withdrawn_is_listed(database: Database) -> None:
    repository = YardRepository(database)
    await repository.add(yard(name="draft", published_at=None))
    await repository.add(yard(name="published"))
    await repository.add(yard(name="withdrawn", withdrawn_at=PUBLISHED + timedelta(days=1)))
    assert await names(database) == ["published"]


async def test_a_yard_that_is_withdrawn_is_listed_no_more(database: Database) -> None:
    await YardRepository(database).add(FULL)
    await change(database, FULL.id, "withdrawn_at", "now()")
    assert await names(database) == []


async def test_many_yards_are_read_a_few_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "12345":
        await YardRepository(database).add(yard(name=name, spaces=(Space(name), Space())))
    pages: list[int] = []
    read = of_yards._list

    async def counted(*conditions: Any) -> list[StoredYard]:
        page = await read(*conditions)
        pages.append(len(page))
        return page

    monkeypatch.setattr(of_yards, "AT_ONCE", 2)
    monkeypatch.setattr(of_yards, "_list", counted)
    found = await published(database)
    assert [(one.name, *(space.label for space in one.spaces)) for one in found] == [(n, n, None) for n in "12345"]
    assert pages == [2, 2, 1]


async def test_a_hidden_yard_is_neither_listed_nor_found(database: Database) -> None:
    repository = YardRepository(database, hidden={FULL.id})
    await repository.add(FULL)
    await repository.add(yard(name="other"))
    assert [stored.row.name for stored in await repository.list_published()] == ["other"]
    assert sorted(await names(database)) == ["Hof Beispiel", "other"]
    assert await repository.find(FULL.id) is None
    assert await YardRepository(database).find(FULL.id) is not None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rates=tables)
async def test_every_rate_table_is_read_from_the_database_to_the_last_digit(
    database: Database, rates: RateTable
) -> None:
    one = yard(rates=rates)
    await YardRepository(database).add(one)
    (found,) = [found for found in await published(database) if found.id == one.id]
    assert found.rates == rates
    assert digits(rates) == digits(found.rates)


async def test_an_amount_that_a_float_cannot_hold_is_exact(database: Database) -> None:
    amount = Decimal("0.1000000000000000055511151231257827")
    line = RateLine(RateLineKind.FLAT, amount)
    await YardRepository(database).add(yard(rates=RateTable("EUR", (RateLineCollection((line,)),))))
    (found,) = await published(database)
    assert found.rates is not None
    assert found.rates.collections[0].lines[0].value == amount


@pytest.mark.parametrize(
    ("column", "sql", "constraint"),
    [
        ("name", "E' \\t'", "ck_yards_name"),
        ("latitude", "90.1", "ck_yards_latitude"),
        ("latitude", "'NaN'", "ck_yards_latitude"),
        ("longitude", "-180.1", "ck_yards_longitude"),
        ("country", "'de'", "ck_yards_country"),
        ("max_height_cm", "0", "ck_yards_max_height_cm"),
        ("max_width_cm", "0", "ck_yards_max_width_cm"),
        ("max_length_cm", "-1", "ck_yards_max_length_cm"),
        ("max_weight_kg", "0", "ck_yards_max_weight_kg"),
        ("rates", "'null'", "ck_yards_rates"),
        ("withdrawn_at", "published_at - interval '1 second'", "ck_yards_withdrawn_at"),
        ("withdrawn_at", "now(), published_at = NULL", "ck_yards_withdrawn_at"),
        ("version", "0", "ck_yards_version"),
    ],
)
async def test_the_database_refuses_a_yard_that_cannot_be(
    database: Database, column: str, sql: str, constraint: str
) -> None:
    await YardRepository(database).add(FULL)
    with pytest.raises(IntegrityError, match=constraint):
        await change(database, FULL.id, column, sql)


@pytest.mark.parametrize(
    ("column", "sql", "constraint"),
    [
        ("label", "' '", "ck_yard_spaces_label"),
        ("label", "'2'", "uq_yard_spaces_yard_id_label"),
        ("max_height_cm", "0", "ck_yard_spaces_max_height_cm"),
        ("max_width_cm", "0", "ck_yard_spaces_max_width_cm"),
        ("max_length_cm", "0", "ck_yard_spaces_max_length_cm"),
        ("yard_id", "0", "fk_yard_spaces_yard_id_yards"),
    ],
)
async def test_the_database_refuses_a_space_that_cannot_be(
    database: Database, column: str, sql: str, constraint: str
) -> None:
    await YardRepository(database).add(yard(spaces=(Space("1"), Space("2"))))
    with pytest.raises(IntegrityError, match=constraint):
        async with database.engine.begin() as connection:
            await connection.execute(text(f"UPDATE yard_spaces SET {column} = {sql} WHERE label = '1'"))


async def test_two_yards_may_number_their_spaces_alike(database: Database) -> None:
    repository = YardRepository(database)
    await repository.add(yard(spaces=(Space("1"),)))
    assert await repository.add(yard(id=uuid4(), spaces=(Space("1"),)))
