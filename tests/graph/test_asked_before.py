"""What came before is known, and little is remembered for that."""

from parkgraph.graph.asked_before import REMEMBERED, AskedBefore


def test_a_question_is_known_when_it_comes_again() -> None:
    asked_before = AskedBefore()
    assert [asked_before.note(question) for question in ("one", "other", "one", "one")] == [False, False, True, True]


def test_questions_are_forgotten_before_they_fill_the_memory() -> None:
    asked_before = AskedBefore()
    for number in range(10 * REMEMBERED):
        assert not asked_before.note(number)
        assert len(asked_before._hashes) <= REMEMBERED
    assert not asked_before.note(0)
