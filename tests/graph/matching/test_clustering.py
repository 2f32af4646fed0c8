from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing, ListingKey, PlaceKind
from parkgraph.graph.matching import NO_PINS, Features, PartOf, Pins, cluster, features, recluster
from tests.graph.listings import STATION, keyed, listing

Members = tuple[ListingKey, Listing]


def matched(*members: Members) -> dict[ListingKey, Features]:
    return {key: features(each) for key, each in members}


def groups(*members: Members, pins: Pins = NO_PINS) -> list[tuple[str, ...]]:
    return [tuple(key.network for key in group) for group in cluster(matched(*members), pins).clusters]


def test_listings_at_one_spot_are_one_place() -> None:
    assert groups(keyed("bahn", listing("1")), keyed("city", listing("9", north_m=12))) == [("bahn", "city")]


def test_unlike_listings_40_metres_apart_are_two_places() -> None:
    a = listing("1", name="Hofdienergarage", capacity=359)
    b = listing("9", name="Landesbibliothek", capacity=60, north_m=40)
    assert len(groups(keyed("bahn", a), keyed("city", b))) == 2


def test_a_like_name_and_capacity_join_listings_far_apart_but_not_out_of_reach() -> None:
    a = listing("1", name="Parkhaus Galeria Kaufhof", capacity=400)
    near = listing("9", name="Galeria Kaufhof", capacity=400, north_m=250)
    far = listing("9", name="Galeria Kaufhof", capacity=400, north_m=310)
    assert groups(keyed("bahn", a), keyed("city", near)) == [("bahn", "city")]
    assert len(groups(keyed("bahn", a), keyed("city", far))) == 2


def test_the_same_larger_capacity_joins_nameless_listings() -> None:
    a, b = listing("1", name="Parkplatz", capacity=417), listing("9", name="Passage", capacity=417, north_m=60)
    assert groups(keyed("bahn", a), keyed("city", b)) == [("bahn", "city")]
    few = listing("1", name="Parkplatz", capacity=8), listing("9", name="Passage", capacity=8, north_m=60)
    assert len(groups(keyed("bahn", few[0]), keyed("city", few[1]))) == 2


def test_the_same_name_and_number_join_whatever_the_capacities() -> None:
    a = listing("1", name="P12 Zähringer Tor", capacity=399)
    b = listing("9", name="P12 Zähringer Tor", capacity=90, north_m=2)
    assert groups(keyed("city", a), keyed("feed", b)) == [("city", "feed")]


def test_swapped_positions_are_put_right_by_numbers_and_names() -> None:
    members = [
        keyed("city", listing("1", name="P1 Bahnhofsgarage", capacity=169)),
        keyed("city", listing("2", name="P2 Konzerthaus", capacity=415, north_m=186)),
        keyed("feed", listing("1", name="P1 Bahnhofsgarage", capacity=209, north_m=186)),
        keyed("feed", listing("2", name="P2 Konzerthaus", capacity=396)),
    ]
    found = cluster(matched(*members)).clusters
    assert [{key.local_id for key in group} for group in found] == [{"1"}, {"2"}]


def test_one_network_never_lists_one_place_twice() -> None:
    assert len(groups(keyed("city", listing("1")), keyed("city", listing("2")))) == 2


def test_two_networks_listings_at_one_spot_find_one_partner_each() -> None:
    members = [
        keyed("bahn", listing("a", name="Parkplatz", capacity=49)),
        keyed("bahn", listing("b", name="Parkplatz", capacity=22)),
        keyed("city", listing("c", name="Parkplatz", capacity=48, north_m=20)),
        keyed("city", listing("d", name="Parkplatz", capacity=22, north_m=20)),
    ]
    found = cluster(matched(*members)).clusters
    assert [tuple(key.local_id for key in group) for group in found] == [("a", "c"), ("b", "d")]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (listing("1", kind=PlaceKind.ON_STREET), listing("2", kind=PlaceKind.GARAGE)),
        (listing("1", name="Messe P1"), listing("2", name="Messe P2")),
        (listing("1", name="Bahnhof Nord"), listing("2", name="Bahnhof Süd")),
        (listing("1", name="Markt für Wohnmobile"), listing("2", name="Markt für Behinderte")),
    ],
    ids=["street and garage", "numbers", "compass words", "users"],
)
def test_what_contradicts_itself_stays_apart_even_at_one_spot(a: Listing, b: Listing) -> None:
    assert len(groups(keyed("bahn", a), keyed("city", b))) == 2


