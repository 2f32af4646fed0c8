"""Vehicles that somebody keeps, so as not to type them again; and what may come of keeping one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import own
from parkgraph.api.context import Info
from parkgraph.api.errors import CodedError, ErrorCode
from parkgraph.api.inputs import VehicleInput
from parkgraph.api.yard_bookings import DRIVERS, Plate, checked_plate, subject
from parkgraph.api.yard_inputs import naming
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.vehicles import vehicle as vehicles
from parkgraph.vehicles.garage import GarageUnavailable
from parkgraph.vehicles.vehicle import MOST


@own
@strawberry.type(description="One's own: its plate, and what `vehicle` asks for elsewhere.")
class OwnVehicle:
    id: strawberry.ID
    plate: str | None = strawberry.field(description="Null where it cannot be read any more.")
    name: str | None
    kind: VehicleKind
    height_cm: int | None
    width_cm: int | None
    length_cm: int | None
    weight_kg: int | None
    electric: bool
    disabled_permit: bool

    @staticmethod
    def of(found: vehicles.OwnVehicle) -> "OwnVehicle":
        vehicle = found.vehicle
        return OwnVehicle(
            id=strawberry.ID(ids.encode(ids.VEHICLE, found.id.hex)),
            plate=found.plate,
            name=found.name,
            kind=vehicle.kind,
            height_cm=vehicle.height_cm,
            width_cm=vehicle.width_cm,
            length_cm=vehicle.length_cm,
            weight_kg=vehicle.weight_kg,
            electric=vehicle.electric,
            disabled_permit=vehicle.disabled_permit,
        )


@own
@strawberry.type(description=f"An account keeps at most {MOST}: remove one first.")
class TooManyVehicles:
    text: str


SaveVehicleResult = Annotated[OwnVehicle | TooManyVehicles, strawberry.union("SaveVehicleResult")]


@own
@strawberry.type
class VehiclesViewer:
    @strawberry.field(description=f"Those that one keeps, at most {MOST}, in the order in which they were kept first.")
    async def vehicles(self, info: Info) -> list[OwnVehicle]:
        with _available():
            return [OwnVehicle.of(each) for each in await info.context.garage.list_of(subject(info))]


@strawberry.type
class VehicleMutation:
    @strawberry.field(
        description="Keep the vehicle with this plate, in place of what was kept of it: once, however often it is"
        " asked.",
        extensions=[DRIVERS],
    )
    async def save_vehicle(
        self,
        info: Info,
        plate: Plate,
        vehicle: VehicleInput | None = None,
        name: Annotated[str | None, strawberry.argument(description="One's own word for it.")] = None,
    ) -> SaveVehicleResult:
        of, known_as = vehicle.to_domain() if vehicle else Vehicle(), name.strip() if name else name
        with _available(), naming():
            found = await info.context.garage.save(subject(info), checked_plate(plate), known_as, of)
        if isinstance(found, vehicles.TooMany):
            return TooManyVehicles(text=f"There are {MOST} vehicles already; remove one of them first.")
        return OwnVehicle.of(found)

    @strawberry.field(
        description="Nothing is kept of it any more; bookings keep their plates. Whether one had it.",
        extensions=[DRIVERS],
    )
    async def remove_vehicle(self, info: Info, vehicle_id: strawberry.ID) -> bool:
        wanted = ids.vehicle_id(vehicle_id, "vehicleId")
        with _available():
            return await info.context.garage.remove(subject(info), wanted)


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except GarageUnavailable:
        words = "Vehicles cannot be read or kept right now. Ask the same again in a moment."
        raise CodedError(ErrorCode.UNAVAILABLE, words) from None
