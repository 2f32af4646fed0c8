"""Servers that are measured: each a process on the first core, while what asks them has the others."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

START_SECONDS = 60.0


@contextmanager
def serving(kind: str, data_dir: Path) -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process of one of `bench.servers`."""
    command = [sys.executable, "-m", "bench.servers", kind]
    with running(lambda port: [*command, str(port), str(data_dir)], _is_ready) as server:
        yield server


@contextmanager
def running(
    command: Callable[[int], Sequence[str]], is_ready: Callable[[int], bool], cwd: Path | None = None
) -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process of what this command starts. Raises RuntimeError where it does not get ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(command(port), cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + START_SECONDS
        while not is_ready(port):
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{' '.join(command(port))} did not get ready")
            time.sleep(0.1)
        server = psutil.Process(process.pid)
        if _has_cores():
            for thread in server.threads():
                os.sched_setaffinity(thread.id, {0})
        yield port, server
    finally:
        process.terminate()
        process.wait(30)


def listens(port: int) -> bool:
    """Whether anything does at this port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def yield_first_core() -> None:
    """It is the server's."""
    if _has_cores():
        os.sched_setaffinity(0, set(range(1, os.cpu_count() or 1)))


def _has_cores() -> bool:
    return hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.HTTPError:
        return False
