"""Uvicorn's connection for WebSockets, that keeps little while it is open: thousands of them wait at a time."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class LeanSocket(WebSocketsSansIOProtocol):
    """What was said to open the connection is forgotten when it is open: the application reads it before it accepts."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.queue = _Messages()  # type: ignore[assignment]
        self.writable = _Gate()  # type: ignore[assignment]

    def start_keepalive(self) -> None:
        super().start_keepalive()
        self.request.headers.clear()  # its parser has it for as long as the connection lasts
        self.response.headers.clear()
        self.scope.clear()  # type: ignore[attr-defined]


class _Gate:
    """As much of `asyncio.Event` as is needed, which has nobody who waits for most of the time, and room for 64."""

    __slots__ = ("_opens",)

    def __init__(self) -> None:
        self._opens: asyncio.Future[None] | None = None

    def clear(self) -> None:
        if self._opens is None:
            self._opens = asyncio.get_running_loop().create_future()

    def set(self) -> None:
        if self._opens and not self._opens.done():
            self._opens.set_result(None)
        self._opens = None

    async def wait(self) -> None:
        if self._opens:
            await asyncio.shield(self._opens)


class _Messages:
    """As much of `asyncio.Queue` as its one reader needs: that one carries 3 kB, most of it for other readers."""

    __slots__ = ("_messages", "_news")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._news: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        return not self._messages

    def put_nowait(self, message: Any) -> None:
        self._messages.append(message)
        if self._news and not self._news.done():
            self._news.set_result(None)

    async def get(self) -> Any:
        while not self._messages:
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        return self._messages.pop(0)
