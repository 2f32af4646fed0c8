"""A relay that listens to a broker."""

from parkgraph.gates.agent.barriers.barrier import BarrierFault
from parkgraph.gates.agent.barriers.position import Position
from parkgraph.gates.agent.broker import Broker, BrokerAway


class MqttBarrier:
    """One message opens. That the broker has it says nothing of the relay: only a position confirms it."""

    def __init__(self, broker: Broker, topic: str, payload: str, position: Position | None) -> None:
        self._broker = broker
        self._topic = topic
        self._payload = payload
        self._position = position

    async def pulse(self, seconds: float) -> bool:
        try:
            await self._broker.publish(self._topic, self._payload, seconds)
        except BrokerAway as fault:
            raise BarrierFault(str(fault)) from None
        return False

    async def is_open(self) -> bool | None:
        return self._position.is_open if self._position else None
