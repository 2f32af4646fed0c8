"""Subscriptions as server-sent events: one request each, in the form of graphql-sse."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.types import Message

from parkgraph.accounts.principal import Role
from parkgraph.api import events
from parkgraph.api.documents import QueryError
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.events import EventStream, accepts_events
from parkgraph.api.seats import Seats
from tests.api.conftest import Ask
from tests.api.test_place_changes import PLACES_CHANGED, PUBLISH, WITHDRAW
from tests.api.test_yard_input import COMPLETE, CREATE

HERE = {"latitude": 65.5, "longitude": 25.5}
BOX = {"south": 65, "west": 25, "north": 66, "east": 26}
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def owner(ask_as: Callable[..., Ask]) -> Ask:
    return ask_as(Role.OWNER, subject="an owner whose events are watched")


def lines_of(response: httpx.Response) -> Iterator[str]:
    """But for signs of life, and the empty lines between events."""
    return (line for line in response.iter_lines() if line.strip(":"))


def test_what_changes_is_told_to_whom_cannot_have_a_websocket(http: httpx.Client, owner: Ask) -> None:
    body = {"query": PLACES_CHANGED, "variables": {"bounds": BOX, "since": "the very first"}}
    with http.stream("POST", "/graphql", json=body, headers=EVENTS, timeout=60) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        lines = lines_of(response)
        assert next(lines) == "event: next"
        assert data(next(lines))["missed"]
        made = owner(CREATE, key=str(uuid4()), input={**COMPLETE, "name": "Streamed yard", "location": HERE})
        yard = made["data"]["createYard"]["id"]
        owner(PUBLISH, id=yard)
        assert next(lines) == "event: next"
        assert [place["name"] for place in data(next(lines))["places"]] == ["Streamed yard"]
    owner(WITHDRAW, id=yard)


def test_what_is_refused_is_told_and_the_stream_is_complete(http: httpx.Client) -> None:
    response = http.post("/graphql", json={"query": PLACES_CHANGED}, headers=EVENTS)
    assert response.status_code == 200
    first, second, *rest = response.text.splitlines()
    assert (first, rest) == ("event: next", ["", "event: complete", "data:", ""])
    assert "give either bounds or ids" in json.loads(second.removeprefix("data: "))["errors"][0]["message"]


def test_who_does_not_ask_for_events_is_told_how_to(http: httpx.Client) -> None:
    (error,) = http.post("/graphql", json={"query": PLACES_CHANGED}).json()["errors"]
    assert "text/event-stream" in error["message"]


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("text/event-stream", True),
        ("application/json;q=0.9, Text/Event-Stream; charset=utf-8", True),
        ("*/*", False),
        ("text/*", False),
        ("", False),
    ],
)
def test_events_are_for_whom_names_them(accept: str, accepted: bool) -> None:
    assert accepts_events(accept) is accepted


class Listener:
    """The end of a connection: what came of the response, and `gone` when it is to close."""

    def __init__(self) -> None:
        self.came: list[Message] = []
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.came.append(message)

    async def listen(self, told: AsyncGenerator[bytes], seats: Seats) -> None:
        async with asyncio.timeout(60):
            await EventStream(told, seats, "a client")({"type": "http", "path": "/graphql"}, self.receive, self.send)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.came).decode()


async def counting(until: int, then: BaseException | asyncio.Event | None = None) -> AsyncGenerator[bytes]:
    for n in range(until):
        yield str(n).encode()
    if isinstance(then, asyncio.Event):
        await then.wait()
    elif then:
        raise then


async def test_events_come_in_order_and_the_last_one_says_so() -> None:
    listener = Listener()
    await listener.listen(counting(2), Seats(1, 1))
    assert listener.text == "event: next\ndata: 0\n\nevent: next\ndata: 1\n\nevent: complete\ndata:\n\n"
    assert not listener.came[-1].get("more_body")


async def test_what_goes_wrong_on_the_way_is_told() -> None:
    listener = Listener()
    await listener.listen(counting(1, QueryError(BadUserInputError("No more."))), Seats(1, 1))
    assert listener.text.startswith("event: next\ndata: 0\n\nevent: next\ndata: {")
    assert '"No more."' in listener.text


async def test_a_silent_stream_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PING_SECONDS", 0.001)
    listener, seats = Listener(), Seats(1, 1)
    listening = asyncio.create_task(listener.listen(counting(0, asyncio.Event()), seats))
    while listener.text.count(":\n\n") < 2:
        await asyncio.sleep(0)
    seats.ending.set()
    await listening


@pytest.mark.parametrize("ends", ["the client is gone", "the server drains", "it takes nothing"])
async def test_a_seat_is_free_again_when_the_stream_ends(ends: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SEND_SECONDS", 0.01)
    listener, seats = Listener(), Seats(1, 1)
    told = counting(1, asyncio.Event())
    listening = asyncio.create_task(listener.listen(told, seats))
    if ends == "it takes nothing":
        listener.send = stuck  # type: ignore[method-assign]
    else:
        while "data: 0" not in listener.text:
            await asyncio.sleep(0)
        assert seats.taken == 1
        (listener.gone if ends == "the client is gone" else seats.ending).set()
    await listening
    assert seats.taken == 0
    with pytest.raises(StopAsyncIteration):
        await anext(told)


async def stuck(message: Message) -> None:
    if message["type"] == "http.response.body" and message.get("more_body"):
        await asyncio.Event().wait()


async def test_beyond_the_seats_one_is_told_to_come_back() -> None:
    listener, seats = Listener(), Seats(1, 1)
    with seats.seat("a client"):
        await listener.listen(counting(1), seats)
    start, body = listener.came
    assert start["status"] == 429
    assert json.loads(body["body"])["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


def data(line: str) -> Any:
    return json.loads(line.removeprefix("data: "))["data"]["placesChanged"]
