import pytest

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching import Looks, features, look_alike, looks
from tests.graph.listings import listing

LISTINGS = {"a": {"1": listing("1", name="Markt"), "2": listing("2", name="Tor 3")}, "b": {"1": listing("1")}}


def test_they_are_the_features_of_every_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "KEPT", 2)
    found = dict(Looks(LISTINGS, frozenset("b")))
    assert found == {
        ListingKey(network, local_id): features(each, may_merge=network == "a")
        for network, these in LISTINGS.items()
        for local_id, each in these.items()
    }


def test_what_is_not_listed_looks_like_nothing() -> None:
    assert Looks(LISTINGS, frozenset()).get(ListingKey("a", "3")) is None


def test_only_what_matching_looks_at_makes_a_listing_look_other() -> None:
    assert look_alike(listing("1", name="Markt"), listing("2", name="Markt"))
    assert not look_alike(listing("1", name="Markt"), listing("1", name="Tor"))
    assert not look_alike(listing("1", capacity=4), listing("1", capacity=5))
