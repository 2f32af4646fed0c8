"""Relays of barriers that count their pulses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gates.agent.http import serving_app


@dataclass
class Relay:
    """A Shelly, and a webhook. `status` is what it answers; the boom follows a pulse if `boom_moves`."""

    url: str = ""
    status: int = 200
    boom_moves: bool = True
    is_open: bool = False
    pulses: list[Any] = field(default_factory=list)
    pulsed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/rpc/Switch.Set", self._set, methods=["POST"]),
                Route("/rpc/Input.GetStatus", self._input, methods=["POST"]),
                Route("/open", self._set, methods=["POST"]),
            ]
        )

    async def _set(self, request: Request) -> Response:
        self.pulses.append(await request.json())
        self.is_open = self.is_open or self.boom_moves
        self.pulsed.set()
        return JSONResponse({"was_on": False}, self.status)

    async def _input(self, request: Request) -> Response:
        return JSONResponse({"id": 0, "state": self.is_open})


@asynccontextmanager
async def relay() -> AsyncIterator[Relay]:
    one = Relay()
    async with serving_app(one.app) as url:
        one.url = url
        yield one
