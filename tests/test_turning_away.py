"""Questions that come while the server is full, over real connections."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import strawberry
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from parkgraph.api.admission import Admission
from parkgraph.api.arrival import ARRIVED
from parkgraph.metrics import Metrics
from parkgraph.turning_away import Headers, Turnstile
from tests.api.serving import graphql_app
from tests.gates.test_live import listening

BODY = b'{"query": "{ double }"}'
OF_ITS_OWN = {b"date", b"x-request-id"}


@strawberry.type
class Query:
    @strawberry.field
    def double(self) -> int:
        return 2


@dataclass
class App:
    """An application that turns away."""

    answer: ASGIApp
    turn_away: Callable[[Headers], bytes | None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answer(scope, receive, send)


@dataclass
class Full:
    """Turns away while `is_full`."""

    is_full: bool = True

    def __call__(self, _headers: Headers) -> bytes | None:
        return b"content-length: 4\r\n\r\nfull" if self.is_full else None


@dataclass
class Slow:
    """Answers when it is let. `arrived`: when its last question did, as it was told."""

    arrived: float | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        self.arrived = scope.get(ARRIVED)
        self.asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"done"})


def turnstile(admission: Admission, metrics: Metrics | None = None, **changes: bool) -> Turnstile:
    draining, with_cors = changes.get("draining", False), changes.get("with_cors", False)
    return Turnstile(admission, metrics or Metrics("1"), with_cors=with_cors, draining=lambda: draining)


def question(*more: bytes, path: bytes = b"/graphql") -> bytes:
    head = [b"POST " + path + b" HTTP/1.1", b"Host: parkgraph", b"Content-Type: application/json"]
    return b"\r\n".join([*head, b"Content-Length: %d" % len(BODY), *more, b"", BODY])


async def told(reader: asyncio.StreamReader) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """Status line, headers and body of the next answer."""
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in lines if line)
    return status, headers, await reader.readexactly(int(headers[b"content-length"]))


async def test_a_connection_says_what_the_application_would() -> None:
    admission = Admission(1)
    app = App(graphql_app(Query, admission=admission), turnstile(admission))
    async with listening(app) as host, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        with admission.admit():
            writer.write(question())
            status, headers, body = await told(reader)
            writer.write(question(b"Expect: 100-continue"))  # which the application answers
            by_application = await told(reader)
        writer.write(question())
        assert (await told(reader))[2] == b'{"data":{"double":2}}'
        writer.close()
    assert status == b"HTTP/1.1 503 Service Unavailable"
    assert len(headers[b"x-request-id"]) == 32
    assert (status, {name: headers[name] for name in headers.keys() - OF_ITS_OWN}, body) == (
        by_application[0],
        {name: by_application[1][name] for name in by_application[1].keys() - OF_ITS_OWN},
        by_application[2],
    )


async def test_it_says_so_before_the_body_is_there_and_takes_no_part_of_it_for_the_next_question() -> None:
    full, slow = Full(), Slow()
    slow.may_answer.set()
    async with listening(App(slow, full)) as host, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        head, body = question()[: -len(BODY)], BODY
        writer.write(head)
        assert (await told(reader))[2] == b"full"
        full.is_full = False
        writer.write(body[:5])
        writer.write(body[5:] + question())
        assert (await told(reader))[2] == b"done"
        writer.close()


async def test_a_connection_that_is_not_kept_ends() -> None:
    async with listening(App(Slow(), Full())) as host, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(question(b"Connection: close"))
        _, headers, body = await told(reader)
        assert (headers[b"connection"], body) == (b"close", b"full")
        assert await reader.read() == b""
        writer.close()


async def test_a_question_whose_head_came_before_is_turned_away_too() -> None:
    slow, full = Slow(), Full(is_full=False)
    slow.may_answer.set()
    async with listening(App(slow, full)) as host, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        for full.is_full in (True, True, False, False, True, False):
            writer.write(question())
            assert (await told(reader))[2] == (b"full" if full.is_full else b"done")
        writer.close()


async def test_a_question_behind_one_that_is_not_answered_yet_does_not_overtake_it() -> None:
    slow, asked = Slow(), []

    def turn_away(_headers: Headers) -> bytes | None:
        asked.append(b"full")
        return None if len(asked) == 1 else b"content-length: 4\r\n\r\nfull"

    async with listening(App(slow, turn_away)) as host, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(question() + question())
        await slow.asked.wait()
        slow.may_answer.set()
        assert [(await told(reader))[2] for _ in range(2)] == [b"done", b"done"]
        writer.close()


async def test_the_application_is_told_when_a_question_arrived() -> None:
    slow, clock = Slow(), asyncio.get_running_loop().time
    async with listening(App(slow, Full(is_full=False))) as host, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        sent = clock()
        writer.write(question())
        await slow.asked.wait()
        assert slow.arrived is not None
        assert sent <= slow.arrived <= clock()
        slow.may_answer.set()
        await told(reader)
        writer.close()


async def test_what_is_no_question_is_the_applications() -> None:
    slow = Slow()
    slow.may_answer.set()
    async with listening(App(slow, Full())) as host, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(question(path=b"/readyz"))
        assert (await told(reader))[2] == b"done"
        writer.write(question(path=b"/graphql?a=b"))
        assert (await told(reader))[2] == b"full"
        writer.close()


async def test_of_many_that_arrive_at_once_no_more_are_let_in_than_have_a_place() -> None:
    admission, slow = Admission(2), Slow()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        with admission.admit():
            await slow(scope, receive, send)

    async with listening(App(application, turnstile(admission))) as host, asyncio.timeout(30):
        streams = [await asyncio.open_connection(*host.split(":")) for _ in range(10)]
        slow.may_answer.set()
        for reader, writer in streams:
            writer.write(question())
            await told(reader)
        slow.may_answer.clear()
        for _, writer in streams:  # without a pause in which the server could read
            writer.write(question())
        first = [asyncio.create_task(told(reader)) for reader, _ in streams]
        while sum(task.done() for task in first) < 8:
            await asyncio.wait([task for task in first if not task.done()], return_when=asyncio.FIRST_COMPLETED)
        slow.may_answer.set()
        statuses = [(await task)[0] for task in first]
        for _, writer in streams:
            writer.close()
    assert statuses.count(b"HTTP/1.1 503 Service Unavailable") == 8
    assert statuses.count(b"HTTP/1.1 200 OK") == 2


async def test_whoever_is_let_in_counts_until_it_is_begun_even_if_it_never_is() -> None:
    turn_away = turnstile(Admission(1))
    assert turn_away([]) is None
    assert turn_away([])
    await asyncio.sleep(0)
    assert turn_away([]) is None


async def test_the_application_answers_where_there_is_room_or_it_ends_or_another_site_asks() -> None:
    admission, origin = Admission(1), [(b"origin", b"https://example.org")]
    assert turnstile(admission)([]) is None
    with admission.admit():
        assert turnstile(admission)(origin)
        assert turnstile(admission, with_cors=True)([])
        assert turnstile(admission, with_cors=True)(origin) is None
        assert turnstile(admission, draining=True)([]) is None


def test_whoever_is_turned_away_is_counted_as_by_the_application() -> None:
    admission, metrics = Admission(1), Metrics("1")
    with admission.admit():
        for _ in range(3):
            turnstile(admission, metrics)([])
    lines = metrics.exposition().decode().splitlines()
    for line in (
        'parkgraph_http_refused_total{reason="overloaded"} 3.0',
        'parkgraph_http_requests_total{path="/graphql",status="503"} 3.0',
        'parkgraph_graphql_errors_total{code="UNAVAILABLE"} 3.0',
    ):
        assert line in lines


def test_it_is_one_line_a_second_however_many_come() -> None:
    admission, now = Admission(1), 100.0
    turn_away = Turnstile(admission, Metrics("1"), with_cors=False, draining=lambda: False, clock=lambda: now)
    with admission.admit(), capture_logs() as logs:
        for now in (100.0, 100.1, 100.9, 101.0, 101.1):  # noqa: B007
            turn_away([])
    assert [(entry["event"], entry["requests"]) for entry in logs] == [
        ("requests_turned_away", 1),
        ("requests_turned_away", 3),
    ]
