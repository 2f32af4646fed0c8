"""The numbers of one server, for Prometheus. docs/operations.md has every metric."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate
from platform import python_version
from typing import Any, Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from parkgraph.api.errors import ErrorCode
from parkgraph.api.masking import GRAPHQL_PATH
from parkgraph.api.outcome import Outcome
from parkgraph.networks.breaker import CircuitState
from parkgraph.networks.gateway import Answer
from parkgraph.networks.network import Network, NetworkStatus, Part
from parkgraph.networks.questions import Reuse
from parkgraph.networks.service import Networks

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

NAMED_OPERATIONS: Final = 100
"""Operations that have figures of their own; a client that invents names must not fill the memory with them."""

INVALID: Final = "(invalid)"
ANONYMOUS: Final = "(anonymous)"
OTHER: Final = "(other)"
"""No name of an operation looks like these."""

_NAME: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}")
_CALL_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2.5, 5, 10, 30, 60)
_OPERATION_SECONDS: Final = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2.5, 5, 10)
_UNAVAILABLE: Final = 503
_REFUSALS: Final = {429: "rate_limited", _UNAVAILABLE: "overloaded"}
_TURNED_AWAY: Final = Outcome(codes=(ErrorCode.UNAVAILABLE,))

# Else there is a second series beside each counter, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """Counts what it is told, and reads the networks when it is asked. Each has a registry of its own."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._labels = OperationLabels()
        self._calls = self._counter(
            "network_calls", "Calls to a network by their outcome", "network", "part", "outcome"
        )
        self._call_seconds = self._histogram(
            "network_call_seconds", "How long calls to a network took", _CALL_SECONDS, "network", "part"
        )
        self._refusals = self._counter(
            "network_calls_refused", "Calls to a network that were not made", "network", "part", "reason"
        )
        self._bookings = self._counter("bookings", "Bookings by what came of them", "network", "action", "outcome")
        self._passages = self._counter("gate_passages", "Vehicles that a gate asked about", "decision", "reason")
        self._passage_seconds = self._histogram(
            "gate_passage_seconds", "How long it took to decide", _OPERATION_SECONDS
        )
        self._gate_events = self._counter("gate_events", "Events that gates sent afterwards", "status")
        self._gates = self._gauge("gates", "Gates, by whether they are heard of; of the process that leads", "state")
        self._gate_cases = self._gauge(
            "gate_oldest_case_seconds", "How long the oldest case of a kind has waited for a person", "kind"
        )
        self._gate_waiting = self._gauge(
            "gate_events_waiting", "Events that the server does not have, by the last heartbeats", "where"
        )
        self._operations = _Counts("graphql_operations", "GraphQL operations by their outcome", "operation", "outcome")
        self._operation_seconds = _Seconds(
            "graphql_operation_seconds", "How long GraphQL operations took", _OPERATION_SECONDS, "operation"
        )
        self._errors = self._counter("graphql_errors", "Errors in GraphQL answers by their code", "code")
        self._requests = _Counts("http_requests", "Answered HTTP requests", "path", "status")
        for each in (self._operations, self._operation_seconds, self._requests):
            self.registry.register(each)
        self._refused = self._counter("http_refused", "GraphQL requests refused before any work", "reason")
        self.in_flight = 0
        """HTTP requests being answered: counted by the one thread that answers them."""
        self._gauge("http_in_flight", "HTTP requests being answered").set_function(lambda: self.in_flight)
        self._errors_of = _Children(self._errors)
        self._refused_of = _Children(self._refused)
        self._calls_of = _Children(self._calls)
        self._call_seconds_of = _Children(self._call_seconds)
        build = self._gauge("build_info", "1, labelled with the versions of ParkGraph and Python", "version", "python")
        build.labels(version, python_version()).set(1)
        for reason in _REFUSALS.values():
            self._refused.labels(reason)
        ProcessCollector(registry=self.registry)

    def know(self, operations: Iterable[str]) -> None:
        """These operations have figures of their own, whatever clients ask."""
        self._labels.know(operations)

    def watch(self, networks: Networks, places: Callable[[], int]) -> None:
        """Show these networks, and the number of places made of them. Once."""
        self.registry.register(_NetworksCollector(networks, places))

    def execute(self, executions: Callable[[], Mapping[str, int]]) -> None:
        """Show how many operations were executed in which way. Once."""
        self.registry.register(_ExecutionsCollector(executions))

    def asked(self, network: Network, part: Part, answer: Answer[Any]) -> None:
        """A call to a network has ended, or was refused."""
        if answer.was_refused:
            self._refusals.labels(network.id, part, answer.code).inc()
            return
        self._calls_of[network.id, part, answer.code or "OK"].inc()
        self._call_seconds_of[network.id, part].observe(answer.latency_ms / 1000)

    def booked(self, network: str, action: str, outcome: str) -> None:
        """Something came of asking to book or to cancel, or of looking after what was lost."""
        self._bookings.labels(network, action, outcome).inc()

    def passed(self, decision: str, reason: str, seconds: float) -> None:
        """A vehicle at a gate was decided about."""
        self._passages.labels(decision, reason).inc()
        self._passage_seconds.observe(seconds)

    def recorded(self, status: str) -> None:
        """An event of a gate was kept, or was not."""
        self._gate_events.labels(status).inc()

    def counted(
        self, gates: Mapping[str, int], oldest_cases: Mapping[str, float], backlog: int, dead_letters: int
    ) -> None:
        """All gates were looked at."""
        for state, number in gates.items():
            self._gates.labels(state).set(number)
        for kind, seconds in oldest_cases.items():
            self._gate_cases.labels(kind).set(seconds)
        self._gate_waiting.labels("backlog").set(backlog)
        self._gate_waiting.labels("dead_letters").set(dead_letters)

    def not_counting(self) -> None:
        """Another process looks at them."""
        for each in (self._gates, self._gate_cases, self._gate_waiting):
            each.clear()

    def tally(self, path: str, status: int, outcome: Outcome | None) -> "Tally":
        """Where HTTP requests are counted that end so, and what they asked, if that was GraphQL; as refused too where
        the status is a refusal. `path` is one of the server's own, or OTHER.
        """
        requests = self._requests.of(path, status)
        if outcome is None:
            return Tally((requests,))
        operation = self._labels.label(outcome)
        counters = [self._errors_of[code,] for code in outcome.codes]
        if reason := _REFUSALS.get(status):
            counters.append(self._refused_of[reason,])
        operations = self._operations.of(operation, word_of(outcome))
        return Tally((requests, operations), self._operation_seconds.of(operation), counters)

    def turned_away(self) -> None:
        """A GraphQL request was refused since the server is full, before the application heard of it."""
        self._turned_away.add(0.0)

    @cached_property
    def _turned_away(self) -> "Tally":
        return self.tally(GRAPHQL_PATH, _UNAVAILABLE, _TURNED_AWAY)

    def exposition(self) -> bytes:
        """All of it, as Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"parkgraph_{name}_total", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"parkgraph_{name}", words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"parkgraph_{name}", words, labels, buckets=buckets, registry=self.registry)


class _Children(dict[tuple[object, ...], Any]):
    """Of a metric, by their labels, which are few: the library takes longer to look one up than to count."""

    def __init__(self, metric: Counter | Histogram) -> None:
        super().__init__()
        self._metric = metric

    def __missing__(self, labels: tuple[object, ...]) -> Counter | Histogram:
        child = self[labels] = self._metric.labels(*labels)
        return child


class _Count:
    """How many there were."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0


