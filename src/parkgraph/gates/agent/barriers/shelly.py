"""Shelly Gen2 and newer: a relay with RPC over HTTP. The boom's limit switch may be wired to one of its inputs."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from parkgraph.gates.agent.barriers.barrier import BarrierFault


class Shelly:
    """`Switch.Set` with `toggle_after` and never `Switch.Toggle`: told twice it does the same as told once."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        switch: int,
        pulse_seconds: float,
        position_input: int | None,
        password: str | None,
        username: str = "admin",
    ) -> None:
        self._session = session
        self._rpc = f"{url.rstrip('/')}/rpc"
        self._switch = switch
        self._pulse_seconds = pulse_seconds
        self._input = position_input
        self._digest = (aiohttp.DigestAuthMiddleware(username, password),) if password else ()

    async def pulse(self, seconds: float) -> bool:
        told = {"id": self._switch, "on": True, "toggle_after": self._pulse_seconds}
        answer = await self._call("Switch.Set", told, seconds)
        if not isinstance(answer.get("was_on"), bool):
            raise BarrierFault("the relay answers otherwise than Switch.Set does")
        return True

    async def is_open(self) -> bool | None:
        if self._input is None:
            return None
        state = (await self._call("Input.GetStatus", {"id": self._input}, 2)).get("state")
        return state if isinstance(state, bool) else None

    async def _call(self, method: str, parameters: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        try:
            async with self._session.post(
                f"{self._rpc}/{method}",
                data=orjson.dumps(parameters),
                headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
                middlewares=self._digest,
            ) as response:
                content = await response.content.read(10_000)
                if response.status != 200:
                    raise BarrierFault(f"HTTP {response.status}")
                answer = orjson.loads(content)
        except (TimeoutError, aiohttp.ClientError, OSError, orjson.JSONDecodeError) as fault:
            raise BarrierFault(type(fault).__name__) from None
        if not isinstance(answer, dict):
            raise BarrierFault("no JSON object")
        return answer
