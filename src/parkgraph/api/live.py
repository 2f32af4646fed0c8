"""`/graphql` over a WebSocket: subscriptions, by the protocol graphql-transport-ws and no other.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. A connection says who asks in `connection_init`, as a
request does in its header: `{"Authorization": "Bearer …"}`. Documents have the limits of other queries.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any, Final

import orjson
from graphql import OperationType
from orjson import Fragment
from starlette.types import Receive, Scope, Send

from parkgraph.accounts.principal import ANONYMOUS, Principal
from parkgraph.api.admission import OverloadedError, RateLimitedError, RateLimiter, client_of
from parkgraph.api.context import Context
from parkgraph.api.credentials import Authenticate, identify, nobody
from parkgraph.api.documents import Documents, QueryError
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.http_error import HttpError
from parkgraph.api.persisted import PersistedQueries
from parkgraph.api.seats import NoSeatError, Seats
from parkgraph.api.telling import LIFE_SECONDS, PING_SECONDS, SEND_SECONDS, tell
from parkgraph.api.understanding import Understanding, Understood

PROTOCOL: Final = "graphql-transport-ws"
INIT_SECONDS: Final = 5.0

MAX_MESSAGE: Final = 100_000
MAX_SUBSCRIPTIONS: Final = 10
"""Of a connection."""

BAD_REQUEST, UNAUTHORIZED, BAD_PROTOCOL, INIT_TIMEOUT, DUPLICATE, TOO_MANY_INITS, TOO_MANY = (
    4400, 4401, 4406, 4408, 4409, 4429, 4503,
)  # fmt: skip
GOING_AWAY: Final = 1001


class _Close(Exception):
    """The connection ends, with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__()
        self.code = code
        self.reason = reason


class LiveEndpoint:
    """The ASGI application behind the WebSocket of `/graphql`."""

    def __init__(
        self,
        documents: Documents,
        persisted: PersistedQueries,
        rates: RateLimiter,
        seats: Seats,
        context: Callable[[], Context],
        authenticate: Authenticate = nobody,
    ) -> None:
        self._documents = documents
        self._understanding = Understanding(documents, persisted)
        self._rates = rates
        self._seats = seats
        self._context = context
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        talk = _Talk(receive, send)
        if PROTOCOL not in scope.get("subprotocols", ()):
            await talk.accept(None)
            await talk.close(BAD_PROTOCOL, f"The protocol must be {PROTOCOL}.")
            return
        host, _ = scope["client"] or ("", 0)
        client = client_of(host)
        try:
            await talk.accept(PROTOCOL)
            with self._seats.seat(client):
                await self._talk(talk, client)
        except NoSeatError:
            await talk.close(TOO_MANY, "Too many connections.")
        except OSError:
            pass  # it is gone

    async def _talk(self, talk: "_Talk", client: str) -> None:
        try:
            principal = await self._init(talk, client)
            context = self._context()
            if not principal.is_anonymous:
                context = replace(context, principal=principal)
            async with asyncio.TaskGroup() as group:
                talk.keep_alive(group)
                try:
                    await self._listen(talk, context, group)
                finally:
                    talk.keep_alive(None)
        except* _Close as closes:
            for close in _leaves(closes):
                await talk.close(close.code, close.reason)
        except* TimeoutError:
            await talk.close(GOING_AWAY, "Nothing is taken.")
        except* OSError:
            pass  # it is gone

    async def _init(self, talk: "_Talk", client: str) -> Principal:
        try:
            async with asyncio.timeout(INIT_SECONDS):
                message = await talk.receive()
        except TimeoutError:
            raise _Close(INIT_TIMEOUT, "Connection initialisation timeout") from None
        if message.get("type") != "connection_init":
            raise _Close(UNAUTHORIZED, "Unauthorized")
        payload = message.get("payload")
        members = payload.items() if isinstance(payload, dict) else ()
        given = [str(value) for name, value in members if name.lower() == "authorization"]
        try:
            principal = await identify(given, client, self._authenticate, self._rates)
        except HttpError as refused:
            raise _Close(UNAUTHORIZED, refused.error.message[:100]) from None
        except (RateLimitedError, OverloadedError):
            raise _Close(TOO_MANY, "Too many requests from this client; slow down.") from None
        await talk.send({"type": "connection_ack"})
        return principal if principal.subject else ANONYMOUS

    async def _listen(self, talk: "_Talk", context: Context, group: asyncio.TaskGroup) -> None:
        while True:
            message = await talk.receive()
            match message.get("type"):
                case "subscribe":
                    self._subscribe(talk, context, message, group)
                    del message
                case "complete":
                    if running := talk.running.pop(str(message.get("id")), None):
                        running.cancel()
                case "ping":
                    await talk.send({"type": "pong"})
                case "pong":
                    talk.answered = True
                case "connection_init":
                    raise _Close(TOO_MANY_INITS, "Too many initialisation requests")
                case _:
                    raise _Close(BAD_REQUEST, "Invalid message")

    def _subscribe(self, talk: "_Talk", context: Context, message: Mapping[str, Any], group: asyncio.TaskGroup) -> None:
        key, payload = message.get("id"), message.get("payload")
        if not isinstance(key, str) or not isinstance(payload, dict):
            raise _Close(BAD_REQUEST, "Invalid message")
        if key in talk.running:
            raise _Close(DUPLICATE, f"Subscriber for {key[:50]} already exists")
        if len(talk.running) >= MAX_SUBSCRIPTIONS:
            raise _Close(TOO_MANY, f"At most {MAX_SUBSCRIPTIONS} subscriptions at once.")
        talk.running[key] = group.create_task(self._tell(talk, context, key, payload))

    async def _tell(self, talk: "_Talk", context: Context, key: str, payload: Mapping[str, Any]) -> None:
        try:
            told = tell(self._documents, self._understand(payload, bound=context.principal.scope is not None), context)
            del payload  # thousands wait below
            async with aclosing(told):
                async for text in told:
                    await talk.send({"type": "next", "id": key, "payload": Fragment(text)})
                    del text
            await talk.send({"type": "complete", "id": key})
        except QueryError as refused:
            errors = [error.formatted for error in refused.errors]
            await talk.send({"type": "error", "id": key, "payload": errors})
        finally:
            talk.running.pop(key, None)

    def _understand(self, payload: Mapping[str, Any], *, bound: bool) -> Understood:
        """Raises QueryError."""
        try:
            asked = self._understanding.of_members(payload, bound=bound)
        except BadUserInputError as refused:
            raise QueryError(refused) from None
        if asked.operation.node.operation is not OperationType.SUBSCRIPTION:
            raise QueryError(BadUserInputError("Queries and mutations are sent by POST."))
        return asked


