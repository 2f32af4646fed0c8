"""Asking one network inside of queries: from memory where an answer holds, and each question once at a time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final, Generic, NamedTuple, TypeVar

from parkgraph import tracing
from parkgraph.networks.flights import Flight, SingleFlight, landed
from parkgraph.networks.gateway import Answer, Gateway
from parkgraph.networks.memory import Kept, Kind, Memory
from parkgraph.networks.network import Network, Part
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.reports import Code, SourceReport, SourceStatus, status_without_data

T = TypeVar("T")

PATIENCE: Final = timedelta(seconds=5)
"""For a network that asks for patience and does not say for how long."""

News = asyncio.Task[None] | None
"""The task that makes known what is new, where anything is."""


class Reuse(StrEnum):
    """Where the answer to a question came from: memory (HIT, or STALE and asked again), another query that was asking
    the same (JOINED), or the network (MISS).
    """

    HIT = "hit"
    STALE = "stale"
    JOINED = "joined"
    MISS = "miss"


class Reply(NamedTuple, Generic[T]):
    """The answer to one question, or the code of why there is none. `at`: when the network gave it."""

    value: T | None
    status: SourceStatus
    code: Code | None = None
    latency_ms: int = 0
    at: datetime | None = None
    news: News = None

    def report(self, network: Network) -> SourceReport:
        """Of the network's part in an answer."""
        return SourceReport(network, self.status, self.latency_ms, code=self.code, fetched_at=self.at)


class _Landed(NamedTuple, Generic[T]):
    """`at`: when, and `landed_at` by the loop's clock. `whole_until`: before this instant no offer is over."""

    answer: Answer[T]
    at: datetime
    landed_at: float
    whole_until: datetime | None = None
    news: News = None


class Pending(NamedTuple, Generic[T]):
    """A question whose answer is under way: its `flight` is to be waited for. `began`: by the loop's clock."""

    question: Hashable
    flight: Flight[_Landed[T]]
    began: float


class Questions(Generic[T]):
    """One network, and one kind of question. Exactly equal questions share their answers; no question is rounded.

    A fresh answer is served from memory. A stale one is served while the network is asked once more behind the scenes,
    if none of its offers is over; if one is, the network is waited for, and what is left of the answer stands in where
    that fails. Where the licence forbids storing, answers are kept for as long as they hold and no longer.
    """

    def __init__(
        self,
        network: Network,
        part: Part,
        kind: Kind[T],
        gateway: Gateway,
        clock: Callable[[], datetime],
        observer: Observer = nobody,
        took: Callable[[T], News] = lambda _: None,
    ) -> None:
        self.network = network
        self.tally: Counter[Reuse] = Counter()
        self.part = part
        self._gateway = gateway
        self._clock = clock
        self._observer = observer
        self._took = took
        self._memory = Memory(kind, network.info.search_max_age, clock, may_stand_in=network.info.may_store)
        self._flights: SingleFlight[Hashable, _Landed[T]] = SingleFlight()

    async def ask(self, question: Hashable, call: Callable[[], Awaitable[T]], ends: float) -> Reply[T]:
        """The reply by the instant `ends` of the loop's clock. `call` asks the network this question."""
        begun = self.begin(question, call, ends)
        if isinstance(begun, Reply):
            return begun
        await landed([begun.flight], ends)
        return self.reply(begun)

    def begin(self, question: Hashable, call: Callable[[], Awaitable[T]], ends: float) -> Reply[T] | Pending[T]:
        """The reply, where nothing need be waited for; else what is, after which there is a `reply`."""

        def fly() -> asyncio.Future[_Landed[T]]:
            return self._fly(question, call, ends)

        now = self._clock()
        kept = self._memory.find(question)
        if kept and now < kept.fresh_until:
            self.tally[Reuse.HIT] += 1
            return Reply(kept.value, SourceStatus.CACHED, at=kept.at)
        is_asked = question in self._flights
        code = None if is_asked else self.network.turned_away(now)
        if kept and not self._memory.has_ended(kept.value, now):
            if code is None and not is_asked and self._gateway.is_open:
                code = Code.CIRCUIT_OPEN
            if code is None:
                self._flights.detach(question, fly, ends)
            return self._stand_in(kept, code or kept.code or Code.REVALIDATING)
        if code:
            return self._without(question, code)
        self.tally[Reuse.JOINED if is_asked else Reuse.MISS] += 1
        return Pending(question, self._flights.board(question, fly, ends), asyncio.get_running_loop().time())

    def reply(self, pending: Pending[T]) -> Reply[T]:
        """To a question that was waited for: the network's answer, or what stands in for it."""
        landed = pending.flight.brought
        if landed is None:
            latency_ms = _ms(asyncio.get_running_loop().time() - pending.began)
            return self._without(pending.question, Code.TIMED_OUT, latency_ms)
        latency_ms = _ms(max(0.0, landed.landed_at - pending.began))
        value = landed.answer.value
        if value is None:
            return self._without(pending.question, landed.answer.code or Code.TIMED_OUT, latency_ms)
        now = self._clock()
        if landed.whole_until is None or landed.whole_until <= now:
            value = self._memory.valid(value, now)
        return Reply(value, SourceStatus.FRESH, None, latency_ms, landed.at, landed.news)

    async def aclose(self) -> None:
        """End what is being asked."""
        await self._flights.aclose()

    def _without(self, question: Hashable, code: Code, latency_ms: int = 0) -> Reply[T]:
        """Where the network gave no answer, for this reason."""
        if kept := self._memory.find(question):
            return self._stand_in(kept, code, latency_ms)
        return Reply(None, status_without_data(code), code, latency_ms)

    def _fly(self, question: Hashable, call: Callable[[], Awaitable[T]], ends: float) -> asyncio.Future[_Landed[T]]:
        if tracing.is_on():
            return asyncio.create_task(self._traced(question, call, ends))
        left = ends - asyncio.get_running_loop().time()
        return self._gateway.begin(call, left, partial(self._conclude, question))

    async def _traced(self, question: Hashable, call: Callable[[], Awaitable[T]], ends: float) -> _Landed[T]:
        with tracing.call(self.network.id, self.part) as span:
            left = ends - asyncio.get_running_loop().time()
            landed = await self._gateway.begin(call, left, partial(self._conclude, question))
            if landed.answer.code:
                span.failed(landed.answer.code)
        return landed

    def _conclude(self, question: Hashable, answer: Answer[T]) -> _Landed[T]:
        """The network has answered, or has not: all who have to know of it are told."""
        self._observer(self.network, self.part, answer)
        now, landed_at = self._clock(), asyncio.get_running_loop().time()
        if answer.value is None:
            code = answer.code or Code.UNEXPECTED
            self._memory.failed(question, code)
            if not answer.was_refused:
                patience = (answer.retry_after or PATIENCE) if code is Code.RATE_LIMITED else None
                self.network.failed(Part.SEARCH, now, code, answer.message, patience)
            return _Landed(answer, now, landed_at)
        self.network.succeeded(Part.SEARCH, now)
        whole_until = self._memory.keep(question, answer.value, now)
        return _Landed(answer, now, landed_at, whole_until, self._took(answer.value))

    def _stand_in(self, kept: Kept[T], code: Code, latency_ms: int = 0) -> Reply[T]:
        self.tally[Reuse.STALE] += 1
        value = self._memory.valid(kept.value, self._clock())
        return Reply(value, SourceStatus.STALE, code, latency_ms, kept.at)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