class _Times:
    """How many took so long, by the bounds of buckets, each of which holds its bound; and how long all of them did."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


class Tally:
    """Where requests are counted that ended alike."""

    __slots__ = ("_counters", "_counts", "_times")

    def __init__(self, counts: Sequence[_Count], times: _Times | None = None, counters: Sequence[Counter] = ()) -> None:
        self._counts = counts
        self._times = times
        self._counters = counters

    def add(self, seconds: float) -> None:
        """One more, which took so long."""
        for count in self._counts:
            count.number += 1
        if self._times:
            self._times.observe(seconds)
        for counter in self._counters:
            counter.inc()


class _Counts(Collector):
    """A counter of every request, by its labels. The library makes ten calls to count one."""

    def __init__(self, name: str, words: str, *labels: str) -> None:
        self._describe = f"parkgraph_{name}", words, labels
        self._counts: defaultdict[tuple[object, ...], _Count] = defaultdict(_Count)

    def of(self, *labels: object) -> _Count:
        return self._counts[labels]

    def collect(self) -> Iterator[Metric]:
        name, words, labels = self._describe
        family = CounterMetricFamily(name, words, labels=labels)
        for values, count in self._counts.items():
            family.add_metric([str(value) for value in values], count.number)
        yield family


class _Seconds(Collector):
    """A histogram of every request, by one label, likewise."""

    def __init__(self, name: str, words: str, bounds: Sequence[float], label: str) -> None:
        self._describe = f"parkgraph_{name}", words, (label,)
        self._bounds = bounds
        self._times: dict[str, _Times] = {}

    def of(self, label: str) -> _Times:
        return self._times.setdefault(label, _Times(self._bounds))

    def collect(self) -> Iterator[Metric]:
        name, words, labels = self._describe
        family = HistogramMetricFamily(name, words, labels=labels)
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        for value, times in self._times.items():
            buckets = list(zip(names, map(float, accumulate(times.counts)), strict=True))
            family.add_metric([value], buckets, times.total)
        yield family


class OperationLabels:
    """Labels for the names of operations, and never more than so many.

    The server's own operations, and the first ones that clients ask, have labels of their own; a client that invents
    names after that changes nobody's figures.
    """

    def __init__(self, limit: int = NAMED_OPERATIONS) -> None:
        self._known: set[str] = set()
        self._limit = limit

    def know(self, names: Iterable[str]) -> None:
        """These are the server's own, and do not count for the limit."""
        names = set(names) - self._known
        self._known |= names
        self._limit += len(names)

    def label(self, outcome: Outcome) -> str:
        """The operation's name, or one of INVALID, ANONYMOUS and OTHER."""
        name = outcome.operation
        if not outcome.executed:
            return INVALID
        if name is None:
            return ANONYMOUS
        if name in self._known:
            return name
        if len(self._known) >= self._limit or not _NAME.fullmatch(name):
            return OTHER
        self._known.add(name)
        return name


