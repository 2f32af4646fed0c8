"""The numbers of one agent, for Prometheus. docs/gate-agent.md has every one; none has a plate in it."""

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5)


class Metrics:
    """Counts what it is told. Each has a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.messages = self._counter("messages", "Messages of cameras by what came of them", "camera", "outcome")
        self.looks = self._counter("looks", "Looks at vehicles", "camera")
        self.late = self._counter("late_looks", "Looks that came so late that the car is gone", "camera")
        self.passages = self._counter("passages", "Vehicles at the line", "camera")
        self.decisions = self._counter("decisions", "Decisions about cars at the line", "by", "decision")
        self.turned_away = self._counter("turned_away", "Cars about which nobody was asked: too many at once", "camera")
        self.decision_seconds = Histogram(
            "parkgraph_gate_decision_seconds",
            "From a look to its decision",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.pulses = self._counter("pulses", "Pulses by what became of them", "barrier", "state")
        self.deliveries = self._counter("deliveries", "Requests to the server by their outcome", "lane", "outcome")
        self.buried = self._counter("events_buried", "Events that became dead letters", "code")
        self.pending = self._gauge("events_pending", "Events that the server does not have yet")
        self.oldest = self._gauge("oldest_event_seconds", "How long the oldest of them has waited")
        self.dead = self._gauge("dead_letters", "Events that the server will not take")
        self.store_full = self._gauge("store_full", "1 when the store has no room but its reserve")
        self.list_version = self._gauge("allow_list_version", "Version of the allow-list that is held")
        self.list_seconds = self._gauge("allow_list_seconds", "How long the allow-list is still valid")
        self.lists_refused = self._counter("allow_lists_refused", "Allow-lists that were not believed", "reason")
        self.clock_offset = self._gauge("clock_offset_seconds", "The server's clock minus this one")
        self.camera_clock = Gauge(
            "parkgraph_gate_camera_clock_seconds",
            "The camera's clock minus this one, at its last look",
            ("camera",),
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def exposition(self) -> bytes:
        return generate_latest(self.registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"parkgraph_gate_{name}", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str) -> Gauge:
        return Gauge(f"parkgraph_gate_{name}", words, registry=self.registry)
