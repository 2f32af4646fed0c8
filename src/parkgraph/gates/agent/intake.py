"""The agent's own HTTP: cameras push here, and operators look."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parkgraph.gates.agent.access import may_push
from parkgraph.gates.agent.barriers.position import Position
from parkgraph.gates.agent.cameras import dahua
from parkgraph.gates.agent.cameras.payload import json_of
from parkgraph.gates.agent.look import Unreadable
from parkgraph.gates.agent.metrics import CONTENT_TYPE
from parkgraph.gates.agent.reception import Reception
from parkgraph.gates.agent.settings import GateSettings
from parkgraph.gates.agent.store import StoreBroken, StoreFull

log = structlog.get_logger(__name__)

_BODY_SECONDS = 15.0


class TooLarge(Exception):
    """A body of more bytes than the configuration allows."""


def application(
    settings: GateSettings,
    reception: Reception,
    positions: dict[str, Position],
    health: Callable[[], list[str]],
    metrics: Callable[[], Awaitable[bytes]],
) -> Starlette:
    """`POST /cameras/<name>`, `POST /barriers/<name>/position`, `GET /healthz`, `GET /metrics`."""

    async def camera(request: Request) -> Response:
        name = request.path_params["name"]
        configured = settings.cameras.get(name)
        if configured is None or configured.topic is not None:
            return PlainTextResponse("no such camera", 404)
        peer = request.client.host if request.client else None
        if not may_push(configured, request.headers, request.query_params.get("token"), peer):
            reception.metrics.messages.labels(name, "denied").inc()
            return PlainTextResponse("not allowed", 401, {"WWW-Authenticate": 'Basic realm="camera"'})
        try:
            body = await _body(request, settings.listen.max_body_bytes)
            await reception.take(name, body, request.headers.get("content-type", ""))
        except TooLarge:
            reception.metrics.messages.labels(name, "too_large").inc()
            return PlainTextResponse("too large", 413)
        except (TimeoutError, ClientDisconnect):
            reception.metrics.messages.labels(name, "cut_off").inc()
            return PlainTextResponse("too slow", 408)
        except Unreadable as unreadable:
            return PlainTextResponse(f"not understood: {unreadable}", 400)
        except (StoreFull, StoreBroken):
            return PlainTextResponse("cannot be stored", 503, {"Retry-After": "5"})
        if configured.device == "dahua":
            return Response(dahua.ANSWER, media_type="application/json")
        return PlainTextResponse("OK")

    async def position(request: Request) -> Response:
        barrier = settings.barriers.get(request.path_params["name"])
        token = barrier.position_token if barrier else None
        given = request.headers.get("authorization", "").removeprefix("Bearer ") or request.query_params.get(
            "token", ""
        )
        if token is None or not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
            return PlainTextResponse("not allowed", 401)
        try:
            told = json_of(await _body(request, 1000))
        except (TooLarge, Unreadable, TimeoutError, ClientDisconnect):
            told = None
        is_open = told.get("open") if isinstance(told, dict) else None
        if not isinstance(is_open, bool):
            return PlainTextResponse('must be {"open": true} or {"open": false}', 400)
        positions[request.path_params["name"]].is_open = is_open
        return PlainTextResponse("OK")

    async def healthz(_: Request) -> Response:
        wrong = health()
        return JSONResponse({"status": "failing" if wrong else "ok", "reasons": wrong}, 503 if wrong else 200)

    async def figures(_: Request) -> Response:
        return Response(await metrics(), media_type=CONTENT_TYPE)

    return Starlette(
        routes=[
            Route("/cameras/{name}", camera, methods=["POST", "PUT"]),
            Route("/barriers/{name}/position", position, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/metrics", figures),
        ]
    )


async def _body(request: Request, most: int) -> bytes:
    """At most this many bytes, within _BODY_SECONDS. Raises TooLarge, TimeoutError, ClientDisconnect."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise TooLarge
    body = bytearray()
    async with asyncio.timeout(_BODY_SECONDS):
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise TooLarge
    return bytes(body)
