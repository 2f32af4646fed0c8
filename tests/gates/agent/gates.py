"""An agent with its cameras and its barrier."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from parkgraph.gates.agent.admission import Question
from parkgraph.gates.agent.agent import Agent, running
from parkgraph.gates.agent.cameras import READERS
from parkgraph.gates.agent.decision import Verdict
from parkgraph.gates.agent.settings import GateSettings, load
from tests.gates.agent.http import serving_app
from tests.gates.agent.standin import GATE, KEY

TOKEN: Final = "the-token-of-a-camera"


def written(
    folder: Path,
    server_url: str,
    relay_url: str,
    more: str = "",
    *,
    port: int = 0,
    server: str = "",
    barrier: str = "",
    gate: str = GATE,
    key: str = KEY,
    patience: int = 4000,
) -> Path:
    """A gate.toml with a camera of each device, named like it, and a Shelly as barrier.

    `barrier`: the one of these cameras, where `more` has others.
    """
    file = folder / "gate.toml"
    of = f'barrier = "{barrier}"\n' if barrier else ""
    cameras = "".join(f'[cameras.{each}]\ndevice = "{each}"\ntoken = "{TOKEN}"\n{of}' for each in READERS)
    file.write_text(
        f"""
data_dir = "{folder / "gate"}"
[server]
url = "{server_url}"
gate_id = "{gate}"
key = "{key}"
patience_ms = {patience}
{server}
[listen]
port = {port}
[barriers.boom]
kind = "shelly"
url = "{relay_url}"
position_input = 0
position_seconds = 1
{cameras}
{more}
"""
    )
    return file


def settings(
    folder: Path,
    server_url: str,
    relay_url: str,
    more: str = "",
    *,
    server: str = "",
    barrier: str = "",
    patience: int = 4000,
) -> GateSettings:
    file = written(folder, server_url, relay_url, more, server=server, barrier=barrier, patience=patience)
    return load(file, {})


@dataclass
class Gate:
    """An agent at work, what its cameras can do, and what was decided: by whom, what, why."""

    agent: Agent
    url: str
    http: httpx.AsyncClient
    decisions: list[tuple[str, str, str]]

    async def push(self, camera: str, body: bytes, content_type: str = "application/json") -> int:
        answer = await self.http.post(
            f"{self.url}/cameras/{camera}",
            content=body,
            headers={"Content-Type": content_type, "Authorization": f"Bearer {TOKEN}"},
        )
        return answer.status_code

    async def see(self, plate: str | None, **more: Any) -> int:
        """The plain camera's status for this plate at the entry."""
        answer = await self.http.post(
            f"{self.url}/cameras/plain",
            json={"plate": plate, "direction": "ENTRY", **more},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        return answer.status_code

    async def metric(self, series: str) -> float | None:
        text = (await self.http.get(f"{self.url}/metrics")).text
        values = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return next((float(value) for name, _, value in values if name == f"parkgraph_gate_{series}"), None)


@dataclass
class _Witness:
    decisions: list[tuple[str, str, str]] = field(default_factory=list)

    def decided(self, question: Question, verdict: Verdict, *, by: str, milliseconds: float) -> None:
        self.decisions.append((by, verdict.decision.value, verdict.reason))


@asynccontextmanager
async def gate(configured: GateSettings) -> AsyncIterator[Gate]:
    witness = _Witness()
    async with (
        running(configured, witness) as agent,
        serving_app(agent.http) as url,
        httpx.AsyncClient(timeout=20) as http,
    ):
        yield Gate(agent, url, http, witness.decisions)


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Until this holds; fails when it has not within this time."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it did not come about"
        await asyncio.sleep(0.01)
