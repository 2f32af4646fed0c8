"""The barriers and the broker of a configuration, built."""

from collections.abc import Mapping

import aiohttp

from parkgraph.gates.agent.barriers.barrier import Barrier
from parkgraph.gates.agent.barriers.mqtt import MqttBarrier
from parkgraph.gates.agent.barriers.position import Position
from parkgraph.gates.agent.barriers.shelly import Shelly
from parkgraph.gates.agent.barriers.webhook import Webhook
from parkgraph.gates.agent.broker import Broker, Handler
from parkgraph.gates.agent.look import Unreadable
from parkgraph.gates.agent.reception import Reception
from parkgraph.gates.agent.settings import BarrierSettings, GateSettings
from parkgraph.gates.agent.store import StoreBroken, StoreFull


def barrier(
    settings: BarrierSettings, session: aiohttp.ClientSession, broker: Broker | None, position: Position
) -> Barrier:
    """What `[barriers.<name>]` describes."""
    told = position if settings.position_topic or settings.position_token else None
    password = settings.password.get_secret_value() if settings.password else None
    match settings.kind:
        case "shelly":
            assert settings.url
            return Shelly(
                session,
                settings.url,
                settings.switch,
                settings.pulse_seconds,
                settings.position_input,
                password,
                settings.username or "admin",
            )
        case "webhook":
            assert settings.url
            credentials = aiohttp.BasicAuth(settings.username, password or "") if settings.username else None
            return Webhook(session, settings.url, settings.pulse_seconds, told, credentials)
        case "mqtt":
            assert settings.topic
            assert broker
            return MqttBarrier(broker, settings.topic, settings.payload, told)


def handlers(
    settings: GateSettings, reception: Reception, positions: Mapping[str, Position]
) -> dict[str, list[Handler]]:
    """What is done about a message of each topic."""
    found: dict[str, list[Handler]] = {}
    for name, camera in settings.cameras.items():
        if camera.topic is not None:
            found.setdefault(camera.topic, []).append(_of_camera(reception, name))
    for name, each in settings.barriers.items():
        if each.position_topic is not None:
            found.setdefault(each.position_topic, []).append(_of_position(positions[name], each.position_open))
    return found


def _of_camera(reception: Reception, name: str) -> Handler:
    async def handle(payload: bytes) -> None:
        try:
            await reception.take(name, payload, "application/json")
        except (Unreadable, StoreFull, StoreBroken):
            return  # counted, logged, and a broker takes no answer

    return handle


def _of_position(position: Position, is_open: str) -> Handler:
    async def handle(payload: bytes) -> None:
        position.is_open = payload.decode(errors="replace").strip() == is_open

    return handle
