from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.place import ListingKey
from parkgraph.graph.identity import Known, assign, found

A, B, C = ListingKey("a", "1"), ListingKey("b", "1"), ListingKey("c", "1")


def remember(known: Known, ids: dict[tuple[ListingKey, ...], UUID]) -> Known:
    """What is known once these ids were handed out."""
    founders = dict(known.founders)
    members = dict(known.members)
    for cluster, place_id in ids.items():
        founders.setdefault(place_id, cluster[0])
        members.update(dict.fromkeys(cluster, place_id))
    return Known(founders, members)


def test_a_new_place_has_the_same_id_in_every_process() -> None:
    assert assign([(A, B)], Known()) == {(A, B): found(A)}


def test_an_id_survives_a_restart() -> None:
    first = assign([(A, B), (C,)], Known())
    assert assign([(A, B), (C,)], remember(Known(), first)) == first


def test_an_id_survives_its_founders_absence_and_return() -> None:
    known = remember(Known(), assign([(A, B)], Known()))
    without = assign([(B,)], known)
    assert without == {(B,): found(A)}
    assert assign([(A, B)], remember(known, without)) == {(A, B): found(A)}


def test_a_merge_keeps_the_elder_id() -> None:
    known = remember(Known(), assign([(B,)], Known()))
    known = remember(known, assign([(A,), (B,)], known))
    assert assign([(A, B)], known) == {(A, B): found(B)}


def test_a_split_leaves_the_id_with_the_founder() -> None:
    known = remember(Known(), assign([(A, B)], Known()))
    assert assign([(A,), (B,)], known) == {(A,): found(A), (B,): found(B)}


def test_after_a_merge_and_a_split_each_has_its_own_id_again() -> None:
    known = remember(Known(), assign([(A,), (B,)], Known()))
    known = remember(known, assign([(A, B)], known))
    assert assign([(A,), (B,)], known) == {(A,): found(A), (B,): found(B)}


keys = st.sampled_from([ListingKey(network, local) for network in "abc" for local in "123"])
partitions = st.lists(keys, unique=True).flatmap(
    lambda members: st.lists(st.integers(0, 4), min_size=len(members), max_size=len(members)).map(
        lambda numbers: sorted(
            {
                tuple(sorted(key for key, number in zip(members, numbers, strict=True) if number == wanted))
                for wanted in numbers
            }
        )
    )
)


@given(st.lists(partitions, min_size=1, max_size=8))
def test_whatever_happens_every_place_has_one_id_and_no_two_share_one(
    history: list[list[tuple[ListingKey, ...]]],
) -> None:
    known = Known()
    for clusters in history:
        ids = assign(clusters, known)
        assert set(ids) == set(clusters)
        assert len(set(ids.values())) == len(clusters)
        assert assign(clusters, remember(known, ids)) == ids
        known = remember(known, ids)
