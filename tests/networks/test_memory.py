"""For how long an answer answers the same question again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.networks.memory import LONGEST, Memory, OfQuotes, OfSearches, fresh_until
from parkgraph.networks.reports import Code
from tests.networks.scripted import NOW, Clock, batch, listing

MINUTE = timedelta(minutes=1)


def offer(valid_for: timedelta | None = None, ref: str = "1") -> ListingOffer:
    until = NOW + valid_for if valid_for is not None else None
    return ListingOffer(ref, OfferStatus.PRICED, Money(Decimal(5), "EUR"), valid_until=until)


def memory(clock: Clock, capacity: int = 100, *, may_stand_in: bool = True) -> Memory[tuple[ListingOffer, ...]]:
    return Memory(OfQuotes(), MINUTE, clock, may_stand_in=may_stand_in, capacity=capacity)


def test_an_answer_without_offers_holds_for_the_network_s_max_age() -> None:
    assert fresh_until((), NOW, MINUTE) == NOW + MINUTE


def test_an_answer_holds_until_its_first_offer_is_over() -> None:
    offers = offer(5 * MINUTE), offer(3 * MINUTE), offer(9 * MINUTE)
    assert fresh_until(offers, NOW, MINUTE) == NOW + 3 * MINUTE


def test_an_offer_that_names_no_end_holds_for_the_network_s_max_age() -> None:
    assert fresh_until((offer(), offer(5 * MINUTE)), NOW, MINUTE) == NOW + MINUTE
    assert fresh_until((offer(), offer(MINUTE / 2)), NOW, MINUTE) == NOW + MINUTE / 2


def test_nothing_holds_for_longer_than_the_longest() -> None:
    assert fresh_until((offer(timedelta(days=9)),), NOW, MINUTE) == NOW + LONGEST


@given(
    st.lists(st.none() | st.timedeltas(timedelta(0), timedelta(days=1)), max_size=5),
    st.timedeltas(timedelta(0), LONGEST),
)
def test_no_offer_is_over_while_its_answer_holds(ends: list[timedelta | None], max_age: timedelta) -> None:
    offers = tuple(offer(end) for end in ends)
    until = fresh_until(offers, NOW, max_age)
    assert all(each.valid_until is None or until <= each.valid_until for each in offers)


def test_an_answer_that_does_not_hold_any_more_is_kept_to_stand_in_for_a_while() -> None:
    clock = Clock()
    it = memory(clock)
    it.keep("q", (offer(),), NOW)
    clock.pass_by(6 * MINUTE - timedelta(seconds=1))
    kept = it.find("q")
    assert kept is not None
    assert kept.fresh_until == NOW + MINUTE
    clock.pass_by(timedelta(seconds=1))
    assert it.find("q") is None


def test_where_nothing_may_stand_in_an_answer_is_kept_for_as_long_as_it_holds() -> None:
    clock = Clock()
    it = memory(clock, may_stand_in=False)
    it.keep("q", (offer(),), NOW)
    clock.pass_by(MINUTE - timedelta(seconds=1))
    assert it.find("q") is not None
    clock.pass_by(timedelta(seconds=1))
    assert it.find("q") is None


def test_an_incomplete_answer_is_not_kept_and_forgets_the_one_before() -> None:
    it = Memory(OfSearches(), MINUTE, Clock())
    it.keep("q", batch("a"), NOW)
    it.keep("q", batch("a", complete=False), NOW)
    assert it.find("q") is None


def test_what_was_asked_longest_ago_goes_first() -> None:
    it = memory(Clock(), capacity=6)
    for question in "abc":
        it.keep(question, (offer(),), NOW)
    it.find("a")
    it.keep("d", (offer(),), NOW)
    assert [it.find(question) is not None for question in "abcd"] == [True, False, True, True]


def test_an_answer_larger_than_the_memory_is_not_kept() -> None:
    it = memory(Clock(), capacity=3)
    it.keep("q", (offer(),) * 3, NOW)
    assert it.find("q") is None


def test_why_there_is_no_newer_answer_is_kept_with_it() -> None:
    it = memory(Clock())
    it.failed("q", Code.UNAVAILABLE)
    assert it.find("q") is None
    it.keep("q", (offer(),), NOW)
    it.failed("q", Code.UNAVAILABLE)
    kept = it.find("q")
    assert kept is not None
    assert (kept.code, kept.value) == (Code.UNAVAILABLE, (offer(),))


@pytest.mark.parametrize(("after", "left"), [(0, ["1", "2"]), (2, ["2"]), (9, ["2"])])
def test_offers_that_are_over_are_left_out(after: int, left: list[str]) -> None:
    it = Memory(OfSearches(), MINUTE, Clock())
    found = batch(listing("a", offers=(offer(2 * MINUTE, "1"), offer(None, "2"))), "b")
    items = it.valid(found, NOW + after * MINUTE).items
    assert [item.local_id for item in items] == ["a", "b"]
    assert [each.ref for each in items[0].offers] == left
