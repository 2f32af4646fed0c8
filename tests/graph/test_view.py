from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.place import Listing, ListingKey
from parkgraph.graph.identity import Identities, found
from parkgraph.graph.matching import PartOf
from parkgraph.graph.view import Rules, View, build, parts
from tests.graph.listings import keyed, listing

WHOLE, ONE, OTHER = (ListingKey(network, "1") for network in "abc")


def of(*members: tuple[ListingKey, Listing], previous: View = View(), rules: Rules = Rules()) -> View:  # noqa: B008
    """The view of these listings. Networks of which nothing changed hand out the same mapping."""
    listings: dict[str, dict[str, Listing]] = {}
    for key, each in members:
        listings.setdefault(key.network, {})[key.local_id] = each
    before = previous.listings
    kept = {network: before[network] if before.get(network) == now else now for network, now in listings.items()}
    return build(previous, kept, Identities(), rules).view


def test_a_place_of_which_nothing_changed_is_the_same_object() -> None:
    a, b = keyed("a", listing("1")), keyed("b", listing("1", north_m=5_000))
    before = of(a, b)
    after = of(a, keyed("b", listing("1", north_m=5_000, capacity=7)), previous=before)
    assert after.places[found(a[0])] is before.places[found(a[0])]
    assert after.places[found(b[0])].capacity == 7


def test_a_view_is_given_back_before_what_was_its_own_and_that_bit_by_bit() -> None:
    """From the end of the list: while the view is there, nothing of it goes."""
    a, b = keyed("a", listing("1")), keyed("b", listing("1", north_m=5_000))
    before = of(a, b)
    other = {"a": before.listings["a"], "b": {"1": listing("1", north_m=5_000, capacity=7)}}
    built = build(before, other, Identities(), Rules())
    *own, last = built.gone
    assert last is before
    assert before.places[found(b[0])] in own
    assert before.places[found(a[0])] not in own
    held = [*before.places.not_in(built.view.places), *before.index.not_in(built.view.index)]
    assert held
    assert all(any(each is one for one in own) for each in held)


def test_a_licence_that_forbids_merging_keeps_listings_apart() -> None:
    members = (
        keyed("a", listing("1", name="Galeria", capacity=50)),
        keyed("b", listing("1", name="Galeria", capacity=50)),
    )
    assert len(of(*members).places) == 1
    assert len(of(*members, rules=Rules(unmergeable=frozenset("a"))).places) == 2


def test_a_place_has_parts_and_they_know_of_what() -> None:
    ids = {WHOLE: UUID(int=1), ONE: UUID(int=2), OTHER: UUID(int=3)}
    whole_of, parts_of = parts([PartOf(WHOLE, ONE), PartOf(WHOLE, OTHER)], ids)
    assert whole_of == {ids[ONE]: ids[WHOLE], ids[OTHER]: ids[WHOLE]}
    assert parts_of == {ids[WHOLE]: (ids[ONE], ids[OTHER])}


def test_whole_and_part_that_are_one_place_are_no_parts() -> None:
    assert parts([PartOf(WHOLE, ONE)], {WHOLE: UUID(int=1), ONE: UUID(int=1)}) == ({}, {})


keys = st.sampled_from([WHOLE, ONE, OTHER, ListingKey("d", "1")])
pairs = st.lists(st.builds(PartOf, keys, keys), max_size=8)


@given(pairs)
def test_nothing_is_a_part_of_itself_by_whatever_way(pairs: list[PartOf]) -> None:
    ids = {ListingKey(network, "1"): UUID(int=n) for n, network in enumerate("abcd")}
    whole_of, parts_of = parts(pairs, ids)
    for place_id in ids.values():
        seen = {place_id}
        while (above := whole_of.get(place_id)) is not None:
            assert above not in seen
            seen.add(above)
            place_id = above
    assert {what: of for of, each in parts_of.items() for what in each} == whole_of
