"""Spans of a request, of its calls to networks and of their HTTP: what is in them, and what never is."""

import asyncio
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from parkgraph import telemetry, tracing
from parkgraph.app import create_app
from parkgraph.domain.geo import Area
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.network import Network
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.transport import HttpClient
from parkgraph.settings import SettingsError, TracingSettings, load
from parkgraph.start_error import StartError
from tests.conftest import execute, with_database
from tests.networks.scripted import SEARCH_INFO, Script, ScriptedSearch, listing

PLATE = "S-PG-4711"
QUERY = """
query Around($id: ID! = "S-PG-4711") {
  nearby(near: {latitude: 48.78, longitude: 9.18}) { totalCount }
  place(id: $id) { id }  # S-PG-4711
}
"""


@dataclass(slots=True)
class Receiver:
    """An HTTP server that keeps what it is sent, and answers with this status."""

    url: str = ""
    status: int = 200
    received: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept.received.append((self.path, body))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


class Asking(ScriptedSearch):
    """A network that is asked over HTTP, with what nobody else is to read in its address."""

    def __init__(self, url: str, client: HttpClient) -> None:
        super().__init__(SEARCH_INFO, Script(None), Script())
        self._url = url
        self._http = client

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle) -> Batch[Listing]:
        await self._http.get(f"{self._url}/{PLATE}", params={"plate": PLATE}, headers={"x-plate": PLATE})
        return Batch((listing("a"),))


@contextmanager
def recording(sample: float = 1) -> Iterator[InMemorySpanExporter]:
    spans = InMemorySpanExporter()
    provider = telemetry.provider(SimpleSpanProcessor(spans), sample)
    tracing.use(telemetry.opener(provider))
    yield spans
    tracing.use(None)
    provider.shutdown()


@pytest.fixture(scope="module")
def url(database_url: str) -> str:
    name = f"tracing_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name}"))
    return with_database(database_url, name)


@asynccontextmanager
async def serving(url: str, network_url: str, **environ: str) -> AsyncIterator[httpx.AsyncClient]:
    client = HttpClient(allow_private=True)
    ready = asyncio.Event()
    settings = load(None, {"PARKGRAPH_DATABASE_URL": url, **environ})
    app = create_app(settings, [Network("asked", Asking(network_url, client))], lambda _: ready.set())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parkgraph") as asking,
    ):
        await asyncio.wait_for(ready.wait(), 20)
        yield asking
    await client.aclose()


async def spans_of_one_query(url: str, receiver: Receiver, sample: float = 1) -> dict[str, ReadableSpan]:
    async with serving(url, receiver.url) as client:
        with recording(sample) as spans:
            answer = await client.post("/graphql", json={"query": QUERY}, headers={"X-Request-Id": "traced-1"})
            assert answer.json()["data"]["nearby"]["totalCount"] >= 0
            await client.get("/healthz")
    return {span.name: span for span in spans.get_finished_spans()}


async def test_a_query_leads_to_the_call_of_a_network_and_that_to_its_http(url: str, receiver: Receiver) -> None:
    spans = await spans_of_one_query(url, receiver)
    query, call, sent = spans["POST /graphql"], spans["search asked"], spans["GET"]
    assert query.parent is None
    assert call.parent == query.context
    assert sent.parent == call.context
    assert [span.kind for span in (query, call, sent)] == [SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.CLIENT]
    assert facts(query) == {
        "http.request.method": "POST", "http.route": "/graphql", "http.response.status_code": 200,
        "parkgraph.request_id": "traced-1", "graphql.operation.name": "Around", "parkgraph.outcome": "partial",
        "error.type": "BAD_USER_INPUT",
    }  # fmt: skip
    assert facts(call) == {"parkgraph.network": "asked", "parkgraph.part": "search"}
    assert facts(sent) == {
        "http.request.method": "GET", "server.address": "127.0.0.1", "http.response.status_code": 200,
    }  # fmt: skip


async def test_a_network_that_fails_fails_its_call_and_not_the_query(url: str, receiver: Receiver) -> None:
    receiver.status = 503
    spans = await spans_of_one_query(url, receiver)
    assert facts(spans["search asked"])["error.type"] == "UNAVAILABLE"
    assert [spans[name].status.status_code for name in ("search asked", "GET")] == [StatusCode.ERROR] * 2
    assert not any(span.status.description for span in spans.values())


async def test_nobody_s_data_are_in_a_span(url: str, receiver: Receiver) -> None:
    spans = await spans_of_one_query(url, receiver)
    assert any(PLATE in path for path, _ in receiver.received)
    assert len(spans) >= 3
    assert all(PLATE not in span.to_json() and "latitude" not in span.to_json() for span in spans.values())


async def test_probes_have_no_span(url: str, receiver: Receiver) -> None:
    assert not [name for name in await spans_of_one_query(url, receiver) if "/healthz" in name]


async def test_what_is_not_chosen_is_not_recorded(url: str, receiver: Receiver) -> None:
    assert await spans_of_one_query(url, receiver, sample=0) == {}


async def test_a_client_does_not_decide_what_is_traced(url: str, receiver: Receiver) -> None:
    async with serving(url, receiver.url) as client:
        with recording(sample=0) as spans:
            parent = f"00-{'1' * 32}-{'2' * 16}-01"
            await client.post("/graphql", json={"query": "{ __typename }"}, headers={"traceparent": parent})
    assert spans.get_finished_spans() == ()


async def test_spans_reach_the_collector_before_the_server_has_ended(url: str, receiver: Receiver) -> None:
    environ = {"PARKGRAPH_TRACING_ENDPOINT": receiver.url, "PARKGRAPH_TRACING_SAMPLE": "1"}
    async with serving(url, "http://127.0.0.1:9", **environ) as client:
        await client.post("/graphql", json={"query": "query Traced { __typename }"})
    sent = [body for path, body in receiver.received if path == "/v1/traces"]
    assert any(b"parkgraph.request_id" in body or body[:2] == b"\x1f\x8b" for body in sent)


def test_a_span_that_nobody_sees_is_always_the_same_nothing() -> None:
    assert tracing.call("bahn", "search") is tracing.UNSEEN
    with tracing.call("bahn", "search") as span:
        span.note({"x": 1})
        span.failed("TIMED_OUT")


async def test_without_the_extra_a_collector_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "find_spec", lambda _: None)
    with pytest.raises(StartError, match=r"parkgraph\[otel\]"):
        async with telemetry.exporting(TracingSettings(endpoint="http://collector:4318")):
            pass


@pytest.mark.parametrize("endpoint", ["collector:4318", "grpc://collector", "http://user:word@collector"])
def test_an_endpoint_is_an_address_without_a_password(endpoint: str) -> None:
    with pytest.raises(SettingsError, match="PARKGRAPH_TRACING_ENDPOINT"):
        load(None, {"PARKGRAPH_TRACING_ENDPOINT": endpoint})


def facts(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})
