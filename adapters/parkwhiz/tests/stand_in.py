"""A stand-in for the network: a real server on loopback that follows the documentation strictly."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import web

CLIENT = {"grant_type": "client_credentials", "client_id": "partner", "client_secret": "s3cret"}
QUERY = re.compile(r"coordinates:-?\d+\.\d+,-?\d+\.\d+ distance:\d+\.\d+")
FIXED = {"sort": "distance:asc", "option_types": "all", "returns": "offstreet_bookable"}


class ParkWhiz:
    """Takes the token of its last login, and answers `quotes`."""

    def __init__(self) -> None:
        self.base_url = ""
        self.quotes: Any = []
        self.login_answer: Mapping[str, object] = {"token_type": "bearer", "expires_in": 3600, "scope": "public"}
        self.logins = 0
        self.token = "of no login"
        self.failures: list[web.Response] = []
        """Answered first, one after the other."""
        self.asked: list[Mapping[str, str]] = []
        self.open = asyncio.Event()
        """A login waits for it."""
        self.open.set()

    def forget(self) -> None:
        """The token that was given out holds no more."""
        self.token = "revoked"

    async def login(self, request: web.Request) -> web.Response:
        self.logins += 1
        await self.open.wait()
        if request.content_type != "application/x-www-form-urlencoded" or dict(await request.post()) != CLIENT:
            return web.json_response({"error": "invalid_client"}, status=401)
        self.token = f"token-{self.logins}"
        return web.json_response({"access_token": self.token, **self.login_answer})

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        if self.failures:
            return self.failures.pop(0)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "unauthorized"}, status=401)
        if not _is_well_formed(request.query):
            return web.json_response({"error": "bad_request"}, status=400)
        return web.json_response(self.quotes)


def _is_well_formed(query: Mapping[str, str]) -> bool:
    start, end = (datetime.fromisoformat(query[name]) for name in ("start_time", "end_time"))
    return (
        bool(QUERY.fullmatch(query["q"]))
        and all(query[name] == value for name, value in FIXED.items())
        and start.utcoffset() is not None
        and start < end
    )


@asynccontextmanager
async def serving() -> AsyncIterator[ParkWhiz]:
    network = ParkWhiz()
    app = web.Application()
    app.router.add_post("/v4/oauth/token", network.login)
    app.router.add_get("/v4/quotes/", network.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        network.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v4"
        yield network
    finally:
        await runner.cleanup()
