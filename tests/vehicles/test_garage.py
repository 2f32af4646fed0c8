"""Vehicles over a real database: each plate once, and its account's alone."""

import asyncio

import pytest
from sqlalchemy import text

from parkgraph.db.engine import Database
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.privacy.vault import Vault
from parkgraph.vehicles.garage import Garage, GarageUnavailable
from parkgraph.vehicles.vehicle import MOST, OwnVehicle, TooMany

VAN = Vehicle(VehicleKind.VAN, height_cm=260, electric=True)
KEY = bytes(range(32))


@pytest.fixture
def garage(database: Database) -> Garage:
    return Garage(database, Vault(KEY))


async def saved(garage: Garage, account: str, plate: str, name: str | None = None) -> OwnVehicle:
    found = await garage.save(account, plate, name, VAN)
    assert isinstance(found, OwnVehicle)
    return found


async def test_a_vehicle_is_read_as_it_was_saved(garage: Garage) -> None:
    mine = await saved(garage, "anna", "S-AB 123", "the van")
    assert (mine.plate, mine.name, mine.vehicle) == ("S-AB 123", "the van", VAN)
    assert await garage.list_of("anna") == [mine]


async def test_a_plate_is_kept_once_however_it_is_typed(garage: Garage) -> None:
    first = await saved(garage, "anna", "S-AB 123", "the van")
    again = await garage.save("anna", "s ab123", None, Vehicle())
    assert isinstance(again, OwnVehicle)
    assert (again.id, again.plate, again.name, again.vehicle) == (first.id, "s ab123", None, Vehicle())
    assert await garage.list_of("anna") == [again]


async def test_a_vehicle_is_its_accounts_alone(garage: Garage) -> None:
    mine, theirs = await saved(garage, "anna", "S-AB 123"), await saved(garage, "berta", "S-AB 123")
    assert mine.id != theirs.id
    assert not await garage.remove("berta", mine.id)
    assert await garage.list_of("anna") == [mine]
    assert await garage.list_of("carla") == []


async def test_what_is_removed_is_gone(garage: Garage, database: Database) -> None:
    mine = await saved(garage, "anna", "S-AB 123")
    assert await garage.remove("anna", mine.id)
    assert not await garage.remove("anna", mine.id)
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM vehicles")) == 0


async def test_an_account_has_no_more_than_it_may_even_at_once(garage: Garage, database: Database) -> None:
    plates = [f"S-AB {n}" for n in range(MOST + 5)]
    others = Garage(database, Vault(KEY))
    outcomes = await asyncio.gather(*((garage, others)[n % 2].save("anna", p, None, VAN) for n, p in enumerate(plates)))
    assert outcomes.count(TooMany()) == 5
    kept = await garage.list_of("anna")
    assert len(kept) == MOST
    assert isinstance(await garage.save("anna", str(kept[0].plate), "again", VAN), OwnVehicle), "it is there already"


async def test_no_plate_is_readable_in_the_database(garage: Garage, database: Database) -> None:
    mine = await saved(garage, "anna", "S-GEHEIM 1")
    async with database.engine.connect() as connection:
        row = str((await connection.execute(text("SELECT CAST(v AS text) FROM vehicles v"))).all())
    assert "GEHEIM" not in row + repr(mine)
    assert b"GEHEIM".hex() not in row


async def test_a_plate_that_another_key_encrypted_is_not_known(garage: Garage, database: Database) -> None:
    await saved(garage, "anna", "S-AB 123")
    (found,) = await Garage(database, Vault(KEY[::-1])).list_of("anna")
    assert found.plate is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb"])
async def test_a_name_that_is_none_is_refused(garage: Garage, name: str) -> None:
    with pytest.raises(ValueError, match=r"^name must be"):
        await garage.save("anna", "S-AB 123", name, VAN)


async def test_without_a_database_nothing_is_had() -> None:
    nowhere = Garage(Database("postgresql://127.0.0.1:9/parkgraph"), Vault(KEY))
    with pytest.raises(GarageUnavailable):
        await nowhere.save("anna", "S-AB 123", None, VAN)
    with pytest.raises(GarageUnavailable):
        await nowhere.list_of("anna")
