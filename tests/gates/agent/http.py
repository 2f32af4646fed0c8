"""Real HTTP on loopback, in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    """Ends at once; uvicorn's looks every tenth of a second whether it should."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._ending.wait()

    def end(self) -> None:
        self.should_exit = self.force_exit = True
        self._ending.set()


@asynccontextmanager
async def serving_app(app: Any, **options: Any) -> AsyncIterator[str]:
    """The URL at which this ASGI application answers. `options`: uvicorn's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        usual = {"log_config": None, "lifespan": "off", "access_log": False, "timeout_graceful_shutdown": 1}
        config = uvicorn.Config(app, **{**usual, **options})
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.end()
            await task


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
