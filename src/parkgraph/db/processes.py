"""The processes of an embedded PostgreSQL: which they are, and how they end."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import psutil

from parkgraph.db import launcher

_PATIENCE = 10
_LAUNCHER = str(Path(launcher.__file__))


def server(pid: int, directory: Path) -> psutil.Process | None:
    """The living PostgreSQL server `pid` of the cluster in `directory`.

    None for a zombie, and for a stranger to whom the system gave that number since.
    """
    try:
        process = psutil.Process(pid)
    except (psutil.NoSuchProcess, ValueError):
        return None
    return process if _works_in(process, directory) else None


async def end(process: psutil.Process) -> None:
    """Ends a server and waits until it is gone: in order, else at once (the next start recovers), else by force."""
    for number, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, _PATIENCE), (signal.SIGKILL, _PATIENCE)):
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            if not _lives(process):
                return
            await asyncio.sleep(0.01)


async def kill_all(directory: Path) -> None:
    """Kills every PostgreSQL program that works in `directory`, and waits until they are gone.

    That is what a dead ParkGraph or a dead server left behind: an initdb, a server on its way up, or backends, which
    hold the memory without which no new server starts. Nothing is lost by it: what was committed is in the
    write-ahead log.
    """
    give_up = time.monotonic() + _PATIENCE
    # Again until none is found: one of them may have begun another meanwhile.
    while (found := [p for p in _all() if _works_in(p, directory)]) and time.monotonic() < give_up:
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        await asyncio.sleep(0.01)


def _all() -> Iterator[psutil.Process]:
    for pid in psutil.pids():
        with suppress(psutil.NoSuchProcess):
            yield psutil.Process(pid)


def _works_in(process: psutil.Process, directory: Path) -> bool:
    """Whether it is a living program of PostgreSQL's that was sent to `directory` or is there, or is to become one."""
    try:
        arguments = process.cmdline()
        if _LAUNCHER in arguments and str(directory) in arguments:
            return True
        if process.name() not in {"postgres", "initdb"}:
            return False
        if dict(pairwise(arguments)).get("-D") == str(directory):
            return True
        return bool(arguments) and Path(process.cwd()) == directory
    except psutil.Error:  # gone, a zombie, or another user's
        return False


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
