"""The demo, served for real on loopback: one server for all tests of the API."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from parkgraph.accounts.principal import Role
from tests.conftest import execute, with_database
from tests.process import eventually
from tests.signed_in import bearer

Ask = Callable[..., dict[str, Any]]

_DEMO: pytest.StashKey[tuple[subprocess.Popen[bytes], Path]] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails, it shows what the demo wrote and what it waits for: it goes on under all tests."""
    report = yield
    if report.failed and (demo := item.session.stash.get(_DEMO, None)):
        report.sections.append(("The demo", _told_by(*demo)))
    return report


def _told_by(process: subprocess.Popen[bytes], log: Path) -> str:
    process.send_signal(signal.SIGUSR1)
    with suppress(AssertionError):
        eventually(lambda: log.read_bytes().endswith(b"That is all.\n"), 10)
    return log.read_text()[-20_000:]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's own: tokens for development are signed with what lies there."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def demo_url(database_url: str, data_dir: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"demo_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name}"))
    settings = {"PARKGRAPH_DATABASE_URL": with_database(database_url, name), "PARKGRAPH_DATA_DIR": str(data_dir)}
    log = data_dir / "demo.log"
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("ab") as errors:
        handed = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.api.demo_server", str(handed)],
            cwd=Path(__file__).parents[2],
            env={**os.environ, **settings},
            pass_fds=[handed],
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        with process:
            try:
                assert process.stdout
                assert process.stdout.readline() == b"ready\n", log.read_text()
                request.session.stash[_DEMO] = process, log
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                process.terminate()


@pytest.fixture(scope="session")
def http(demo_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=demo_url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def ask(http: httpx.Client) -> Ask:
    """Ask a query; the whole answer, errors included."""

    def post(query: str, **variables: Any) -> dict[str, Any]:
        return _answer(http, {}, query, variables)

    return post


@pytest.fixture(scope="session")
def ask_as(http: httpx.Client, data_dir: Path) -> Callable[..., Ask]:
    """`ask_as(Role.OWNER, subject="berta")` asks with such a token; with no role, as a driver."""

    def signed_in(*roles: Role, subject: str = "anna") -> Ask:
        headers = bearer(data_dir, *roles, subject=subject)
        return lambda query, **variables: _answer(http, headers, query, variables)

    return signed_in


def _answer(http: httpx.Client, headers: dict[str, str], query: str, variables: dict[str, Any]) -> dict[str, Any]:
    response = http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer
