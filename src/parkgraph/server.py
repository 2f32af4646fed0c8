"""Uvicorn's server, with an end that loses nothing that was accepted."""

import asyncio
import ctypes
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from parkgraph.lean_sockets import LeanSocket
from parkgraph.turning_away import Connection

DRAIN_SECONDS: Final = 20
"""How long requests may take after the signal to end."""

SETTLE_SECONDS: Final = 0.2
"""For what has arrived already: connections that wait to be taken, and requests that wait to be read."""

MAX_MESSAGE: Final = 1_000_000
"""Bytes of a message of a WebSocket; the application has a smaller limit of its own, and says so."""

_SO_ATTACH_FILTER: Final = 26
_DROP_SYN: Final = (
    (0x30, 0, 0, 13),  # load the flags of the TCP header
    (0x54, 0, 0, 0x12),  # keep SYN and ACK
    (0x15, 0, 1, 0x02),  # SYN alone, which opens a connection?
    (0x06, 0, 0, 0),  # drop
    (0x06, 0, 0, 0xFFFF_FFFF),  # accept
)


def configured(app: ASGIApp) -> uvicorn.Config:
    """How the application is served.

    WebSockets are not compressed, which takes hundreds of kB for each; it is the application that looks whether they
    live.
    """
    return uvicorn.Config(
        app,
        http=Connection,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # [server] trusted_proxies says whose are believed
        timeout_graceful_shutdown=DRAIN_SECONDS,
        server_header=False,
        ws=LeanSocket,
        ws_max_size=MAX_MESSAGE,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
    )


class Server(uvicorn.Server):
    """`on_drain` is called when a signal says to end. Then:

    No new connection is let in, but those that the system has accepted already are served, and so are the requests in
    flight; each answer closes its connection. What is not done after DRAIN_SECONDS is cut off.
    """

    def __init__(self, config: uvicorn.Config, on_drain: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_drain = on_drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_drain()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or ():
            let_nobody_in(listener)
        await asyncio.sleep(SETTLE_SECONDS)
        await super().shutdown(sockets)


def let_nobody_in(listener: socket.socket) -> None:
    """From now on, attempts to connect are not heard: clients repeat them, and meet the successor or a refusal.

    Closing at once would reset the connections that the system has accepted and the server has not taken yet. Where the
    system has no such filter (it is Linux's), that is what happens.
    """
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in _DROP_SYN))
    program = struct.pack("HL", len(_DROP_SYN), ctypes.addressof(instructions))
    with suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
