"""`placesChanged`, over a WebSocket, while an owner publishes and withdraws a yard."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Subprotocol

from parkgraph.accounts.principal import Role
from parkgraph.api.live import PROTOCOL
from tests.api.conftest import Ask
from tests.api.test_yard_input import COMPLETE, CREATE

PLACES_CHANGED = """
subscription ($bounds: BoundsInput, $ids: [ID!], $since: String) {
  placesChanged(bounds: $bounds, ids: $ids, since: $since) { version places { id name } gone missed }
}
"""
HERE = {"latitude": 60.5, "longitude": 15.5}
BOX = {"south": 60, "west": 15, "north": 61, "east": 16}
PUBLISH = "mutation ($id: ID!) { publishYard(yardId: $id, version: 1) { ... on Yard { version } } }"
WITHDRAW = "mutation ($id: ID!) { withdrawYard(yardId: $id, version: 2) { ... on Yard { version } } }"


@pytest.fixture
def owner(ask_as: Callable[..., Ask]) -> Ask:
    return ask_as(Role.OWNER, subject="an owner who is watched")


@pytest.fixture
def yard(owner: Ask) -> str:
    """The id of a draft, far from all other places."""
    made = owner(CREATE, key=str(uuid4()), input={**COMPLETE, "name": "Watched yard", "location": HERE})
    return str(made["data"]["createYard"]["id"])


@contextmanager
def watching(url: str, **variables: Any) -> Iterator[Connection]:
    with connect(f"{url.replace('http', 'ws', 1)}/graphql", subprotocols=[Subprotocol(PROTOCOL)]) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(30))["type"] == "connection_ack"
        payload = {"query": PLACES_CHANGED, "variables": variables}
        socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        yield socket


def told(socket: Connection) -> dict[str, Any]:
    while (message := json.loads(socket.recv(60)))["type"] == "ping":
        pass
    assert message["type"] == "next", message
    changed: dict[str, Any] = message["payload"]["data"]["placesChanged"]
    return changed


def refused(url: str, **variables: Any) -> str:
    with watching(url, **variables) as socket:
        message = json.loads(socket.recv(30))
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    return str(message["payload"][0]["message"])


def test_a_yard_appears_and_goes_while_one_watches_and_after_a_break(demo_url: str, owner: Ask, yard: str) -> None:
    with watching(demo_url, bounds=BOX, since="the very first") as socket:
        assert told(socket)["missed"]  # it watches from now on
        assert owner(PUBLISH, id=yard)["data"]["publishYard"] == {"version": 2}
        appeared = told(socket)
    (place,) = appeared["places"]
    assert (place["name"], appeared["gone"], appeared["missed"]) == ("Watched yard", [], False)
    assert owner(WITHDRAW, id=yard)["data"]["withdrawYard"] == {"version": 3}
    with watching(demo_url, bounds=BOX, since=appeared["version"]) as socket:
        assert told(socket)["gone"] == [place["id"]]


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "give either bounds or ids"),
        ({"bounds": BOX, "ids": ["x"]}, "give either bounds or ids"),
        ({"ids": []}, "between 1 and 100"),
        ({"ids": ["x"]}, "id"),
        ({"bounds": {**BOX, "south": 70}}, "south"),
    ],
)
def test_what_cannot_be_watched_is_said(demo_url: str, variables: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(demo_url, **variables)
