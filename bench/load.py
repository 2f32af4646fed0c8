"""A load of bounded length over kept-alive connections, and what it cost the server's process."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import psutil

from bench.workload import QUERY, VARIABLES

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """`cpu_ms`: CPU of the server's process per request. `rate`: requests a second as this client saw them."""

    cpu_ms: float
    rate: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    rss_mb: float
    bytes: int


def request(port: int, variables: Mapping[str, object] = VARIABLES, query: str = QUERY) -> bytes:
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def ask(port: int, asked: bytes | None = None) -> bytes:
    """The body of one answer, to the workload's question where no other is asked."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(asked or request(port))
    body = await _answer(reader)
    writer.close()
    return body


async def measure(
    port: int,
    server: psutil.Process,
    seconds: float,
    requests: Iterator[bytes] | None = None,
    connections: int = CONNECTIONS,
    besides: Sequence[int] = (),
) -> Cost:
    """Ask without a pause for so long. `requests`: what is asked, else the workload's question.

    `besides`: ports that are asked the same at the same time, so that an answer is there when the last of them is.
    """
    requests = requests or repeat(request(port))
    end = time.perf_counter() + seconds
    before = server.cpu_times()
    begun = time.perf_counter()
    times = [
        t
        for ts in await asyncio.gather(*(_connection([port, *besides], end, requests) for _ in range(connections)))
        for t in ts
    ]
    elapsed = time.perf_counter() - begun
    after = server.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    times.sort()
    return Cost(
        cpu_ms=1000 * cpu / len(times),
        rate=len(times) / elapsed,
        p50_ms=1000 * statistics.median(times),
        p99_ms=1000 * times[int(len(times) * 0.99)],
        worst_ms=1000 * times[-1],
        rss_mb=server.memory_info().rss / 1_000_000,
        bytes=len(await ask(port, next(requests))),
    )


async def _connection(ports: Sequence[int], end: float, requests: Iterator[bytes]) -> list[float]:
    streams = [await asyncio.open_connection("127.0.0.1", port, limit=2**20) for port in ports]
    times = []
    while (begun := time.perf_counter()) < end:
        asked = next(requests)
        for _, writer in streams:
            writer.write(asked)
        for reader, _ in streams:
            await _answer(reader)
        times.append(time.perf_counter() - begun)
    for _, writer in streams:
        writer.close()
    return times


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    return int(head[9:12]), await reader.readexactly(length)


async def _answer(reader: asyncio.StreamReader) -> bytes:
    status, body = await read_answer(reader)
    if status != 200:
        raise RuntimeError(f"the server answered {status}")
    return body
