"""`python -m infra.observability.picture`: draws the dashboard, `docs/dashboard.svg`, from real metrics.

A demo is asked for a minute; a Prometheus (Debian's package has one) scrapes it, and answers every expression of the
dashboard. Grafana would draw the same series.
"""

import asyncio
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

import aiohttp

from infra.observability.dashboard import COLUMNS, ROWS, Panel

ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = ROOT / "docs" / "dashboard.svg"
SECONDS: Final = 85
WARM_UP_SECONDS: Final = 25
"""Left out of the picture: a server's first queries take longer, and a rate looks back."""

QUERIES: Final = {
    "Around": "query Around { nearby(near: {latitude: 48.7838, longitude: 9.1829}, radius: 3000) { totalCount } }",
    "Priced": """query Priced { nearby(near: {latitude: 48.7838, longitude: 9.1829}, radius: 3000,
        stay: {arrive: "2030-11-26T09:00:00+01:00", leave: "2030-11-26T12:30:00+01:00"}) {
          edges { node { id name } cheapest { total { amount currency } } } } }""",
    "Networks": "query Networks { networks { id status listings } }",
    "Mistaken": 'query Mistaken { place(id: "nonsense") { id } }',
}
COLOURS: Final = ("#1f78b4", "#e66101", "#33a02c", "#6a3d9a", "#b15928", "#e31a1c", "#5e6ad2", "#008080")
WIDTH: Final = 1200
HEIGHT: Final = 190
MARGIN: Final = 12
QUIET: Final = asyncio.subprocess.DEVNULL


@dataclass(frozen=True, slots=True)
class Line:
    """A series: its name in the legend, and its points as seconds and values."""

    name: str
    points: Sequence[tuple[float, float]]


async def measured() -> dict[str, list[Line]]:
    """Every panel's series."""
    prometheus = shutil.which("prometheus")
    if prometheus is None:
        sys.exit("There is no prometheus here: install Debian's package of that name.")
    with tempfile.TemporaryDirectory(prefix="picture-") as name:
        folder, server, watcher = Path(name), free_port(), free_port()
        (folder / "prometheus.yml").write_text(
            "scrape_configs: [{job_name: parkgraph, scrape_interval: 1s, static_configs: "
            f"[{{targets: ['127.0.0.1:{server}']}}]}}]\n"
        )
        command = (sys.executable, "-m", "parkgraph", "demo", f"--port={server}")
        demo = await asyncio.create_subprocess_exec(
            "env", f"PARKGRAPH_DATA_DIR={folder / 'data'}", *command, stdout=QUIET, stderr=QUIET
        )
        watching = await asyncio.create_subprocess_exec(
            prometheus, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{watcher}", stdout=QUIET, stderr=QUIET,
        )  # fmt: skip
        try:
            async with aiohttp.ClientSession() as session:
                await _ready(session, f"http://127.0.0.1:{server}/readyz")
                await _ready(session, f"http://127.0.0.1:{watcher}/-/ready")
                began = time.time()
                await asyncio.gather(*(_ask(session, f"http://127.0.0.1:{server}/graphql", n, began) for n in range(6)))
                return {
                    panel.title: [
                        line
                        for expression, legend in panel.series
                        for line in await _series(session, watcher, expression, legend, began)
                    ]
                    for _, row in ROWS
                    for panel in row
                }
        finally:
            for process in (demo, watching):
                process.terminate()
                await process.wait()


async def _ready(session: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)


async def _ask(session: aiohttp.ClientSession, url: str, number: int, began: float) -> None:
    """One client, who is in no hurry at first, then is, and then is not."""
    names = list(QUERIES)
    for turn in range(1_000_000):
        elapsed = time.time() - began
        if elapsed > SECONDS:
            return
        name = names[-1] if turn % 40 == 39 else names[(turn + number) % 3]
        async with session.post(url, json={"query": QUERIES[name]}) as answer:
            await answer.read()
        await asyncio.sleep(0.08 + 0.25 * (1 + math.cos(2 * math.pi * elapsed / SECONDS)))


