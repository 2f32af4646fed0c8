"""A ParkGraph server as a process of its own, and what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

PATIENCE = 40
START_PATIENCE = 180
"""A machine that is busy with other things starts nothing quickly."""


@dataclass(slots=True)
class Server:
    """`data_dir` holds its embedded database."""

    process: subprocess.Popen[str]
    url: str
    data_dir: Path

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def await_ready(self) -> None:
        """Raises RuntimeError where it ends instead."""

        def ready() -> bool:
            if (status := self.process.poll()) is not None:
                raise RuntimeError(f"the server ended with {status} before it was ready")
            return self.ready()

        eventually(ready, START_PATIENCE)

    def ask(self, query: str) -> dict[str, Any]:
        response = httpx.post(f"{self.url}/graphql", json={"query": query}, timeout=10)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(how)
        self.process.wait(PATIENCE)

    def postmaster(self) -> psutil.Process:
        """The embedded database's first process."""
        (first,) = (p for p in databases(self.data_dir) if p.parent() not in databases(self.data_dir))
        return first


def databases(data_dir: Path) -> list[psutil.Process]:
    """Every process of the embedded database in this directory."""
    found = []
    for process in psutil.process_iter(["name", "cwd", "cmdline"]):
        if "postgres" in (process.info["name"] or "") and str(data_dir.resolve()) in (process.info["cwd"] or ""):
            found.append(process)  # noqa: PERF401
    return found


def eventually(condition: Callable[[], bool], patience: float = PATIENCE, *, pause: float = 0.05) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(pause)


def free_port() -> int:
    """A port of loopback that nobody listens on, a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    data_dir: Path,
    *arguments: str,
    wait: bool = True,
    port: int | None = None,
    log: Path | None = None,
    environ: Mapping[str, str] | None = None,
    python: Path = Path(sys.executable),
) -> Iterator[Server]:
    """`parkgraph` with these arguments until the block ends; then it is made to end.

    On a free port, unless it is told one. `log`: a file to which what it prints is added. `python`: whose ParkGraph
    it is.
    """
    port = port or free_port()
    with (log or Path(os.devnull)).open("ab") as output:
        process = subprocess.Popen(
            [python, "-m", "parkgraph", *arguments, "--port", str(port)],
            stdout=output,
            stderr=output,
            text=True,
            env={**os.environ, "PARKGRAPH_DATA_DIR": str(data_dir), **(environ or {})},
        )
    server = Server(process, f"http://127.0.0.1:{port}", data_dir)
    try:
        if wait:
            server.await_ready()
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
