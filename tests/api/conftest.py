"""The demo, served for real on loopback: one server for all tests of the API."""

import asyncio
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn

from parkgraph.accounts.principal import Role
from parkgraph.app import create_app
from parkgraph.networks import registry
from parkgraph.settings import load
from tests.conftest import execute, with_database
from tests.signed_in import bearer

Ask = Callable[..., dict[str, Any]]

_LOOP: pytest.StashKey[asyncio.AbstractEventLoop] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails, it says what the demo was waiting for: it goes on under all tests, and may be stuck."""
    report = yield
    loop = item.session.stash.get(_LOOP, None)
    if report.failed and loop:
        report.sections.append(("Tasks of the demo", "\n".join(map(whereabouts, asyncio.all_tasks(loop)))))
    return report


def whereabouts(task: asyncio.Task[Any]) -> str:
    """The name of a task, and each call that it is in."""
    at: Any = task.get_coro()
    calls = []
    while frame := getattr(at, "cr_frame", None) or getattr(at, "ag_frame", None):
        calls.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
        at = getattr(at, "cr_await", None) or getattr(at, "ag_await", None)
    return f"{task.get_name()}: {' > '.join(calls)} > {at!r:.100}"


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's own: tokens for development are signed with what lies there."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def demo_url(database_url: str, data_dir: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"demo_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name}"))
    database = with_database(database_url, name)
    settings = load(None, {"PARKGRAPH_DATABASE_URL": database, "PARKGRAPH_DATA_DIR": str(data_dir)})
    ready = threading.Event()

    def is_ready(_: object) -> None:
        request.session.stash[_LOOP] = asyncio.get_running_loop()
        ready.set()

    app = create_app(settings, registry.build_demo(settings), is_ready, demo=True)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            assert ready.wait(100), "the demo did not get ready"
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            del request.session.stash[_LOOP]
            server.should_exit = True
            thread.join()


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
