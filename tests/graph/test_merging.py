from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.graph.merging import merge
from tests.graph.listings import keyed, listing

ID = UUID(int=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_field_comes_from_the_freshest_listing_that_knows_it() -> None:
    old = keyed(
        "bahn", listing("1", name="Alt", operator="Contipark", capacity=90, updated_at=NOON - timedelta(days=1))
    )
    new = keyed("city", listing("2", name="Neu", capacity=99, updated_at=NOON))
    place = merge(ID, [old, new])
    assert (place.name, place.capacity, place.operator) == ("Neu", 99, "Contipark")


def test_every_field_knows_where_it_comes_from_and_when() -> None:
    place = merge(ID, [keyed("bahn", listing("1", operator="Contipark")), keyed("city", listing("2", updated_at=NOON))])
    sources = {source.field: (source.network, source.observed_at) for source in place.provenance}
    assert sources["operator"] == ("bahn", None)
    assert sources["name"] == ("city", NOON)
    assert "capacity" not in sources


def test_the_last_count_is_the_occupancy() -> None:
    earlier = listing("1", occupancy=Occupancy(5, 10, observed_at=NOON - timedelta(hours=1)))
    later = listing("2", occupancy=Occupancy(3, 10, observed_at=NOON))
    place = merge(ID, [keyed("bahn", earlier), keyed("city", later)])
    assert place.occupancy == later.occupancy
    assert place.occupancy_from == ("city", "2")


def test_a_mention_without_a_count_does_not_hide_a_count() -> None:
    counted = listing("1", occupancy=Occupancy(5, 10, OccupancyLevel.VACANT, NOON - timedelta(hours=1)))
    mention = listing("2", occupancy=Occupancy(observed_at=NOON))
    assert merge(ID, [keyed("bahn", counted), keyed("city", mention)]).occupancy == counted.occupancy


def test_a_vehicle_must_fit_under_the_lowest_height_that_anybody_gives() -> None:
    place = merge(ID, [keyed("a", listing("1", max_height_cm=210)), keyed("b", listing("2", max_height_cm=195))])
    assert place.max_height_cm == 195


def test_features_are_those_that_any_listing_names() -> None:
    covered, lit = frozenset({Feature.COVERED}), frozenset({Feature.LIT})
    assert (
        merge(ID, [keyed("a", listing(features=covered)), keyed("b", listing(features=lit))]).features == covered | lit
    )


def test_unknown_stays_unknown() -> None:
    place = merge(ID, [keyed("a", listing())])
    assert (place.capacity, place.occupancy, place.opening_hours, place.max_height_cm) == (None, None, None, None)
    assert place.kind is PlaceKind.UNKNOWN


def test_a_capacity_of_zero_is_known() -> None:
    assert merge(ID, [keyed("a", listing(capacity=0))]).capacity == 0


def test_what_the_operators_own_network_says_beats_what_is_fresher() -> None:
    own = keyed("apcoa", listing("1", operator="APCOA PARKING GmbH", capacity=399, updated_at=NOON - timedelta(days=9)))
    fresher = keyed("city", listing("2", operator="APCOA PARKING GmbH", capacity=90, updated_at=NOON))
    names = {"apcoa": "Apcoa", "city": "Stadt Karlsruhe"}
    assert merge(ID, [own, fresher], names).capacity == 399
    assert merge(ID, [own, fresher]).capacity == 90


@pytest.mark.parametrize(
    ("field", "exact", "vague"),
    [
        ("name", "Parkhaus Landesbibliothek", "Parkhaus"),
        ("location", Coordinates(48.78381, 9.18292), Coordinates(48.78, 9.18)),
        ("kind", PlaceKind.UNDERGROUND, PlaceKind.GARAGE),
        ("address", "Konrad-Adenauer-Straße 8, 70173 Stuttgart", "Stuttgart"),
        ("capacity", 60, 0),
        ("opening_hours", "Mo-Fr 06:00-22:00", "werktags bis abends"),
    ],
)
def test_what_is_exact_beats_what_is_fresher(field: str, exact: Any, vague: Any) -> None:
    old = keyed("bahn", listing("1", **{field: exact}, updated_at=NOON - timedelta(days=1)))
    new = keyed("city", listing("2", **{field: vague}, updated_at=NOON))
    assert getattr(merge(ID, [old, new]), field) == exact


def test_capacities_that_differ_stay_visible_with_whose_they_are() -> None:
    one = keyed("bahn", listing("1", capacity=399, updated_at=NOON))
    place = merge(ID, [one, keyed("city", listing("2", capacity=90)), keyed("osm", listing("3"))])
    (disagreement,) = place.disagreements
    assert disagreement.field == "capacity"
    assert [(value.value, value.listing.network, value.observed_at) for value in disagreement.values] == [
        ("399", "bahn", NOON),
        ("90", "city", None),
    ]


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("location", Coordinates(48.7838, 9.1829), Coordinates(48.7858, 9.1829)),
        ("kind", PlaceKind.SURFACE, PlaceKind.GARAGE),
        ("operator", "Contipark", "APCOA"),
        ("opening_hours", "24/7", "Mo-Fr 06:00-22:00"),
        ("max_height_cm", 195, 210),
    ],
)
def test_of_what_cannot_both_be_right_each_is_told(field: str, one: Any, other: Any) -> None:
    place = merge(ID, [keyed("a", listing("1", **{field: one})), keyed("b", listing("2", **{field: other}))])
    assert [each.field.casefold() for each in place.disagreements] == [field.replace("_", "")]


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", "Galeria", "Parkhaus Galeria Kaufhof"),
        ("address", "Königstraße 6", "Königstr. 6, Stuttgart"),
        ("location", Coordinates(48.7838, 9.1829), Coordinates(48.7842, 9.1829)),
        ("kind", PlaceKind.UNDERGROUND, PlaceKind.GARAGE),
        ("kind", PlaceKind.SURFACE, PlaceKind.PARK_AND_RIDE),
        ("operator", "Contipark", "Contipark Parkgaragengesellschaft mbH"),
        ("opening_hours", "Mo-Fr 06:00-22:00", "mo-fr 06:00-22:00 "),
        ("capacity", 90, None),
    ],
)
def test_what_can_both_be_right_is_no_disagreement(field: str, one: Any, other: Any) -> None:
    place = merge(ID, [keyed("a", listing("1", **{field: one})), keyed("b", listing("2", **{field: other}))])
    assert place.disagreements == ()


@given(st.permutations(range(4)))
def test_the_order_of_the_listings_changes_nothing(order: list[int]) -> None:
    members = [keyed(n, listing(n, capacity=i, updated_at=NOON if i % 2 else None)) for i, n in enumerate("abcd")]
    assert merge(ID, [members[i] for i in order]) == merge(ID, members)
