"""`results.json`: every figure by its name, with its unit and when it was measured."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).parent / "results.json"


def record(figures: Mapping[str, tuple[float, str]]) -> None:
    """Put these (value, unit) in the place of their elders; the others stay."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    new = {name: {"value": round(value, 4), "unit": unit, "at": stamp} for name, (value, unit) in figures.items()}
    RESULTS.write_text(json.dumps({**kept, **new}, indent=2) + "\n")


def recorded() -> Mapping[str, tuple[float, str]]:
    """Every figure of the file."""
    return {name: (figure["value"], figure["unit"]) for name, figure in json.loads(RESULTS.read_text()).items()}
