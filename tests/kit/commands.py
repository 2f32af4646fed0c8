"""`parkgraph …` as a partner or an operator runs it, in this process: a new one takes a second to begin."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from parkgraph import cli

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command printed, and the code with which it ended."""

    returncode: int
    stdout: str
    stderr: str


def adapter(*arguments: str) -> Outcome:
    return parkgraph("adapter", *arguments)


def parkgraph(*arguments: str) -> Outcome:
    """Run in a thread of its own, since the command begins a loop."""
    out, err = StringIO(), StringIO()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "argv", ["parkgraph", *arguments]),
        _nothing_left(),
        ThreadPoolExecutor(1) as thread,
    ):
        code = thread.submit(_code).result()
    return Outcome(code, out.getvalue(), err.getvalue())


def _code() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@contextmanager
def _nothing_left() -> Iterator[None]:
    """No module of an adapter that was made by a test, so that another of its name can be imported."""
    before, path = set(sys.modules), list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            if name.startswith("parkgraph_") and not _is_of_the_project(sys.modules[name]):
                del sys.modules[name]


def _is_of_the_project(module: ModuleType) -> bool:
    return Path(module.__file__ or "/").resolve().is_relative_to(PROJECT)
