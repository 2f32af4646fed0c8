"""One place, as networks write it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_apds.place import to_listing

POINT = {"type": "Point", "coordinates": [-2.24, 53.48]}


def row(**more: object) -> dict[str, Any]:
    return {"id": "p1", "type": "place", "name": {"en": "Piazza"}, "indicativePointLocation": POINT, **more}


def listing(**more: object) -> Listing:
    return to_listing(row(**more))


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Piazza", "Piazza"),
        ({"fr": "Étoile"}, "Étoile"),
        ({"fr": "Étoile", "en": "Star"}, "Star"),
        ([{"language": "fr", "string": "Étoile"}, {"language": "en", "string": "Star"}], "Star"),
        ({"en": "  Pi\u0000az\nza "}, "Pi az za"),
    ],
)
def test_a_name_is_a_text_or_one_in_several_languages(name: object, read: str) -> None:
    assert listing(name=name).name == read


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"id": None}, "it has no id"),
        ({"id": True}, "it has no id"),
        ({"name": {}}, "it has no name"),
        ({"name": {"en": "x" * 301}}, "it has no name"),
        ({"indicativePointLocation": None}, "it has no position"),
        ({"indicativePointLocation": {"coordinates": [1]}}, "it has no position"),
        ({"indicativePointLocation": {"coordinates": ["-2.24", "53.48"]}}, "its position is not two numbers"),
        ({"indicativePointLocation": {"coordinates": [1e300, 53.48]}}, "its position is not two numbers"),
        ({"indicativePointLocation": {"coordinates": [53.48, -200.5]}}, "latitude must be between"),
        ({"type": "space"}, "it is not a place"),
        ({"characteristics": {"openToPublic": False}}, "it is not open to the public"),
    ],
)
def test_what_is_no_public_place_is_rejected_with_a_reason(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        listing(**wrong)


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [[]], {"x": {}}, True])
@pytest.mark.parametrize(
    "key",
    ["characteristics", "placeStreetAddress", "contacts", "openingTimes", "occupancy", "timeZone",
     "responsibilityRoleAssignments"],
)  # fmt: skip
def test_a_field_that_is_not_understood_is_unknown(key: str, value: object) -> None:
    assert listing(**{key: value}) == listing()


@pytest.mark.parametrize(
    ("traits", "kind"),
    [
        ({"structureType": "offStreetStructure"}, PlaceKind.GARAGE),
        ({"structureType": "offStreetStructure", "structureGrade": "underground"}, PlaceKind.UNDERGROUND),
        ({"structureType": "offStreetSurface"}, PlaceKind.SURFACE),
        ({"structureType": "onStreet"}, PlaceKind.ON_STREET),
        ({"structureType": "floating"}, PlaceKind.UNKNOWN),
    ],
)
def test_the_structure_is_the_kind(traits: dict[str, str], kind: PlaceKind) -> None:
    assert listing(characteristics=traits).kind is kind
    assert listing(characteristics=[traits]).kind is kind


def test_what_is_there_is_a_feature() -> None:
    traits = {"disabledAccess": True, "evChargingPoints": 4}
    assert listing(characteristics=traits).features == {Feature.ACCESSIBLE, Feature.EV_CHARGING}
    assert listing(characteristics={"disabledAccess": False, "evChargingPoints": 0}).features == frozenset()


@pytest.mark.parametrize(("spaces", "capacity"), [(0, 0), (225, 225), (-1, None), (2147483647, None), (1.5, None)])
def test_an_absurd_capacity_is_unknown(spaces: object, capacity: int | None) -> None:
    assert listing(characteristics={"spacesTotal": spaces}).capacity == capacity


def test_always_open_needs_both_words_and_no_others() -> None:
    always = {"available24hours": True, "openAllYear": True}
    assert listing(openingTimes=always).opening_hours == "24/7"
    assert listing(openingTimes=always | {"accessAndEgress": [{}]}).opening_hours is None
    assert listing(openingTimes=always | {"openAllYear": False}).opening_hours is None


def test_the_operator_is_where_either_version_of_the_standard_has_it() -> None:
    named = {"organisationName": {"en": "Q-Park"}}
    assert listing(contacts=[{"type": "owner"} | named]).operator is None
    assert listing(contacts=[{"type": "operator"} | named]).operator == "Q-Park"
    assert listing(responsibilityRoleAssignments=[{"type": "operator", "contactPoints": [named]}]).operator == "Q-Park"


def test_an_address_is_one_line() -> None:
    lines = [{"order": 1, "text": [{"language": "en", "string": "Level 2"}]}, {"order": 0, "text": "High Street"}]
    address = {"addressLines": lines, "postCode": "M4 1QB", "city": {"en": "Manchester"}}
    assert listing(placeStreetAddress=address).address == "High Street, Level 2, M4 1QB Manchester"


def test_a_place_may_have_a_time_zone_of_its_own() -> None:
    assert str(listing(timeZone="Europe/Zurich").timezone) == "Europe/Zurich"
    assert listing(timeZone="../etc/passwd").timezone is None


def occupancy(*counted: object, supply: object = None, **demand: object) -> Occupancy | None:
    spaces = {"supplyQuantity": 100, "supplyViewType": "vehicleView"} if supply is None else supply
    return listing(occupancy={"supply": spaces, "demand": {"demandType": list(counted), **demand}}).occupancy


@pytest.mark.parametrize(
    ("occupied", "vacant", "level"),
    [
        (0, 100, OccupancyLevel.VACANT),
        (95, 5, OccupancyLevel.FEW),
        (100, 0, OccupancyLevel.FULL),
        (107, 0, OccupancyLevel.FULL),
    ],
)
def test_demand_counts_the_occupied(occupied: int, vacant: int, level: OccupancyLevel) -> None:
    assert occupancy({"count": occupied}) == Occupancy(vacant, 100, level)


@pytest.mark.parametrize("count", [None, -1, 500, 2147483647, "7", True, 1.5])
def test_an_absurd_count_is_no_occupancy(count: object) -> None:
    assert occupancy({"count": count}) is None


def test_without_a_supply_nothing_is_known_to_be_vacant() -> None:
    assert occupancy({"count": 7}, supply={}) is None
    assert occupancy({"count": 7}, supply={"supplyQuantity": 80, "supplyViewType": "kerbLengthView"}) is None


def test_a_percentage_is_a_level_and_no_count() -> None:
    assert occupancy({"percentage": 100}) == Occupancy(None, 100, OccupancyLevel.FULL)
    assert occupancy({"percentage": 50.0}) == Occupancy(None, 100, OccupancyLevel.VACANT)
    assert occupancy({"percentage": 101}) is None


def test_the_newest_record_counts_and_a_time_without_an_offset_is_utc() -> None:
    older = {"count": 1, "recordDateTime": "2026-11-23T07:00:00Z"}
    newer = {"count": 60, "recordDateTime": "2026-11-23 08:00:00"}
    found = occupancy(newer, older, {"count": 3}, timestamp="2026-11-23 09:00:00")
    assert found == Occupancy(40, 100, OccupancyLevel.VACANT, datetime(2026, 11, 23, 8, tzinfo=UTC))


def test_the_time_of_the_demand_stands_in_for_that_of_the_record() -> None:
    found = occupancy({"count": 60}, timestamp="2026-11-23T09:00:00+01:00")
    assert found is not None
    assert found.observed_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_no_time_is_made_up() -> None:
    found = occupancy({"count": 60}, timestamp="2026-13-23 09:00:00")
    assert found is not None
    assert found.observed_at is None


def test_a_rejection_is_a_rejected_row() -> None:
    with pytest.raises(RowRejected):
        to_listing("not a place")
