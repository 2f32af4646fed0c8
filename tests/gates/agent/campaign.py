"""The kill campaign: an agent and its server are killed at random under load, over a connection that lies.

Every message that a camera was answered for has to be on the server, exactly once.
"""

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import aiohttp
import httpx

from tests.gates.agent.cameras.samples import isapi
from tests.gates.agent.gates import TOKEN, written
from tests.gates.agent.http import free_port
from tests.gates.agent.relays import relay
from tests.gates.agent.standin import StandIn
from tests.sdk.server import Exchange, head, serving

CAMERAS = 4
_HEARD = 0.8
"""How often a camera hears that it was answered; else it sends again."""
_DEVICES = ("plain", "plain", "hikvision")
PATIENCE = 120


@dataclass
class Process:
    """One that is started again after it was killed."""

    name: str
    command: Sequence[str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(self.command, stdout=out, stderr=out)

    def kill(self) -> None:
        assert self.running
        self.running.kill()
        self.running.wait()

    def end(self) -> None:
        if self.running and self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
            try:
                self.running.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


class Server(Protocol):
    """What the agent delivers to."""

    url: str
    victims: Sequence[str]

    def start(self) -> None: ...
    def strike(self, victim: str) -> None:
        """Kill this part of it with SIGKILL, and have it come back."""
        ...

    def end(self) -> None: ...
    async def source_ids(self) -> Counter[str]:
        """How often each message of a camera is there."""
        ...


@dataclass
class StandInServer:
    """The stand-in as a process; its database dies with it."""

    folder: Path
    plates: Sequence[str]
    victims: Sequence[str] = ("server",)

    def __post_init__(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/graphql"
        database = self.folder / "server.sqlite3"
        module = "tests.gates.agent.standin"
        self._process = Process(
            "server", [sys.executable, "-m", module, str(database), str(port), *self.plates], self.folder / "server.log"
        )

    def start(self) -> None:
        self._process.start()

    def strike(self, victim: str) -> None:
        self._process.kill()
        self._process.start()

    def end(self) -> None:
        self._process.end()

    async def source_ids(self) -> Counter[str]:
        reader = StandIn(self.folder / "server.sqlite3")
        try:
            return Counter(read["sourceEventId"] for read in reader.reads if read["sourceEventId"])
        finally:
            reader.connection.close()


@dataclass
class Outcome:
    """`answered`: messages for which a camera got 200. `lost`, `doubled`: of those."""

    answered: int
    lost: int
    doubled: int
    kills: Counter[str]
    pulses: int
    opened: int


@dataclass
class _Field:
    """A campaign under way."""

    random: random.Random
    url: str
    answered: set[str] = field(default_factory=set)
    kills: Counter[str] = field(default_factory=Counter)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def camera(self, http: httpx.AsyncClient, plates: Sequence[str], pause: float) -> None:
        """Sends what it sees until it is answered, as good firmwares do, or only once."""
        while not self.over.is_set():
            event, plate, device = uuid.uuid4().hex, self.random.choice(plates), self.random.choice(_DEVICES)
            for _ in range(self.random.choice([1, 50])):
                answered = await self.push(http, event, plate, device)
                if self.over.is_set() or (answered and self.random.random() < _HEARD):
                    break
                await asyncio.sleep(0.05)
            await asyncio.sleep(self.random.uniform(0, 2 * pause))

    async def push(self, http: httpx.AsyncClient, event: str, plate: str, device: str = "plain") -> bool:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        now = datetime.now(UTC).isoformat()
        try:
            if device == "hikvision":
                body = isapi(plate, uuid=event, at=now)
                answer = await http.post(f"{self.url}/cameras/hikvision", content=body, headers=headers)
            else:
                way = self.random.choice(["ENTRY", "EXIT"])
                form = {"plate": plate, "id": event, "confidence": 0.9, "direction": way, "capturedAt": now}
                answer = await http.post(f"{self.url}/cameras/plain", json=form, headers=headers)
        except httpx.HTTPError:
            return False
        if answer.status_code == 200:
            self.answered.add(event)
        return answer.status_code == 200


@asynccontextmanager
async def lying_connection(upstream: str, dice: random.Random, is_over: Callable[[], bool]) -> AsyncIterator[str]:
    """A proxy that loses answers, cuts them, and puts others in their place, until it is over."""

    async def behave(exchange: Exchange) -> None:
        lie = (
            "" if is_over() else dice.choice(["", "", "", "lost", "cut", "502", "502 after", "errors", "errors after"])
        )
        if lie == "502":
            return await exchange.send(head(502, {"Content-Length": "0"}))
        if lie == "errors":
            return await exchange.send(_errors())
        try:
            wanted = {name: exchange.request.headers[name] for name in ("authorization", "content-type")}
            async with session.post(upstream, data=exchange.request.body, headers=wanted) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError):
            status, content = 502, b""
        whole = head(status, {"Content-Length": str(len(content))}) + content
        match lie:
            case "lost":
                exchange.keep = False
                exchange.writer.transport.abort()
            case "cut":
                exchange.keep = False
                await exchange.send(whole[: len(whole) - len(content) // 2])
            case "502 after":
                await exchange.send(head(502, {"Content-Length": "0"}))
            case "errors after":
                await exchange.send(_errors())
            case _:
                await exchange.send(whole)
        return None

    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session, serving(behave) as proxy:
        yield proxy.url


def _errors() -> bytes:
    body = b'{"data": null, "errors": [{"message": "x", "extensions": {"code": "UNAVAILABLE", "retryable": true}}]}'
    return head(200, {"Content-Length": str(len(body))}) + body


async def campaign(
    folder: Path,
    server: Server,
    *,
    gate_toml: Callable[[str, str, int], Path] | None = None,
    plates: Sequence[str],
    kills: int,
    seed: int,
    pause: float = 0.05,
    between: tuple[float, float] = (0.2, 1.2),
) -> Outcome:
    """Kill so often, then let everything come to rest, and count.

    `gate_toml` writes the agent's configuration for a server, a relay and a port. `pause`: between a camera's messages.
    """
    dice, port = random.Random(seed), free_port()
    fight = _Field(dice, f"http://127.0.0.1:{port}")
    try:
        server.start()
        async with (
            relay() as boom,
            lying_connection(server.url, dice, fight.over.is_set) as url,
            httpx.AsyncClient(timeout=5) as http,
        ):
            file = (gate_toml or _written(folder))(url, boom.url, port)
            agent = Process(
                "agent", [sys.executable, "-m", "parkgraph", "gate", "run", "--config", str(file)], folder / "agent.log"
            )
            agent.start()
            try:
                await _answers(http, f"{fight.url}/healthz")
                cameras = [asyncio.create_task(fight.camera(http, plates, pause)) for _ in range(CAMERAS)]
                await _strike(fight, http, agent, server, kills, between)
                fight.over.set()
                await asyncio.gather(*cameras)
                await _answers(http, f"{fight.url}/healthz")
                await _rest(fight, http, plates)
            finally:
                agent.end()
        found = await server.source_ids()
    finally:
        server.end()
    return Outcome(
        answered=len(fight.answered),
        lost=len(fight.answered - found.keys()),
        doubled=sum(found[event] > 1 for event in fight.answered),
        kills=fight.kills,
        pulses=len(boom.pulses),
        opened=_opened(folder),
    )


async def _strike(
    fight: _Field,
    http: httpx.AsyncClient,
    agent: Process,
    server: Server,
    kills: int,
    between: tuple[float, float],
) -> None:
    for number in range(kills):
        await asyncio.sleep(fight.random.uniform(*between))
        victim = "agent" if number % 2 == 0 else fight.random.choice(server.victims)
        fight.kills[victim] += 1
        if victim == "agent":
            agent.kill()
            agent.start()
            await _answers(http, f"{fight.url}/healthz")
        else:
            await asyncio.to_thread(server.strike, victim)
    await asyncio.sleep(between[1])


async def _rest(fight: _Field, http: httpx.AsyncClient, plates: Sequence[str]) -> None:
    """Until the server has everything. A car now and then shows the agent that the server is back."""
    limit = time.monotonic() + PATIENCE
    while True:
        pending = await _metric(http, f"{fight.url}/metrics", "parkgraph_gate_events_pending")
        if pending == 0:
            return
        assert time.monotonic() < limit, f"{pending} events are still with the agent"
        await fight.push(http, uuid.uuid4().hex, plates[0])
        await asyncio.sleep(0.3)


async def _answers(http: httpx.AsyncClient, url: str) -> None:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            await http.get(url)
        except httpx.HTTPError:
            assert time.monotonic() < limit, f"{url} does not answer"
            await asyncio.sleep(0.05)
        else:
            return


async def _metric(http: httpx.AsyncClient, url: str, name: str) -> float:
    text = (await http.get(url)).text
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


def _written(folder: Path) -> Callable[[str, str, int], Path]:
    return lambda url, boom, port: written(folder, url, boom, port=port)


def _opened(folder: Path) -> int:
    """Commands that the agent ever claimed."""
    with sqlite3.connect(folder / "gate" / "gate.sqlite3") as store:
        (count,) = store.execute("SELECT count(*) FROM commands").fetchone()
    store.close()
    return int(count)
