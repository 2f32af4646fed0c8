"""Whether the barrier opens, and why."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.gates.decision import (
    Decision,
    DecisionReason,
    Direction,
    Inside,
    Times,
    Verdict,
    decide,
    timely,
)
from parkgraph.gates.matching import Look, MatchKind
from parkgraph.gates.rights import EARLY, Right, RightKind, Rights, Span

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLATE = "SAB123"
IN, OUT, EITHER = Direction.ENTRY, Direction.EXIT, Direction.UNKNOWN
NOBODY = Inside()


def span(begins: float, ends: float) -> Span:
    return NOON + begins * HOUR, NOON + ends * HOUR


def right(
    *spans: Span, plate: str = PLATE, kind: RightKind = RightKind.BOOKING, n: int = 1, of: str | None = None
) -> Right:
    return Right(UUID(int=n), kind, plate, spans, of)


VALID = Rights([right(span(-1, 2))])


def decided(
    *looks: str | None, way: Direction = IN, rights: Rights = VALID, inside: Inside = NOBODY, at: datetime = NOON
) -> tuple[Decision, DecisionReason]:
    verdict = decide([Look(look) for look in looks], way, at, rights, inside)
    return verdict.decision, verdict.reason


def test_a_right_for_this_site_at_this_time_opens() -> None:
    verdict = decide([Look(PLATE)], IN, NOON, VALID, NOBODY)
    assert verdict == Verdict(Decision.OPEN, DecisionReason.EXACT_RIGHT, IN, MatchKind.EXACT, PLATE, crosses=True)


@pytest.mark.parametrize(
    ("looks", "decision", "reason"),
    [
        (["SA8123", "SA8123"], Decision.OPEN, DecisionReason.CORROBORATED_MATCH),
        (["SA8123"], Decision.ASSIST, DecisionReason.AMBIGUOUS),
        (["KXY99"], Decision.ASSIST, DecisionReason.NO_RIGHT),
        ([None], Decision.ASSIST, DecisionReason.UNREAD),
        (["SAB124", "SAB124"], Decision.ASSIST, DecisionReason.NO_RIGHT),
    ],
)
def test_what_is_not_sure_is_for_a_person(looks: Sequence[str], decision: Decision, reason: DecisionReason) -> None:
    assert decided(*looks) == (decision, reason)


@pytest.mark.parametrize(
    ("rights", "decision", "reason"),
    [
        ([right(span(-3, -1))], Decision.DENY, DecisionReason.EXPIRED),
        ([right(span(1, 2))], Decision.ASSIST, DecisionReason.NOT_YET_VALID),
        ([right(span(-3, -2), span(1, 2))], Decision.ASSIST, DecisionReason.NOT_YET_VALID),
        ([right(span(-1, 2)), right(span(-1, 1), kind=RightKind.BLOCK)], Decision.DENY, DecisionReason.BLOCKED),
        ([right(span(-1, 2)), right(span(-2, -1), kind=RightKind.BLOCK)], Decision.OPEN, DecisionReason.EXACT_RIGHT),
        ([right(span(-3, -1)), right(span(0, 2), n=2)], Decision.OPEN, DecisionReason.EXACT_RIGHT),
        ([], Decision.ASSIST, DecisionReason.NO_RIGHT),
    ],
)
def test_no_is_said_by_an_explicit_rule_only(rights: list[Right], decision: Decision, reason: DecisionReason) -> None:
    assert decided(PLATE, rights=Rights(rights)) == (decision, reason)


def test_a_right_opens_a_little_before_it_begins() -> None:
    soon = Rights([right(span(0, 2))])
    assert decided(PLATE, rights=soon, at=NOON - EARLY)[0] is Decision.OPEN
    assert decided(PLATE, rights=soon, at=NOON - EARLY - timedelta(seconds=1))[0] is Decision.ASSIST
    assert decided(PLATE, rights=soon, at=NOON + 2 * HOUR)[0] is Decision.DENY


def test_who_is_inside_does_not_come_in() -> None:
    assert decided(PLATE, inside=Inside(frozenset({PLATE}))) == (Decision.ASSIST, DecisionReason.ANTI_PASSBACK)


def test_who_is_inside_may_leave_whatever_became_of_the_right() -> None:
    gone, inside = Rights([]), Inside(frozenset({PLATE}))
    assert decided(PLATE, way=OUT, rights=gone, inside=inside) == (Decision.OPEN, DecisionReason.EXACT_RIGHT)
    assert decided("SAB1?3", way=OUT, rights=gone, inside=inside) == (
        Decision.OPEN,
        DecisionReason.CORROBORATED_MATCH,
    )


def test_who_owes_something_is_met_by_a_person() -> None:
    assert decided(PLATE, way=OUT, inside=Inside(frozenset({PLATE}), lambda _plate: True)) == (
        Decision.ASSIST,
        DecisionReason.UNPAID,
    )


def test_who_was_not_seen_to_come_in_leaves_by_a_right() -> None:
    assert decided(PLATE, way=OUT) == (Decision.OPEN, DecisionReason.EXACT_RIGHT)
    assert decided("KXY99", way=OUT) == (Decision.ASSIST, DecisionReason.NO_RIGHT)
    over = decide([Look(PLATE)], OUT, NOON, Rights([right(span(-3, -1))]), NOBODY)
    assert (over.decision, over.reason, over.crosses) == (Decision.ASSIST, DecisionReason.EXPIRED, True)


def test_a_line_that_is_crossed_both_ways_lets_out_who_is_inside() -> None:
    assert decide([Look(PLATE)], EITHER, NOON, VALID, Inside(frozenset({PLATE}))).direction is OUT
    assert decide([Look(PLATE)], EITHER, NOON, VALID, NOBODY).direction is IN


def times(captured: float = 0, observed: float = 0, received: float = 1, **facts: object) -> Times:
    at = [NOON + timedelta(seconds=s) for s in (captured, observed, received)]
    return Times(*at, **facts)  # type: ignore[arg-type]


OPENED = decide([Look(PLATE)], IN, NOON, VALID, NOBODY)


@pytest.mark.parametrize(
    ("clocks", "reason"),
    [
        (times(), DecisionReason.EXACT_RIGHT),
        (times(captured=-120), DecisionReason.EXACT_RIGHT),
        (times(captured=-121), DecisionReason.CLOCK_SUSPECT),
        (times(captured=7 * 3600), DecisionReason.CLOCK_SUSPECT),
        (times(synced=False), DecisionReason.CLOCK_SUSPECT),
        (times(received=-121), DecisionReason.CLOCK_SUSPECT),
        (times(received=10), DecisionReason.EXACT_RIGHT),
        (times(received=11), DecisionReason.LATE),
        (times(received=100, offset=timedelta(seconds=95)), DecisionReason.EXACT_RIGHT),
    ],
)
def test_clocks_that_are_not_believed_and_reads_that_are_late_open_nothing(
    clocks: Times, reason: DecisionReason
) -> None:
    verdict = timely(OPENED, clocks)
    assert verdict.reason is reason
    assert verdict.crosses
    assert (verdict.decision is Decision.OPEN) == (reason is DecisionReason.EXACT_RIGHT)


def test_the_edges_clock_is_set_right_by_its_offset() -> None:
    assert times(observed=-30, offset=timedelta(seconds=30)).at == NOON


SPANS = st.tuples(st.integers(-5, 5), st.integers(1, 5)).map(lambda s: span(s[0], s[0] + s[1]))
RIGHTS = st.lists(
    st.builds(
        lambda spans, plate, kind: right(*sorted(spans), plate=plate, kind=kind),
        st.lists(SPANS, min_size=1, max_size=3),
        st.sampled_from([PLATE, "SA8123", "KXY99"]),
        st.sampled_from(RightKind),
    ),
    max_size=4,
)


@given(RIGHTS, st.lists(st.sampled_from([PLATE, "SA8123", "KXY99", "SAB1?3", None]), max_size=3), st.booleans())
def test_nobody_comes_in_without_a_right_for_this_time(
    rights: list[Right], looks: list[str | None], within: bool
) -> None:
    inside = Inside(frozenset({PLATE})) if within else NOBODY
    verdict = decide([Look(look) for look in looks], IN, NOON, Rights(rights), inside)
    if verdict.decision is Decision.OPEN:
        mine = [each for each in rights if each.plate == verdict.plate]
        assert any(b - EARLY <= NOON < e for r in mine if r.kind is not RightKind.BLOCK for b, e in r.spans)
        assert not any(b <= NOON < e for r in mine if r.kind is RightKind.BLOCK for b, e in r.spans)
        assert verdict.plate not in inside.plates


@pytest.mark.parametrize(
    ("rights", "account"),
    [
        ([right(span(-1, 2), of="anna")], "anna"),
        ([right(span(-3, -1), of="anna")], "anna"),
        ([right(span(2, 3), of="anna"), right(span(1, 2), n=2, of="berta")], "berta"),
        ([right(span(-3, -1), of="anna"), right(span(1, 2), n=2, of="berta")], "berta"),
        ([right(span(-1, 2), of="anna"), right(span(3, 4), n=2, of="berta")], "anna"),
        ([right(span(-1, 2), of="anna"), right(span(-1, 1), kind=RightKind.BLOCK)], "anna"),
        ([right(span(-1, 2), kind=RightKind.GRANT)], None),
        ([], None),
    ],
)
def test_a_vehicle_is_of_the_account_whose_right_counts(rights: list[Right], account: str | None) -> None:
    assert Rights(rights).account_at(PLATE, NOON) == account
