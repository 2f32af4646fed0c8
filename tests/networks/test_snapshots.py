from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing
from parkgraph.networks.reports import Code
from parkgraph.networks.snapshots import Snapshot, apply, with_occupancies
from parkgraph.sdk.batch import Batch, Rejected
from tests.networks.scripted import NOW, batch, listing, update

LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)


def snapshot(*items: Listing | str, **more: object) -> Snapshot:
    first, _ = apply(None, batch(*items, **more), NOW)
    return first


def vacant(of: Snapshot, local_id: str) -> int | None:
    occupancy = of.listings[local_id].occupancy
    return occupancy.vacant if occupancy else None


def test_a_complete_answer_replaces() -> None:
    after, held = apply(snapshot("a", "b"), batch("b", "c"), LATER)
    assert list(after.listings) == ["b", "c"]
    assert held is None
    assert after.taken_at == LATER


def test_an_incomplete_answer_updates_what_it_has_and_deletes_nothing() -> None:
    better = listing("b", name="Better")
    after, held = apply(snapshot("a", "b"), batch(better, "c", complete=False), LATER)
    assert after.listings == {"a": listing("a"), "b": better, "c": listing("c")}
    assert held is Code.INCOMPLETE


def test_an_incomplete_answer_is_younger_than_nothing() -> None:
    before = snapshot("a", as_of=EARLIER)
    after, _ = apply(before, batch("a", complete=False, as_of=NOW), LATER)
    assert (after.taken_at, after.as_of) == (before.taken_at, before.as_of)


def test_the_first_answer_is_taken_even_if_incomplete() -> None:
    after, held = apply(None, batch("a", complete=False), NOW)
    assert (list(after.listings), held) == (["a"], Code.INCOMPLETE)


def test_an_empty_answer_wipes_nothing() -> None:
    after, held = apply(snapshot("a", "b"), batch(), LATER)
    assert list(after.listings) == ["a", "b"]
    assert held is Code.HELD_SMALLER
    assert after.taken_at == NOW


def test_an_answer_of_less_than_half_is_held() -> None:
    after, held = apply(snapshot("a", "b", "c"), batch(listing("c", name="New"), "d"), LATER)
    assert held is None
    after, held = apply(snapshot("a", "b", "c"), batch(listing("c", name="New")), LATER)
    assert held is Code.HELD_SMALLER
    assert list(after.listings) == ["a", "b", "c"]
    assert after.listings["c"].name == "New"


def test_an_answer_of_half_is_believed() -> None:
    after, held = apply(snapshot("a", "b"), batch("a"), LATER)
    assert (list(after.listings), held) == (["a"], None)


def test_a_smaller_answer_that_persists_for_a_day_is_accepted() -> None:
    held_at_first, _ = apply(snapshot("a", "b", "c"), batch("a"), NOW)
    almost, held = apply(held_at_first, batch("a"), NOW + timedelta(hours=23, minutes=59))
    assert held is Code.HELD_SMALLER
    after, held = apply(almost, batch("a"), NOW + timedelta(hours=24))
    assert (list(after.listings), held) == (["a"], None)


def test_an_empty_answer_is_never_accepted() -> None:
    held_at_first, _ = apply(snapshot("a"), batch(), NOW)
    after, held = apply(held_at_first, batch(), NOW + timedelta(days=365))
    assert (list(after.listings), held) == (["a"], Code.HELD_SMALLER)


def test_an_answer_of_the_usual_size_begins_the_day_anew() -> None:
    held_at_first, _ = apply(snapshot("a", "b", "c"), batch("a"), NOW)
    usual, _ = apply(held_at_first, batch("a", "b", "c"), NOW + timedelta(hours=12))
    _, held = apply(usual, batch("a"), NOW + timedelta(hours=25))
    assert held is Code.HELD_SMALLER


def test_an_incomplete_answer_does_not_begin_the_day_anew() -> None:
    held_at_first, _ = apply(snapshot("a", "b", "c"), batch("a"), NOW)
    partly, _ = apply(held_at_first, batch("a", complete=False), NOW + timedelta(hours=12))
    after, held = apply(partly, batch("a"), NOW + timedelta(hours=24))
    assert (list(after.listings), held) == (["a"], None)


