"""What `/metrics` tells an operator about the networks, the operations and the server."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from parkgraph.api.outcome import Outcome
from parkgraph.app import create_app
from parkgraph.metrics import ANONYMOUS, INVALID, OTHER, OperationLabels
from parkgraph.networks.network import Network
from parkgraph.sdk.batch import Batch, Rejected
from parkgraph.sdk.faults import Denied, Malformed
from parkgraph.settings import load
from tests.conftest import execute, with_database
from tests.documented import first_column
from tests.networks.scripted import HANG, feed, listing, script, search, update

SEARCH = "query Around { nearby(near: {latitude: 48.78, longitude: 9.18}) { totalCount } }"

ELSEWHERE = SEARCH.replace("9.18", "9.19")


@dataclass(frozen=True, slots=True)
class Figures:
    """One scrape: every sample by its name and labels."""

    samples: Mapping[tuple[str, frozenset[tuple[str, str]]], float]

    def __call__(self, name: str, **labels: str) -> float | None:
        return self.samples.get((f"parkgraph_{name}", frozenset(labels.items())))

    def labelled(self, name: str, label: str) -> set[str]:
        """The values that a label of a metric has."""
        return {dict(labels)[label] for each, labels in self.samples if each == f"parkgraph_{name}"}


class Client:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ask(self, query: str, **request: Any) -> httpx.Response:
        return await self.http.post("/graphql", json={"query": query, **request})

    async def figures(self) -> Figures:
        answer = await self.http.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        families = text_string_to_metric_families(answer.text)
        samples = [sample for family in families for sample in family.samples]
        return Figures({(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples})


@pytest.fixture(scope="module")
def url(database_url: str) -> str:
    name = f"metrics_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name}"))
    return with_database(database_url, name)


@asynccontextmanager
async def serving(url: str, *networks: Network, **environ: str) -> AsyncIterator[Client]:
    """A server of these networks, which have been asked once."""
    ready = asyncio.Event()
    settings = load(None, {"PARKGRAPH_DATABASE_URL": url, "PARKGRAPH_SERVER_QUERY_DEADLINE_MS": "100", **environ})
    app = create_app(settings, networks, lambda _: ready.set())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parkgraph") as http,
    ):
        await asyncio.wait_for(ready.wait(), 20)
        yield Client(http)


def answered(**more: Any) -> Batch[Any]:
    rows = (listing("a"), listing("b"))
    return Batch(rows, rejected=(Rejected("c", "no name"),), as_of=datetime.now(UTC) - timedelta(hours=1), **more)


async def test_a_network_s_calls_data_and_state_are_told(url: str) -> None:
    async with serving(url, feed("well", answered()), feed("broken", Malformed("not JSON"))) as client:
        now = await client.figures()
    assert now("network_calls_total", network="well", part="listings", outcome="OK") == 1
    assert now("network_calls_total", network="broken", part="listings", outcome="MALFORMED") == 1
    assert now("network_call_seconds_count", network="well", part="listings") == 1
    assert now("network_listings", network="well") == 2
    assert now("network_rejected_rows", network="well") == 1
    age = now("network_data_age_seconds", network="well")
    assert age is not None
    assert 3600 <= age < 3700
    assert now("network_last_success_timestamp_seconds", network="well") == pytest.approx(
        datetime.now(UTC).timestamp(), abs=30
    )
    assert now("network_state", network="well", state="UP") == 1
    assert now("network_state", network="broken", state="DOWN") == 1
    assert now("network_denied", network="broken") == 0


async def test_an_operator_sees_that_credentials_are_refused(url: str) -> None:
    async with serving(url, feed("keyless", Denied("the network refuses the credentials"))) as client:
        now = await client.figures()
    assert now("network_denied", network="keyless") == 1
    assert now("network_calls_total", network="keyless", part="listings", outcome="DENIED") == 1


async def test_a_network_is_in_one_state_at_a_time(url: str) -> None:
    async with serving(url, feed("states", answered())) as client:
        now = await client.figures()
    states = [now("network_state", network="states", state=s) for s in ("STARTING", "UP", "DEGRADED", "DOWN")]
    assert states == [0, 1, 0, 0]


async def test_what_a_network_never_said_has_no_figure(url: str) -> None:
    async with serving(url, feed("silent", Malformed("not JSON"))) as client:
        now = await client.figures()
    assert now("network_data_age_seconds", network="silent") is None
    assert now("network_last_success_timestamp_seconds", network="silent") is None


async def test_calls_for_live_data_and_for_searches_are_parts_of_their_own(url: str) -> None:
    live = feed("live", answered(), live=[Batch((update("a", 3),))])
    asked = search("asked", answered())
    async with serving(url, live, asked) as client:
        await client.ask(SEARCH)
        script(asked).next(HANG)
        await client.ask(ELSEWHERE)
        now = await client.figures()
    assert now("network_calls_total", network="live", part="occupancies", outcome="OK") == 1
    assert now("network_calls_total", network="asked", part="search", outcome="OK") == 1
    assert now("network_calls_total", network="asked", part="search", outcome="TIMED_OUT") == 1
    assert now("network_call_seconds_count", network="asked", part="search") == 2


async def test_where_answers_came_from_is_told(url: str) -> None:
    asked = search("asked", answered())
    async with serving(url, asked) as client:
        await client.ask(SEARCH)
        await client.ask(SEARCH)
        now = await client.figures()
    counts = [
        now("network_questions_total", network="asked", part="search", answer=a) for a in ("hit", "miss", "stale")
    ]
    assert counts == [1, 1, 0]


async def test_an_open_circuit_and_the_calls_it_refuses_are_told(url: str) -> None:
    async with serving(url, search("asked", Malformed("not JSON"))) as client:
        for number in range(7):
            await client.ask(SEARCH.replace("9.18", f"9.1{number}"))
        now = await client.figures()
    states = [now("network_circuit", network="asked", state=s) for s in ("CLOSED", "OPEN", "HALF_OPEN")]
    assert states == [0, 1, 0]
    assert now("network_calls_total", network="asked", part="search", outcome="MALFORMED") == 5
    assert now("network_calls_refused_total", network="asked", part="search", reason="CIRCUIT_OPEN") == 2


async def test_operations_are_told_by_name_and_outcome_and_their_errors_by_code(url: str) -> None:
    async with serving(url) as client:
        for query in (
            SEARCH,
            SEARCH,
            "{ networks { id } }",
            'query Mixed { networks { id } place(id: "?") { id } }',
            "{ nonsense }",
        ):
            await client.ask(query)
        now = await client.figures()
    assert now("graphql_operations_total", operation="Around", outcome="ok") == 2
    assert now("graphql_operation_seconds_count", operation="Around") == 2
    assert now("graphql_operations_total", operation=ANONYMOUS, outcome="ok") == 1
    assert now("graphql_operations_total", operation="Mixed", outcome="partial") == 1
    assert now("graphql_operations_total", operation=INVALID, outcome="failed") == 1
    assert now("graphql_errors_total", code="BAD_USER_INPUT") == 2


async def test_how_operations_were_executed_is_told(url: str) -> None:
    async with serving(url) as client:
        for query in (SEARCH, SEARCH, "{ __schema { queryType { name } } }"):
            await client.ask(query)
        now = await client.figures()
    assert now("graphql_executions_total", way="COMPILED") == 2
    assert now("graphql_executions_total", way="INTERPRETED") == 1


async def test_a_client_that_invents_names_does_not_make_figures_without_end(url: str) -> None:
    async with serving(url) as client:
        for number in range(130):
            await client.ask(f"query Invented{number} {{ networks {{ id }} }}")
        now = await client.figures()
    assert len(now.labelled("graphql_operations_total", "operation")) == 101
    assert now("graphql_operations_total", operation=OTHER, outcome="ok") == 30


@pytest.mark.parametrize("name", ["(other)", "x" * 65, 'a"b', "ä", ""])
def test_what_is_no_name_is_no_label(name: str) -> None:
    assert OperationLabels().label(Outcome(executed=True, operation=name)) == OTHER


def test_a_known_name_has_its_label_whatever_was_asked_before() -> None:
    labels = OperationLabels(limit=1)
    invented = [labels.label(Outcome(executed=True, operation=f"Invented{number}")) for number in range(3)]
    assert invented == ["Invented0", OTHER, OTHER]
    labels.know(["Around"])
    assert labels.label(Outcome(executed=True, operation="Around")) == "Around"


async def test_the_server_s_own_persisted_queries_are_known_names(url: str, tmp_path: Path) -> None:
    (tmp_path / "around.graphql").write_text(SEARCH)
    async with serving(url, PARKGRAPH_SERVER_PERSISTED_QUERIES=str(tmp_path)) as client:
        for number in range(100):
            await client.ask(f"query Invented{number} {{ networks {{ id }} }}")
        await client.ask(SEARCH)
        now = await client.figures()
    assert now("graphql_operations_total", operation="Around", outcome="ok") == 1


async def test_refused_requests_are_told_by_their_reason(url: str) -> None:
    async with serving(url, PARKGRAPH_LIMITS_REQUESTS_PER_MINUTE="2") as client:
        statuses = [(await client.ask("{ networks { id } }")).status_code for _ in range(5)]
        now = await client.figures()
    assert statuses == [200, 200, 429, 429, 429]
    assert now("http_refused_total", reason="rate_limited") == 3
    assert now("http_refused_total", reason="overloaded") == 0
    assert now("graphql_errors_total", code="RATE_LIMITED") == 3


async def test_requests_are_told_by_path_and_status_and_unknown_paths_are_one(url: str) -> None:
    async with serving(url) as client:
        for path in ("/healthz", "/a", "/b", "/healthz/c"):
            await client.http.get(path)
        now = await client.figures()
    assert now("http_requests_total", path="/healthz", status="200") == 1
    assert now("http_requests_total", path=OTHER, status="404") == 3
    assert now("http_in_flight") == 1


async def test_the_server_tells_its_version_its_places_and_who_leads(url: str) -> None:
    async with serving(url, feed("places", answered())) as client:
        now = await client.figures()
    assert now.labelled("build_info", "version") == {"0.1.0"}
    assert now("places") == 2
    assert now("leading") == 1
    assert ("process_resident_memory_bytes", frozenset()) in now.samples


async def test_two_servers_in_one_process_have_figures_of_their_own(url: str) -> None:
    async with serving(url) as one, serving(url) as other:
        await one.ask(SEARCH)
        assert (await one.figures())("graphql_operations_total", operation="Around", outcome="ok") == 1
        assert (await other.figures())("graphql_operations_total", operation="Around", outcome="ok") is None


async def test_metrics_may_be_turned_off(url: str) -> None:
    async with serving(url, PARKGRAPH_SERVER_METRICS="false") as client:
        assert (await client.http.get("/metrics")).status_code == 404


async def test_every_metric_is_documented_and_every_documented_one_exists(url: str) -> None:
    async with serving(url) as client:
        text = (await client.http.get("/metrics")).text
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}
    assert {"process_*" if name.startswith("process_") else name for name in names} == set(first_column("Metrics"))
