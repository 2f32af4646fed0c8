"""The kill campaign of `make soak`: agent, server and database die at random under load, a hundred times in all."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.figures import record
from tests.gates.agent.campaign import campaign
from tests.gates.agent.real import PLATES, DemoServer

KILLS: Final = 100


def main() -> None:
    """Exits with 1 where an event that a camera was answered for is not on the server, or is there twice."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = DemoServer(folder)
        outcome = asyncio.run(
            campaign(folder, server, gate_toml=server.gate_toml(folder), plates=PLATES, kills=kills, seed=1)
        )
    print(outcome)
    of = f"of {outcome.answered} messages that cameras were answered for, {kills} kills"
    record({"gate_events_lost": (outcome.lost, of), "gate_events_doubled": (outcome.doubled, of)})
    if outcome.lost or outcome.doubled or outcome.pulses > outcome.opened:
        sys.exit("every event that a camera was answered for must be on the server once, and no pulse given twice")


if __name__ == "__main__":
    main()
