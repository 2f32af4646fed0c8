"""The real server, as the agent's campaigns and benches meet it: the demo, whose gate and key are known."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from parkgraph.db.embedded import EmbeddedServer
from parkgraph.gates.agent.simulation import DEMO_GATE, DEMO_KEY, DEMO_PLATE
from tests.gates.agent.gates import written
from tests.process import databases, eventually, free_port

START_SECONDS = 110
PLATES = (DEMO_PLATE, "KAAB1", "XY9")


@dataclass
class DemoServer:
    """A process with an embedded PostgreSQL; either may die."""

    folder: Path
    victims: Sequence[str] = ("server", "database")

    def __post_init__(self) -> None:
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}/graphql"
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._begin()
        eventually(self._is_ready, START_SECONDS)

    def strike(self, victim: str) -> None:
        if victim == "server":
            assert self._process
            self._process.kill()
            self._process.wait()
            self._begin()
        else:
            for process in databases(self._data):
                process.kill()

    def end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(40)

    async def source_ids(self) -> Counter[str]:
        database = EmbeddedServer(self._data)
        connection = await asyncpg.connect(await database.start())
        try:
            rows = await connection.fetch("SELECT facts->>'source' AS source FROM gate_events WHERE kind = 'READ'")
        finally:
            await connection.close()
            await database.stop()
        return Counter(row["source"] for row in rows if row["source"])

    def gate_toml(self, folder: Path) -> Callable[[str, str, int], Path]:
        """The configuration of the demo's gate."""
        return lambda url, boom, port: written(folder, url, boom, port=port, gate=DEMO_GATE, key=DEMO_KEY)

    def _begin(self) -> None:
        command = [sys.executable, "-m", "parkgraph", "demo", "--port", str(self._port)]
        environ = {**os.environ, "PARKGRAPH_DATA_DIR": str(self._data)}
        with (self.folder / "server.log").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, env=environ)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(self.url.replace("/graphql", "/readyz"), timeout=5).status_code == 200
        except httpx.HTTPError:
            return False
