from collections.abc import Sequence

from parkgraph.domain.place import ListingKey
from parkgraph.graph.identity import Identities, Members, assign, found

A, B, C = ListingKey("a", "1"), ListingKey("b", "1"), ListingKey("c", "1")


class History:
    """What one moment after the other makes of ids."""

    def __init__(self, *moments: Sequence[Members]) -> None:
        self.identities = Identities()
        self.clusters: Sequence[Members] = ()
        for clusters in moments:
            self.see(*clusters)

    def see(self, *clusters: Members) -> None:
        self.clusters = clusters
        for members in clusters:
            for place_id, listings in self.identities.learn(members, self.listed).items():
                self.identities.put(place_id, listings)

    @property
    def listed(self) -> set[ListingKey]:
        return {key for members in self.clusters for key in members}

    def id_of(self, *members: ListingKey) -> object:
        return assign(self.clusters, self.identities)[members]

    def place(self, founder: ListingKey) -> Members | None:
        """The members of the place to which the id leads that this listing founded."""
        key = self.identities.leads_to(found(founder), self.listed)
        return next((members for members in self.clusters if key in members), None)


def test_a_new_place_has_the_same_id_in_every_process() -> None:
    assert assign([(A, B)], Identities()) == {(A, B): found(A)}


def test_an_id_survives_that_nothing_happens() -> None:
    assert History([(A, B), (C,)], [(A, B), (C,)]).id_of(A, B) == found(A)


def test_an_id_survives_its_founders_absence_and_return() -> None:
    history = History([(A, B)], [(B,)])
    assert history.id_of(B) == found(A)
    history.see((A, B))
    assert history.id_of(A, B) == found(A)


def test_a_merge_keeps_the_elder_id_and_redirects_the_other() -> None:
    history = History([(B,)], [(A,), (B,)], [(A, B)])
    assert history.id_of(A, B) == found(B)
    assert history.place(A) == (A, B)


def test_an_id_that_lost_a_merge_still_leads_there_when_its_founder_is_gone_for_good() -> None:
    history = History([(A,), (B,)], [(A, B)], [(A,)])
    assert history.place(B) == (A,)


def test_a_split_leaves_the_id_with_its_senior_listing() -> None:
    history = History([(A, B)], [(A,), (B,)])
    assert (history.id_of(A), history.id_of(B)) == (found(A), found(B))


def test_a_split_without_the_founder_leaves_the_id_with_the_senior_of_the_others() -> None:
    history = History([(A,)], [(A, C)], [(A, B, C)], [(B, C)], [(B,), (C,)])
    assert history.place(A) == (C,)
    assert history.id_of(C) == found(A)


def test_after_a_merge_and_a_split_each_has_its_own_id_again() -> None:
    history = History([(A,), (B,)], [(A, B)], [(A,), (B,)])
    assert (history.id_of(A), history.id_of(B)) == (found(A), found(B))


def test_a_merge_that_was_a_mistake_leaves_no_redirect() -> None:
    history = History([(A,), (B,)], [(A, B)], [(A,), (B,)], [(A,)])
    assert history.place(B) is None


def test_an_id_never_passes_to_a_listing_that_only_came_after_a_split() -> None:
    history = History([(A, B)], [(A,), (B, C)])
    assert history.place(A) == (A,)
    history.see((B, C))
    assert history.place(A) is None
    assert history.id_of(B, C) == found(B)


def test_an_id_leads_nowhere_while_none_of_its_listings_is_listed_and_back_when_one_returns() -> None:
    history = History([(A, B)], [(C,)])
    assert history.place(A) is None
    history.see((B,), (C,))
    assert history.place(A) == (B,)


def test_a_founder_that_returns_elsewhere_takes_its_id_along() -> None:
    history = History([(A, B)], [(B,)], [(A,), (B,)])
    assert history.place(A) == (A,)
    assert history.id_of(B) == found(B)
