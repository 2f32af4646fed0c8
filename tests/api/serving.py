"""`/graphql` over schemas of a test's own, served for real on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp

from parkgraph.api import schema
from parkgraph.api.admission import Admission, RateLimiter
from parkgraph.api.context import Context
from parkgraph.api.documents import Documents
from parkgraph.api.http import GraphQLEndpoint
from parkgraph.api.limits import Limits
from parkgraph.api.masking import Masking
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.seats import Seats


def no_context() -> Context:
    """For resolvers that look at no context."""
    return None  # type: ignore[return-value]


def graphql_app(query: type[Any], mutation: type[Any] | None = None, **changes: Any) -> ASGIApp:
    """The endpoint over these root types, with these changes of its arguments."""
    arguments: dict[str, Any] = {
        "documents": Documents(schema.build(query, mutation), Limits(), production=False),
        "persisted": PersistedQueries(),
        "admission": Admission(64),
        "rates": RateLimiter(None),
        "seats": Seats(10, 100),
        "context": no_context,
        "body_bytes": 100_000,
        "answer_seconds": 20,
    } | changes
    endpoint = GraphQLEndpoint(**arguments)
    return Starlette(routes=[Route("/graphql", endpoint)], middleware=[Middleware(Masking)])


@contextmanager
def serving(app: ASGIApp) -> Iterator[httpx.Client]:
    """A client of this application."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
