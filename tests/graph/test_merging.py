from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

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


@given(st.permutations(range(4)))
def test_the_order_of_the_listings_changes_nothing(order: list[int]) -> None:
    members = [keyed(n, listing(n, capacity=i, updated_at=NOON if i % 2 else None)) for i, n in enumerate("abcd")]
    assert merge(ID, [members[i] for i in order]) == merge(ID, members)
