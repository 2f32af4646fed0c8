"""Many looks, one passage."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.gates.agent import passages
from parkgraph.gates.agent.look import Candidate, Direction, Look
from parkgraph.gates.agent.passages import Passage, Policy

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
POLICY = Policy()


@dataclass
class Line:
    """One camera; `questions` are the plates that were asked about, with how many looks agreed."""

    passages: list[Passage] = field(default_factory=list)
    questions: list[tuple[str | None, int]] = field(default_factory=list)
    direction: Direction = Direction.ENTRY

    def see(self, at: float, plate: str | None, confidence: float | None = None, **more: Any) -> Passage:
        now = NOON + timedelta(seconds=at)
        direction = more.pop("direction", self.direction)
        look = Look(plate, confidence, **{"captured_at": now, **more})
        before = passages.open_of(self.passages, look, direction, "cam", POLICY, now)
        if before is None:
            before = passages.begun(f"p{len(self.passages)}", "cam", look, now)
        else:
            self.passages.remove(before)
        self.passages.append(self._ask(passages.seen(before, look, direction, now), now))
        return self.passages[-1]

    def wait(self, at: float) -> None:
        now = NOON + timedelta(seconds=at)
        self.passages = [self._ask(each, now) for each in self.passages]

    def open(self) -> None:
        self.passages[-1] = replace(self.passages[-1], opened=True)

    def _ask(self, passage: Passage, now: datetime) -> Passage:
        if not passages.wants_decision(passage, POLICY, now):
            return passage
        self.questions.append((passage.best.plate if passage.best else None, passage.agreeing))
        return passages.asked(passage, now)


def test_106_samples_of_one_car_are_one_passage() -> None:
    line = Line()
    for index in range(106):
        line.see(index * 0.101, "SPG123", 0.9, track="t")
    (passage,) = line.passages
    assert (passage.looks, passage.agreeing) == (106, 106)


def test_a_plate_that_changes_within_a_track_is_one_passage_with_the_latest_verdict_of_the_device() -> None:
    line = Line()
    for at, plate in ((0, "AA7690EQ"), (0.05, "AA7690EQ"), (0.3, "AA7690EO"), (10, "AA7690EO")):
        line.see(at, plate, 0.7, track="123", fused=True)
    (passage,) = line.passages
    assert passage.best
    assert passage.best.plate == "AA7690EO"
    assert [each.plate for each in passage.candidates] == ["AA7690EQ"]


def test_a_sure_look_is_asked_about_at_once() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9, track="t")
    assert line.questions == [("SPG123", 1)]


def test_an_unsure_look_waits_for_another_and_not_for_long() -> None:
    line = Line()
    line.see(0, "SPG123", 0.5, track="t")
    line.wait(0.3)
    assert line.questions == []
    assert passages.waits(line.passages[0])
    line.wait(0.5)
    assert line.questions == [("SPG123", 1)]
    assert not passages.waits(line.passages[0])


def test_two_unsure_looks_that_agree_are_sure() -> None:
    line = Line()
    line.see(0, "SPG123", 0.5, track="t")
    line.see(0.1, "S-PG 123", 0.5, track="t")
    assert line.questions == [("SPG123", 2)]


def test_a_look_whose_way_is_not_known_waits_for_it() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9, track="t", direction=Direction.UNKNOWN)
    assert line.questions == []
    line.see(0.1, "SPG123", 0.9, track="t", direction=Direction.EXIT)
    assert line.questions == [("SPG123", 2)]
    assert line.passages[0].direction is Direction.EXIT


def test_agreement_is_worth_another_question() -> None:
    line = Line()
    line.see(0, "SPG1?3", 0.9, track="t")
    line.see(0.1, "SPG1?3", 0.9, track="t")
    line.see(0.2, "SPG1?3", 0.9, track="t")
    assert line.questions == [("SPG1?3", 1), ("SPG1?3", 2)]


def test_a_frame_that_is_told_twice_does_not_agree_with_itself() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9, track="t", captured_at=NOON)
    line.see(0.1, "SPG123", 0.9, track="t", captured_at=NOON)
    assert line.passages[0].agreeing == 1


def test_another_plate_is_another_question() -> None:
    line = Line()
    line.see(0, "SPG128", 0.85, track="t")
    line.see(0.1, "SPG123", 0.9, track="t")
    assert [plate for plate, _ in line.questions] == ["SPG128", "SPG123"]


def test_nothing_is_asked_about_a_car_that_was_let_through() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9, track="t")
    line.open()
    for at in range(1, 40):
        line.see(at, "SPG128" if at % 2 else "SPG123", 0.99, track="t")
    assert len(line.questions) == 1


def test_a_car_that_still_stands_there_is_asked_about_again() -> None:
    line = Line()
    for at in range(25):
        line.see(at, "SPG123", 0.9, track="t", captured_at=NOON)
    assert len(line.questions) == 3


def test_a_car_that_was_not_read_is_asked_about_after_a_moment() -> None:
    line = Line()
    line.see(0, None, track="t")
    line.wait(0.5)
    assert line.questions == [(None, 0)]


def test_a_flickering_plate_does_not_keep_the_server_busy() -> None:
    line = Line()
    for index in range(300):
        line.see(index * 0.1, f"SPG{index}", 0.9 + index / 10_000, track="t", fused=True)
    assert len(line.questions) == passages.MAX_ASKS


def test_without_a_track_the_same_plate_within_seconds_is_the_same_car() -> None:
    line = Line()
    line.see(0, "SPG 123", 0.9)
    line.see(3, "SPG123", 0.9)
    line.see(20, "SPG123", 0.9)
    assert [each.looks for each in line.passages] == [2, 1]


@pytest.mark.parametrize("confidence", [0.9, None])
def test_two_cars_with_plates_alike_are_two_passages(confidence: float | None) -> None:
    line = Line()
    line.see(0, "SPG123", confidence)
    line.see(1, "SPG124", confidence)
    assert len(line.passages) == 2


def test_a_car_that_turns_around_is_another_passage() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9, direction=Direction.ENTRY)
    line.see(1, "SPG123", 0.9, direction=Direction.UNKNOWN)
    line.see(2, "SPG123", 0.9, direction=Direction.EXIT)
    assert [(each.looks, each.direction) for each in line.passages] == [(2, Direction.ENTRY), (1, Direction.EXIT)]


def test_an_unsure_look_joins_the_car_that_it_may_be() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9)
    line.see(1, "SPG12", 0.4)
    line.see(2, None)
    (passage,) = line.passages
    assert (passage.looks, passage.best and passage.best.plate) == (3, "SPG123")


def test_the_car_behind_one_that_was_let_through_is_another() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9)
    line.open()
    line.see(2, "SPG12", 0.4)
    assert len(line.passages) == 2


def test_what_a_camera_kept_and_sends_late_is_no_car_at_the_line() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9)
    line.see(1, "SPG123", 0.9, retold=True)
    assert [len(line.passages), len(line.questions)] == [2, 1]


def test_a_lost_car_has_one_passage_and_no_question_after_the_last_look() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9, track="t", fused=True)
    passage = line.see(10, "SPG123", 0.9, track="t", fused=True, retold=True)
    assert (passage.looks, passage.ended, len(line.questions)) == (1, True, 1)
    line.see(12, "SPG123", 0.9, track="t", fused=True)
    assert len(line.passages) == 2


def test_a_clock_that_is_set_back_ends_a_passage() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9)
    line.see(-3600, "SPG123", 0.9)
    assert len(line.passages) == 2


def test_candidates_are_the_other_plates_the_surest_first() -> None:
    line = Line()
    line.see(0, "SPG123", 0.9, track="t", candidates=(Candidate("SPG128", 0.6), Candidate("SPG 123", 0.99)))
    line.see(0.1, "SPG129", 0.7, track="t")
    assert [each.plate for each in line.passages[0].candidates] == ["SPG129", "SPG128"]


LOOKS = st.lists(
    st.tuples(st.floats(0, 5), st.sampled_from(["SPG123", "SPG128", "XY1", None]), st.floats(0, 1)), max_size=12
)


@given(LOOKS)
def test_a_track_is_one_passage_whatever_is_read_of_it(looks: list[tuple[float, str | None, float]]) -> None:
    line = Line()
    for at, plate, confidence in sorted(looks, key=lambda each: each[0]):
        line.see(at, plate, confidence, track="t")
    assert len(line.passages) == min(len(looks), 1)
    assert sum(each.looks for each in line.passages) == len(looks)
    assert all(each.agreeing <= each.looks for each in line.passages)
