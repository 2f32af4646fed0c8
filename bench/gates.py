"""Gates: `python -m bench.gates`, part of `make bench`. Whom they let in, and how fast a served ParkGraph answers."""

import asyncio
import gc
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import orjson
from rich.console import Console

from bench.figures import record
from bench.gate_matching import PAIRS, pairs, repeated, single
from parkgraph.gates import demo
from tests.gates.lines import RECORD, REQUEST
from tests.process import running

A_SECOND: Final = 50
SECONDS: Final = 10
BATCHES: Final = 100
BATCH: Final = 100

Figures = Mapping[str, tuple[float, str]]


def matching() -> Figures:
    """Figures of the rules; none where the pairs of real reads are not on this machine."""
    if not PAIRS.exists():
        return {}
    alone, twice = single(pairs()), repeated(pairs())
    for name, rate in [
        ("single looks, not let in who has a right", alone.not_open),
        ("single looks, let in who has none", alone.false_open),
        ("two looks, not let in who has a right", twice.not_open),
        ("two looks, let in who has none", twice.false_open),
    ]:
        Console().print(f"{name}: {rate}")
    low, high = alone.not_open.interval
    of = f"of {alone.not_open.of} real reads as single looks"
    return {
        "gate_false_open_rate": (
            alone.false_open.value,
            f"{of} of a plate without a right (95 %: at most {alone.false_open.interval[1]:.2%})",
        ),
        "gate_not_open_rate": (alone.not_open.value, f"{of} of a plate with a right (95 %: {low:.2%} to {high:.2%})"),
    }


async def speed(url: str) -> Figures:
    """At the demo's gate: single reads at a steady pace, then a backlog without a pause."""
    headers = {"Authorization": f"Bearer {demo.KEY}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as http:
        for n in range(20):
            await _ask(http, REQUEST, input=_read(n))
        # The collector would look at all that this process has imported: 100 ms that no answer took.
        gc.collect()
        gc.freeze()
        times = await _steady(http)
        batches = [
            [{"plateRead": _past(first + n)} for n in range(BATCH)] for first in range(0, BATCHES * BATCH, BATCH)
        ]
        began = time.perf_counter()
        for events in batches:
            answer = await _ask(http, RECORD, gateId=demo.GATE_ID, bootId=_BOOT, events=events)
            statuses = {each["status"] for each in answer["recordGateEvents"]["results"]}
            if statuses != {"ACCEPTED"}:
                raise RuntimeError(f"a batch was answered with {statuses}")
        taken = time.perf_counter() - began
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    Console().print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; {BATCHES * BATCH / taken:.0f} events a second")
    return {
        "gate_passage_p99_ms": (p99, f"ms of `requestPassage` at {A_SECOND} a second, embedded database"),
        "gate_backlog_per_second": (
            BATCHES * BATCH / taken,
            f"events a second in batches of {BATCH}, one after the other",
        ),
    }


async def _steady(http: httpx.AsyncClient) -> list[float]:
    """Milliseconds of each request, the quickest first; each is sent at its time, whatever became of those before."""
    began = time.perf_counter()

    async def one(n: int) -> float:
        await asyncio.sleep(max(0.0, began + n / A_SECOND - time.perf_counter()))
        sent = time.perf_counter()
        await _ask(http, REQUEST, input=_read(n))
        return (time.perf_counter() - sent) * 1000

    return sorted(await asyncio.gather(*(one(n) for n in range(A_SECOND * SECONDS))))


_BOOT: Final = uuid4().hex
_SEQUENCE = iter(range(1, 10_000_000))


def _read(n: int, **facts: Any) -> dict[str, Any]:
    """The demo's plate comes in and leaves in turns, among others."""
    now = datetime.now(UTC).isoformat()
    plate = demo.PLATE if n % 4 == 0 else f"S-XY {n}"
    return {
        "eventId": str(uuid4()),
        "gateId": demo.GATE_ID,
        "direction": "EXIT" if n % 8 == 4 else "ENTRY",
        "passageRef": uuid4().hex,
        "plate": plate,
        "confidence": 0.93,
        "capturedAt": now,
        "observedAt": now,
        "bootId": _BOOT,
        "sequence": str(next(_SEQUENCE)),
        "clockSynced": True,
    } | facts


def _past(n: int) -> dict[str, Any]:
    """Of yesterday, a vehicle each two seconds, every one of which comes in and leaves."""
    at = (datetime.now(UTC) - timedelta(days=1) + timedelta(seconds=2 * n)).isoformat()
    edge = {"decision": "OPEN", "reason": "EXACT_RIGHT", "decidedAt": at}
    way = "EXIT" if n % 2 else "ENTRY"
    return _read(n, plate=f"S-BL {n // 2}", direction=way, capturedAt=at, observedAt=at, edgeDecision=edge)


async def _ask(http: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    body = orjson.dumps({"query": query, "variables": variables})
    answer = orjson.loads((await http.post("/graphql", content=body)).content)
    if "errors" in answer:
        raise RuntimeError(answer["errors"])
    return answer["data"]


def main() -> None:
    figures = dict(matching())
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), "demo") as server:
        figures |= asyncio.run(speed(server.url))
    record(figures)


if __name__ == "__main__":
    main()
