"""What is kept of requests, pages, prices and JSON never shows: an answer is what it would be without any of it.

Random lives of one endpoint, in which time passes, networks say something else, rates change and questions come again.
Each answer is compared with that of graphql-core's executor over a search that remembers nothing.
"""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.api import schema
from parkgraph.api.admission import Admission, RateLimiter
from parkgraph.api.context import Context
from parkgraph.api.documents import Documents
from parkgraph.api.http import GraphQLEndpoint
from parkgraph.api.limits import Limits
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.seats import Seats
from parkgraph.db.engine import Database
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Listing
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.match_pins import MatchPins
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.search import Search
from parkgraph.graph.view import Rules, View, build
from parkgraph.networks.service import Networks
from tests.api.execution.differential import interpreted
from tests.graph.listings import listing
from tests.networks.scripted import batch, feed

BUILT: Final = schema.build()
DOCUMENTS: Final = Documents(BUILT, Limits(), production=False, fragment_bytes=100_000)
BEGIN: Final = datetime(2026, 11, 24, 6, tzinfo=UTC)
PLACES: Final = 4

FIELDS: Final = """
  totalCount pageInfo { hasNextPage hasPreviousPage endCursor } sources { status network { id status } }
  edges {
    cursor distance excluded { code text }
    offers { status reason reasonText total { amount currency } converted { amount } lines { label from to quantity } }
    cheapest { id total { amount } }
    node { id name kind capacity isOpen openingHours location { latitude } listings { id capacity attribution }
           occupancy { vacant level fresh observedAt network { id } } provenance { field observedAt } }
  }
"""
AROUND: Final = "near: {latitude: 48.7838, longitude: 9.1829}, radius: 5000, stay: $stay"
TWO: Final = f"""
  a: nearby({AROUND}) {{ nodes {{ name isOpen @skip(if: $no) }} }}
  b: within(bounds: {{south: 48.7, west: 9.1, north: 48.9, east: 9.3}}, stay: $stay) {{
    nodes {{ name maxHeightCm }} edges {{ distance offers {{ url tariffText }} }}
  }}
"""
QUERIES: Final = [
    f"query($stay: StayInput) {{ nearby({AROUND}, {more}) {{ {FIELDS} }} }}"
    for more in (
        "first: 2",
        "sort: PRICE",
        "sort: VACANCY, first: 1",
        "filter: {fits: true}",
        "filter: {openDuringStay: true}",
        "filter: {vacant: true}, vehicle: {heightCm: 210}",
        'filter: {maxPrice: {amount: "4", currency: "EUR"}}',
    )
] + [f"query($stay: StayInput, $no: Boolean = false) {{ {TWO} }}"]
STAYS: Final = [
    None,
    {"arrive": "2026-11-24T09:00:00+01:00", "leave": "2026-11-24T12:00:00+01:00"},
    {"arrive": "2026-11-24T08:00:00Z", "leave": "2026-11-24T11:00:00Z"},
    {"arrive": "2026-11-25T21:30:00+01:00", "leave": "2026-11-26T07:00:00+01:00"},
]


def rates(price: str, currency: str) -> RateTable:
    line = RateLine(RateLineKind.INCREMENTING, Decimal(price), timedelta(hours=1))
    return RateTable(currency, (RateLineCollection((line,), max_time=timedelta(hours=6)),))


occupancies = st.builds(
    Occupancy,
    vacant=st.sampled_from([None, 0, 3]),
    capacity=st.just(9),
    level=st.sampled_from(OccupancyLevel),
    observed_at=st.sampled_from([None, *(BEGIN + timedelta(minutes=minutes) for minutes in (-30, 0, 4, 45, 200))]),
)
facts = st.fixed_dictionaries(
    {"occupancy": occupancies, "opening_hours": st.sampled_from(["Mo-Fr 08:00-18:00", "24/7", None])},
    optional={
        "rates": st.builds(rates, st.sampled_from(["1", "1.20"]), st.sampled_from(["EUR", "CHF"])),
        "max_height_cm": st.sampled_from([190, 220]),
        "capacity": st.integers(1, 9),
        "tariff_text": st.text(max_size=3),
    },
)
questions = st.tuples(st.sampled_from(QUERIES), st.sampled_from([STAYS[:2], STAYS[1:3], STAYS[3:]]))
turns = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([timedelta(seconds=1), timedelta(minutes=31), timedelta(hours=3)])),
    st.tuples(st.just("say"), st.integers(0, PLACES - 1), st.sampled_from(["one", "two"]), facts),
    st.tuples(st.just("exchange"), st.sampled_from(["0.9", "1.1"])),
)


