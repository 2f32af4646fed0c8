"""The MQTT broker: messages of cameras come in, pulses go out. Needs `parkgraph[gate]`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from parkgraph.gates.agent.backoff import pause
from parkgraph.gates.agent.settings import MqttSettings
from parkgraph.start_error import StartError

log = structlog.get_logger(__name__)

Handler = Callable[[bytes], Awaitable[None]]


class BrokerAway(Exception):
    """There is no connection. What was to be published is not kept for later: a late pulse opens for nobody."""


class BrokerMissing(StartError):
    """The MQTT library is not installed; the sentence says what to do."""


class Broker:
    """One connection, made again whenever it is lost. `run` keeps it; handlers are called one message at a time."""

    def __init__(self, settings: MqttSettings, handlers: dict[str, list[Handler]]) -> None:
        try:
            import aiomqtt
        except ImportError:
            raise BrokerMissing("[mqtt] needs its library: pip install 'parkgraph[gate]'") from None
        self._library = aiomqtt
        self._settings = settings
        self._handlers = handlers
        self._client: Any = None
        self.connected = asyncio.Event()

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                async with self._library.Client(**self._options()) as client:
                    for topic in self._handlers:
                        await client.subscribe(topic, qos=1)
                    self._client, failures = client, 0
                    self.connected.set()
                    log.info("broker_connected")
                    async for message in client.messages:
                        await self._handle(str(message.topic), bytes(message.payload or b""))
            except self._library.MqttError:
                if self.connected.is_set() or failures == 0:
                    log.warning("broker_away")
            finally:
                self._client = None
                self.connected.clear()
            await asyncio.sleep(pause(failures + 1))
            failures += 1

    async def publish(self, topic: str, payload: str, seconds: float) -> None:
        """At once or not at all. QoS 0 and not retained: no broker keeps it for a relay that comes back later.

        Raises BrokerAway.
        """
        if self._client is None:
            raise BrokerAway("no connection to the broker")
        try:
            await self._client.publish(topic, payload, qos=0, retain=False, timeout=seconds)
        except self._library.MqttError:
            raise BrokerAway("the broker did not take it") from None

    async def _handle(self, topic: str, payload: bytes) -> None:
        for pattern, handlers in self._handlers.items():
            if self._library.Topic(topic).matches(pattern):
                for handler in handlers:
                    await handler(payload)

    def _options(self) -> dict[str, Any]:
        password = self._settings.password
        return {
            "hostname": self._settings.host,
            "port": self._settings.port,
            "username": self._settings.username,
            "password": password.get_secret_value() if password else None,
            "tls_params": self._library.TLSParameters() if self._settings.tls else None,
            "timeout": 10,
        }
