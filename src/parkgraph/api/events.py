"""Subscriptions as server-sent events, for whom a proxy keeps from WebSockets: one request each.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md, "distinct connections mode".
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import orjson
from starlette.types import Receive, Scope, Send

from parkgraph.api.answers import NO_STORE, answer
from parkgraph.api.documents import QueryError
from parkgraph.api.errors import ErrorCode
from parkgraph.api.http_error import later
from parkgraph.api.seats import NoSeatError, Seats
from parkgraph.api.telling import LIFE_SECONDS, PING_SECONDS, SEND_SECONDS

MEDIA_TYPE: Final = "text/event-stream"
SIGN_OF_LIFE: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata:\n\n"
FULL_PAUSE_MS: Final = 5_000


def accepts_events(accept: str) -> bool:
    """Whether an Accept header names them; whoever takes anything gets JSON."""
    return any(part.partition(";")[0].strip().lower() == MEDIA_TYPE for part in accept.split(","))


class EventStream:
    """An ASGI application: what is told, until there is no more, the client is gone, or the server drains.

    `cache`: for `Cache-Control`.
    """

    def __init__(self, told: AsyncGenerator[bytes], seats: Seats, client: str) -> None:
        self._told = told
        self._seats = seats
        self._client = client
        self.cache = NO_STORE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._seats.seat(self._client), suppress(TimeoutError):
                await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": self._headers})
                async with asyncio.timeout(LIFE_SECONDS):
                    await self._stream(receive, send)
                await send({"type": "http.response.body", "body": b""})
        except NoSeatError:
            words = "Too many connections stay open; close one, or come back."
            refusal = later(HTTPStatus.TOO_MANY_REQUESTS, ErrorCode.RATE_LIMITED, words, FULL_PAUSE_MS)
            await answer(None, [refusal.error], refusal.status, refusal.headers)(scope, receive, send)
        finally:
            await self._told.aclose()

    @property
    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode()),
            (b"cache-control", self.cache),
            (b"x-accel-buffering", b"no"),
        ]

    async def _stream(self, receive: Receive, send: Send) -> None:
        """Raises TimeoutError where the client takes nothing for long."""
        next_ = asyncio.ensure_future(anext(self._told))
        ends = [asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(self._seats.ending.wait())]
        try:
            while not any(end.done() for end in ends):
                await asyncio.wait([next_, *ends], timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not next_.done():
                    await _write(send, SIGN_OF_LIFE)
                    continue
                try:
                    await _write(send, b"event: next\ndata: " + next_.result() + b"\n\n")
                except StopAsyncIteration:
                    await _write(send, COMPLETE)
                    return
                except QueryError as refused:
                    errors = orjson.dumps({"errors": [error.formatted for error in refused.errors]})
                    await _write(send, b"event: next\ndata: " + errors + b"\n\n" + COMPLETE)
                    return
                next_ = asyncio.ensure_future(anext(self._told))
        finally:
            for each in (next_, *ends):
                each.cancel()
            await asyncio.gather(next_, *ends, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, chunk: bytes) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