def word_of(outcome: Outcome) -> str:
    """`ok`: data and no error; `partial`: data and errors; `failed`: no data."""
    if not outcome.codes:
        return "ok"
    return "partial" if outcome.answered else "failed"


class _ExecutionsCollector(Collector):
    """Reads the tally of executions at each scrape."""

    def __init__(self, executions: Callable[[], Mapping[str, int]]) -> None:
        self._executions = executions

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(
            "parkgraph_graphql_executions", "Executions of GraphQL operations by their way", labels=("way",)
        )
        for way, number in self._executions().items():
            family.add_metric([way], number)
        yield family


class _NetworksCollector(Collector):
    """Reads the networks at each scrape, so that nobody has to keep figures up to date."""

    def __init__(self, networks: Networks, places: Callable[[], int]) -> None:
        self._networks = networks
        self._places = places

    def collect(self) -> Iterator[Metric]:
        now = datetime.now(UTC)
        state = _family("network_state", "1 for the state that the network is in, 0 for the others", "network", "state")
        denied = _family("network_denied", "1 while the network refuses its credentials, else 0", "network")
        circuit = _family("network_circuit", "1 for the state of its circuit, 0 for the others", "network", "state")
        listings = _family("network_listings", "Listings that are served", "network")
        rejected = _family("network_rejected_rows", "Rows of the last answers that were not understood", "network")
        age = _family("network_data_age_seconds", "Age of the data by the network's own time, if it says", "network")
        success = _family("network_last_success_timestamp_seconds", "When it last answered well, if ever", "network")
        for network in self._networks:
            for each in NetworkStatus:
                state.add_metric([network.id, each], network.status is each)
            denied.add_metric([network.id], network.is_denied)
            now_is = self._networks.circuit(network.id)
            for position in CircuitState:
                circuit.add_metric([network.id, position], now_is is position)
            listings.add_metric([network.id], network.listings)
            rejected.add_metric([network.id], network.rejected)
            if network.snapshot and network.snapshot.as_of:
                age.add_metric([network.id], (now - network.snapshot.as_of).total_seconds())
            if network.last_success_at:
                success.add_metric([network.id], network.last_success_at.timestamp())
        yield from (state, denied, circuit, listings, rejected, age, success)
        reuse = CounterMetricFamily(
            "parkgraph_network_questions",
            "Questions to networks that answer them inside of queries, by where the answer came from",
            labels=("network", "part", "answer"),
        )
        for network_id, part, tally in self._networks.reuse:
            for source in Reuse:
                reuse.add_metric([network_id, part, source], tally.get(source, 0))
        yield reuse
        yield GaugeMetricFamily("parkgraph_places", "Places of the graph", value=self._places())
        leading = _family("leading", "1 where this process is the one that refreshes the feed networks")
        leading.add_metric([], self._networks.leader.is_leader)
        yield leading

    def describe(self) -> Iterator[Metric]:
        return self.collect()


def _family(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"parkgraph_{name}", words, labels=labels)
