"""The agent as a process: it listens, works, and ends when it is told to."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
import uvicorn

from parkgraph.gates.agent.agent import running
from parkgraph.gates.agent.live import Witness
from parkgraph.gates.agent.punctual import punctual
from parkgraph.gates.agent.settings import GateSettings
from parkgraph.start_error import StartError

log = structlog.get_logger(__name__)

_DRAIN_SECONDS: Final = 10


class CannotListen(StartError):
    """The address is taken, or is not this machine's; the sentence says which."""


class QuietServer(uvicorn.Server):
    """Leaves signals to the loop: there is more to end than HTTP."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: GateSettings, witness: Witness | None = None) -> None:
    """Until SIGTERM or SIGINT. Raises CannotListen, StoreBroken, BrokerMissing."""
    with listener(settings.listen.host, settings.listen.port) as listening:
        async with running(settings, witness) as agent:
            config = uvicorn.Config(
                agent.http,
                http=punctual(),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=200,
                timeout_graceful_shutdown=_DRAIN_SECONDS,
            )
            server = QuietServer(config)
            loop = asyncio.get_running_loop()
            for sign in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(sign, server.handle_exit, sign, None)
            host, port = listening.getsockname()[:2]
            log.info("gate_ready", host=host, port=port, gate=settings.server.gate_id, cameras=list(settings.cameras))
            await server.serve(sockets=[listening])
    log.info("gate_ended")


def listener(host: str, port: int) -> socket.socket:
    """Raises CannotListen."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as fault:
        listening.close()
        raise CannotListen(f"cannot listen on {host}:{port} ({fault.strerror}): set [listen] host and port") from None
    return listening
