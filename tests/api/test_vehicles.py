"""Vehicles of one's own, as a client sees them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from parkgraph.api import ids
from parkgraph.vehicles.vehicle import MOST
from tests.api.conftest import Ask

SAVE = """
mutation ($plate: String!, $vehicle: VehicleInput, $name: String) {
  saveVehicle(plate: $plate, vehicle: $vehicle, name: $name) {
    __typename ... on OwnVehicle { id plate name kind heightCm electric disabledPermit } ... on TooManyVehicles { text }
  }
}
"""
REMOVE = "mutation ($id: ID!) { removeVehicle(vehicleId: $id) }"
MINE = "{ viewer { vehicles { id plate name } } }"


@pytest.fixture
def driver(ask_as: Callable[..., Ask]) -> Ask:
    """A driver whom no other test knows."""
    return ask_as(subject=uuid4().hex)


def saved(driver: Ask, plate: str, **facts: Any) -> dict[str, Any]:
    found: dict[str, Any] = driver(SAVE, plate=plate, **facts)["data"]["saveVehicle"]
    return found


def test_a_vehicle_is_saved_listed_replaced_and_removed(driver: Ask) -> None:
    found = saved(driver, " S-AB 123 ", name=" the van ", vehicle={"kind": "VAN", "heightCm": 260, "electric": True})
    assert found == {
        "__typename": "OwnVehicle", "id": found["id"], "plate": "S-AB 123", "name": "the van", "kind": "VAN",
        "heightCm": 260, "electric": True, "disabledPermit": False,
    }  # fmt: skip
    assert saved(driver, "s-ab 123")["id"] == found["id"]
    assert driver(MINE)["data"]["viewer"]["vehicles"] == [{"id": found["id"], "plate": "s-ab 123", "name": None}]
    assert driver(REMOVE, id=found["id"]) == {"data": {"removeVehicle": True}}
    assert driver(REMOVE, id=found["id"]) == {"data": {"removeVehicle": False}}
    assert driver(MINE)["data"]["viewer"]["vehicles"] == []


def test_a_vehicle_is_nobody_elses(driver: Ask, ask_as: Callable[..., Ask]) -> None:
    mine, stranger = saved(driver, "S-AB 123")["id"], ask_as(subject=uuid4().hex)
    assert stranger(REMOVE, id=mine) == {"data": {"removeVehicle": False}}
    assert stranger(MINE)["data"]["viewer"]["vehicles"] == []


def test_one_more_than_may_be_is_an_outcome(driver: Ask) -> None:
    for n in range(MOST):
        assert saved(driver, f"S-AB {n}")["__typename"] == "OwnVehicle"
    assert saved(driver, "S-ZZ 1")["__typename"] == "TooManyVehicles"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"plate": "--"}, "plate: letters and digits, at most 20 characters"),
        ({"plate": "S-AB 123", "name": "x" * 61}, "name: must be 1 to 60 printable characters"),
        ({"plate": "S-AB 123", "vehicle": {"heightCm": 0}}, "vehicle: heightCm must be positive, not 0"),
    ],
)
def test_bad_input_names_its_argument(driver: Ask, variables: dict[str, Any], message: str) -> None:
    (error,) = driver(SAVE, **variables)["errors"]
    assert (error["extensions"]["code"], error["message"]) == ("BAD_USER_INPUT", message)


def test_an_id_of_something_else_is_bad_input(driver: Ask) -> None:
    (error,) = driver(REMOVE, id=ids.encode(ids.YARD, uuid4().hex))["errors"]
    assert error["message"].startswith("vehicleId: ")