def test_a_network_whose_licence_forbids_merging_stays_by_itself_whatever_is_pinned() -> None:
    (a, x), (b, y) = keyed("bahn", listing("1")), keyed("city", listing("2"))
    listings = {a: features(x), b: features(y, may_merge=False)}
    assert cluster(listings).clusters == cluster(listings, Pins(same=frozenset({(a, b)}))).clusters == [(a,), (b,)]


class TestParts:
    whole = keyed("city", listing("w", name="Elbphilharmonie", capacity=433))
    first = keyed("apcoa", listing("1", name="Elbphilharmonie", capacity=297, north_m=5))
    second = keyed("apcoa", listing("2", name="Elbphilharmonie Hotel", capacity=136, north_m=12))

    def test_listings_that_add_up_to_another_are_its_parts_and_not_its_doubles(self) -> None:
        found = cluster(matched(self.whole, self.first, self.second))
        assert found.parts == (PartOf(self.whole[0], self.first[0]), PartOf(self.whole[0], self.second[0]))
        assert found.clusters == [(self.first[0],), (self.second[0],), (self.whole[0],)]

    def test_a_garage_is_no_part_of_one_of_another_name(self) -> None:
        other = keyed("city", listing("w", name="Speicherstadt", capacity=433))
        assert cluster(matched(other, self.first, self.second)).parts == ()

    def test_what_is_pinned_is_no_part(self) -> None:
        listings = matched(self.whole, self.first, self.second)
        pair = (self.first[0], self.whole[0])
        second = (PartOf(self.whole[0], self.second[0]),)
        assert cluster(listings, Pins(different=frozenset({pair}))).parts == second
        joined = cluster(listings, Pins(same=frozenset({pair})))
        assert joined.parts == second
        assert pair in joined.clusters

    def test_a_part_that_comes_or_goes_makes_and_unmakes_the_relation(self) -> None:
        without = matched(self.whole, self.first)
        listings = matched(self.whole, self.first, self.second)
        alone, all_three = cluster(without), cluster(listings)
        assert alone.parts == ()
        assert alone.clusters == [(self.first[0], self.whole[0])]
        assert recluster(alone, listings, [self.second[0]]) == all_three
        assert recluster(all_three, without, [self.second[0]]) == alone


class TestPins:
    a, b, c = (keyed(network, listing("1", name="Markt")) for network in "abc")
    far = keyed("d", listing("1", name="Elsewhere", north_m=5_000))

    def test_a_pinned_pair_is_one_place_however_far_apart(self) -> None:
        pins = Pins(same=frozenset({(self.far[0], self.a[0])}))
        assert groups(self.a, self.far, pins=pins) == [("a", "d")]

    def test_a_pinned_pair_may_be_of_one_network(self) -> None:
        other = keyed("a", listing("2"))
        assert groups(self.a, other, pins=Pins(same=frozenset({(self.a[0], other[0])}))) == [("a", "a")]

    def test_a_pair_pinned_apart_is_two_places_however_alike(self) -> None:
        assert groups(self.a, self.b, pins=Pins(different=frozenset({(self.b[0], self.a[0])}))) == [("a",), ("b",)]

    def test_where_pins_contradict_each_other_different_wins(self) -> None:
        a, b, c = self.a[0], self.b[0], self.c[0]
        pins = Pins(same=frozenset({(a, b), (b, c)}), different=frozenset({(a, c)}))
        assert groups(self.a, self.b, self.c, pins=pins) == [("a", "b"), ("c",)]

    def test_a_pin_of_a_listing_that_is_gone_does_nothing(self) -> None:
        pins = Pins(same=frozenset({(self.a[0], ListingKey("z", "1"))}))
        assert groups(self.a, pins=pins) == [("a",)]


