"""Who watches the map: `python -m bench.subscribers`. How late they see a change, and what each costs the process."""

import asyncio
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
import psutil
from rich.console import Console
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.figures import record
from bench.processes import serving, yield_first_core
from bench.servers import EVERY
from bench.workload import PLACES
from parkgraph.api.live import PROTOCOL

SUBSCRIBERS: Final = 1_000
CHANGES: Final = 8
"""That each sees, after the first one."""

CONNECTIONS_OF_A_CLIENT: Final = 10
AT_ONCE: Final = 50
ENOUGH_SECONDS: Final = 120.0

LIVE: Final = (Path(__file__).parents[1] / "web" / "src" / "operations" / "Live.graphql").read_text()
BOUNDS: Final = {"south": 48, "west": 9, "north": 49, "east": 10}


async def measure(port: int, server: psutil.Process) -> dict[str, float]:
    """Milliseconds from a count to each subscriber, and kB of the process for each of them."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> ClientConnection:
        async with turns:
            return await _subscribe(port, number)

    first = await one(SUBSCRIBERS)  # what the first one costs is not each one's
    await _watch(first)
    before = server.memory_info().rss
    sockets = await asyncio.gather(*map(one, range(SUBSCRIBERS)))
    spent = server.cpu_times()
    lags = sorted(lag for each in await asyncio.gather(*map(_watch, sockets)) for lag in each)
    now = server.cpu_times()
    after = server.memory_info().rss
    await asyncio.gather(*(socket.close() for socket in (first, *sockets)))
    return {
        "p50_ms": 1000 * lags[len(lags) // 2],
        "p99_ms": 1000 * lags[int(len(lags) * 0.99)],
        "worst_ms": 1000 * lags[-1],
        "kb": (after - before) / 1000 / SUBSCRIBERS,
        "cpu_ms": 1000 * (now.user + now.system - spent.user - spent.system) / CHANGES,
    }


async def _subscribe(port: int, number: int) -> ClientConnection:
    """As a browser does, which offers to compress; each client address has as many as it may."""
    socket = await connect(
        f"ws://127.0.0.1:{port}/graphql",
        subprotocols=[Subprotocol(PROTOCOL)],
        local_addr=(f"127.0.1.{1 + number // CONNECTIONS_OF_A_CLIENT}", 0),
        ping_interval=None,
        proxy=None,
    )
    await socket.send(orjson.dumps({"type": "connection_init"}).decode())
    await socket.recv()
    bounds = {**BOUNDS, "north": 49 + number / SUBSCRIBERS}  # nobody looks at just what another does
    payload = {"query": LIVE, "variables": {"bounds": bounds}}
    await socket.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": payload}).decode())
    return socket


async def _watch(socket: ClientConnection) -> list[float]:
    """Seconds from when it was counted, of the next changes. What comes is read when all have come."""
    came: list[tuple[float, str | bytes]] = []
    async with asyncio.timeout(ENOUGH_SECONDS):
        while len(came) < CHANGES:
            message = await socket.recv(decode=False)
            if b'"next"' in message:
                came.append((time.time(), message))
            elif b'"ping"' in message:
                await socket.send('{"type":"pong"}')
            else:
                raise RuntimeError(f"the server said {message!r}")
    return [at - _counted_at(message) for at, message in came]


def _counted_at(message: str | bytes) -> float:
    places = orjson.loads(message)["payload"]["data"]["placesChanged"]["places"]
    return max(datetime.fromisoformat(place["occupancy"]["observedAt"]).timestamp() for place in places)


def main() -> None:
    """Measure, and put the figures into the results."""
    yield_first_core()
    with tempfile.TemporaryDirectory() as folder, serving("live", Path(folder)) as (port, server):
        found = asyncio.run(measure(port, server))
    Console().print({name: round(value, 1) for name, value in found.items()})
    of = f"{SUBSCRIBERS} subscribers of {PLACES} places that all change every {EVERY.seconds} s"
    record(
        {
            "subscribers_lag_ms": (found["p99_ms"], f"ms, p99 from the count to the client, {of}"),
            "subscriber_kb": (found["kb"], f"kB of the process for each of {of}"),
        }
    )


if __name__ == "__main__":
    main()
