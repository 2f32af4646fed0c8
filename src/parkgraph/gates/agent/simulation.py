"""A gate without a gate: a camera and a barrier that are not there, and a real agent between them and a real server."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parkgraph.gates.agent import commands
from parkgraph.gates.agent.admission import Question
from parkgraph.gates.agent.agent import Agent, running
from parkgraph.gates.agent.commands import State
from parkgraph.gates.agent.decision import Verdict
from parkgraph.gates.agent.look import Direction
from parkgraph.gates.agent.server import QuietServer, listener
from parkgraph.gates.agent.settings import (
    BarrierSettings,
    CameraSettings,
    GateSettings,
    ListenSettings,
    ServerSettings,
)

DEMO_URL: Final = "http://127.0.0.1:8000/graphql"
DEMO_GATE: Final = "R2F0ZQo1YTBmM2YwZTZjMWQ0ZjVlOGE1NTJmM2Y2ZDFmOWIwMQ"
DEMO_KEY: Final = "pk_5a0f3f0e6c1d4f5e8a552f3f6d1f9b02_" + "demo".ljust(43, "0")
DEMO_PLATE: Final = "S-PG 2026"
"""The gate of `parkgraph demo`."""

RISE_SECONDS: Final = 0.6
"""A boom takes a moment to be up."""

_TOKEN: Final = "the token of a camera that is not there"  # noqa: S105 - it is for one process, by itself
_PATIENCE_SECONDS: Final = 15.0
_LIST_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Crossing:
    """What came of a car at the line. `decision` is None where none was made in time.

    `decided_ms`: from the look to the decision. `barrier`: what became of the
    pulse; None where there was none.
    """

    plate: str
    direction: Direction
    decision: str | None = None
    reason: str | None = None
    by: str | None = None
    decided_ms: float | None = None
    barrier: State | None = None


@dataclass
class Boom:
    """A Shelly whose input is the limit switch of a boom."""

    pulses: int = 0
    up_at: float | None = None

    def lower(self) -> None:
        self.up_at = None

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/rpc/Switch.Set", self._set, methods=["POST"]),
                Route("/rpc/Input.GetStatus", self._input, methods=["POST"]),
            ]
        )

    async def _set(self, _: Request) -> Response:
        self.pulses += 1
        self.up_at = self.up_at or time.monotonic() + RISE_SECONDS
        return JSONResponse({"was_on": False})

    async def _input(self, _: Request) -> Response:
        return JSONResponse({"id": 0, "state": self.up_at is not None and time.monotonic() >= self.up_at})


@dataclass
class _Witness:
    """The last decision about each plate."""

    told: asyncio.Queue[tuple[Question, Verdict, str, float]] = field(default_factory=asyncio.Queue)

    def decided(self, question: Question, verdict: Verdict, *, by: str, milliseconds: float) -> None:
        self.told.put_nowait((question, verdict, by, milliseconds))


class Simulation:
    """A gate at which cars can be driven in and out."""

    def __init__(self, agent: Agent, witness: _Witness, boom: Boom, camera: str, http: aiohttp.ClientSession) -> None:
        self._agent = agent
        self._witness = witness
        self._boom = boom
        self._camera = camera
        self._http = http

    async def drive(self, plate: str, direction: Direction) -> Crossing:
        """One car at the line, until it is decided about and the barrier has come to rest."""
        self._boom.lower()
        form = {
            "plate": plate,
            "confidence": 0.97,
            "direction": direction.value,
            "capturedAt": datetime.now(UTC).isoformat(),
            "id": f"simulated-{time.time_ns()}",
        }
        async with self._http.post(self._camera, json=form, headers={"Authorization": f"Bearer {_TOKEN}"}) as answer:
            answer.raise_for_status()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                _, verdict, by, milliseconds = await self._witness.told.get()
        except TimeoutError:
            return Crossing(plate, direction)
        await self._agent.live.drain()
        await self._agent.pulses.drain()
        barrier = await self._agent.store.run(commands.latest) if verdict.decision == "OPEN" else None
        return Crossing(plate, direction, verdict.decision.value, verdict.reason, by, milliseconds, barrier)


@asynccontextmanager
async def simulated(url: str, gate_id: str, key: str) -> AsyncIterator[Simulation]:
    """At this gate of this server. What the agent keeps is forgotten afterwards."""
    boom, witness = Boom(), _Witness()
    with tempfile.TemporaryDirectory(prefix="parkgraph-gate-") as folder:
        async with _served(boom.app) as relay:
            settings = _settings(Path(folder), url, gate_id, key, relay)
            async with (
                running(settings, witness) as agent,
                _served(agent.http) as own,
                aiohttp.ClientSession() as http,
            ):
                with suppress(TimeoutError):  # a server that was just started is slow at first
                    await asyncio.wait_for(agent.keeper.tried.wait(), _LIST_SECONDS)
                yield Simulation(agent, witness, boom, f"{own}/cameras/simulated", http)


def _settings(folder: Path, url: str, gate_id: str, key: str, relay: str) -> GateSettings:
    return GateSettings(
        server=ServerSettings(url=url, gate_id=gate_id, key=SecretStr(key)),
        listen=ListenSettings(),
        data_dir=folder,
        cameras={"simulated": CameraSettings(device="plain", token=SecretStr(_TOKEN))},
        barriers={"boom": BarrierSettings(kind="shelly", url=relay, position_input=0)},
    )


@asynccontextmanager
async def _served(app: Any) -> AsyncIterator[str]:
    with listener("127.0.0.1", 0) as listening:
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
        server = QuietServer(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            await task
