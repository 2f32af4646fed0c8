"""What an overloaded server still does: goodput and the time of refusals at four times its capacity.

The load is open: requests come at their own pace, whether or not earlier ones were answered, as those of people do.
"""

import asyncio
import time
from dataclasses import dataclass

from bench.load import read_answer, request

TIMES_CAPACITY = 4
SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Overload:
    """`goodput`: answers a second under overload, as a part of the peak. Times of refusals in ms."""

    goodput: float
    refused: int
    refusal_p50_ms: float
    refusal_p99_ms: float


class Connections:
    """Kept-alive connections, as many as are needed at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self) -> tuple[int, float]:
        """The status of one request, and how long it took from being sent."""
        reader, writer = (
            self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        )
        begun = time.perf_counter()
        writer.write(request(self._port))
        status, _ = await read_answer(reader)
        self._idle.append((reader, writer))
        return status, time.perf_counter() - begun

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def overload(port: int, peak: float) -> Overload:
    """Offer TIMES_CAPACITY times `peak` requests a second for SECONDS."""
    connections, tasks = Connections(port), []
    begun = time.perf_counter()
    for number in range(int(peak * TIMES_CAPACITY * SECONDS)):
        tasks.append(asyncio.create_task(connections.ask()))
        due = begun + (number + 1) / (peak * TIMES_CAPACITY)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    answers = await asyncio.gather(*tasks)
    elapsed = time.perf_counter() - begun
    connections.close()
    good = sum(status == 200 for status, _ in answers)
    refusals = sorted(took * 1000 for status, took in answers if status == 503)
    if good + len(refusals) != len(answers) or not refusals:
        raise RuntimeError("an overloaded server answers with 200 or 503, and with both")
    return Overload(
        goodput=good / elapsed / peak,
        refused=len(refusals),
        refusal_p50_ms=refusals[len(refusals) // 2],
        refusal_p99_ms=refusals[int(len(refusals) * 0.99)],
    )
