"""Vehicles of accounts in the database, each of them its account's alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from parkgraph.db.engine import Database
from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.vehicle import Vehicle
from parkgraph.privacy.vault import Vault
from parkgraph.vehicles.tables import VehicleRow
from parkgraph.vehicles.vehicle import MOST, OwnVehicle, TooMany, check_name

_LOCKS: Final = 7_306
"""The first half of the advisory locks' keys; the second is the account's."""

_VEHICLE: Final = TypeAdapter(Vehicle)


class GarageUnavailable(Exception):
    """Vehicles cannot be read or kept right now. The same may be asked again."""


def _now() -> datetime:
    return datetime.now(UTC)


class Garage:
    """Every method raises GarageUnavailable."""

    def __init__(self, database: Database, vault: Vault, *, clock: Callable[[], datetime] = _now) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def save(self, account: str, plate: str, name: str | None, vehicle: Vehicle) -> OwnVehicle | TooMany:
        """Keep the vehicle with this plate, in place of what was kept of it: once, however often it is asked.

        Raises ValueError, which begins with the name of what is wrong.
        """
        check_name(name)
        digest = self._vault.digest(plate)
        said = {"plate": self._vault.seal(plate), "name": name, "vehicle": _VEHICLE.dump_python(vehicle, mode="json")}
        new = insert(VehicleRow).values(
            uuid=uuid4(), account=account, plate_digest=digest, created_at=self._clock(), **said
        )
        kept = new.on_conflict_do_update(index_elements=["account", "plate_digest"], set_=said).returning(VehicleRow)
        others = select(func.count()).where(VehicleRow.account == account, VehicleRow.plate_digest != digest)
        with _available():
            async with self._database.session() as session:
                await session.exec(select(func.pg_advisory_xact_lock(_LOCKS, func.hashtext(account))))
                if (await session.exec(others)).one() >= MOST:
                    return TooMany()
                row = (await session.exec(kept)).scalar_one()
                found = self._read(row)
                await session.commit()
                return found

    async def list_of(self, account: str) -> Sequence[OwnVehicle]:
        """The account's, in the order in which they were kept first."""
        mine = select(VehicleRow).where(VehicleRow.account == account).order_by(col(VehicleRow.id))
        with _available():
            async with self._database.single() as session:
                return [self._read(row) for row in (await session.exec(mine)).all()]

    async def remove(self, account: str, vehicle_id: UUID) -> bool:
        """Keep nothing of it any more; whether the account had it."""
        mine = (col(VehicleRow.account) == account, col(VehicleRow.uuid) == vehicle_id)
        with _available():
            async with self._database.session() as session:
                gone = await session.exec(delete(VehicleRow).where(*mine).returning(col(VehicleRow.id)))
                found = gone.scalar_one_or_none() is not None
                await session.commit()
                return found

    def _read(self, row: VehicleRow) -> OwnVehicle:
        return OwnVehicle(
            id=row.uuid,
            account=row.account,
            plate=self._vault.open(row.plate),
            name=row.name,
            vehicle=_VEHICLE.validate_python(row.vehicle),
            created_at=row.created_at,
        )


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except DATABASE_FAULTS:
        raise GarageUnavailable from None
