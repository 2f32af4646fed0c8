"""What an overloaded server still does: goodput and the time of refusals at four times its capacity.

Its capacity is what it answers of the questions of a map that is moved, none of which is asked twice. The load is open:
requests come at their own pace, whether or not earlier ones were answered, as those of people do. They come over
CONNECTIONS connections that are kept alive; one that finds none free waits for one, and its time counts from when it
came. How much was really sent is told beside what came of it. `python -m bench.overload` measures this alone.
"""

import asyncio
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import psutil
import uvloop
from rich.console import Console

from bench.figures import record
from bench.load import measure
from bench.nearby import moving
from bench.processes import serving, yield_first_core

TIMES_CAPACITY: Final = 4
SECONDS: Final = 8.0
PEAK_SECONDS: Final = 4.0
WARM_UP_SECONDS: Final = 2.0

CONNECTIONS: Final = 1000
"""More than a server answers at a time, which refuses the others; few enough for the limits of a process."""

TICK_SECONDS: Final = 0.001
REST_SECONDS: Final = 10.0
"""For what is under way at the end. What has not come by then has failed."""

FAILED: Final = 0
"""Instead of a status: the connection broke, or no answer came."""


@dataclass(frozen=True, slots=True)
class Overload:
    """`peak`: answers a second at capacity. `sent`: requests a second under overload, and `goodput` the answers, both
    as parts of the peak. `failed`: neither answered nor refused. Times of refusals in ms.
    """

    peak: float
    sent: float
    goodput: float
    refused: int
    failed: int
    refusal_p50_ms: float
    refusal_p99_ms: float


class _Load:
    """Requests under way and those that wait for a connection; `answers` has status, time taken and when it came."""

    def __init__(self, port: int, asked: Iterator[bytes]) -> None:
        self.answers: list[tuple[int, float, float]] = []
        self.sent = 0
        self._port = port
        self._asked = asked
        self._idle: list[_Connection] = []
        self._waiting: deque[float] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    async def open(self) -> None:
        """One more connection."""
        connection = _Connection(self)
        await asyncio.get_running_loop().create_connection(lambda: connection, "127.0.0.1", self._port)
        self.is_free(connection)

    def come(self, due: float) -> None:
        """One more request, that is due at this instant."""
        self._waiting.append(due)
        self._send()

    def answered(self, status: int, due: float) -> None:
        now = time.perf_counter()
        self.answers.append((status, now - due, now))
        self._news.set()

    def is_free(self, connection: "_Connection") -> None:
        self._idle.append(connection)
        self._send()

    def lost(self, connection: "_Connection") -> None:
        """Another one is opened instead."""
        if connection in self._idle:
            self._idle.remove(connection)
        task = asyncio.get_running_loop().create_task(self._reopen())
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def until(self, came: int) -> None:
        """That so many are answered, or have failed."""
        while len(self.answers) < came:
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        for task in self._opening:
            task.cancel()
        for connection in self._idle:
            connection.close()

    async def _reopen(self) -> None:
        while True:
            try:
                return await self.open()
            except OSError:
                await asyncio.sleep(0.1)

    def _send(self) -> None:
        while self._idle and self._waiting:
            self.sent += 1
            self._idle.pop().send(next(self._asked), self._waiting.popleft())


class _Connection(asyncio.Protocol):
    """Kept alive, with one request at a time."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._due: float | None = None
        self._got = bytearray()
        self._transport: asyncio.Transport | None = None
        self._is_closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass of it

    def send(self, asked: bytes, due: float) -> None:
        assert self._transport
        self._due = due
        self._transport.write(asked)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or self._due is None:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            due, self._due = self._due, None
            self._got.clear()
            self._load.answered(int(head[9:12]), due)
            self._load.is_free(self)

    def connection_lost(self, _reason: Exception | None) -> None:
        if self._due is not None:
            self._load.answered(FAILED, self._due)
        if not self._is_closed:
            self._load.lost(self)

    def close(self) -> None:
        assert self._transport
        self._is_closed = True
        self._transport.close()


async def overload(port: int, server: psutil.Process) -> Overload:
    """Of one server: what it answers at its peak, and at TIMES_CAPACITY times as many requests for SECONDS."""
    asked = moving(port)
    await measure(port, server, WARM_UP_SECONDS, asked)
    peak = (await measure(port, server, PEAK_SECONDS, asked)).rate
    rate = peak * TIMES_CAPACITY
    load = _Load(port, asked)
    for _ in range(CONNECTIONS):
        await load.open()
    begun, came = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - begun) < SECONDS:
        while came < elapsed * rate:
            load.come(begun + came / rate)
            came += 1
        await asyncio.sleep(TICK_SECONDS)
    sent, ends = load.sent, begun + SECONDS
    with suppress(TimeoutError):
        async with asyncio.timeout(REST_SECONDS):
            await load.until(came)
    load.close()
    refusals = sorted(took * 1000 for status, took, _ in load.answers if status == 503) or [0.0]
    good = sum(status == 200 and at <= ends for status, _, at in load.answers)
    answered = sum(status in (200, 503) for status, _, _ in load.answers)
    return Overload(
        peak=peak,
        sent=sent / SECONDS / peak,
        goodput=good / SECONDS / peak,
        refused=sum(status == 503 for status, _, _ in load.answers),
        failed=came - answered,
        refusal_p50_ms=refusals[len(refusals) // 2],
        refusal_p99_ms=refusals[int(len(refusals) * 0.99)],
    )


def main() -> None:
    yield_first_core()
    with tempfile.TemporaryDirectory() as folder, serving("parkgraph", Path(folder)) as (port, server):
        shed = uvloop.run(overload(port, server))
    at = f"at {TIMES_CAPACITY} times the capacity"
    figures = {
        "overload_goodput": (shed.goodput, f"of the peak, {at}"),
        "overload_sent": (shed.sent, "times the peak that were really sent under overload"),
        "overload_failed": (shed.failed, f"requests neither answered nor refused, {at}"),
        "refusal_p99_ms": (shed.refusal_p99_ms, f"ms, {at}"),
    }
    console = Console()
    console.print(f"peak: {shed.peak:.0f} answers a second; refused {shed.refused}, p50 {shed.refusal_p50_ms:.1f} ms")
    for name, (value, unit) in figures.items():
        console.print(f"{name}: {value:.3f} ({unit})")
    record(figures)


if __name__ == "__main__":
    main()
