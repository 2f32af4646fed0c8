"""Relays, and what tells where the boom is."""

import asyncio
import hashlib
import re
from pathlib import Path

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parkgraph.gates.agent.barriers.barrier import BarrierFault
from parkgraph.gates.agent.barriers.shelly import Shelly
from parkgraph.gates.agent.barriers.webhook import Webhook
from tests.gates.agent.gates import gate, settings, until
from tests.gates.agent.http import serving_app
from tests.gates.agent.relays import relay
from tests.gates.agent.standin import stand_in


async def test_a_shelly_is_set_and_never_toggled() -> None:
    async with relay() as boom, aiohttp.ClientSession() as session:
        shelly = Shelly(session, boom.url, 2, 0.5, None, None)
        assert await shelly.pulse(2) is True
        assert boom.pulses == [{"id": 2, "on": True, "toggle_after": 0.5}]
        assert await shelly.is_open() is None


@pytest.mark.parametrize("status", [401, 404, 500, 302])
async def test_a_shelly_that_does_not_say_yes(status: int) -> None:
    async with relay() as boom, aiohttp.ClientSession() as session:
        boom.status = status
        with pytest.raises(BarrierFault, match=str(status)):
            await Shelly(session, boom.url, 0, 1, None, None).pulse(2)


async def test_a_shelly_that_does_not_answer_in_time() -> None:
    async def hang(_: Request) -> Response:
        await asyncio.sleep(60)
        return Response()

    app = Starlette(routes=[Route("/rpc/Switch.Set", hang, methods=["POST"])])
    async with serving_app(app) as url, aiohttp.ClientSession() as session:
        with pytest.raises(BarrierFault, match="TimeoutError"):
            await Shelly(session, url, 0, 1, None, None).pulse(0.1)


async def test_a_shelly_with_a_password_asks_for_a_digest() -> None:
    """SHA-256 over user, realm, nonce and path, as RFC 7616 has it and the device wants it."""

    def is_right(header: str) -> bool:
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', header))
        inner = hashlib.sha256(b"admin:shelly:a password").hexdigest()
        path = hashlib.sha256(b"POST:/rpc/Switch.Set").hexdigest()
        whole = f"{inner}:{given['nonce']}:{given['nc']}:{given['cnonce']}:auth:{path}"
        return bool(given["response"] == hashlib.sha256(whole.encode()).hexdigest())

    pulses = []

    async def guarded(request: Request) -> Response:
        header = request.headers.get("authorization", "")
        if not header.startswith("Digest ") or not is_right(header):
            challenge = 'Digest qop="auth", realm="shelly", nonce="60dc59c6", algorithm=SHA-256'
            return Response("", 401, {"WWW-Authenticate": challenge})
        pulses.append(await request.json())
        return JSONResponse({"was_on": False})

    app = Starlette(routes=[Route("/rpc/Switch.Set", guarded, methods=["POST"])])
    async with serving_app(app) as url, aiohttp.ClientSession() as session:
        await Shelly(session, url, 0, 1, None, "a password").pulse(2)
        with pytest.raises(BarrierFault):
            await Shelly(session, url, 0, 1, None, "another one").pulse(2)
    assert pulses == [{"id": 0, "on": True, "toggle_after": 1}]


async def test_a_webhook_is_one_post() -> None:
    async with relay() as boom, aiohttp.ClientSession() as session:
        hook = Webhook(session, f"{boom.url}/open", 1, None, None)
        assert await hook.pulse(2) is True
        boom.status = 503
        with pytest.raises(BarrierFault):
            await hook.pulse(2)
    assert boom.pulses == [{"open": True, "pulseSeconds": 1}] * 2


async def test_a_position_is_told_by_who_has_its_token(tmp_path: Path) -> None:
    async with stand_in(tmp_path, "SPG123") as server, relay() as boom:
        configured = settings(
            tmp_path,
            server.url,
            boom.url,
            f'[barriers.hook]\nkind = "webhook"\nurl = "{boom.url}/open"\nposition_token = "0123456789abcdef"\n'
            '[cameras.door]\ndevice = "plain"\nallow = ["127.0.0.1"]\nbarrier = "hook"',
            barrier="boom",
        )
        async with gate(configured) as it:
            url, right = f"{it.url}/barriers/hook/position", {"Authorization": "Bearer 0123456789abcdef"}
            assert (await it.http.post(url, json={"open": True})).status_code == 401
            assert (await it.http.post(url, json={"open": 1}, headers=right)).status_code == 400
            assert (await it.http.post(url.replace("hook", "boom"), json={}, headers=right)).status_code == 401
            await it.push("door", b'{"plate": "SPG123", "direction": "ENTRY"}')
            await until(lambda: len(boom.pulses) == 1)
            assert (await it.http.post(url, json={"open": True}, headers=right)).status_code == 200
            await until(lambda: "POSITION_CONFIRMED" in {state for _, state in server.acks})
