from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching.labels import read_labels
from parkgraph.graph.pins import Pin, as_labels, as_pins, contradicting, pairs
from tests.graph.listings import listing

AT = datetime(2026, 11, 24, tzinfo=UTC)
KEYS = [ListingKey(network, "1") for network in "abcde"]
A, B, C, *_ = KEYS


def pin(a: ListingKey, b: ListingKey, *, same: bool) -> Pin:
    first, second = sorted((a, b))
    return Pin(first, second, same, AT)


def test_what_is_decided_of_three_listings_is_decided_of_every_two() -> None:
    assert pairs([C, A, B, A]) == [(A, B), (A, C), (B, C)]


def test_nothing_is_decided_of_one_listing() -> None:
    with pytest.raises(ValueError, match="two listings"):
        pairs([A, A])


def test_matching_gets_both_kinds_apart() -> None:
    pins = as_pins([pin(A, B, same=True), pin(B, C, same=False)])
    assert (pins.same, pins.different) == (frozenset({(A, B)}), frozenset({(B, C)}))


def test_what_pins_hold_together_no_pin_may_hold_apart() -> None:
    apart = pin(A, C, same=False)
    assert contradicting([pin(A, B, same=True), apart]) is None
    assert contradicting([apart, pin(B, C, same=True), pin(A, B, same=True)]) == apart


pairs_of_keys = st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda pair: pair[0] != pair[1])


@given(st.lists(st.builds(lambda pair, same: pin(*pair, same=same), pairs_of_keys, st.booleans()), max_size=8))
def test_pins_contradict_each_other_where_no_grouping_respects_them_all(pins: list[Pin]) -> None:
    group = {key: {key} for key in KEYS}
    for _ in KEYS:
        for each in pins:
            if each.same:
                group[each.a] = group[each.b] = group[each.a] | group[each.b]
    wrong = {each for each in pins if not each.same and each.b in group[each.a]}
    found = contradicting(pins)
    assert found in wrong if wrong else found is None


def test_pins_are_labels_that_the_report_reads(tmp_path: Path) -> None:
    file = tmp_path / "labels.tsv"
    file.write_text(as_labels([pin(A, B, same=True), pin(B, C, same=False)]))
    labels = read_labels(file, {key: listing() for key in KEYS})
    assert [(label.a, label.b, label.same, label.lineage) for label in labels] == [
        (A, B, True, "independent"),
        (B, C, False, "independent"),
    ]
