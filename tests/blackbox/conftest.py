"""The server that is judged: at BLACKBOX_URL, or, without one, a demo of our own.

BLACKBOX_TOKEN: a token or API key that it accepts. Nothing here and beside imports ParkGraph.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.blackbox.client import Api
from tests.process import running


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    if url := os.environ.get("BLACKBOX_URL"):
        with httpx.Client(base_url=url, timeout=30) as http:
            await_readiness(http)
            yield Api(http, os.environ.get("BLACKBOX_TOKEN") or None)
        return
    data_dir = tmp_path_factory.mktemp("blackbox")
    with (
        running(data_dir, "serve", environ={"PARKGRAPH_SERVER_DEMO": "true"}) as server,
        httpx.Client(base_url=server.url, timeout=30) as http,
    ):
        yield Api(http, development_token(data_dir))


def await_readiness(http: httpx.Client, patience: float = 60) -> None:
    """A server that was deployed a moment ago may still be starting; what it does not become, a test says."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if http.get("/readyz").status_code == 200:
                return
        time.sleep(0.5)


def development_token(data_dir: Path) -> str:
    command = [sys.executable, "-m", "parkgraph", "token", "--role", "owner"]
    environ = {**os.environ, "PARKGRAPH_DATA_DIR": str(data_dir)}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.strip()
