"""`parkgraph adapter new` and `check`, run as a partner runs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from parkgraph.kit import scaffold
from parkgraph.kit.errors import KitError
from parkgraph.sdk.conformance import RULES
from parkgraph_sbb import Adapter
from tests.kit.commands import adapter
from tests.kit.hostile.distribution import make
from tests.kit.hostile.flaws import FEED
from tests.recorded import FEEDS, configuration, needs_feeds, serving


def succeeds(cwd: Path, *tool: str) -> None:
    """This module of Python, run there."""
    command = [sys.executable, "-m", *tool]
    result = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, cwd=cwd)
    assert result.returncode == 0, result.stdout


KINDS = {"north_city": (), "south_city": ("--search",)}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_new_adapter_passes_its_own_tests_and_the_check_as_it_is(
    tmp_path: Path, name: str, kind: tuple[str, ...]
) -> None:
    made = adapter("new", name, "--into", str(tmp_path), *kind)
    assert made.returncode == 0, made.stderr
    (home,) = tmp_path.iterdir()
    succeeds(home, "pytest", "-q", "-p", "no:cacheprovider", str(home))
    checked = adapter("check", str(home))
    assert checked.returncode == 0, checked.stdout
    assert "all is met" in checked.stdout


def test_a_new_adapter_is_strictly_typed_and_formatted(tmp_path: Path) -> None:
    for name, kind in KINDS.items():
        assert adapter("new", name, "--into", str(tmp_path), *kind).returncode == 0
    sources = sorted(str(path) for path in tmp_path.glob("*/src"))
    assert len(sources) == len(KINDS)
    succeeds(tmp_path, "mypy", "--strict", "--cache-dir", str(tmp_path / "mypy"), *sources)
    for home in tmp_path.glob("parkgraph-*"):
        succeeds(home, "ruff", "format", "--no-cache", "--check", "--line-length", "120", ".")
        succeeds(home, "ruff", "check", "--no-cache", "--line-length", "120", "--select", "E,F,I,B,UP,RUF", ".")


@pytest.mark.parametrize("name", ["Acme", "2acme", "ac-me", "acme_", "a__b", "", "../acme", "a" * 41])
def test_a_wrong_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(KitError, match="acme_city"):
        scaffold.create(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_name_is_one_sentence(tmp_path: Path) -> None:
    result = adapter("new", "Acme", "--into", str(tmp_path))
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert "small letters" in line


def test_the_name_of_an_installed_adapter_is_refused(tmp_path: Path) -> None:
    result = adapter("new", "bahn", "--into", str(tmp_path))
    assert result.returncode == 1
    assert "there is an adapter bahn already" in result.stderr


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "parkgraph-acme").mkdir()
    result = adapter("new", "acme", "--into", str(tmp_path))
    assert result.returncode == 1
    assert "exists already" in result.stderr


def test_an_installed_adapter_is_checked_by_its_name() -> None:
    result = adapter("check", "sbb")
    assert result.returncode == 0, result.stdout
    assert [rule.id for rule in RULES if rule.concerns(Adapter) and rule.id not in result.stdout] == []


def test_what_is_to_do_is_a_list_and_a_failure(tmp_path: Path) -> None:
    (flaw,) = (flaw for flaw in FEED if str(flaw) == "units: metres")
    result = adapter("check", str(make(tmp_path, flaw=flaw)))
    assert result.returncode == 1
    to_do = [line for line in result.stdout.splitlines() if line.startswith("[ ]")]
    assert to_do == [
        "[ ] units listings, market: max_height_cm is 2, which is no height of a garage. Multiply metres by 100.",
        "[ ] units listings, station: max_height_cm is 2, which is no height of a garage. Multiply metres by 100.",
    ]


def test_the_table_of_the_readme_can_be_brought_up_to_date(tmp_path: Path) -> None:
    (flaw,) = (flaw for flaw in FEED if str(flaw) == "readme: another table")
    home = make(tmp_path, flaw=flaw)
    assert adapter("check", str(home)).returncode == 1
    assert adapter("check", str(home), "--write-readme").returncode == 0
    assert "| network | Acme |" in (home / "README.md").read_text()


def test_what_is_no_adapter_is_one_sentence() -> None:
    result = adapter("check", "nowhere")
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert "sbb" in line


@needs_feeds
def test_what_a_live_network_answers_is_judged_by_the_same_rules(tmp_path: Path) -> None:
    with serving(FEEDS) as url:
        config = tmp_path / "parkgraph.toml"
        config.write_text(configuration(url))
        result = adapter("check", "stuttgart", "--live", "--config", str(config))
    assert result.returncode == 0, result.stdout
    assert "positions" in result.stdout
    assert "hostile-rows" not in result.stdout


def test_a_live_network_that_does_not_answer_is_a_failure(tmp_path: Path) -> None:
    config = tmp_path / "parkgraph.toml"
    config.write_text('[networks.sbb]\nadapter = "sbb"\nurl = "http://127.0.0.1:9/x.json"\nallow_private = true\n')
    result = adapter("check", "sbb", "--live", "--config", str(config))
    assert result.returncode == 1
    assert "it ends in Unavailable" in result.stdout
