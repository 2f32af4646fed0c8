"""Schemathesis against a demo server of its own: `python -m tests.fuzz path/to/schemathesis`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.process import Server, running

EXAMPLES = 300
"""For each field of Query and Mutation."""


def known_ids(server: Server) -> list[str]:
    """Ids of some places, and of their listings."""
    query = "{ nearby(near: {latitude: 48.7838, longitude: 9.1829}, radius: 5000) { nodes { id listings { id } } } }"
    places = server.ask(query)["nearby"]["nodes"]
    return [place["id"] for place in places] + [listing["id"] for place in places for listing in place["listings"]]


def main(schemathesis: str) -> int:
    """The exit code of Schemathesis: 0 where it found nothing."""
    root = Path(__file__).resolve().parents[1]
    with TemporaryDirectory() as folder, running(Path(folder) / "data", "demo") as server:
        command = [
            str(root / schemathesis), "run", f"{server.url}/graphql", "--checks", "answers_with_codes",
            "--mode", "all", "--max-examples", str(EXAMPLES), "--generation-database", "none",
        ]  # fmt: skip
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.fuzz_hooks",
            "PYTHONPATH": str(root),
            "FUZZ_IDS": json.dumps(known_ids(server)),
        }
        return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
