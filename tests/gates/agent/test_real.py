"""The agent at the real server, over HTTP."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from parkgraph.app import create_app
from parkgraph.db.engine import Database
from parkgraph.gates import demo
from parkgraph.gates.agent import simulation
from parkgraph.gates.agent.look import Direction
from parkgraph.gates.agent.settings import load
from parkgraph.settings import load as load_server
from tests.gates.agent.cameras.samples import isapi
from tests.gates.agent.gates import gate, until, written
from tests.gates.agent.relays import relay
from tests.gates.lines import Site, open_site
from tests.gates.test_live import listening
from tests.yards.serving import Api

PLATE = "S-PG 123"


@pytest_asyncio.fixture(loop_scope="module")
async def server(gates_url: str, tmp_path: Path) -> AsyncIterator[tuple[Site, str]]:
    """A yard with a gate, and the URL of the server that it asks."""
    settings = load_server(None, {"PARKGRAPH_DATABASE_URL": gates_url, "PARKGRAPH_DATA_DIR": str(tmp_path / "server")})
    async with listening(create_app(settings, [])) as host, httpx.AsyncClient(base_url=f"http://{host}") as http:
        site = await open_site(Api(http, tmp_path / "server"))
        await site.grant(PLATE)
        yield site, f"http://{host}/graphql"


def test_the_simulation_knows_the_demo_s_gate() -> None:
    known = (simulation.DEMO_GATE, simulation.DEMO_KEY, simulation.DEMO_PLATE)
    assert known == (demo.GATE_ID, demo.KEY, demo.PLATE)


@pytest.mark.asyncio(loop_scope="module")
async def test_cars_are_driven_in_and_out_and_what_was_kept_offline_is_delivered(
    server: tuple[Site, str], gates_database: Database, tmp_path: Path
) -> None:
    site, url = server
    cars = ((PLATE, Direction.ENTRY), (PLATE, Direction.EXIT), ("KA AB 1", Direction.ENTRY))
    async with simulation.simulated(url, site.line.id, site.line.key) as simulated:
        crossings = [await simulated.drive(*car) for car in cars]
    assert [each.decision for each in crossings] == ["OPEN", "OPEN", "ASSIST"]
    assert [each.barrier for each in crossings] == ["POSITION_CONFIRMED", "POSITION_CONFIRMED", None]

    async with relay() as boom:
        configured = load(written(tmp_path, url, boom.url, gate=site.line.id, key=site.line.key), {})
        async with gate(configured) as it:
            await until(lambda: it.agent.standing.allow_list is not None)
        away = re.sub(r":\d+/", ":9/", url)
        unreachable = load(written(tmp_path, away, boom.url, gate=site.line.id, key=site.line.key), {})
        async with gate(unreachable) as it:
            assert await it.see(PLATE, id="offline") == 200
            assert await it.push("hikvision", isapi("KAAB1", uuid="of long ago")) == 200
            await until(lambda: len(it.decisions) == 2)
            await it.agent.live.drain()
        assert ("edge", "OPEN", "EXACT_RIGHT") in it.decisions
        assert len(boom.pulses) == 1
        async with gate(configured) as it:
            while await it.metric("events_pending"):
                pass
            assert await it.metric("dead_letters") == 0
    connection = await gates_database.connect()
    try:
        sources = "SELECT facts->>'source' FROM gate_events WHERE facts->>'source' IN ('offline', 'of long ago')"
        assert sorted(row[0] for row in await connection.fetch(sources)) == ["of long ago", "offline"]
    finally:
        await connection.close()
