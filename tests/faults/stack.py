"""Ten networks behind the real API: nine that are well, and one that is not."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from parkgraph.accounts.principal import ANONYMOUS
from parkgraph.api.admission import Admission
from parkgraph.api.context import Context
from parkgraph.api.queries import Query
from parkgraph.db.engine import Database
from parkgraph.graph.match_pins import MatchPins
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.search import Search
from parkgraph.networks.breaker import USUAL, BreakerPolicy
from parkgraph.networks.network import Network
from parkgraph.networks.service import Networks
from tests.api.serving import graphql_app
from tests.faults.adapters import STATION, Asked, Published, network

BAD: Final = "network0"
OTHERS: Final = frozenset(f"network{number}" for number in range(1, 10))

MANY: Final = 1_000
"""Queries at a time: what is too much for the server is not the matter here."""

OFTEN: Final = timedelta(milliseconds=200)
"""The cadence of the bad network, where it publishes."""

QUERY: Final = """
query ($near: CoordinatesInput!, $radius: Int!) {
  nearby(near: $near, radius: $radius) {
    nodes { name listings { network { id } } }
    sources { network { id status circuit } status code listings fetchedAt }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client got: whose places, and what is said of each network."""

    shown: frozenset[str]
    sources: dict[str, dict[str, Any]]

    def of(self, network_id: str = BAD) -> tuple[str, str | None]:
        return self.sources[network_id]["status"], self.sources[network_id]["code"]

    @property
    def circuit(self) -> str:
        return str(self.sources[BAD]["network"]["circuit"])


class Shifted:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self._by = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._by

    def steady(self) -> float:
        return time.monotonic() + self._by.total_seconds()

    def pass_by(self, time: timedelta) -> None:
        self._by += time


@dataclass(slots=True)
class Stack:
    http: httpx.AsyncClient
    bad: Network
    clock: Shifted
    asked: int = 0

    async def ask(self, question: int | None = None) -> Answer:
        """One query: a new question, or this one again."""
        self.asked += 1
        variables = {
            "near": {"latitude": STATION.latitude, "longitude": STATION.longitude},
            "radius": 10_000 + (self.asked if question is None else -question),
        }
        response = await self.http.post("/graphql", json={"query": QUERY, "variables": variables})
        body = response.json()
        assert (response.status_code, body.get("errors")) == (200, None)
        found = body["data"]["nearby"]
        shown = frozenset(listing["network"]["id"] for node in found["nodes"] for listing in node["listings"])
        return Answer(shown, {source["network"]["id"]: source for source in found["sources"]})

    def turn_to(self, url: str) -> None:
        """From now on, the bad network is asked there."""
        assert isinstance(self.bad.adapter, Asked | Published)
        self.bad.adapter.url = url


@asynccontextmanager
async def ten_networks(
    database: Database,
    good: str,
    bad: str,
    *,
    feed: bool,
    deadline: float,
    policy: BreakerPolicy = USUAL,
    allow_private: bool = True,
) -> AsyncIterator[Stack]:
    """`good`: the URL of a server of networks that are well; `bad`: that of the one that is not.

    `feed`: the bad one publishes; of the others every other one does.
    """
    ill = network(BAD, bad, feed=feed, every=OFTEN, seconds=min(deadline, 5), allow_private=allow_private)
    others = [network(name, f"{good}/{name}", feed=number % 2 == 0) for number, name in enumerate(sorted(OTHERS))]
    clock = Shifted()
    service = Networks([ill, *others], database, clock=clock, policy=policy, steady=clock.steady)
    graph = PlaceGraph(service, PlaceIds(database), MatchPins(database))
    # The others are not asked.
    services: dict[str, Any] = dict.fromkeys(field.name for field in fields(Context) if field.init)
    services |= {"search": Search(graph, service, deadline, clock), "graph": graph, "networks": service}
    services["principal"] = ANONYMOUS
    context = Context(**services)
    await service.start()
    try:
        await service.first_attempts(10)
        app = graphql_app(Query, context=lambda: context, admission=Admission(MANY))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parkgraph") as http:
            yield Stack(http, ill, clock)
    finally:
        await service.stop()
