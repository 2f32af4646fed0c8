"""docs/gate-agent.md has every metric and every line of the log."""

import re
from pathlib import Path

from parkgraph.gates.agent.cameras import READERS
from parkgraph.gates.agent.metrics import Metrics
from tests.test_logs import events

ROOT = Path(__file__).resolve().parents[3]
AGENT = ROOT / "src" / "parkgraph" / "gates" / "agent"
PAGE = (ROOT / "docs" / "gate-agent.md").read_text()


def first_column(heading: str) -> list[str]:
    """What stands in code quotes in the first column of the table with this heading."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    rows = (row.split("|")[1] for row in table.splitlines()[2:])
    return [name for cell in rows for name in re.findall(r"`([^`]+)`", cell)]


def test_every_metric_is_there_with_its_labels() -> None:
    ours = {
        family.name.removeprefix("parkgraph_gate_"): family
        for family in Metrics().registry.collect()
        if family.name.startswith("parkgraph_gate_")
    }
    documented = {re.sub(r"(_total)?(\{.*\})?$", "", name) for name in first_column("metric `parkgraph_gate_…`")}
    assert documented == set(ours)


def test_every_event_of_the_log_is_there() -> None:
    said = {event for file in AGENT.rglob("*.py") for event in events(file.read_text())}
    assert set(first_column("log event")) == said


def test_every_device_is_there() -> None:
    assert set(first_column("`device`")) == set(READERS)
