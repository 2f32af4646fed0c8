"""The demo as a process of its own, whose samples stand still: each query has one answer, whenever it is asked.

`python -m tests.api.demo_server FD`, with the settings in the environment. It listens on the socket that is FD, and
writes "ready" on standard output. On SIGUSR1 it writes on standard error what each of its tasks waits for.
"""

import asyncio
import os
import signal
import socket
import sys
from typing import Any

import uvicorn

from parkgraph import logs
from parkgraph.app import create_app
from parkgraph.networks import registry
from parkgraph.settings import load


def main() -> None:
    settings = load(None, os.environ)
    logs.configure(settings)
    app = create_app(settings, registry.build_demo(settings), lambda _: begin(), demo=True)
    uvicorn.Server(uvicorn.Config(app, log_config=None)).run([socket.socket(fileno=int(sys.argv[1]))])


def begin() -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, tell)
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def tell() -> None:
    tasks = "\n".join(map(whereabouts, asyncio.all_tasks()))
    sys.stderr.write(f"Tasks of the demo:\n{tasks}\nThat is all.\n")
    sys.stderr.flush()


def whereabouts(task: asyncio.Task[Any]) -> str:
    """The name of a task, and each call that it is in."""
    at: Any = task.get_coro()
    calls = []
    while frame := getattr(at, "cr_frame", None) or getattr(at, "ag_frame", None):
        calls.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
        at = getattr(at, "cr_await", None) or getattr(at, "ag_await", None)
    return f"{task.get_name()}: {' > '.join(calls)} > {at!r:.100}"


if __name__ == "__main__":
    main()
