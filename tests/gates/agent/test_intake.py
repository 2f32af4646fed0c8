"""What cameras get for an answer, and who may push."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from parkgraph.gates.agent.store import StoreFull
from tests.gates.agent.cameras.samples import isapi, multipart
from tests.gates.agent.gates import TOKEN, Gate, gate, settings
from tests.gates.agent.relays import relay
from tests.gates.agent.standin import stand_in

CAMERAS = """
[cameras.basic]
device = "plain"
username = "camera"
password = "a password"
[cameras.near]
device = "plain"
allow = ["127.0.0.0/8"]
[cameras.far]
device = "plain"
allow = ["10.0.0.17"]
token = "0123456789abcdef"
"""
READ = {"plate": "XY 9", "direction": "ENTRY"}


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Gate]:
    async with (
        stand_in(tmp_path) as server,
        relay() as boom,
        gate(settings(tmp_path, server.url, boom.url, CAMERAS)) as one,
    ):
        yield one


async def test_a_camera_pushes_by_its_password_its_token_or_its_address(it: Gate) -> None:
    async def status(camera: str, auth: httpx.Auth | None = None, **headers: str) -> int:
        credentials = auth or httpx.Auth()
        answer = await it.http.post(f"{it.url}/cameras/{camera}", json=READ, auth=credentials, headers=headers)
        return answer.status_code

    assert await status("basic", httpx.BasicAuth("camera", "a password")) == 200
    assert await status("basic", httpx.BasicAuth("camera", "another one")) == 401
    assert await status("basic", httpx.BasicAuth("other", "a password")) == 401
    assert await status("basic") == 401
    assert await status(f"plain?token={TOKEN}") == 200
    assert await status("plain", Authorization=f"Bearer {TOKEN}") == 200
    assert await status("plain?token=another-one-than-it") == 401
    assert await status("near") == 200
    assert await status("far?token=0123456789abcdef") == 401
    assert await status("nobody") == 404
    assert await it.metric('messages_total{camera="basic",outcome="denied"}') == 3


@pytest.mark.parametrize(("device", "level"), [("dahua", b'{"Events":['), ("hikvision", b'{"eventType":[')])
async def test_a_message_that_is_nested_without_end_brings_nothing_down(it: Gate, device: str, level: bytes) -> None:
    nested = level * 500 + b"]}" * 500
    assert await it.push(device, nested) == 400


async def test_dahua_is_answered_in_its_own_words(it: Gate) -> None:
    answer = await it.http.post(
        f"{it.url}/cameras/dahua?token={TOKEN}", json={"Active": "keepAlive", "DeviceID": "8M0"}
    )
    assert (answer.status_code, answer.json()) == (200, {"Result": True})


async def test_what_is_not_understood_is_said(it: Gate) -> None:
    assert await it.push("hikvision", b"<html/>") == 400
    assert await it.metric('messages_total{camera="hikvision",outcome="unreadable"}') == 1


async def test_pictures_of_any_usual_size_are_passed_by(it: Gate) -> None:
    picture = ("image/jpeg", bytes(range(256)) * 3200)
    body, kind = multipart(("application/xml", isapi()), picture, picture)
    assert await it.push("hikvision", body, kind) == 200


async def test_a_body_without_end_is_refused(it: Gate) -> None:
    assert await it.push("plain", b" " * 8_000_001) == 413

    async def flood() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 65_536

    answer = await it.http.post(f"{it.url}/cameras/plain?token={TOKEN}", content=flood())
    assert answer.status_code == 413


async def test_what_cannot_be_stored_is_not_said_to_be(it: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StoreFull("the store is full")

    with monkeypatch.context() as patched:
        patched.setattr(it.agent.store, "run", full)
        health = None
        while health is None or health.status_code == 200:  # for what tidied before this is still content
            assert await it.see("XY 9") == 503
            health = await it.http.get(f"{it.url}/healthz")
        assert (health.status_code, health.json()["reasons"]) == (503, ["the store is full"])
    assert await it.see("XY 9") == 200
    assert (await it.http.get(f"{it.url}/healthz")).status_code == 200
