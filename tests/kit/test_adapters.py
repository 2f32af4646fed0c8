"""Every adapter of the project keeps what its quality.toml claims, and its README says what its network is."""

import importlib
from pathlib import Path

import pytest

from parkgraph.sdk.conformance import Outcome, run
from parkgraph.sdk.conformance.quality import read

ADAPTERS = Path(__file__).resolve().parents[2] / "adapters"
NAMES = sorted(path.parent.name for path in ADAPTERS.glob("*/pyproject.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_an_adapter_keeps_its_rules_and_its_readme(name: str) -> None:
    adapter_class = importlib.import_module(f"parkgraph_{name}").Adapter
    report = run(adapter_class, ADAPTERS / name)
    assert str(report) == ""
    assert report.of("samples")[0].outcome is Outcome.PASSED


@pytest.mark.parametrize("name", NAMES)
def test_a_price_that_is_said_to_be_true_says_where_it_comes_from(name: str) -> None:
    assert all(price.source for price in read(ADAPTERS / name).prices)
