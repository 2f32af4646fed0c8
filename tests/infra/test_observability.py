"""Alerts, runbooks and the dashboard agree with each other and with the metrics that a server has."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.check import metric_names
from infra.observability import dashboard

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "infra/observability/alerts.yaml").read_text())["spec"]["groups"]
    for rule in group["rules"]
]


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    pages = {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"}
    assert sorted(alert["alert"] for alert in ALERTS) == sorted(pages)
    index = (RUNBOOKS / "README.md").read_text()
    assert all(f"[{page}]({page}.md)" in index for page in pages)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_names_only_metrics_that_exist_and_says_what_is_wrong(alert: dict[str, Any]) -> None:
    assert "parkgraph_" in alert["expr"]
    assert metric_names.unknown(alert["expr"]) == frozenset()
    assert alert["annotations"]["summary"]
    assert alert["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("[A-Z]*.md")), ids=lambda page: page.stem)
def test_a_runbook_says_where_to_look_and_what_to_do(page: Path) -> None:
    if page.stem != "README":
        assert page.read_text().startswith(f"# {page.stem}\n")
        assert "\n## Look\n" in page.read_text()
        assert "\n## Do\n" in page.read_text()


@pytest.mark.parametrize("panel", [panel for _, row in dashboard.ROWS for panel in row], ids=lambda panel: panel.title)
def test_a_panel_names_only_metrics_that_exist(panel: dashboard.Panel) -> None:
    assert all(metric_names.unknown(expression) == frozenset() for expression, _ in panel.series)


def test_the_dashboard_shows_every_metric() -> None:
    shown = " ".join(expression for _, row in dashboard.ROWS for panel in row for expression, _ in panel.series)
    ours = {name.removesuffix("_bucket") for name in metric_names.known() if name.startswith("parkgraph_")}
    unseen = {name for name in ours if name not in shown and not name.endswith(("_count", "_sum"))}
    assert unseen == {
        "parkgraph_build_info", "parkgraph_graphql_operations_total", "parkgraph_network_calls_refused_total",
        "parkgraph_network_last_success_timestamp_seconds", "parkgraph_network_rejected_rows",
    }  # fmt: skip


def test_the_dashboard_s_file_is_what_the_code_makes() -> None:
    assert json.loads(dashboard.FILE.read_text()) == dashboard.dashboard()
    assert all(sum(panel.width for panel in row) % dashboard.COLUMNS == 0 for _, row in dashboard.ROWS)


def test_a_metric_that_is_not_there_would_be_seen() -> None:
    assert metric_names.unknown('rate(parkgraph_nothing_total{network="parkgraph_x"}[5m]) / parkgraph_places') == {
        "parkgraph_nothing_total"
    }