def test_a_network_that_had_nothing_may_go_on_having_nothing() -> None:
    _, held = apply(snapshot(), batch(), LATER)
    assert held is None


def test_the_networks_own_time_is_never_now() -> None:
    assert snapshot("a").as_of is None
    assert snapshot("a", as_of=EARLIER).as_of == EARLIER


def test_rejected_rows_are_those_of_the_last_answer() -> None:
    before = snapshot("a", rejected=(Rejected("x", "bad"),))
    after, _ = apply(before, batch("a", rejected=(Rejected("y", "worse"),)), LATER)
    assert after.rejected == (Rejected("y", "worse"),)


def test_a_second_row_of_one_id_is_rejected() -> None:
    after = snapshot(listing("a", name="First"), listing("a", name="Second"))
    assert after.listings["a"].name == "First"
    assert after.rejected == (Rejected("a", "a second row with this id"),)


def test_an_unchanged_listing_stays_the_same_object() -> None:
    before = snapshot("a", "b")
    after, _ = apply(before, batch(listing("a"), listing("b", name="New")), LATER)
    assert after.listings["a"] is before.listings["a"]
    assert after.listings["b"] is not before.listings["b"]


def test_live_data_are_applied_by_id() -> None:
    after = with_occupancies(snapshot("a", "b"), Batch((update("b", 7),)), NOW)
    assert (vacant(after, "a"), vacant(after, "b")) == (None, 7)


def test_live_data_of_unknown_listings_are_rejected_rows() -> None:
    after = with_occupancies(snapshot("a"), Batch((update("z", 7),)), NOW)
    assert after.rejected == (Rejected("z", "no listing has this id"),)
    assert list(after.listings) == ["a"]


def test_rejected_rows_of_both_answers_are_counted() -> None:
    before = snapshot("a", rejected=(Rejected("x", "bad"),))
    live = with_occupancies(before, Batch((update("z", 7),)), NOW)
    assert len(live.rejected) == 2
    again = with_occupancies(live, Batch((update("a", 7),)), NOW)
    assert again.rejected == (Rejected("x", "bad"),)


def test_live_data_survive_a_refresh_of_the_listings() -> None:
    live = with_occupancies(snapshot("a", "b"), Batch((update("a", 7),)), NOW)
    after, _ = apply(live, batch(listing("a", name="New"), "b"), LATER)
    assert vacant(after, "a") == 7
    assert after.listings["a"].name == "New"


def test_live_data_of_a_listing_that_is_gone_are_forgotten() -> None:
    live = with_occupancies(snapshot("a", "b"), Batch((update("a", 7),)), NOW)
    gone, _ = apply(live, batch("b"), LATER)
    back, _ = apply(gone, batch("a", "b"), LATER)
    assert vacant(back, "a") is None


def test_live_data_in_the_listings_themselves_go_with_them() -> None:
    before = snapshot(listing("a", occupancy=Occupancy(5)))
    after, _ = apply(before, batch("a"), LATER)
    assert after.listings["a"].occupancy is None


def test_an_older_observation_never_overwrites_a_newer_one() -> None:
    live = with_occupancies(snapshot("a"), Batch((update("a", 7, NOW),)), NOW)
    assert vacant(with_occupancies(live, Batch((update("a", 1, EARLIER),)), LATER), "a") == 7
    assert vacant(with_occupancies(live, Batch((update("a", 1, LATER),)), LATER), "a") == 1


def test_an_older_observation_in_the_listings_does_not_either() -> None:
    before = snapshot(listing("a", occupancy=Occupancy(7, observed_at=NOW)))
    old = listing("a", name="New", occupancy=Occupancy(1, observed_at=EARLIER))
    after, _ = apply(before, batch(old), LATER)
    assert (after.listings["a"].name, vacant(after, "a")) == ("New", 7)


def test_of_the_listings_and_the_live_data_the_later_observation_counts() -> None:
    before = snapshot(listing("a", occupancy=Occupancy(7, observed_at=NOW)))
    assert vacant(with_occupancies(before, Batch((update("a", 1, EARLIER),)), NOW), "a") == 7
    assert vacant(with_occupancies(before, Batch((update("a", 1, NOW),)), NOW), "a") == 1


