"""A gate that is not there, at a server that is."""

from pathlib import Path

from parkgraph.gates.agent.look import Direction
from parkgraph.gates.agent.simulation import simulated
from tests.gates.agent.standin import GATE, KEY, stand_in


async def test_cars_are_driven_in_and_out(tmp_path: Path) -> None:
    async with stand_in(tmp_path, "SPG123") as server, simulated(server.url, GATE, KEY) as gate:
        crossings = [await gate.drive(plate, way) for plate in ("S-PG 123", "XY 9") for way in tuple(Direction)[:2]]
    assert [(each.decision, each.by, each.barrier) for each in crossings] == [
        ("OPEN", "server", "POSITION_CONFIRMED"),
        ("OPEN", "server", "POSITION_CONFIRMED"),
        ("ASSIST", "server", None),
        ("ASSIST", "server", None),
    ]


async def test_without_a_server_nobody_is_let_in() -> None:
    async with simulated("http://127.0.0.1:9/graphql", GATE, KEY) as gate:
        crossing = await gate.drive("S-PG 123", Direction.ENTRY)
    assert (crossing.decision, crossing.by, crossing.barrier) == ("ASSIST", "edge", None)
