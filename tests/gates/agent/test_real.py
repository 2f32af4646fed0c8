"""The agent at the real server, which is the demo as a process of its own."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parkgraph.gates import demo
from parkgraph.gates.agent import simulation
from parkgraph.gates.agent.look import Direction
from parkgraph.gates.agent.settings import load
from tests.gates.agent.cameras.samples import isapi
from tests.gates.agent.gates import gate, until
from tests.gates.agent.real import DemoServer
from tests.gates.agent.relays import relay


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[DemoServer]:
    one = DemoServer(tmp_path)
    try:
        one.start()
        yield one
    finally:
        one.end()


def test_the_simulation_knows_the_demo_s_gate() -> None:
    known = (simulation.DEMO_GATE, simulation.DEMO_KEY, simulation.DEMO_PLATE)
    assert known == (demo.GATE_ID, demo.KEY, demo.PLATE)


async def test_cars_are_driven_in_and_out_and_what_was_kept_offline_is_delivered(
    server: DemoServer, tmp_path: Path
) -> None:
    cars = (
        (simulation.DEMO_PLATE, Direction.ENTRY),
        (simulation.DEMO_PLATE, Direction.EXIT),
        ("KA AB 1", Direction.ENTRY),
    )
    async with simulation.simulated(server.url, simulation.DEMO_GATE, simulation.DEMO_KEY) as simulated:
        crossings = [await simulated.drive(*car) for car in cars]
    assert [each.decision for each in crossings] == ["OPEN", "OPEN", "ASSIST"]
    assert [each.barrier for each in crossings] == ["POSITION_CONFIRMED", "POSITION_CONFIRMED", None]

    async with relay() as boom:
        configured = load(server.gate_toml(tmp_path)(server.url, boom.url, 0), {})
        async with gate(configured) as it:
            await until(lambda: it.agent.standing.allow_list is not None)
        unreachable = load(server.gate_toml(tmp_path)(re.sub(r":\d+/", ":9/", server.url), boom.url, 0), {})
        async with gate(unreachable) as it:
            assert await it.see(simulation.DEMO_PLATE, id="offline") == 200
            assert await it.push("hikvision", isapi("KAAB1", uuid="of long ago")) == 200
            await until(lambda: len(it.decisions) == 2)
            await it.agent.live.drain()
        assert ("edge", "OPEN", "EXACT_RIGHT") in it.decisions
        assert len(boom.pulses) == 1
        async with gate(configured) as it:
            while await it.metric("events_pending"):
                pass
            assert await it.metric("dead_letters") == 0
    server.end()
    found = await server.source_ids()
    assert (found["offline"], found["of long ago"]) == (1, 1)
