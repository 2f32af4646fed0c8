"""Tells the server what became of its commands, until it has heard."""

import asyncio
from datetime import UTC, datetime

import structlog

from parkgraph.gates.agent import commands
from parkgraph.gates.agent.backoff import pause
from parkgraph.gates.agent.commands import Standing as Command
from parkgraph.gates.agent.documents import ACKNOWLEDGE
from parkgraph.gates.agent.store import Store, StoreBroken, StoreFull
from parkgraph.gates.agent.uplink import Answer, Refusal, Uplink

log = structlog.get_logger(__name__)

_SECONDS = 10.0


class Acknowledger:
    """One state after another; where a command went on in the meantime, its latest is told."""

    def __init__(self, store: Store, uplink: Uplink, gate_id: str) -> None:
        self._store = store
        self._uplink = uplink
        self._gate_id = gate_id
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    async def run(self) -> None:
        failures = 0
        while True:
            self._news.clear()
            try:
                waiting = await self._store.run(commands.to_acknowledge)
                told = [await self._tell(command) for command in waiting]
            except (StoreFull, StoreBroken):
                told = [False]
            if not all(told):
                failures += 1
                await asyncio.sleep(pause(failures))
            elif told:
                failures = 0
            else:
                await self._news.wait()

    async def _tell(self, command: Command) -> bool:
        told = {
            "gateId": self._gate_id,
            "commandId": command.command_id,
            "state": command.state.value,
            "observedAt": datetime.fromtimestamp(command.at, UTC).isoformat(),
            "laneId": command.lane,
        }
        outcome = await self._uplink.ask(ACKNOWLEDGE, "acknowledgeBarrierCommand", {"input": told}, _SECONDS)
        is_over = isinstance(outcome, Answer) or (
            isinstance(outcome, Refusal) and not outcome.retryable and not outcome.is_locked_out
        )
        if isinstance(outcome, Refusal) and is_over:
            log.error("acknowledgement_refused", command=command.command_id, code=outcome.code)
        if is_over:
            await self._store.run(lambda connection: commands.acknowledged(connection, command), reserve=True)
        return is_over
