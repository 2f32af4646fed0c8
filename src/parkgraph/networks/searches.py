"""Asking search networks inside a query: all at once, each under the query's deadline."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from parkgraph.domain.geo import Area
from parkgraph.domain.place import Listing
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.flights import landed
from parkgraph.networks.found import Found
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.memory import OFFERS, OfSearches
from parkgraph.networks.network import Network, Part
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.questions import News, Pending, Questions, Reply
from parkgraph.networks.quotes import check_each
from parkgraph.networks.refresh import all_are, checked
from parkgraph.networks.reports import Code, SourceReport, SourceStatus
from parkgraph.networks.tasks import ended
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.contract import SearchAdapter


class SearchAnswer(NamedTuple):
    """What one network answered, by when (None: it was not asked); `batch` is None where it was not asked or failed,
    and nothing is remembered.
    """

    network: Network
    batch: Batch[Listing] | None
    status: SourceStatus
    code: Code | None = None
    latency_ms: int = 0
    at: datetime | None = None

    @property
    def report(self) -> SourceReport:
        """The network's part in the answer."""
        network, batch, status, code, latency_ms, at = self
        if batch is None:
            return SourceReport(network, status, latency_ms, code=code, fetched_at=at)
        code = code or (None if batch.complete else Code.INCOMPLETE)
        return SourceReport(network, status, latency_ms, batch.as_of, len(batch.items), code, at)


Seen = Callable[[Network, Batch[Listing]], News]
"""Told of each answer; gives the task that makes its news known, if there are any."""


def nothing() -> None:
    """Is to be done."""


class Searches:
    """The search networks among `networks`."""

    def __init__(
        self,
        networks: Sequence[Network],
        gateways: Mapping[str, Gateway],
        seen: Seen,
        clock: Callable[[], datetime],
        observer: Observer = nobody,
    ) -> None:
        self._asked: dict[str, tuple[SearchAdapter[Any], Questions[Batch[Listing]]]] = {
            network.id: (
                network.adapter,
                Questions(
                    network, Part.SEARCH, OfSearches(), gateways[network.id], clock, observer, partial(seen, network)
                ),
            )
            for network in networks
            if isinstance(network.adapter, SearchAdapter)
        }
        self._kept_contract: dict[str, Batch[Listing]] = {}
        self._found = {
            questions.network.id: Found(questions.network.info.search_max_age, clock) for questions in self.questions
        }

    @property
    def questions(self) -> Sequence[Questions[Batch[Listing]]]:
        """Those of each network."""
        return [questions for _, questions in self._asked.values()]

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self._asked)

    def searches(self, network_id: str) -> bool:
        """Whether this network can be asked."""
        return network_id in self._asked

    def found(self, network_id: str) -> Found:
        """What its answers said of single listings. Raises KeyError."""
        return self._found[network_id]

    async def search(
        self,
        area: Area,
        stay: Stay | None,
        vehicle: Vehicle,
        deadline: float,
        meanwhile: Callable[[], object] = nothing,
    ) -> Sequence[SearchAnswer]:
        """One answer for each search network within `deadline` seconds.

        `meanwhile` is called when all are asked, where any is waited for.
        """
        return await self._search(self._asked, _Question(area, stay, vehicle), deadline, meanwhile)

    async def search_one(
        self, network_id: str, area: Area, stay: Stay | None, vehicle: Vehicle, deadline: float
    ) -> SearchAnswer:
        """The answer of one network within `deadline` seconds. Raises KeyError."""
        (answer,) = await self._search([network_id], _Question(area, stay, vehicle), deadline)
        return answer

    async def aclose(self) -> None:
        """End what is being asked."""
        for questions in self.questions:
            await questions.aclose()

    async def _search(
        self,
        network_ids: Collection[str],
        question: "_Question",
        deadline: float,
        meanwhile: Callable[[], object] = nothing,
    ) -> Sequence[SearchAnswer]:
        """All are asked, then all waited for at once, and then for what is new of it."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + deadline
        begun = {network_id: self._begin(network_id, question, ends) for network_id in network_ids}
        if flights := [each.flight for each in begun.values() if isinstance(each, Pending)]:
            loop.call_soon(meanwhile)  # behind the first steps of the calls, which send what they ask
            await landed(flights, ends)
        replies = {
            network_id: self._asked[network_id][1].reply(each) if isinstance(each, Pending) else each
            for network_id, each in begun.items()
        }
        if news := [each.news for each in replies.values() if each.news]:
            await ended(news, max(0.0, ends - loop.time()))
        return [
            SearchAnswer(
                self._asked[network_id][1].network, each.value, each.status, each.code, each.latency_ms, each.at
            )
            for network_id, each in replies.items()
        ]

    def _begin(
        self, network_id: str, question: "_Question", ends: float
    ) -> "Reply[Batch[Listing]] | Pending[Batch[Listing]]":
        adapter, questions = self._asked[network_id]
        area, stay, vehicle = question.area, question.stay, question.vehicle
        if not questions.network.covers(area):
            return Reply(None, SourceStatus.NOT_COVERED)
        if questions.network.info.needs_stay and stay is None:
            return Reply(None, SourceStatus.NEEDS_STAY)

        async def ask() -> Batch[Listing]:
            batch = self._checked(network_id, await adapter.search(area, stay, vehicle))
            if stay is not None:
                self._found[network_id].note(batch, stay, vehicle)
            return batch

        return questions.begin(question, ask, ends)

    def _checked(self, network_id: str, answer: object) -> Batch[Listing]:
        """The answer, if it keeps the contract, else raises TypeError. The very batch of before did."""
        if answer is self._kept_contract.get(network_id):
            assert isinstance(answer, Batch)
            return answer
        batch = checked(answer, Listing)
        if not all_are(tuple, map(OFFERS, batch.items)):
            raise TypeError("the offers of a listing are not a tuple")
        check_each(tuple(chain.from_iterable(map(OFFERS, batch.items))))
        self._kept_contract[network_id] = batch
        return batch


@dataclass(frozen=True, slots=True)
class _Question:
    """What all of them are asked. Each looks it up several times, so its hash is worked out once."""

    area: Area
    stay: Stay | None
    vehicle: Vehicle
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.area, self.stay, self.vehicle)))

    def __hash__(self) -> int:
        return self._hash