KEYS = [ListingKey(network, str(number)) for network in "abcd" for number in range(3)]
spots = st.builds(
    lambda north, east: Coordinates(STATION.latitude + north / 111_195, STATION.longitude + east / 73_300),
    st.integers(0, 8).map(lambda step: step * 60),
    st.integers(0, 4).map(lambda step: step * 60),
)
some_features = st.builds(
    lambda location, name, capacity, kind, may_merge: features(
        Listing(local_id="1", name=name, location=location, capacity=capacity, kind=kind), may_merge=may_merge
    ),
    spots,
    st.sampled_from(["Markt", "P1 Markt", "P2 Markt", "Markt Nord", "Hafen", "Parkplatz", "Parkhaus Hafen"]),
    st.sampled_from([None, 60, 90, 150, 240, 300]),
    st.sampled_from([PlaceKind.UNKNOWN, PlaceKind.GARAGE, PlaceKind.ON_STREET]),
    st.sampled_from([True, True, True, False]),
)
wholes_and_parts = st.builds(
    lambda name, capacity: features(Listing(local_id="1", name=name, location=STATION, capacity=capacity)),
    st.sampled_from(["Markt", "Markt", "P1 Markt", "P2 Markt", "P3 Markt"]),
    st.sampled_from([90, 150, 240]),
)
worlds = st.one_of(
    st.dictionaries(st.sampled_from(KEYS), some_features),
    st.dictionaries(st.sampled_from(KEYS[:6]), wholes_and_parts),
)
pairs = st.frozensets(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda pair: pair[0] != pair[1]))
some_pins = st.one_of(st.just(NO_PINS), st.builds(Pins, same=pairs, different=pairs))


World = dict[ListingKey, Features]
Edit = dict[ListingKey, Features | None]
"""None is a removal."""


def histories(
    facts: st.SearchStrategy[Features], keys: list[ListingKey]
) -> st.SearchStrategy[tuple[World, list[Edit]]]:
    edit = st.dictionaries(st.sampled_from(keys), st.one_of(st.none(), facts, facts), min_size=1, max_size=3)
    return st.tuples(st.dictionaries(st.sampled_from(keys), facts, min_size=3), st.lists(edit, min_size=1, max_size=4))


@given(st.one_of(histories(some_features, KEYS), histories(wholes_and_parts, KEYS[:6])), st.data())
@settings(max_examples=200)
def test_looking_near_what_changed_finds_what_looking_everywhere_finds(
    history: tuple[World, list[Edit]], data: st.DataObject
) -> None:
    listings, edits = history
    pins = data.draw(some_pins)
    clustering = cluster(listings, pins)
    for edit in edits:
        now = {key: facts for key, facts in (listings | edit).items() if facts is not None}
        now_pins = data.draw(st.one_of(st.just(pins), some_pins))
        later = recluster(clustering, now, edit.keys(), now_pins)
        assert later == cluster(now, now_pins)
        assert clustering == cluster(listings, pins), "the one before is left as it was"
        listings, pins, clustering = now, now_pins, later


@given(worlds, some_pins, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(
    listings: dict[ListingKey, Features], pins: Pins, chance: Random
) -> None:
    shuffled = list(listings.items())
    chance.shuffle(shuffled)
    assert cluster(dict(shuffled), pins) == cluster(listings, pins)


@given(worlds, some_pins)
def test_every_listing_is_in_one_cluster_and_no_part_in_its_whole(
    listings: dict[ListingKey, Features], pins: Pins
) -> None:
    found = cluster(listings, pins)
    assert sorted(key for group in found.clusters for key in group) == sorted(listings)
    cluster_of = {key: group for group in found.clusters for key in group}
    assert all(cluster_of[pair.whole] != cluster_of[pair.part] for pair in found.parts)


@given(worlds)
def test_without_pins_a_cluster_has_one_listing_of_a_network_at_most(listings: dict[ListingKey, Features]) -> None:
    for group in cluster(listings).clusters:
        assert len({key.network for key in group}) == len(group)


def test_listings_on_both_sides_of_the_antimeridian_are_one_place() -> None:
    west = Listing(local_id="1", name="Taveuni", location=Coordinates(-16.8, 179.9999))
    east = Listing(local_id="1", name="Taveuni", location=Coordinates(-16.8, -179.9999))
    assert groups(keyed("a", west), keyed("b", east)) == [("a", "b")]


def test_no_listing_at_all_is_no_place() -> None:
    assert groups() == []
