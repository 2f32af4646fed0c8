from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.place import Listing, ListingKey, PlaceKind
from parkgraph.graph.matching import cluster, features
from tests.graph.listings import keyed, listing

Members = tuple[ListingKey, Listing]


def groups(*members: Members) -> list[tuple[str, ...]]:
    matched = cluster({key: features(each) for key, each in members})
    return [tuple(key.network for key in group) for group in matched]


def test_listings_at_one_spot_are_one_place() -> None:
    assert groups(keyed("bahn", listing("1")), keyed("city", listing("9", north_m=12))) == [("bahn", "city")]


def test_unlike_listings_40_metres_apart_are_two_places() -> None:
    a = listing("1", name="Hofdienergarage", capacity=359)
    b = listing("9", name="Landesbibliothek", capacity=60, north_m=40)
    assert len(groups(keyed("bahn", a), keyed("city", b))) == 2


def test_a_like_name_joins_listings_up_to_150_metres_apart() -> None:
    a = listing("1", name="Parkhaus Galeria Kaufhof", capacity=400)
    near = listing("9", name="Galeria Kaufhof", capacity=390, north_m=120)
    far = listing("9", name="Galeria Kaufhof", capacity=390, north_m=170)
    assert groups(keyed("bahn", a), keyed("city", near)) == [("bahn", "city")]
    assert len(groups(keyed("bahn", a), keyed("city", far))) == 2


def test_the_same_larger_capacity_joins_listings_of_other_names() -> None:
    a, b = listing("1", name="Königsbau", capacity=417), listing("9", name="Passage", capacity=417, north_m=90)
    assert groups(keyed("bahn", a), keyed("city", b)) == [("bahn", "city")]
    few = listing("1", name="Königsbau", capacity=8), listing("9", name="Passage", capacity=8, north_m=90)
    assert len(groups(keyed("bahn", few[0]), keyed("city", few[1]))) == 2


def test_one_network_never_lists_one_place_twice() -> None:
    assert len(groups(keyed("city", listing("1")), keyed("city", listing("2")))) == 2


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (listing("1", kind=PlaceKind.ON_STREET), listing("2", kind=PlaceKind.GARAGE)),
        (listing("1", name="Messe P1"), listing("2", name="Messe P2")),
        (listing("1", name="Bahnhof Nord"), listing("2", name="Bahnhof Süd")),
        (listing("1", capacity=400), listing("2", capacity=90)),
    ],
    ids=["street and garage", "numbers", "compass words", "capacities"],
)
def test_what_contradicts_itself_stays_apart_even_at_one_spot(a: Listing, b: Listing) -> None:
    assert len(groups(keyed("bahn", a), keyed("city", b))) == 2


def test_a_network_whose_licence_forbids_merging_stays_by_itself() -> None:
    members = dict([keyed("bahn", listing("1")), keyed("city", listing("2"))])
    matched = cluster({key: features(each, may_merge=key.network != "city") for key, each in members.items()})
    assert len(matched) == 2


def test_of_two_candidates_the_surer_one_is_joined() -> None:
    near = keyed("city", listing("near", name="Somewhere", north_m=5))
    other = keyed("city", listing("other", name="Anything", north_m=10))
    assert groups(keyed("bahn", listing("1")), other, near) == [("bahn", "city"), ("city",)]


@given(st.permutations(range(6)))
def test_the_order_of_the_input_changes_nothing(order: list[int]) -> None:
    members = [
        keyed(network, listing(str(number), north_m=number * 7, capacity=100 + number))
        for number, network in enumerate(["a", "b", "c", "a", "b", "c"])
    ]
    expected = cluster({key: features(each) for key, each in members})
    assert cluster({members[i][0]: features(members[i][1]) for i in order}) == expected


def test_no_listing_at_all_is_no_place() -> None:
    assert groups() == []


def test_the_rules_agree_with_most_labelled_pairs() -> None:
    """A floor under the simple rules; the labels are real and lie beside the project, not in it."""
    merge = Path(__file__).resolve().parents[2] / ".." / "shared" / "merge"
    if not merge.exists():
        pytest.skip("the labelled pairs are not on this machine")
    from tests.graph.labelled import precision_and_recall

    precision, recall = precision_and_recall(merge)
    assert precision > 0.9
    assert recall > 0.6
