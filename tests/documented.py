"""The tables of the documentation, as tests compare them with the code."""

import re
from pathlib import Path

OPERATIONS = Path(__file__).resolve().parents[1] / "docs" / "operations.md"


def first_column(heading: str) -> list[str]:
    """What stands in code quotes in the first column of the tables under this heading."""
    section = re.split(rf"^#+ {re.escape(heading)}$", OPERATIONS.read_text(), flags=re.MULTILINE)[1]
    return re.findall(r"^\| `([^`]+)` \|", re.split(r"^#", section, flags=re.MULTILINE)[0], flags=re.MULTILINE)
