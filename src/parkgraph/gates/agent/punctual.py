"""Connections that send nothing, and peers that have too many: neither keeps a camera out."""

import asyncio
from collections import Counter
from typing import Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_SECONDS: Final = 10.0
"""For the head of a request, from the connection's begin or from the answer before."""

MAX_OF_A_PEER: Final = 64
"""Connections: many cameras may stand behind one address."""


def punctual(head_seconds: float = HEAD_SECONDS, most: int = MAX_OF_A_PEER) -> type[asyncio.Protocol]:
    """Uvicorn's protocol, for one server."""
    peers: Counter[str] = Counter()

    class Punctual(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._peer = str((transport.get_extra_info("peername") or ("",))[0])
            peers[self._peer] += 1
            self._deadline = self.loop.call_later(head_seconds, self._look)
            if peers[self._peer] > most:
                transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._deadline.cancel()
            peers[self._peer] -= 1
            if not peers[self._peer]:
                del peers[self._peer]
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._deadline.cancel()
            self._deadline = self.loop.call_later(head_seconds, self._look)

        def _look(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()

    return Punctual
