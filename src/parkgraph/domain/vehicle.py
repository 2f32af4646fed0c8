"""The vehicle that looks for a space."""

from dataclasses import dataclass
from enum import StrEnum


class VehicleKind(StrEnum):
    CAR = "CAR"
    MOTORCYCLE = "MOTORCYCLE"
    VAN = "VAN"
    TRUCK = "TRUCK"
    COACH = "COACH"
    CARAVAN = "CARAVAN"
    BICYCLE = "BICYCLE"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Outer sizes in centimetres, mass in kilograms; None is unknown."""

    kind: VehicleKind = VehicleKind.CAR
    height_cm: int | None = None
    width_cm: int | None = None
    length_cm: int | None = None
    weight_kg: int | None = None
    electric: bool = False
    disabled_permit: bool = False

    def __post_init__(self) -> None:
        for name in ("height_cm", "width_cm", "length_cm", "weight_kg"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} must be positive, not {value}")
