"""The demo, served for real on loopback: one server for all tests of the API."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn

from parkgraph.app import create_app
from parkgraph.networks import registry
from parkgraph.settings import load
from tests.conftest import execute, with_database

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def demo_url(database_url: str) -> Iterator[str]:
    name = f"demo_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name}"))
    settings = load(None, {"PARKGRAPH_DATABASE_URL": with_database(database_url, name)})
    ready = threading.Event()
    app = create_app(settings, registry.build_demo(settings), lambda _: ready.set(), demo=True)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            assert ready.wait(30), "the demo did not get ready"
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
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
        response = http.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    return post
