"""Nothing lost, nothing doubled, whatever dies; `make soak` kills a hundred times, at the real server."""

from pathlib import Path

from tests.gates.agent.campaign import StandInServer, campaign

PLATES = ("SPG123", "KAAB1", "XY9")


async def test_what_a_camera_was_answered_for_is_on_the_server_once(tmp_path: Path) -> None:
    server = StandInServer(tmp_path, PLATES[:2])
    outcome = await campaign(tmp_path, server, plates=PLATES, kills=2, seed=7, pause=0.02, between=(0.1, 0.6))
    assert outcome.answered > 20
    assert outcome.kills == {"agent": 1, "server": 1}
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert outcome.pulses <= outcome.opened
    said = (tmp_path / "agent.log").read_text()
    assert "decision" in said
    assert not any(plate in said for plate in PLATES)
