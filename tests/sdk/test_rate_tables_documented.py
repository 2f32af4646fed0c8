"""The page on rate tables explains each key that is read, and none that is not."""

import re
from pathlib import Path

import pytest

from parkgraph.sdk.rate_parts import BandPart, CapPart, LinePart, Part
from parkgraph.sdk.rate_schema import CollectionPart, TablePart

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rate-tables.md").read_text()
PARTS: dict[str, type[Part]] = {
    "the table": TablePart,
    "a collection": CollectionPart,
    "a line": LinePart,
    "a cap": CapPart,
    "a band": BandPart,
}
ANYWHERE = {"id", "version"}


def documented(part: str) -> set[str]:
    """What stands in code quotes in the first column, below the name of the part."""
    rows = re.findall(rf"^\| \*\*{part}\*\* \|.*\n((?:\| `.*\n)+)", PAGE, re.MULTILINE)
    return {key for block in rows for row in block.splitlines() for key in re.findall(r"`(\w+)`", row.split(" | ")[0])}


@pytest.mark.parametrize("part", PARTS)
def test_each_key_is_documented_and_no_other(part: str) -> None:
    keys = {field.alias or name for name, field in PARTS[part].model_fields.items()}
    assert documented(part) - ANYWHERE == keys - ANYWHERE
