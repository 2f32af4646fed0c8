"""The private yards in the graph."""

from typing import Any, Final

import pytest

from parkgraph.yards.demo import YARD
from tests.api.conftest import Ask

NEARBY: Final = """
query Nearby($kinds: [PlaceKind!], $vehicle: VehicleInput) {
  nearby(near: { latitude: 48.7838, longitude: 9.1829 }, radius: 1500, filter: { kinds: $kinds }, vehicle: $vehicle,
         first: 100, stay: { arrive: "2026-11-24T09:00:00+01:00", leave: "2026-11-24T12:30:00+01:00" }) {
    edges {
      distance
      excluded { code }
      offers {
        status network { id } total { amount currency }
        lines { label from to quantity unitAmount { amount } amount { amount currency } }
      }
      node {
        id name kind capacity maxHeightCm openingHours features occupancy { vacant }
        audiences { audience capacity vacant }
        atNoon: isOpen(at: "2026-11-24T12:00:00+01:00")
        atNight: isOpen(at: "2026-11-24T23:00:00+01:00")
        listings { localId network { id name } }
      }
    }
    sources { network { id } status listings }
  }
}
"""


@pytest.fixture
def edge(ask: Ask) -> dict[str, Any]:
    """The yard of the demo, found near the station."""
    (found,) = ask(NEARBY, kinds=["YARD"])["data"]["nearby"]["edges"]
    edge: dict[str, Any] = found
    return edge


def test_a_yard_is_a_place_of_its_own(edge: dict[str, Any]) -> None:
    place = edge["node"]
    assert (place["name"], place["kind"]) == (YARD.name, "YARD")
    assert [(listing["localId"], listing["network"]["id"]) for listing in place["listings"]] == [
        (str(YARD.id), "yards")
    ]
    assert edge["distance"] < 1_500


def test_a_yard_shows_what_its_spaces_add_up_to(edge: dict[str, Any]) -> None:
    place = edge["node"]
    assert (place["capacity"], place["maxHeightCm"]) == (6, 320)
    assert place["features"] == ["ACCESSIBLE", "COVERED", "EV_CHARGING", "LIT"]
    assert place["audiences"] == [
        {"audience": "GENERAL", "capacity": 5, "vacant": None},
        {"audience": "DISABLED", "capacity": 1, "vacant": None},
    ]
    assert place["occupancy"] is None


def test_a_yard_is_open_in_its_hours(edge: dict[str, Any]) -> None:
    place = edge["node"]
    assert (place["openingHours"], place["atNoon"], place["atNight"]) == ("Mo-Sa 07:00-20:00", True, False)


def test_a_yard_offers_the_stay_at_an_exact_price(edge: dict[str, Any]) -> None:
    assert edge["excluded"] == []
    assert edge["offers"] == [
        {
            "status": "PRICED",
            "network": {"id": "yards"},
            "total": {"amount": "4.80", "currency": "EUR"},
            "lines": [
                {
                    "label": "1 h",
                    "from": "2026-11-24T09:00:00+01:00",
                    "to": "2026-11-24T12:30:00+01:00",
                    "quantity": 4,
                    "unitAmount": {"amount": "1.20"},
                    "amount": {"amount": "4.80", "currency": "EUR"},
                }
            ],
        }
    ]


def test_a_vehicle_too_high_for_every_space_is_excluded(ask: Ask) -> None:
    (found,) = ask(NEARBY, kinds=["YARD"], vehicle={"heightCm": 321})["data"]["nearby"]["edges"]
    assert [excluded["code"] for excluded in found["excluded"]] == ["TOO_HIGH"]


def test_a_yard_is_found_beside_the_garages_of_other_networks(ask: Ask) -> None:
    edges = ask(NEARBY)["data"]["nearby"]["edges"]
    networks = {listing["network"]["id"] for edge in edges for listing in edge["node"]["listings"]}
    assert networks == {"bahn", "stuttgart", "yards"}
    assert [edge["node"]["name"] for edge in edges].count(YARD.name) == 1


def test_the_private_yards_report_like_every_source(ask: Ask) -> None:
    sources = ask(NEARBY)["data"]["nearby"]["sources"]
    assert {"network": {"id": "yards"}, "status": "FRESH", "listings": 1} in sources


def test_the_yard_is_found_again_by_its_id(ask: Ask, edge: dict[str, Any]) -> None:
    query = "query Again($id: ID!) { place(id: $id) { name } }"
    assert ask(query, id=edge["node"]["id"])["data"] == {"place": {"name": YARD.name}}
