"""The metrics that a server has, those of an agent at a barrier, and those that an expression names."""

import re
from collections.abc import Iterator

from parkgraph.db.engine import Database
from parkgraph.gates.agent.metrics import Metrics as AgentMetrics
from parkgraph.metrics import Metrics
from parkgraph.networks.service import Networks

_NAME = re.compile(r"(?<![\w:])(?:parkgraph|process)_\w+")


def known() -> frozenset[str]:
    """Every series' name, as a server without networks would expose it."""
    metrics = Metrics("0")
    metrics.watch(Networks([], Database("postgresql://")), lambda: 0)
    return frozenset(_series(metrics.exposition().decode()))


def of_agents() -> frozenset[str]:
    """Every series' name, as an agent at a barrier exposes it."""
    return frozenset(_series(AgentMetrics().exposition().decode()))


def unknown(expression: str) -> frozenset[str]:
    """The metrics of ours in a PromQL expression that no server and no agent has."""
    return frozenset(_NAME.findall(re.sub(r'"[^"]*"', "", expression))) - known() - of_agents()


def _series(exposition: str) -> Iterator[str]:
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", exposition, re.MULTILINE):
        yield name
        if kind == "histogram":
            yield from (f"{name}_{part}" for part in ("bucket", "count", "sum"))