class _Talk:
    """One connection. `running`: its subscriptions by their ids. `answered`: the last ping, or there was none."""

    __slots__ = ("_ends", "_receive", "_send", "_timer", "_turn", "answered", "running")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._turn = asyncio.Lock()
        self._ends = asyncio.get_running_loop().time() + LIFE_SECONDS
        self.running: dict[str, asyncio.Task[None]] = {}
        self.answered = True
        self._timer: asyncio.TimerHandle | None = None

    async def accept(self, protocol: str | None) -> None:
        await self._receive()  # that it wants to connect
        await self._send({"type": "websocket.accept", "subprotocol": protocol, "headers": []})

    async def receive(self) -> Mapping[str, Any]:
        """Raises OSError when it is gone, and _Close."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise ConnectionResetError
        text = message.get("text")
        if text is None or len(text) > MAX_MESSAGE:
            raise _Close(BAD_REQUEST, "Invalid message")
        try:
            read = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise _Close(BAD_REQUEST, "Invalid message") from None
        if not isinstance(read, dict):
            raise _Close(BAD_REQUEST, "Invalid message")
        return read

    async def send(self, message: Mapping[str, Any]) -> None:
        """A client that takes nothing for SEND_SECONDS is gone. Raises TimeoutError and OSError."""
        async with self._turn, asyncio.timeout(SEND_SECONDS):
            await self._send({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    def keep_alive(self, group: asyncio.TaskGroup | None) -> None:
        """From now on tasks of this group ask it for signs of life; None: no more. Until then a timer is enough."""
        if self._timer:
            self._timer.cancel()
        if group:
            self._beat_later(group)

    def _beat_later(self, group: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(min(loop.time() + PING_SECONDS, self._ends), self._beat, group)

    def _beat(self, group: asyncio.TaskGroup) -> None:
        if self._is_over:
            group.create_task(self._end())
        else:
            self._beat_later(group)
            group.create_task(self._ping())

    @property
    def _is_over(self) -> bool:
        return asyncio.get_running_loop().time() >= self._ends

    async def _end(self) -> None:
        raise _Close(GOING_AWAY, "Connect again.")

    async def _ping(self) -> None:
        if not self.answered:
            raise _Close(GOING_AWAY, "No sign of life.")
        self.answered = False
        await self.send({"type": "ping"})

    async def close(self, code: int, reason: str) -> None:
        with suppress(OSError, RuntimeError):  # it is gone, or is being closed already
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


def _leaves(group: BaseExceptionGroup[_Close]) -> list[_Close]:
    found: list[_Close] = []
    for each in group.exceptions:
        found += _leaves(each) if isinstance(each, BaseExceptionGroup) else [each]
    return found[:1]
