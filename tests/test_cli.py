"""The command line, run as an operator runs it."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.commands import adapter, parkgraph
from tests.recorded import FEEDS, configuration, more_configuration, needs_feeds, serving


def process(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Of its own, for what serves or must not."""
    command = [sys.executable, "-m", "parkgraph", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=cwd)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with serving(FEEDS) as url:
        path = tmp_path_factory.mktemp("config") / "parkgraph.toml"
        path.write_text(configuration(url) + more_configuration(url))
        yield path


@needs_feeds
@pytest.mark.parametrize(
    ("instance", "listings", "rejected"),
    [
        ("bahn", 310, 0),
        ("sbb", 649, 0),
        ("stuttgart", 49, 0),
        ("aachen", 17, 0),
        ("heidelberg", 22, 3),
        ("liipi", 3, 2),
        ("karlsruhe", 76, 14),
        ("konstanz", 11, 0),
        ("pbw", 31, 0),
        ("reutlingen", 30, 0),
        ("koeln", 52, 0),
        ("aarhus", 0, 13),
        ("zuerich", 0, 37),
    ],
)
def test_a_try_prints_a_listing_a_line_as_json(config: Path, instance: str, listings: int, rejected: int) -> None:
    result = adapter("try", instance, "--config", str(config))
    assert result.returncode == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(rows) == len({row["local_id"] for row in rows}) == listings
    assert all(row["name"] and row["location"] for row in rows)
    assert f"{listings} listings" in result.stderr
    assert result.stderr.count("rejected ") >= rejected


@needs_feeds
def test_rejected_rows_are_on_standard_error_with_their_reasons(config: Path) -> None:
    without_crs = config.with_name("without-crs.toml")
    without_crs.write_text(config.read_text().replace('crs = "EPSG:25832"\n', ""))
    result = parkgraph("adapter", "try", "stuttgart", "--config", str(without_crs))
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.count("rejected ") >= 48
    assert "crs" in result.stderr


def test_a_network_that_cannot_be_read_is_one_sentence_and_a_failure(tmp_path: Path) -> None:
    config = tmp_path / "parkgraph.toml"
    config.write_text('[networks.sbb]\nadapter = "sbb"\nurl = "http://127.0.0.1:9/x.json"\nallow_private = true\n')
    result = parkgraph("adapter", "try", "sbb", "--config", str(config))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.strip().splitlines() == ["parkgraph: the network accepts no connection"]


def test_an_unknown_network_names_the_known_ones() -> None:
    result = parkgraph("adapter", "try", "nowhere")
    assert result.returncode == 1
    assert "bahn, sbb, stuttgart" in result.stderr


def test_a_wrong_key_is_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "parkgraph.toml"
    config.write_text("[server]\nprot = 8000\n")
    result = process("serve", "--config", str(config))
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert "[server] prot" in line
    assert "port?" in line
    assert str(config) in line


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = process("demo", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert "--port" in line


@pytest.mark.parametrize("offset", ["+01:00", ""])
def test_a_quote_shows_its_lines_and_its_total_and_goes_by_the_clock_of_the_place(offset: str) -> None:
    result = parkgraph(
        "quote", "sbb", "bdbf1675-67b8-41f7-8d5c-4fdda127d0d9",
        "--arrive", f"2026-11-24T09:00:00{offset}", "--leave", f"2026-11-24T13:00:00{offset}",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "Suhr" in result.stdout
    assert "3.75" in result.stdout
    assert "CHF" in result.stdout


def test_the_schema_can_be_exported_to_a_file(tmp_path: Path) -> None:
    assert parkgraph("schema", "export", str(tmp_path / "schema.graphql")).returncode == 0
    committed = Path(__file__).resolve().parents[1] / "schema.graphql"
    assert (tmp_path / "schema.graphql").read_text() == committed.read_text()


def test_the_adapters_are_listed() -> None:
    result = parkgraph("adapter", "list")
    assert result.returncode == 0
    assert [name for name in ("bahn", "datex2", "sbb") if name in result.stdout] == ["bahn", "datex2", "sbb"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["schema", "export", "/nonexistent/schema.graphql"], "No such file"),
        (["demo", "--host", "not a host"], "[server] host"),
    ],
)
def test_what_an_operator_can_mend_is_one_sentence(arguments: list[str], words: str) -> None:
    result = process(*arguments)
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert words in line


def test_a_port_that_cannot_be_is_a_wrong_command_line() -> None:
    result = process("demo", "--port", "99999")
    assert result.returncode == 2
    assert "65535" in result.stderr
