"""`python -m infra.observability.dashboard`: writes the dashboard for Grafana, `dashboard.json`, beside this file."""

import json
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("dashboard.json")
DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS: Final = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot over time. `series`: expressions, each with what its line is called."""

    title: str
    unit: str
    series: tuple[tuple[str, str], ...]
    width: int = 8
    stacked: bool = False


def _quantile(share: float, metric: str, *by: str) -> str:
    labels = ", ".join(("le", *by))
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))"


def _rate(metric: str, *by: str) -> str:
    return f"sum by ({', '.join(by)}) (rate({metric}[$__rate_interval]))"


ROWS: Final[tuple[tuple[str, tuple[Panel, ...]], ...]] = (
    (
        "Is it well?",
        (
            Panel(
                "Requests", "reqps", ((_rate("parkgraph_http_requests_total", "status"), "{{status}}"),), stacked=True
            ),
            Panel(
                "How long queries take",
                "s",
                tuple(
                    (_quantile(share, "parkgraph_graphql_operation_seconds"), f"p{share * 100:g}")
                    for share in (0.5, 0.95, 0.99)
                ),
            ),
            Panel("Errors in answers", "ops", ((_rate("parkgraph_graphql_errors_total", "code"), "{{code}}"),)),
            Panel("In flight", "short", (("sum(parkgraph_http_in_flight)", "requests"),), 6),
            Panel("Turned away", "reqps", ((_rate("parkgraph_http_refused_total", "reason"), "{{reason}}"),), 6),
            Panel(
                "Slowest operations",
                "s",
                ((f"topk(5, {_quantile(0.95, 'parkgraph_graphql_operation_seconds', 'operation')})", "{{operation}}"),),
                12,
            ),
        ),
    ),
    (
        "Networks",
        (
            Panel(
                "Calls by outcome",
                "ops",
                ((_rate("parkgraph_network_calls_total", "network", "outcome"), "{{network}} {{outcome}}"),),
            ),
            Panel(
                "How long calls take, p95",
                "s",
                ((_quantile(0.95, "parkgraph_network_call_seconds", "network"), "{{network}}"),),
            ),
            Panel(
                "Answered from",
                "ops",
                ((_rate("parkgraph_network_questions_total", "answer"), "{{answer}}"),),
                stacked=True,
            ),
            Panel("Listings", "short", (("max by (network) (parkgraph_network_listings)", "{{network}}"),)),
            Panel("Age of the data", "s", (("min by (network) (parkgraph_network_data_age_seconds)", "{{network}}"),)),
            Panel(
                "Down, denied or not asked",
                "short",
                (
                    ('min by (network) (parkgraph_network_state{state="DOWN"}) == 1', "{{network}} down"),
                    ("max by (network) (parkgraph_network_denied) == 1", "{{network}} denied"),
                    ('max by (network) (parkgraph_network_circuit{state="CLOSED"}) == 0', "{{network}} not asked"),
                ),
            ),
        ),
    ),
    (
        "Gates",
        (
            Panel(
                "Vehicles by what was decided",
                "ops",
                ((_rate("parkgraph_gate_passages_total", "decision"), "{{decision}}"),),
            ),
            Panel("How long a decision takes, p95", "s", ((_quantile(0.95, "parkgraph_gate_passage_seconds"), "p95"),)),
            Panel("Events", "ops", ((_rate("parkgraph_gate_events_total", "status"), "{{status}}"),)),
        ),
    ),
    (
        "What waits at gates",
        (
            Panel("Gates", "short", (("max by (state) (parkgraph_gates)", "{{state}}"),)),
            Panel(
                "Oldest case that waits for a person",
                "s",
                (("max by (kind) (parkgraph_gate_oldest_case_seconds)", "{{kind}}"),),
            ),
            Panel(
                "Events that no server has", "short", (("max by (where) (parkgraph_gate_events_waiting)", "{{where}}"),)
            ),
        ),
    ),
    (
        "Bookings and servers",
        (
            Panel(
                "Bookings", "ops", ((_rate("parkgraph_bookings_total", "action", "outcome"), "{{action}} {{outcome}}"),)
            ),
            Panel("CPU", "short", (("rate(process_cpu_seconds_total[$__rate_interval])", "{{instance}}"),)),
            Panel("Memory", "bytes", (("process_resident_memory_bytes", "{{instance}}"),)),
            Panel("Leaders", "short", (("sum(parkgraph_leading)", "leaders"),), 12),
            Panel("Places", "short", (("max(parkgraph_places)", "places"),), 12),
        ),
    ),
)


def dashboard() -> dict[str, Any]:
    """As Grafana imports it."""
    ids = count(1)
    panels: list[dict[str, Any]] = []
    y = 0
    for title, row in ROWS:
        panels.append({"id": next(ids), "type": "row", "title": title, "gridPos": _at(0, y, COLUMNS, 1), "panels": []})
        x, y = 0, y + 1
        for panel in row:
            panels.append({"id": next(ids), **_timeseries(panel), "gridPos": _at(x, y, panel.width, 8)})
            x += panel.width
            if x == COLUMNS:
                x, y = 0, y + 8
    return {
        "uid": "parkgraph",
        "title": "ParkGraph",
        "tags": ["parkgraph"],
        "schemaVersion": 39,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": panels,
    }


def _at(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": width, "h": height}


def _timeseries(panel: Panel) -> dict[str, Any]:
    stacking = {"stacking": {"mode": "normal"}, "fillOpacity": 30} if panel.stacked else {"fillOpacity": 5}
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": DATASOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0, "custom": stacking}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "expr": expression, "legendFormat": name, "datasource": DATASOURCE}
            for number, (expression, name) in enumerate(panel.series)
        ],
    }


def text() -> str:
    return json.dumps(dashboard(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
