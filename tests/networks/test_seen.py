from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.networks.seen import Again, remember, seen_again, together
from parkgraph.networks.snapshots import Snapshot
from tests.networks.scripted import NOW, batch, listing

LATER = NOW + timedelta(minutes=1)


def seen(*items: str, at: timedelta = timedelta(0)) -> Snapshot:
    snapshot, _ = remember(None, batch(*items), NOW + at)
    return snapshot


def test_what_searches_saw_adds_up() -> None:
    after, changed = remember(seen("a"), batch("b"), LATER)
    assert list(after.listings) == ["a", "b"]
    assert changed
    assert after.taken_at == LATER


def test_what_was_seen_before_is_no_news() -> None:
    before = seen("a", "b")
    after, changed = remember(before, batch("a"), LATER)
    assert not changed
    assert after.listings["a"] is before.listings["a"]


def test_a_changed_listing_is_news() -> None:
    _, changed = remember(seen("a"), batch(listing("a", name="New")), LATER)
    assert changed


def test_an_offer_is_of_its_search_and_is_not_kept() -> None:
    offered = listing("a", offers=(ListingOffer("1", OfferStatus.PRICED, Money(Decimal(5), "EUR")),))
    after, changed = remember(seen("a"), batch(offered), LATER)
    assert after.listings["a"] == replace(offered, offers=())
    assert not changed


def test_of_too_many_those_seen_last_are_kept() -> None:
    first, _ = remember(None, batch("a", "b"), NOW, limit=3)
    second, _ = remember(first, batch("a", "c"), NOW, limit=3)
    third, changed = remember(second, batch("d"), NOW, limit=3)
    assert set(third.listings) == {"a", "c", "d"}
    assert changed


def test_what_two_processes_saw_adds_up_whichever_comes_first() -> None:
    mine, theirs = seen("a", "b"), seen("b", "c", at=timedelta(minutes=1))
    one, changed = together(mine, theirs)
    other, _ = together(theirs, mine)
    assert one.listings == other.listings
    assert set(one.listings) == {"a", "b", "c"}
    assert changed


def test_where_two_processes_differ_the_later_one_counts() -> None:
    mine, _ = remember(None, batch(listing("a", name="Old")), NOW)
    theirs, _ = remember(None, batch(listing("a", name="New")), LATER)
    assert together(mine, theirs)[0].listings["a"].name == "New"
    assert together(theirs, mine)[0].listings["a"].name == "New"


def test_nothing_new_from_another_process_is_no_news() -> None:
    _, changed = together(seen("a", "b"), seen("b"))
    assert not changed


def test_what_another_process_saw_is_news_where_nothing_was_seen() -> None:
    assert together(None, seen("a")) == (seen("a"), True)


def test_a_search_that_saw_nothing_new_is_as_much_work_as_it_is_long() -> None:
    before = seen("a", "b")
    after = seen_again(before, batch("b"), LATER, {})
    assert after is not None
    assert after.listings is before.listings
    assert (after.taken_at, after.published.taken_at) == (LATER, LATER)
    assert after == remember(before, batch("b"), LATER)[0]


def test_what_is_new_is_not_seen_again() -> None:
    before = seen("a")
    again: Again = {}
    assert seen_again(None, batch("a"), LATER, again) is None
    assert seen_again(before, batch("a", "b"), LATER, again) is None
    assert seen_again(before, batch(listing("a", name="New")), LATER, again) is None
    assert again == {}


def test_the_very_listing_of_the_last_search_is_new_where_another_one_is_kept_by_now() -> None:
    again: Again = {}
    last = batch("a")
    assert seen_again(seen("a"), last, LATER, again)
    renamed, _ = remember(None, batch(listing("a", name="New")), LATER)
    assert seen_again(renamed, last, LATER, again) is None


def test_who_is_seen_again_is_noted_the_last_one_last() -> None:
    again: Again = {}
    before = seen("a", "b", "c")
    for searched in (batch("b", "a"), batch("c"), batch("b")):
        assert seen_again(before, searched, LATER, again)
    assert list(again) == ["a", "c", "b"]


def test_of_too_many_those_that_were_seen_again_are_kept() -> None:
    third, _ = remember(seen("a", "b", "c"), batch("d"), LATER, again=["b", "a"], limit=3)
    assert list(third.listings) == ["b", "a", "d"]
