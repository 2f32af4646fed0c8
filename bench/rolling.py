"""`python -m bench.rolling`: servers replaced, and the database migrated, while clients ask without a pause.

Two servers on one database behind a plain load balancer. First each is ended and started again. Then two servers of the
version before the newest migration are asked while the newest version migrates the database, and are replaced by it.
Writes the figures `rolling_restart_failed_requests` and `migration_failed_requests`: requests that were not answered
with data.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

import aiohttp
from rich.console import Console
from rich.table import Table

from bench.balancer import Balancer
from bench.figures import record
from parkgraph.db.embedded import EmbeddedServer

ROOT: Final = Path(__file__).resolve().parents[1]
CLIENTS: Final = 8
PAUSE_SECONDS: Final = 0.05
"""Of a client after an answer: servers are busy and not full, as those that are replaced are."""

BETWEEN: Final = 300
"""Answers that are waited for before and after each step."""

PATIENCE: Final = 90
OUT: Final = Console(stderr=True)
QUERIES: Final = (
    "{ networks { id status listings } }",
    """{ nearby(near: {latitude: 48.7838, longitude: 9.1829}, radius: 3000, first: 20,
         stay: {arrive: "2030-11-26T09:00:00+01:00", leave: "2030-11-26T12:30:00+01:00"}) {
           edges { node { id name } cheapest { total { amount } } } } }""",
)


@dataclass(slots=True)
class Load:
    """Clients that ask one after the other over kept-alive connections. `failed`: what they got instead of data."""

    url: str
    answered: int = 0
    failed: list[str] = field(default_factory=list)

    async def run(self) -> None:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(self._ask(session, number) for number in range(CLIENTS)))

    async def _ask(self, session: aiohttp.ClientSession, number: int) -> None:
        while True:
            body = {"query": QUERIES[(self.answered + number) % len(QUERIES)]}
            try:
                async with session.post(self.url, json=body, timeout=aiohttp.ClientTimeout(30)) as answer:
                    text = await answer.text()
                    if answer.status != 200 or "errors" in json.loads(text):
                        self.failed.append(f"{answer.status}: {text[:200]}")
            except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
                self.failed.append(repr(fault))
            self.answered += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def more(self, count: int = BETWEEN) -> None:
        """Until so many more requests were answered."""
        enough = self.answered + count
        async with asyncio.timeout(PATIENCE):
            while self.answered < enough:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@dataclass(slots=True)
class Fleet:
    """Servers of one version each, at fixed ports, on one database."""

    database_url: str
    folder: Path
    balancer: Balancer
    running: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, port: int, source: Path) -> None:
        """Until the balancer takes it in."""
        self.running[port] = await self.parkgraph(source, "serve", "--port", str(port))
        async with asyncio.timeout(PATIENCE):
            while not self.balancer.is_ready(port):
                if self.running[port].returncode is not None:
                    raise RuntimeError(f"the server at {port} ended with {self.running[port].returncode}")
                await asyncio.sleep(0.02)

    async def stop(self, port: int) -> None:
        process = self.running.pop(port)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), PATIENCE)
        while self.balancer.is_ready(port):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    async def parkgraph(self, source: Path, *command: str) -> asyncio.subprocess.Process:
        environ = {
            **os.environ,
            "PYTHONPATH": str(source / "src"),
            "PARKGRAPH_DATABASE_URL": self.database_url,
            "PARKGRAPH_DATA_DIR": str(self.folder / "keys"),
        }
        # An older version has no [server] demo, and has the same command.
        arguments = ("demo", *command[1:]) if command[0] == "serve" else command
        with (self.folder / "servers.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "parkgraph", *arguments, env=environ, stdout=log, stderr=log
            )


@asynccontextmanager
async def loaded(folder: Path, ports: list[int], source: Path) -> AsyncIterator[tuple[Fleet, Load]]:
    """Two servers of this source on a new database, under load."""
    folder.mkdir()  # noqa: ASYNC240
    database = EmbeddedServer(folder / "database")
    url = await database.start()
    try:
        async with Balancer(ports) as balancer:
            fleet = Fleet(url, folder, balancer)
            try:
                for port in ports:
                    await fleet.start(port, source)
                load = Load(f"http://127.0.0.1:{balancer.port}/graphql")
                asking = asyncio.create_task(load.run())
                await load.more()
                yield fleet, load
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            finally:
                for port in list(fleet.running):
                    await fleet.stop(port)
    finally:
        await database.stop()


async def restarted(folder: Path, ports: list[int]) -> Load:
    """Each server is ended and started again."""
    async with loaded(folder, ports, ROOT) as (fleet, load):
        for port in ports:
            await fleet.stop(port)
            await load.more()
            await fleet.start(port, ROOT)
            await load.more()
    return load


async def migrated(folder: Path, ports: list[int], before: Path) -> Load:
    """The newest version migrates the database of the version before, which serves meanwhile; then it takes over."""
    async with loaded(folder, ports, before) as (fleet, load):
        migrating = await fleet.parkgraph(ROOT, "db", "upgrade")
        if await asyncio.wait_for(migrating.wait(), PATIENCE):
            raise RuntimeError("the migration failed")
        await load.more()
        for port in ports:
            await fleet.stop(port)
            await fleet.start(port, ROOT)
            await load.more()
    return load


def before_the_newest_migration(to: Path) -> str:
    """Puts the source of the version before it into a folder; returns its commit."""
    newest = max((ROOT / "src/parkgraph/db/migrations/versions").glob("[0-9]*.py"))
    brought = git("log", "--diff-filter=A", "--format=%H", "--", str(newest)).decode().split()[-1]
    with tarfile.open(fileobj=BytesIO(git("archive", "--format=tar", f"{brought}~1", "src"))) as archive:
        archive.extractall(to, filter="data")
    return f"{brought[:9]}~1 (before {newest.stem})"


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def main() -> None:
    table = Table("Step", "Requests", "Failed")
    with tempfile.TemporaryDirectory(prefix="rolling-") as name:
        folder = Path(name)
        ports = [free_port(), free_port()]
        with OUT.status("Two servers are restarted, one after the other"):
            restart = asyncio.run(restarted(folder / "restart", ports))
        table.add_row("rolling restart", str(restart.answered), str(len(restart.failed)))
        before = before_the_newest_migration(folder / "before")
        with OUT.status(f"The database of {before} is migrated while it serves"):
            migration = asyncio.run(migrated(folder / "migration", ports, folder / "before"))
        table.add_row(f"migration from {before}", str(migration.answered), str(len(migration.failed)))
    Console().print(table)
    for what in (*restart.failed, *migration.failed)[:10]:
        OUT.print(what, markup=False)
    record(
        {
            "rolling_restart_failed_requests": (len(restart.failed), f"of {restart.answered}"),
            "migration_failed_requests": (
                len(migration.failed),
                f"of {migration.answered}, while the old version serves",
            ),
        }
    )


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
