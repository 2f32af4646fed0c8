"""What a WebSocket tells of a subscription that is asked for by its hash, and where only known ones are answered."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from parkgraph.accounts.principal import ANONYMOUS
from parkgraph.api import schema
from parkgraph.api.admission import RateLimiter
from parkgraph.api.documents import Documents
from parkgraph.api.limits import Limits
from parkgraph.api.live import PROTOCOL, LiveEndpoint
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.seats import Seats
from parkgraph.graph.view import View
from parkgraph.graph.watching import Watching
from tests.api.serving import serving

KNOWN = 'subscription { placesChanged(bounds: {south: 1, west: 1, north: 2, east: 2}, since: "old") { missed } }'
OTHER = KNOWN.replace("missed", "version")

Told = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """What comes first of a subscription with this payload, at a server that answers what it knows."""
    watching = Watching(View)
    context: Any = SimpleNamespace(principal=ANONYMOUS, graph=SimpleNamespace(watching=watching))
    documents = Documents(schema.build(), Limits(), production=True)
    known = PersistedQueries([KNOWN], only=True)
    live = LiveEndpoint(documents, known, RateLimiter(None), Seats(10, 10), lambda: context)
    with serving(Starlette(routes=[WebSocketRoute("/graphql", live)])) as client:
        url = str(client.base_url.join("/graphql")).replace("http", "ws", 1)

        def first(payload: dict[str, Any]) -> dict[str, Any]:
            with connect(url, subprotocols=[Subprotocol(PROTOCOL)]) as socket:
                socket.send(json.dumps({"type": "connection_init"}))
                assert json.loads(socket.recv(60))["type"] == "connection_ack"
                socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                message: dict[str, Any] = json.loads(socket.recv(60))
                return message

        yield first


def by_hash(query: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}}


@pytest.mark.parametrize("payload", [by_hash(KNOWN), {"query": KNOWN}])
def test_a_known_subscription_is_told_by_its_hash_and_by_its_text(told: Told, payload: dict[str, Any]) -> None:
    assert told(payload)["payload"] == {"data": {"placesChanged": {"missed": True}}}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": OTHER}, "BAD_USER_INPUT"),
        (by_hash(OTHER), "PERSISTED_QUERY_NOT_FOUND"),
        ({"query": OTHER, **by_hash(OTHER)}, "BAD_USER_INPUT"),
        ({}, "BAD_USER_INPUT"),
        ({"query": KNOWN, "variables": []}, "BAD_USER_INPUT"),
    ],
)
def test_another_one_is_refused(told: Told, payload: dict[str, Any], code: str) -> None:
    message = told(payload)
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == code