async def _series(session: aiohttp.ClientSession, port: int, expression: str, legend: str, began: float) -> list[Line]:
    query = expression.replace("$__rate_interval", "10s")
    asked = {"query": query, "start": str(began + WARM_UP_SECONDS), "end": str(time.time()), "step": "1"}
    async with session.get(f"http://127.0.0.1:{port}/api/v1/query_range", params=asked) as answer:
        result: list[dict[str, Any]] = (await answer.json())["data"]["result"]
    return [
        Line(
            _named(legend, each["metric"]),
            [(float(at) - began, float(value)) for at, value in each["values"] if math.isfinite(float(value))],
        )
        for each in result
    ]


def _named(legend: str, labels: dict[str, str]) -> str:
    for label, value in labels.items():
        legend = legend.replace("{{" + label + "}}", value)
    return legend


def svg(series: dict[str, list[Line]]) -> str:
    """The dashboard, as Grafana lays it out."""
    parts: list[str] = []
    y = 0
    for title, row in ROWS:
        parts.append(f'<text x="{MARGIN}" y="{y + 26}" font-size="16" font-weight="bold">{escape(title)}</text>')
        x, y = 0.0, y + 36
        for panel in row:
            width = WIDTH * panel.width / COLUMNS
            parts.append(f'<g transform="translate({x:.0f},{y})">{_panel(panel, series[panel.title], width)}</g>')
            x += width
            if x >= WIDTH:
                x, y = 0.0, y + HEIGHT
    box = f'viewBox="0 0 {WIDTH} {y + MARGIN}" font-family="sans-serif" font-size="11"'
    ground = f'<rect width="{WIDTH}" height="{y + MARGIN}" fill="#f4f5f7"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{ground}{"".join(parts)}</svg>\n'


def _panel(panel: Panel, lines: list[Line], width: float) -> str:
    left, top, right, bottom = 52, 30, width - 16, HEIGHT - 44
    seconds, height = SECONDS - WARM_UP_SECONDS, bottom - top
    most = max((value for line in lines for _, value in line.points), default=0) or 1
    parts = [
        f'<rect x="5" y="4" width="{width - 10:.0f}" height="{HEIGHT - 8}" rx="4" fill="#fff" stroke="#dcdfe4"/>',
        f'<text x="14" y="20" font-weight="bold" fill="#24292f">{escape(panel.title)}</text>',
    ]
    for part in (0.0, 0.5, 1.0):
        at, value = bottom - part * (bottom - top), _value(part * most, panel.unit)
        parts.append(
            f'<line x1="{left}" y1="{at:.0f}" x2="{right:.0f}" y2="{at:.0f}" stroke="#eceef1"/>'
            f'<text x="{left - 4}" y="{at + 4:.0f}" text-anchor="end" fill="#6a737d">{value}</text>'
        )
    if not any(line.points for line in lines):
        middle = f'x="{width / 2:.0f}" y="{(top + bottom) / 2:.0f}"'
        parts.append(f'<text {middle} text-anchor="middle" fill="#6a737d">none</text>')
    for number, line in enumerate(lines[: len(COLOURS)]):
        points = " ".join(
            f"{left + (right - left) * (at - WARM_UP_SECONDS) / seconds:.1f},{bottom - height * value / most:.1f}"
            for at, value in line.points
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[number]}" stroke-width="1.5"/>')
    parts.append(_legend(lines[: len(COLOURS)], width))
    return "".join(parts)


def _legend(lines: Sequence[Line], width: float) -> str:
    parts, x, y = [], 14.0, HEIGHT - 26
    for number, line in enumerate(lines):
        length = 16 + 6.1 * len(line.name)
        if x + length > width - 10:
            x, y = 14.0, y + 13
        if y > HEIGHT - 10:
            break
        parts.append(
            f'<rect x="{x:.0f}" y="{y - 7}" width="8" height="3" fill="{COLOURS[number]}"/>'
            f'<text x="{x + 11:.0f}" y="{y}" fill="#24292f">{escape(line.name)}</text>'
        )
        x += length
    return "".join(parts)


def _value(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 1e6:.0f} MB"
    if unit == "s":
        if value < 1:
            return f"{value * 1000:.0f} ms"
        return f"{value / 86_400:.0f} d" if value > 86_400 else f"{value:.0f} s"
    return f"{value:.3g}"


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    FILE.write_text(svg(asyncio.run(measured())), encoding="utf-8")
