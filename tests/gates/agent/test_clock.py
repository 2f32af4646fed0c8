"""Whether clocks can be believed."""

from datetime import UTC, datetime, timedelta

import pytest

from parkgraph.gates.agent.clock import CameraClock, EdgeClock, is_late, judged

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("apart", "clock"),
    [
        (timedelta(seconds=119), CameraClock.RIGHT),
        (timedelta(seconds=-119), CameraClock.RIGHT),
        (timedelta(hours=7), CameraClock.WALL_TIME),
        (timedelta(hours=-7, seconds=40), CameraClock.WALL_TIME),
        (timedelta(hours=5, minutes=45), CameraClock.WALL_TIME),
        (timedelta(minutes=7), CameraClock.WRONG),
        (timedelta(days=700), CameraClock.WRONG),
    ],
)
def test_a_camera_s_clock(apart: timedelta, clock: CameraClock) -> None:
    assert judged(NOON + apart, NOON) is clock


def test_a_camera_that_tells_no_time_is_not_wrong() -> None:
    assert judged(None, NOON) is CameraClock.RIGHT


@pytest.mark.parametrize(
    ("clock", "trusted"),
    [
        (EdgeClock(), True),
        (EdgeClock(runs_behind=True), False),
        (EdgeClock(timedelta(seconds=30), runs_behind=True), True),
        (EdgeClock(timedelta(minutes=-3)), False),
    ],
)
def test_the_edge_s_clock(clock: EdgeClock, *, trusted: bool) -> None:
    assert clock.is_trusted is trusted


@pytest.mark.parametrize(
    ("delay", "usual", "late"),
    [
        (timedelta(seconds=31), timedelta(0), True),
        (timedelta(seconds=29), timedelta(0), False),
        (timedelta(hours=7, seconds=5), timedelta(hours=7), False),
        (timedelta(hours=7, seconds=45), timedelta(hours=7), True),
        (timedelta(seconds=-40), timedelta(seconds=-80), True),
        (timedelta(hours=7), None, False),
    ],
)
def test_a_look_is_late_by_what_is_usual_for_its_camera(
    delay: timedelta, usual: timedelta | None, *, late: bool
) -> None:
    assert is_late(NOON - delay, NOON, usual) is late