class Life:
    """One endpoint that keeps all it may, and what it is about."""

    def __init__(self, said: Sequence[Mapping[str, Any]]) -> None:
        # Nothing here asks the database: the networks are not started.
        database = Database("postgresql://nobody@127.0.0.1:1/none")
        self.now = BEGIN
        self.rates = Exchange()
        self._said: dict[str, dict[str, Listing]] = {"one": {}, "two": {}}
        self._networks = Networks([feed(name, batch()) for name in self._said], database, clock=lambda: self.now)
        self._ids = PlaceIds(database)
        self._graph = PlaceGraph(self._networks, self._ids, MatchPins(database))
        context = self._context()
        self._endpoint = GraphQLEndpoint(
            DOCUMENTS,
            PersistedQueries(),
            Admission(9),
            RateLimiter(None),
            Seats(1, 1),
            context=lambda: context,
            body_bytes=100_000,
            answer_seconds=60,
        )
        for number, facts in enumerate(said):
            self.say(number, "one", facts)

    def _context(self) -> Context:
        """With a search that remembers nothing yet."""
        search = Search(self._graph, self._networks, 60, lambda: self.now, lambda: self.rates)
        none: Any = None
        return Context(search, self._graph, self._networks, *[none] * 11)

    def say(self, number: int, network: str, facts: Mapping[str, Any]) -> None:
        """A network says this of a facility, and nothing else."""
        key = str(number)
        said = listing(key, name=f"Parkhaus {number}", north_m=400 * number, **facts)
        self._said = {**self._said, network: {**self._said[network], key: said}}
        view: View = self._graph.view
        built = build(view, self._said, self._ids.identities, Rules())
        self._ids.learn(built.learnt)
        self._graph.view = built.view

    async def agree(self, query: str, stay: Any) -> None:
        variables = {"stay": stay}
        body = json.dumps({"query": query, "variables": variables}).encode()
        expected = await interpreted(BUILT.core, query, variables, self._context())
        assert not expected.errors
        for _ in range(3):  # a page is kept of the second, and its JSON of the third
            assert orjson.loads(await self._ask(body)) == orjson.loads(orjson.dumps({"data": expected.data}))

    async def _ask(self, body: bytes) -> bytes:
        sent = bytearray()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.extend(message.get("body", b""))

        scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "client": None,
                 "headers": [(b"content-type", b"application/json")]}  # fmt: skip
        await self._endpoint(scope, receive, send)
        return bytes(sent)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@settings(max_examples=400 if "PARKGRAPH_SOAK" in os.environ else 15, deadline=None)
@given(
    said=st.lists(facts, min_size=PLACES, max_size=PLACES),
    asked=st.lists(questions, min_size=1, max_size=2),
    happens=st.lists(turns, min_size=2, max_size=6),
)
def test_whatever_happens_an_answer_is_what_it_would_be_if_nothing_were_kept(
    runner: asyncio.Runner, said: list[dict[str, Any]], asked: list[tuple[str, list[Any]]], happens: list[Any]
) -> None:
    async def live() -> None:
        life = Life(said)
        for what, *how in [("wait", timedelta(0)), *happens]:
            match what:
                case "wait":
                    life.now += how[0]
                case "say":
                    life.say(*how)
                case _:
                    life.rates = Exchange("EUR", {"CHF": Decimal(how[0])})
            for query, stays in asked:
                for stay in stays:
                    await life.agree(query, stay)

    runner.run(live())
