from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from parkgraph.db.engine import Database
from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import Batch, Capability, Unavailable
from parkgraph.settings import RESERVED
from parkgraph.yards.adapter import NETWORK, YardsAdapter, to_listing
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.yard import Space, Yard
from tests.yards.yards import RATES, change, yard

GOOD = yard(id=UUID(int=1), name="good")
BAD = yard(id=UUID(int=2), name="bad", rates=RATES)


async def listings(database: Database, *yards: Yard) -> Batch[Listing]:
    repository = YardRepository(database)
    for one in yards:
        await repository.add(one)
    return await YardsAdapter(repository).listings()


def test_it_is_a_network_like_any_other() -> None:
    info = YardsAdapter(YardRepository(Database("postgresql://nowhere"))).info
    assert info.name == "Private yards"
    assert info.capabilities == {Capability.LISTINGS, Capability.PRICES}


def test_no_configured_network_can_have_its_name() -> None:
    assert NETWORK in RESERVED


async def test_without_yards_it_answers_with_nothing(database: Database) -> None:
    assert await listings(database) == Batch()


async def test_a_yard_is_listed_as_its_owner_describes_it(database: Database) -> None:
    one = yard(
        address="Beispielweg 1, 70173 Stuttgart", kind=PlaceKind.SURFACE, opening_hours="Mo-Sa 07:00-20:00", rates=RATES
    )
    batch = await listings(database, one)
    (found,) = batch.items
    assert (batch.complete, batch.rejected) == (True, ())
    assert (found.local_id, found.name, found.location) == (str(one.id), one.name, one.location)
    assert (found.address, found.opening_hours, found.rates) == (one.address, one.opening_hours, RATES)
    assert found.kind is PlaceKind.YARD, "however it is built"
    assert found.occupancy is None
    assert found.updated_at is not None


async def test_instructions_are_for_those_who_have_a_right_to_park(database: Database) -> None:
    batch = await listings(database, yard(instructions="The code is 4711."))
    assert "4711" not in repr(batch)


@pytest.mark.parametrize(("spaces", "capacity"), [((), None), ((Space(),) * 6, 6), ((Space("1"), Space("2")), 2)])
def test_the_capacity_is_the_number_of_spaces(spaces: tuple[Space, ...], capacity: int | None) -> None:
    assert to_listing(yard(spaces=spaces)).capacity == capacity


def test_spaces_are_counted_for_each_audience() -> None:
    spaces = (Space(), Space(audience=Audience.ELECTRIC), Space(), Space(audience=Audience.DISABLED))
    assert to_listing(yard(spaces=spaces)).audiences == (
        AudienceCapacity(Audience.GENERAL, 2),
        AudienceCapacity(Audience.DISABLED, 1),
        AudienceCapacity(Audience.ELECTRIC, 1),
    )


@pytest.mark.parametrize(
    ("space", "feature"),
    [
        (Space(ev=True), Feature.EV_CHARGING),
        (Space(covered=True), Feature.COVERED),
        (Space(accessible=True), Feature.ACCESSIBLE),
    ],
)
def test_what_one_space_has_is_a_feature_of_the_yard(space: Space, feature: Feature) -> None:
    assert to_listing(yard(features={Feature.LIT}, spaces=(Space(), space))).features == {Feature.LIT, feature}


def test_a_vehicle_that_fits_one_space_fits_the_yard() -> None:
    assert to_listing(yard(spaces=(Space(max_height_cm=190), Space(max_height_cm=210)))).max_height_cm == 210
    assert to_listing(yard(spaces=(Space(max_height_cm=190), Space()))).max_height_cm is None


@pytest.mark.parametrize(
    ("column", "sql", "reason"),
    [
        ("rates", "'{}'", "currency"),
        ("rates", '\'{"currency": "EUR", "collections": 1e400}\'', "collections"),
        ("rates", """jsonb_set(rates, '{collections,0,lines,0,value}', '"NaN"')""", "value"),
        ("timezone", "'Europe/Nowhere'", "time zone 'Europe/Nowhere'"),
        ("timezone", "'Europe'", "time zone 'Europe'"),
        ("timezone", "'/etc/passwd'", "time zone"),
        ("kind", "'CASTLE'", "CASTLE"),
        ("features", "ARRAY['LIT', 'SAUNA']", "SAUNA"),
    ],
)
async def test_a_bad_row_is_rejected_and_the_others_are_listed(
    database: Database, column: str, sql: str, reason: str
) -> None:
    await listings(database, BAD, GOOD)
    await change(database, BAD.id, column, sql)
    batch = await listings(database)
    assert [item.name for item in batch.items] == ["good"]
    assert [rejected.row for rejected in batch.rejected] == [str(BAD.id)]
    assert reason in batch.rejected[0].reason


def test_a_yard_keeps_its_own_time_zone() -> None:
    assert to_listing(yard(timezone=ZoneInfo("Asia/Tokyo"))).timezone == ZoneInfo("Asia/Tokyo")


async def test_a_database_that_cannot_be_reached_is_unavailable() -> None:
    database = Database("postgresql://127.0.0.1:9/parkgraph")
    with pytest.raises(Unavailable) as refusal:
        await listings(database)
    assert "127.0.0.1" not in str(refusal.value)


async def test_a_table_that_cannot_be_read_is_unavailable(database: Database) -> None:
    await listings(database, GOOD)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE yard_spaces RENAME TO gone")
    with pytest.raises(Unavailable) as refusal:
        await listings(database)
    assert "yard_spaces" not in str(refusal.value)
