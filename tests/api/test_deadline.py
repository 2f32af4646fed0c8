"""What a search found is asked for more by the deadline of that search, and of no other."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, Final

import pytest

from parkgraph.accounts.principal import ANONYMOUS, Principal
from parkgraph.api import ids, schema
from parkgraph.api.admission import Admission, RateLimiter
from parkgraph.api.context import Context
from parkgraph.api.credentials import Authenticate, nobody
from parkgraph.api.documents import Documents
from parkgraph.api.http import GraphQLEndpoint
from parkgraph.api.limits import Limits
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.seats import Seats
from parkgraph.db.engine import Database
from parkgraph.domain.place import Place
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.match_pins import MatchPins
from parkgraph.graph.offers import Offer
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.question import Question
from parkgraph.graph.search import Answer, Search
from parkgraph.graph.view import Rules, View, build
from parkgraph.networks.service import Networks
from tests.api.execution.differential import interpreted
from tests.graph.listings import listing
from tests.networks.scripted import batch, feed

BUILT: Final = schema.build()
OFFERS: Final = 'offers(stay: {arrive: "2026-11-24T09:00:00Z", leave: "2026-11-24T12:00:00Z"}) { status }'
NEARBY: Final = "nearby(near: {latitude: 48.7838, longitude: 9.1829}, radius: %d) { %s }"
FIRST: Final = "first: " + NEARBY % (900, f"nodes {{ {OFFERS} }}")
SECOND: Final = "second: " + NEARBY % (800, f"edges {{ node {{ parts {{ id }} {OFFERS} }} }}")
SECONDS: Final = 60.0
RATES: Final = Exchange()


class Timed(Search):
    """Notes when it began, and by when offers were asked for: so many seconds each search has from the first one on."""

    def __init__(self, graph: PlaceGraph, networks: Networks) -> None:
        super().__init__(graph, networks, SECONDS, exchange=lambda: RATES)
        self._asked = count()
        self.begun: list[float] = []
        self.found_by: list[float] = []
        self.asked_by: list[float | None] = []

    async def find(self, question: Question, first: int, after: str | None, since: float | None = None) -> Answer:
        # All of one query are due at the same instant: here none, so that they can be told from each other.
        apart = 0.001 * next(self._asked)
        self.begun.append(asyncio.get_running_loop().time())
        answer = await super().find(question, first, after, None if since is None else since + apart)
        self.found_by.append(answer.ends)
        return answer

    async def offers_of(
        self, place: Place, stay: Stay, vehicle: Vehicle, ends: float | None = None
    ) -> tuple[Offer, ...]:
        self.asked_by.append(ends)
        return await super().offers_of(place, stay, vehicle, ends)


def timed() -> tuple[Timed, Context]:
    """Over one place."""
    database = Database("postgresql://nobody@127.0.0.1:1/none")  # which nothing here asks
    networks = Networks([feed("one", batch())], database)
    ids = PlaceIds(database)
    graph = PlaceGraph(networks, ids, MatchPins(database))
    view: View = graph.view
    built = build(view, {"one": {"1": listing("1")}}, ids.identities, Rules())
    ids.learn(built.learnt)
    graph.view = built.view
    search, none = Timed(graph, networks), None
    return search, Context(search, graph, networks, *[none] * 11)  # type: ignore[arg-type]


async def at_once() -> None: ...


async def served(
    query: str,
    context: Context,
    authenticate: Authenticate | None = None,
    body_comes: Callable[[], Awaitable[None]] = at_once,
) -> Any:
    """By the endpoint."""
    endpoint = GraphQLEndpoint(
        Documents(BUILT, Limits(), production=False),
        PersistedQueries(),
        Admission(9),
        RateLimiter(None),
        Seats(1, 1),
        context=lambda: context,
        authenticate=authenticate or nobody,
        body_bytes=100_000,
        answer_seconds=60,
    )
    body = json.dumps({"query": query}).encode()
    sent = bytearray()

    async def receive() -> dict[str, Any]:
        await body_comes()
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.extend(message.get("body", b""))

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "client": None,
             "headers": [(b"content-type", b"application/json")]}  # fmt: skip
    if authenticate:
        scope["headers"].append((b"authorization", b"Bearer somebody"))  # type: ignore[union-attr]
    await endpoint(scope, receive, send)
    assert "errors" not in json.loads(bytes(sent))


async def by_graphql_core(query: str, context: Context) -> Any:
    assert not (await interpreted(BUILT.core, query, {}, context)).errors


Execute = Callable[[str, Context], Any]


@pytest.mark.parametrize("execute", [served, by_graphql_core])
async def test_two_searches_of_one_query_keep_their_own(execute: Execute) -> None:
    search, context = timed()
    await execute(f"{{ {FIRST} {SECOND} }}", context)
    assert len(set(search.found_by)) == 2
    assert sorted(search.asked_by) == sorted(search.found_by)  # type: ignore[type-var]


@pytest.mark.parametrize("execute", [served, by_graphql_core])
async def test_a_place_that_no_search_found_has_none_yet(execute: Execute) -> None:
    search, context = timed()
    place = next(iter(context.graph.view.places.values()))
    await execute(f'{{ {FIRST} place(id: "{ids.of_place(place.id.int)}") {{ {OFFERS} }} }}', context)
    assert set(search.asked_by) == {None, *search.found_by}


async def test_a_query_knows_nothing_of_the_one_before_it() -> None:
    search, context = timed()
    place = next(iter(context.graph.view.places.values()))
    await served(f"{{ {FIRST} }}", context)
    await served(f'{{ place(id: "{ids.of_place(place.id.int)}") {{ {OFFERS} }} }}', context)
    assert search.asked_by == [search.found_by[0], None]


async def test_what_was_found_before_is_asked_for_more_by_the_time_of_this_query() -> None:
    search, context = timed()
    clock = asyncio.get_running_loop().time
    for _ in range(2):
        await served(f"{{ {FIRST} }}", context)
    before = clock()
    await served(f"{{ {FIRST} }}", context)
    assert len(search.found_by) == 2
    assert search.asked_by[2] is not None
    assert before + SECONDS <= search.asked_by[2] <= clock() + SECONDS


async def test_what_a_query_waits_for_before_it_is_asked_is_a_part_of_its_time() -> None:
    search, context = timed()
    clock, took = asyncio.get_running_loop().time, list[float]()

    async def slowly(_credential: str) -> Principal:
        came = clock()
        await asyncio.sleep(0.02)
        took.append(clock() - came)
        return ANONYMOUS

    before = clock()
    await served(f"{{ {FIRST} }}", context, slowly)
    assert before + SECONDS <= search.found_by[0] <= search.begun[0] - took[0] + SECONDS


async def test_what_its_client_takes_to_send_it_is_not() -> None:
    search, context = timed()
    clock, awaited, sent = asyncio.get_running_loop().time, list[float](), list[float]()

    async def slowly() -> None:
        awaited.append(clock())
        await asyncio.sleep(0.02)
        sent.append(clock())

    before = clock()
    await served(f"{{ {FIRST} }}", context, body_comes=slowly)
    looked_at_before = awaited[0] - before
    assert search.found_by[0] > sent[0] - looked_at_before + SECONDS - 0.001