def test_an_observation_from_the_future_does_not_block_what_follows() -> None:
    live = with_occupancies(snapshot("a"), Batch((update("a", 7, NOW + timedelta(days=365)),)), NOW)
    assert vacant(with_occupancies(live, Batch((update("a", 1, NOW),)), NOW), "a") == 1


def test_an_observation_without_a_time_replaces_and_is_replaced() -> None:
    live = with_occupancies(snapshot("a"), Batch((update("a", 7, NOW),)), NOW)
    unknown = with_occupancies(live, Batch((update("a", 1, None),)), NOW)
    assert vacant(unknown, "a") == 1
    assert vacant(with_occupancies(unknown, Batch((update("a", 2, EARLIER),)), NOW), "a") == 2


def test_what_an_answer_leaves_out_keeps_its_last_observation() -> None:
    live = with_occupancies(snapshot("a", "b"), Batch((update("a", 7), update("b", 8))), NOW)
    after = with_occupancies(live, Batch((update("a", 6, LATER),)), LATER)
    assert (vacant(after, "a"), vacant(after, "b")) == (6, 8)


def test_an_incomplete_live_answer_does_not_move_its_time() -> None:
    live = with_occupancies(snapshot("a"), Batch((update("a", 7),)), NOW)
    after = with_occupancies(live, Batch((update("a", 6),), complete=False), LATER)
    assert after.live is not None
    assert after.live.taken_at == NOW
    assert vacant(after, "a") == 6


def test_the_later_time_of_both_answers_is_the_snapshots() -> None:
    before = snapshot("a", as_of=EARLIER)
    assert with_occupancies(before, Batch((update("a", 7),), as_of=NOW), LATER).as_of == NOW
    assert with_occupancies(before, Batch((update("a", 7),)), LATER).as_of == EARLIER


def test_audiences_keep_their_capacity_and_get_their_vacancy() -> None:
    static = (AudienceCapacity(Audience.DISABLED, 10), AudienceCapacity(Audience.FAMILY, 5))
    live = (AudienceCapacity(Audience.DISABLED, None, 3), AudienceCapacity(Audience.ELECTRIC, 4, 1))
    before = snapshot(listing("a", audiences=static))
    after = with_occupancies(before, Batch((update("a", 7, audiences=live),)), NOW)
    assert after.listings["a"].audiences == (
        AudienceCapacity(Audience.DISABLED, 10, 3),
        AudienceCapacity(Audience.FAMILY, 5),
        AudienceCapacity(Audience.ELECTRIC, 4, 1),
    )
    assert replace(after, live=None).published.listings["a"].audiences == static


answers = st.builds(
    lambda ids, complete: batch(*sorted(ids), complete=complete),
    st.frozensets(st.sampled_from("abcdefgh")),
    st.booleans(),
)


@given(st.lists(answers, min_size=1), st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_a_network_never_loses_more_than_half_at_once(given_answers: list[Batch[Listing]], apart: timedelta) -> None:
    current, now = None, NOW
    for answer in given_answers:
        now += apart
        before = current
        current, held = apply(before, answer, now)
        assert {item.local_id for item in answer.items} <= current.listings.keys()
        if before and (held or not answer.complete):
            assert before.listings.keys() <= current.listings.keys()
        if before and before.listings:
            assert current.listings


@pytest.mark.parametrize("items", [(), ("a",)])
def test_of_a_network_that_may_shrink_a_small_answer_is_believed_at_once(items: tuple[str, ...]) -> None:
    before, _ = apply(None, batch("a", "b", "c"), NOW)
    after, held = apply(before, batch(*items), NOW, may_shrink=True)
    assert (tuple(after.listings), held) == (items, None)


def test_the_counter_of_a_facility_out_of_service_means_nothing() -> None:
    closed = listing("a", occupancy=Occupancy(level=OccupancyLevel.CLOSED))
    after = with_occupancies(snapshot(closed), batch(update("a", 7)), NOW)
    assert after.listings["a"] == closed
    opened, _ = apply(after, batch("a"), LATER)
    assert vacant(opened, "a") == 7
