"""Which vehicle it is, and when that is sure enough: docs/gates.md has the rules."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.gate_matching import PAIRS, Rate, pairs, repeated, single
from parkgraph.gates.matching import Ambiguous, Known, Look, Match, MatchKind, Unknown, Unread, match, match_inside
from parkgraph.gates.plates import folded

PLATE = "SAB123"
SITE = Known([PLATE, "KXY99", "MZZ4711"])
SURE = Match(PLATE, MatchKind.EXACT, sure=True)


def opens(*looks: Look, known: Known = SITE) -> str | None:
    found = match(looks, known)
    return found.plate if isinstance(found, Match) and found.sure else None


def test_one_exact_look_is_enough() -> None:
    assert match([Look(PLATE)], SITE) == SURE


def test_a_plate_that_is_not_known_is_nobodys() -> None:
    assert match([Look("HAM1")], SITE) == Unknown()


def test_nothing_read_is_nothing_to_go_by() -> None:
    assert match([Look(None)], SITE) == Unread()
    assert match([], SITE) == Unread()


def test_looks_that_show_two_plates_are_ambiguous() -> None:
    assert match([Look(PLATE), Look("KXY99")], SITE) == Ambiguous()


def test_characters_that_look_alike_take_two_looks() -> None:
    once = Look("SA8123")
    assert match([once], SITE) == Match(PLATE, MatchKind.FOLDED, sure=False)
    assert opens(once, once) == PLATE
    assert opens(Look("SA8123", agreeing=2)) == PLATE
    assert opens(once, Look("5AB123")) == PLATE


def test_characters_that_were_not_read_take_a_look_that_has_read_them() -> None:
    """Whatever hid a character from one look hides it from the next: the same gap twice says nothing new."""
    gap = Look("SAB1?3")
    assert match([gap], SITE) == Match(PLATE, MatchKind.WILDCARD, sure=False)
    assert opens(gap, gap) is None
    assert opens(Look("SAB1?3", agreeing=5)) is None
    assert opens(gap, Look("SAB12?")) == PLATE


@pytest.mark.parametrize("text", ["S???23", "SAB1?", "S?B12", "?X?9"])
def test_too_little_read_is_nobodys(text: str) -> None:
    assert opens(Look(text), Look(text)) is None


def test_the_cameras_other_guesses_take_two_looks() -> None:
    guess = Look("SAB128", ("SAB123",))
    assert match([guess], SITE) == Match(PLATE, MatchKind.CANDIDATE, sure=False)
    assert opens(guess, guess) == PLATE
    assert opens(guess, Look("SA8123")) == PLATE


def test_another_plate_within_reach_leaves_it_open() -> None:
    near = Known([PLATE, "SAB128"])
    assert match([Look("SA8123")] * 2, near) == Ambiguous()
    assert match([Look("SAB12?"), Look("?AB123")], near) == Ambiguous()
    assert opens(Look(PLATE), known=near) == PLATE


def test_two_plates_that_look_alike_are_told_apart_by_an_exact_look_only() -> None:
    twins = Known(["SO1", "S01"])
    assert opens(Look("SO1"), known=twins) == "SO1"
    assert match([Look("SD1")] * 2, twins) == Ambiguous()


@pytest.mark.parametrize("text", ["SA8123", "SAB1?3", "SA?12?"])
def test_at_the_exit_one_look_tells_who_of_those_inside_it_is(text: str) -> None:
    found = match_inside([Look(text)], SITE)
    assert isinstance(found, Match)
    assert (found.plate, found.sure) == (PLATE, True)


ALPHABET = string.ascii_uppercase + string.digits
PLATES = st.text(ALPHABET, min_size=5, max_size=9)


@given(st.sets(PLATES, min_size=1, max_size=20), st.data())
def test_one_changed_character_never_opens_by_itself(plates: set[str], data: st.DataObject) -> None:
    plate = data.draw(st.sampled_from(sorted(plates)))
    position = data.draw(st.integers(0, len(plate) - 1))
    change = data.draw(st.sampled_from(["?", "", *ALPHABET]))
    text = plate[:position] + change + plate[position + (data.draw(st.booleans()) or change == "") :]
    found = opens(Look(text), known=Known(plates))
    assert found is None or found == text


@given(st.sets(PLATES, min_size=1, max_size=20), st.lists(st.text(ALPHABET + "?", min_size=2, max_size=9), max_size=4))
def test_only_what_was_read_opens(plates: set[str], texts: list[str]) -> None:
    """Character by character, but for those that look alike, and each of them by some look."""
    found = opens(*map(Look, texts), known=Known(plates))
    if found is not None:
        assert found in plates
        like = [text for text in texts if len(text) == len(found)]
        for position, char in enumerate(folded(found)):
            assert char in {folded(text)[position] for text in like}


@given(st.sets(PLATES, max_size=20), st.permutations([Look("SA8123"), Look("SAB1?3"), Look(None), Look("KXY99")]))
def test_the_order_of_the_looks_makes_no_difference(plates: set[str], looks: list[Look]) -> None:
    known = Known(plates | {PLATE})
    assert match(looks, known) == match(sorted(looks, key=str), known)


def test_an_interval_holds_the_rate_and_narrows() -> None:
    low, high = Rate(0, 315).interval
    assert (low, round(high, 4)) == (0, 0.012)
    low, high = Rate(3000, 30_000).interval
    assert 0.0966 < low < 0.1 < high < 0.1035


@pytest.mark.skipif(not PAIRS.exists(), reason="the pairs of real reads are not on this machine")
class TestRealReads:
    """Of a camera at a barrier: true plate and plate as read."""

    def test_a_single_look_lets_nobody_in_on_anothers_right(self) -> None:
        rates = single(pairs())
        assert rates.false_open.count == 0, rates.false_open
        assert rates.false_open.interval[1] < 0.015
        assert rates.not_open.value <= 0.15, rates.not_open

    def test_two_looks_let_nobody_in_on_anothers_right_and_more_of_those_who_have_one(self) -> None:
        rates = repeated(pairs())
        assert rates.false_open.count == 0, rates.false_open
        assert rates.not_open.value < single(pairs()).not_open.value / 2
