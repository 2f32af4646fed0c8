"""What nobody waits for: sent in batches, whatever the server thinks of one event or another."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from parkgraph.gates.agent import outbox
from parkgraph.gates.agent.backlog import Backlog, Sorted, sort
from parkgraph.gates.agent.metrics import Metrics
from parkgraph.gates.agent.outbox import Event, Kind, Lengths
from parkgraph.gates.agent.standing import Standing
from parkgraph.gates.agent.store import Store
from parkgraph.gates.agent.uplink import Uplink
from tests.gates.agent.gates import until
from tests.gates.agent.standin import GATE, KEY, StandIn, refusal, stand_in

EVENTS = [Event(str(number), "boot", number, Kind.PLATE_READ, {}) for number in range(6)]


def result(event: str, status: Any, **more: Any) -> dict[str, Any]:
    return {"eventId": event, "status": status, "code": None, "retryable": False, **more}


def test_what_the_server_says_of_each_event() -> None:
    said = [
        result("0", "ACCEPTED"),
        result("1", "DUPLICATE"),
        result("2", "CONFLICT"),
        result("3", "REJECTED", code="BAD_USER_INPUT"),
        result("4", "REJECTED", retryable=True),
    ]
    assert sort(EVENTS, said) == Sorted(["0", "1", "2"], ["4", "5"], [("3", "BAD_USER_INPUT")])


def test_what_it_does_not_say_is_no_acceptance() -> None:
    assert sort(EVENTS[:3], [result("0", "TAKEN"), result("1", None), "ACCEPTED"]) == Sorted([], ["0", "1", "2"], [])
    assert sort(EVENTS[:1], None) == Sorted([], ["0"], [])


@dataclass
class Lane:
    """The backlog of a store, with a server that takes it or not."""

    server: StandIn
    store: Store
    backlog: Backlog
    standing: Standing
    is_free: asyncio.Event

    async def add(self, boot: str, *plates: str) -> None:
        def job(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR IGNORE INTO boots VALUES (?, 0)", (boot,))
            for plate in plates:
                body = {"gateId": GATE, "plate": plate, "readCount": 1}
                outbox.add(connection, self.store.vault, boot, f"{boot}-{plate}", Kind.PLATE_READ, body, time.time())

        await self.store.run(job)
        self.backlog.wake()

    async def lengths(self) -> Lengths:
        return await self.store.run(outbox.lengths)

    async def empty(self) -> None:
        while (await self.lengths()).pending:
            await asyncio.sleep(0.01)


@pytest.fixture
async def lane(tmp_path: Path) -> AsyncIterator[Lane]:
    async with stand_in(tmp_path) as server, opened(tmp_path, server) as one:
        yield one


@asynccontextmanager
async def opened(folder: Path, server: StandIn, quarantine: float = 3600) -> AsyncIterator[Lane]:
    async with Store(folder / "gate", 50_000_000) as store, Uplink(server.url, KEY) as uplink:
        standing, is_free = Standing(), asyncio.Event()
        is_free.set()
        backlog = Backlog(store, uplink, is_free, standing, Metrics(), GATE, quarantine, lambda _: 0.01)
        task = asyncio.create_task(backlog.run())
        try:
            yield Lane(server, store, backlog, standing, is_free)
        finally:
            task.cancel()


def bodies(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [body for event in variables["events"] for body in event.values()]


async def test_everything_comes_in_order_in_batches_of_one_boot(lane: Lane) -> None:
    sent: list[tuple[str, list[int]]] = []

    def listen(_: str, variables: Mapping[str, Any]) -> Response | None:
        sent.append((variables["bootId"], [int(body["sequence"]) for body in bodies(variables)]))
        return None

    lane.server.misbehave = listen
    lane.is_free.clear()
    await lane.add("a", *(f"A{number}" for number in range(150)))
    await lane.add("b", *(f"B{number}" for number in range(3)))
    lane.is_free.set()
    await lane.empty()
    assert [(boot, number) for boot, batch in sent for number in batch] == [
        *(("a", number) for number in range(1, 151)),
        *(("b", number) for number in range(1, 4)),
    ]
    assert len(sent[0][1]) == 100
    assert all(len(batch) <= 100 for _, batch in sent)


async def test_a_server_that_takes_long_gets_smaller_batches(lane: Lane) -> None:
    sizes: list[int] = []

    def slow(_: str, variables: Mapping[str, Any]) -> Response | None:
        sizes.append(len(variables["events"]))
        time.sleep(0.2)
        return None

    lane.server.misbehave = slow
    lane.is_free.clear()
    await lane.add("a", *(f"A{number}" for number in range(150)))
    lane.is_free.set()
    await lane.empty()
    assert sizes[0] == 100
    assert sizes[1] <= 40


async def test_a_poison_event_is_found_and_blocks_none_of_the_others(lane: Lane) -> None:
    def poisoned(name: str, variables: Mapping[str, Any]) -> Response | None:
        is_poisoned = any(body["plate"] == "A13" for body in bodies(variables))
        return refusal("BAD_USER_INPUT", retryable=False) if is_poisoned else None

    lane.server.misbehave = poisoned
    await lane.add("a", *(f"A{number}" for number in range(100)))
    await lane.empty()
    assert len(lane.server.reads) == 99
    assert (await lane.lengths()).dead == 1


async def test_an_event_at_which_the_server_breaks_blocks_none_of_the_others(lane: Lane) -> None:
    def broken(name: str, variables: Mapping[str, Any]) -> Response | None:
        return Response("", 500) if any(body["plate"] == "A13" for body in bodies(variables)) else None

    lane.server.misbehave = broken
    await lane.add("a", *(f"A{number}" for number in range(40)))
    while (await lane.lengths()).pending != 1:
        await asyncio.sleep(0.01)
    assert len(lane.server.reads) == 39
    assert (await lane.lengths()).dead == 0


async def test_an_event_that_is_not_taken_yet_waits_alone(lane: Lane) -> None:
    lane.server.misbehave = not_yet(lane.server)
    await lane.add("a", "A0", "A1", "A2")
    while (await lane.lengths()).pending != 1:
        await asyncio.sleep(0.01)
    assert len(lane.server.reads) == 2
    assert (await lane.lengths()).dead == 0


async def test_one_that_is_never_taken_is_set_aside_by_its_age(tmp_path: Path) -> None:
    async with stand_in(tmp_path) as server, opened(tmp_path, server, quarantine=0) as lane:
        server.misbehave = not_yet(server)
        await lane.add("a", "A0", "A1")
        await lane.empty()
        assert (await lane.lengths()).dead == 1


def not_yet(server: StandIn) -> Callable[[str, Mapping[str, Any]], Response | None]:
    def answer(name: str, variables: Mapping[str, Any]) -> Response:
        results = []
        for body in bodies(variables):
            if body["plate"] == "A0":
                results.append(result(body["eventId"], "REJECTED", code="INTERNAL", retryable=True))
            else:
                results.append(result(body["eventId"], server._keep(body, live=False)[0]))
        return JSONResponse({"data": {name: {"results": results}}})

    return answer


@pytest.mark.parametrize("lost", ["before", "after"])
async def test_an_answer_that_is_lost_doubles_nothing_and_loses_nothing(lane: Lane, lost: str) -> None:
    answers = iter([Response(b'{"data": {"rec'), Response("", 502), JSONResponse({"data": None}), Response("", 429)])

    def lose(_: str, variables: Mapping[str, Any]) -> Response | None:
        answer = next(answers, None)
        if answer and lost == "after":
            lane.server._record(variables)
        return answer

    lane.server.misbehave = lose
    await lane.add("a", *(f"A{number}" for number in range(20)))
    await lane.empty()
    assert [read["plate"] for read in lane.server.reads] == [f"A{number}" for number in range(20)]


@pytest.mark.parametrize("code", ["UNAUTHENTICATED", "FORBIDDEN"])
async def test_a_refused_key_buries_nothing(lane: Lane, code: str) -> None:
    lane.server.misbehave = lambda _, __: refusal(code, retryable=False)
    await lane.add("a", "A0", "A1")
    await until(lambda: lane.standing.locked_out)
    lengths = await lane.lengths()
    assert (lengths.pending, lengths.dead) == (2, 0)


async def test_it_makes_way_for_a_car_that_waits(lane: Lane) -> None:
    await lane.add("a", "A0")
    await lane.empty()
    lane.is_free.clear()
    await lane.add("a", "A1")
    await asyncio.sleep(0.1)
    assert [read["plate"] for read in lane.server.reads] == ["A0"]
    lane.is_free.set()
    await lane.empty()


async def test_an_event_for_which_a_car_waits_is_left_to_its_lane(lane: Lane) -> None:
    def job(connection: sqlite3.Connection) -> None:
        outbox.begin_boot(connection, "a")
        body = {"gateId": GATE, "plate": "A0", "readCount": 1}
        outbox.add(connection, lane.store.vault, "a", "e", Kind.PLATE_READ, body, time.time(), waits=True)

    await lane.store.run(job)
    await lane.add("b", "B0")
    await until(lambda: len(lane.server.reads) == 1)
    assert lane.server.reads[0]["plate"] == "B0"
    await lane.store.run(lambda connection: outbox.released(connection, "e"))
    lane.backlog.wake()
    await lane.empty()


async def test_a_dead_letter_is_sent_once_more_where_somebody_says_so(lane: Lane) -> None:
    lane.server.misbehave = lambda _, __: refusal("BAD_USER_INPUT", retryable=False)
    await lane.add("a", "A0")
    await lane.empty()
    lane.server.misbehave = None
    assert await lane.store.run(lambda connection: outbox.revived(connection, time.time())) == 1
    lane.backlog.wake()
    await lane.empty()
    assert (await lane.lengths()).dead == 0
    assert len(lane.server.reads) == 1
