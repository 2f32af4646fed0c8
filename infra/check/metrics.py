"""Alerts and dashboard name only metrics that a server or an agent at a barrier has."""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from infra.check.metric_names import unknown


def check(root: Path, _scratch: Path) -> Iterator[str]:
    """Each metric that is named under `root`, and that nobody has."""
    folder = root / "infra" / "observability"
    for panel in json.loads((folder / "dashboard.json").read_text())["panels"]:
        for target in panel.get("targets", []):
            yield from (f"dashboard, {panel['title']}: there is no {name}" for name in sorted(unknown(target["expr"])))
    for group in yaml.safe_load((folder / "alerts.yaml").read_text())["spec"]["groups"]:
        for rule in group["rules"]:
            yield from (f"alert {rule['alert']}: there is no {name}" for name in sorted(unknown(rule["expr"])))
