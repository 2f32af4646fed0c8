"""Asking search networks inside a query: all at once, each under the query's deadline."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from parkgraph.domain.geo import Area
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.network import Network, Part
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.refresh import checked
from parkgraph.networks.reports import Code, SourceReport, SourceStatus, status_without_data
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.contract import SearchAdapter


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What one network answered; `batch` is None where it was not asked or failed."""

    network: Network
    batch: Batch[Listing] | None
    report: SourceReport


Seen = Callable[[Network, Batch[Listing]], asyncio.Task[None] | None]
"""Told of each answer; gives the task that makes its news known, if there are any."""


class Searches:
    """The search networks among `networks`."""

    def __init__(
        self,
        networks: Sequence[Network],
        gateways: dict[str, Gateway],
        seen: Seen,
        clock: Callable[[], datetime],
        observer: Observer = nobody,
    ) -> None:
        self._networks = [
            (network, network.adapter) for network in networks if isinstance(network.adapter, SearchAdapter)
        ]
        self._gateways = gateways
        self._seen = seen
        self._clock = clock
        self._observer = observer

    async def search(self, area: Area, stay: Stay | None, vehicle: Vehicle, deadline: float) -> Sequence[SearchAnswer]:
        """One answer for each search network within `deadline` seconds."""
        ends = asyncio.get_running_loop().time() + deadline
        return await asyncio.gather(
            *(
                self._call(network, ends, partial(adapter.search, area, stay, vehicle))
                if (report := self._without_call(network, area, stay)) is None
                else _uncalled(network, report)
                for network, adapter in self._networks
            )
        )

    async def _call(
        self, network: Network, ends: float, search: Callable[[], Awaitable[Batch[Listing]]]
    ) -> SearchAnswer:
        clock = asyncio.get_running_loop().time
        answer = await self._gateways[network.id].call(lambda: checked(search(), Listing), ends - clock())
        self._observer(network, Part.SEARCH, answer)
        now, batch = self._clock(), answer.value
        if batch is None:
            code = answer.code or Code.UNEXPECTED
            network.failed(Part.SEARCH, now, code, answer.message, answer.retry_after)
            report = SourceReport(network, status_without_data(code), answer.latency_ms, code=code)
            return SearchAnswer(network, None, report)
        network.succeeded(Part.SEARCH, now)
        if news := self._seen(network, batch):
            await asyncio.wait({news}, timeout=max(0.0, ends - clock()))
        return SearchAnswer(network, batch, _fresh(network, answer.latency_ms, batch))

    def _without_call(self, network: Network, area: Area, stay: Stay | None) -> SourceReport | None:
        """Why the network is not asked, if so."""
        if not network.covers(area):
            return SourceReport(network, SourceStatus.NOT_COVERED)
        if network.info.needs_stay and stay is None:
            return SourceReport(network, SourceStatus.NEEDS_STAY)
        if network.is_denied:
            return SourceReport(network, SourceStatus.FAILED, code=Code.DENIED)
        if network.patience(self._clock()):
            return SourceReport(network, SourceStatus.RATE_LIMITED, code=Code.RATE_LIMITED)
        return None


async def _uncalled(network: Network, report: SourceReport) -> SearchAnswer:
    return SearchAnswer(network, None, report)


def _fresh(network: Network, latency_ms: int, batch: Batch[Listing]) -> SourceReport:
    return SourceReport(
        network,
        SourceStatus.FRESH,
        latency_ms=latency_ms,
        as_of=batch.as_of,
        listings=len(batch.items),
        code=None if batch.complete else Code.INCOMPLETE,
    )
