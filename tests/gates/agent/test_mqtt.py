"""Cameras and barriers on a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiomqtt
import pytest
from amqtt.broker import Broker

from tests.gates.agent.gates import Gate, gate, settings, until
from tests.gates.agent.http import free_port
from tests.gates.agent.standin import StandIn, stand_in

GATE = """
[mqtt]
host = "127.0.0.1"
port = {port}
[cameras.garage]
device = "frigate"
topic = "frigate/tracked_object_update"
frigate_camera = "garage"
direction = "ENTRY"
barrier = "relay"
[barriers.relay]
kind = "mqtt"
topic = "gate/set"
position_topic = "gate/boom"
position_seconds = 5
"""


@asynccontextmanager
async def broker(port: int) -> AsyncIterator[Broker]:
    listener = {"type": "tcp", "bind": f"127.0.0.1:{port}"}
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    one = Broker({"listeners": {"default": listener}, "plugins": plugins})
    await one.start()
    try:
        yield one
    finally:
        await one.shutdown()


@asynccontextmanager
async def at_a_broker(folder: Path, port: int) -> AsyncIterator[tuple[Gate, StandIn]]:
    async with stand_in(folder, "SPG123") as server:
        configured = settings(folder, server.url, server.url, GATE.format(port=port), barrier="boom")
        async with gate(configured) as it:
            assert it.agent.broker
            yield it, server


def seen(plate: str, camera: str = "garage") -> str:
    update = {"type": "lpr", "id": f"car-{plate}", "camera": camera, "plate": plate, "score": 0.9}
    return json.dumps({**update, "timestamp": asyncio.get_running_loop().time()})


async def test_frigate_sees_a_car_and_a_relay_opens(tmp_path: Path) -> None:
    port = free_port()
    async with broker(port), aiomqtt.Client("127.0.0.1", port) as device, at_a_broker(tmp_path, port) as (it, server):
        assert it.agent.broker
        await it.agent.broker.connected.wait()
        await device.subscribe("gate/set")
        await device.publish("frigate/tracked_object_update", seen("SPG123"))
        message = await anext(aiter(device.messages))
        assert json.loads(bytes(message.payload)) == {"open": True}
        assert message.retain is False
        await device.publish("gate/boom", "open", qos=1)
        await until(lambda: "POSITION_CONFIRMED" in {state for _, state in server.acks})
        assert "RELAY_ACKED" not in {state for _, state in server.acks}
        await device.publish("frigate/tracked_object_update", seen("SPG123", "street"), qos=1)
        await device.publish("frigate/tracked_object_update", b"\xff", qos=1)
        await device.publish("frigate/tracked_object_update", seen("XY9"), qos=1)
        await until(lambda: len(it.decisions) == 2)


async def test_a_broker_that_is_away_gets_no_pulse_later(tmp_path: Path) -> None:
    port = free_port()
    async with at_a_broker(tmp_path, port) as (it, server):
        body = b'{"type": "lpr", "id": "car", "camera": "garage", "plate": "SPG123", "score": 0.9}'
        await it.agent.reception.take("garage", body, "application/json")
        await until(lambda: "TIMED_OUT" in {state for _, state in server.acks})
        async with broker(port), aiomqtt.Client("127.0.0.1", port) as device:
            assert it.agent.broker
            await device.subscribe("gate/#")
            await it.agent.broker.connected.wait()
            with suppress(TimeoutError):
                message = await asyncio.wait_for(anext(aiter(device.messages)), 0.5)
                pytest.fail(f"a pulse came late on {message.topic}")
