"""The map client in a real browser: `make bench-web`. How soon prices are drawn, how smoothly it moves, its size."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console

from bench.figures import record
from bench.processes import running

WEB: Final = Path(__file__).parents[1] / "web"
ENOUGH_SECONDS: Final = 400


def measure() -> dict[str, Any]:
    """What `web/bench/measure.mjs` found, at a demo and at a server with thousands of places."""
    demo = [sys.executable, "-m", "parkgraph", "demo", "--port"]
    crowd = [sys.executable, "-m", "bench.servers", "crowd"]
    with (
        tempfile.TemporaryDirectory() as folder,
        running(lambda port: [*demo, str(port)], _is_ready, Path(folder)) as (demo_port, _),
        running(lambda port: [*crowd, str(port), folder + "/crowd"], _is_ready) as (crowd_port, _),
    ):
        urls = [f"http://127.0.0.1:{port}" for port in (demo_port, crowd_port)]
        node = ["node", "bench/measure.mjs", *urls]
        told = subprocess.run(node, cwd=WEB, capture_output=True, text=True, timeout=ENOUGH_SECONDS, check=False)
    if told.returncode:
        raise RuntimeError(told.stderr)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def main() -> None:
    """Measure, and put the figures into the results."""
    if shutil.which("node") is None or not (WEB / "node_modules").exists():
        Console().print("Node is not on this machine: the map client is not measured.")
        return
    found = measure()
    Console().print(found)
    drawn = f"drawn by {found['renderer']}"
    record(
        {
            "web_tap_to_price_ms": (found["tapP95"], f"ms, p95 from a tap to the prices on the demo's map, {drawn}"),
            "web_frames_per_second": (
                found["framesPerSecond"],
                f"while the map is dragged over {found['places']}, {drawn}",
            ),
            "web_empty_map_frames_per_second": (
                found["emptyFramesPerSecond"],
                f"while the same map is dragged without any place on it, {drawn}: as fast as this machine draws a map",
            ),
            "web_phone_frames_per_second": (
                found["phoneFramesPerSecond"],
                f"the same in a window of 390 by 844 pixels, {drawn}",
            ),
            "web_empty_phone_map_frames_per_second": (
                found["emptyPhoneFramesPerSecond"],
                f"the same in a window of 390 by 844 pixels without any place, {drawn}",
            ),
            "web_frame_work_ms": (
                found["frameWorkP95"],
                f"ms, p95 of the page's own work for a frame while the map is dragged over {found['places']}",
            ),
            "web_script_kb": (found["scriptKb"], "kB of compressed script besides the map library"),
        }
    )


if __name__ == "__main__":
    main()
