"""A plain webhook: one POST opens."""

import aiohttp
import orjson

from parkgraph.gates.agent.barriers.barrier import BarrierFault
from parkgraph.gates.agent.barriers.position import Position


class Webhook:
    """`{"open": true, "pulseSeconds": 1.0}` by POST; any 2xx says that it was heard."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        pulse_seconds: float,
        position: Position | None,
        credentials: aiohttp.BasicAuth | None,
    ) -> None:
        self._session = session
        self._url = url
        self._body = orjson.dumps({"open": True, "pulseSeconds": pulse_seconds})
        self._position = position
        self._credentials = credentials

    async def pulse(self, seconds: float) -> bool:
        try:
            async with self._session.post(
                self._url,
                data=self._body,
                headers={"Content-Type": "application/json"},
                auth=self._credentials,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as response:
                if not 200 <= response.status < 300:
                    raise BarrierFault(f"HTTP {response.status}")
        except (TimeoutError, aiohttp.ClientError, OSError) as fault:
            raise BarrierFault(type(fault).__name__) from None
        return True

    async def is_open(self) -> bool | None:
        return self._position.is_open if self._position else None
